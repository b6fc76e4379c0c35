"""What is written down of who came in, and who tried to.

Owns: the rows of the audit log about signing up and in.
Never: a password, a token, a code, or the name that was typed: people type passwords there.
"""

import structlog

from parley.protocol.commands import Person
from parley.store.administration_api import Administration
from parley.store.errors import StoreUnavailable
from parley.store.records import Credentials, NewSession

log = structlog.get_logger()


class Audit:
    """Writes to the directory. Whoever has come in stays in if that fails."""

    def __init__(self, directory: Administration) -> None:
        self._directory = directory

    async def entered(self, event: str, person: Person, session: NewSession) -> None:
        """Somebody has come in, as `session`."""
        await self._record(
            event, actor=person.id, subject=person.id, address=session.address, session=session.id
        )

    async def refused(self, event: str, account: Credentials | None, address: str) -> None:
        """Somebody has tried in vain; `account` is None if there is none of that name."""
        subject = account.person.id if account is not None else None
        await self._record(event, subject=subject, address=address)

    async def _record(
        self,
        event: str,
        *,
        actor: str | None = None,
        subject: str | None,
        address: str,
        **detail: str,
    ) -> None:
        try:
            await self._directory.record(
                event, actor=actor, subject=subject, address=address, detail=detail
            )
        except StoreUnavailable as error:
            log.warning("not_recorded", event_=event, subject=subject, error=str(error))
