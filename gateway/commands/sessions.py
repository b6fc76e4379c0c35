"""One's devices: listing them and signing them out.

Owns: the steps of these commands.
Never: a connection; whose session has ended is found out by `gateway.service`.
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers, Tools
from parley.protocol.commands import (
    ListSessions,
    Nothing,
    RevokeOtherSessions,
    RevokeSession,
    Sessions,
    SignOut,
)
from parley.store.api import FullDirectory


class SessionCommands:
    """Commands about one's devices."""

    def __init__(self, directory: FullDirectory, tools: Tools) -> None:
        self._directory, self._tools = directory, tools

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            SignOut: self._sign_out,
            ListSessions: self._list,
            RevokeSession: self._revoke,
            RevokeOtherSessions: self._revoke_others,
        }

    async def _sign_out(self, who: Identity, _: SignOut) -> Nothing:
        await self._directory.revoke_session(who.session)
        await self._tools.record(who, "signed_out", who.person.id, session=who.session)
        return Nothing()

    async def _list(self, who: Identity, _: ListSessions) -> Sessions:
        return Sessions(await self._directory.sessions_of(who.person.id, this=who.session))

    async def _revoke(self, who: Identity, command: RevokeSession) -> Nothing:
        await self._directory.revoke_own_session(who.person.id, command.session)
        await self._tools.record(who, "session_revoked", who.person.id, session=command.session)
        return Nothing()

    async def _revoke_others(self, who: Identity, _: RevokeOtherSessions) -> Nothing:
        ended = await self._directory.revoke_sessions(who.person.id, except_session=who.session)
        await self._tools.record(who, "sessions_revoked", who.person.id, number=len(ended))
        return Nothing()
