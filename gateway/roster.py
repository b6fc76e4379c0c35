"""Who is connected here.

Owns: the connections that have an identity, found by session and by account.
Never: what is said to them.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from gateway.accounts import Identity
from parley.protocol.refusals import CloseCode


class Present(Protocol):
    """A connection, as the roster hands it out."""

    async def recheck(self) -> None:
        """Something in the person's rooms has changed."""
        ...

    def deliver(self, frames: bytes) -> None:
        """Take whole frames."""
        ...

    def end(self, code: CloseCode, reason: str, last_words: bytes = b"") -> None:
        """End the connection from this side."""
        ...


class Roster:
    """Connections by their identity. One session may have several, one account many sessions."""

    def __init__(self) -> None:
        self._by_session: defaultdict[str, set[Present]] = defaultdict(set)
        self._by_account: defaultdict[str, set[Present]] = defaultdict(set)
        self._account_of: dict[str, str] = {}

    def add(self, connection: Present, identity: Identity) -> None:
        """The connection speaks for somebody now."""
        self._by_session[identity.session].add(connection)
        self._by_account[identity.person.id].add(connection)
        self._account_of[identity.session] = identity.person.id

    def discard(self, connection: Present, identity: Identity) -> None:
        """The connection has gone."""
        _discard(self._by_session, identity.session, connection)
        _discard(self._by_account, identity.person.id, connection)
        if identity.session not in self._by_session:
            self._account_of.pop(identity.session, None)

    def sessions(self) -> dict[str, str]:
        """Return the sessions that are connected, and whose they are."""
        return dict(self._account_of)

    def everybody(self) -> list[Present]:
        """Return every connection."""
        return [each for connections in self._by_account.values() for each in connections]

    def connections_of(self, account: str) -> int:
        """Return how many connections an account has."""
        return len(self._by_account.get(account, ()))

    def of_sessions(self, sessions: Iterable[str]) -> list[Present]:
        """Return the connections of these sessions."""
        return [each for session in sessions for each in self._by_session.get(session, ())]

    def of_accounts(self, accounts: Iterable[str]) -> list[Present]:
        """Return the connections of these accounts."""
        return [each for account in accounts for each in self._by_account.get(account, ())]


def _discard(index: defaultdict[str, set[Present]], key: str, connection: Present) -> None:
    index[key].discard(connection)
    if not index[key]:
        del index[key]
