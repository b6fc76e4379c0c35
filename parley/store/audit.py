"""The record of what happened to the safety of accounts, rooms and the server.

Owns: the table `audit`, and that an entry of it is one line of plain text, whatever went in.
Never: what is worth an entry, and a secret.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from parley.domain.characters import is_control, is_format
from parley.store.part import SqlPart
from parley.store.records import AuditRow
from parley.store.schema import audit

# Characters of one value: a record is read by people.
_CHARACTERS = 200


class SqlAudit(SqlPart):
    """The part of a `Directory` that records."""

    async def record(
        self,
        event: str,
        *,
        actor: str | None = None,
        subject: str | None = None,
        address: str = "",
        detail: Mapping[str, str | int | bool | None] | None = None,
    ) -> None:
        clean = {_one_line(key): _clean(value) for key, value in (detail or {}).items()}
        async with self._database.write() as connection:
            await connection.execute(
                sa.insert(audit).values(
                    time=self._database.now_ms(),
                    event=_one_line(event),
                    actor_id=_clean(actor),
                    subject_id=_clean(subject),
                    address=_one_line(address),
                    detail=msgspec.json.encode(clean).decode(),
                )
            )

    async def audit(
        self, *, before: int | None = None, limit: int, subject: str | None = None
    ) -> list[AuditRow]:
        page = sa.select(*audit.c).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            page = page.where(audit.c.id < before)
        if subject is not None:
            page = page.where((audit.c.subject_id == subject) | (audit.c.actor_id == subject))
        return [_row(row) for row in await self._rows(page)]

    async def purge_audit(self, older_than_ms: int, limit: int) -> int:
        # Rows are in the order of time: the first ones tell, and no index is needed.
        first = sa.select(audit.c.id).order_by(audit.c.id).limit(limit)
        async with self._database.write() as connection:
            gone = await connection.execute(
                sa.delete(audit).where(
                    audit.c.id.in_(first), audit.c.time < self._database.now_ms() - older_than_ms
                )
            )
            return gone.rowcount


def _row(row: sa.Row[Any]) -> AuditRow:
    return AuditRow(
        row.id,
        row.time,
        row.event,
        row.actor_id,
        row.subject_id,
        row.address,
        msgspec.json.decode(row.detail),
    )


def _clean(value: Any) -> Any:
    return _one_line(value) if isinstance(value, str) else value


def _one_line(text: str) -> str:
    """Return the text with what would break or turn a line written out."""
    return "".join(map(_visible, text[:_CHARACTERS]))


def _visible(character: str) -> str:
    is_plain = character.isprintable() and not (is_control(character) or is_format(character))
    return character if is_plain else f"\\u{{{ord(character):x}}}"
