"""Who is connected here.

Owns: the connections that have an identity, found by session and by account; and of which version
of their rooms they have heard.
Never: what is said to them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
        # The version of each account that all its connections have heard of, where it is known.
        self._heard: dict[str, int] = {}

    def add(self, connection: Present, identity: Identity) -> None:
        """The connection speaks for somebody now; it has read nothing of their rooms yet."""
        account, version = identity.person.id, identity.directory_version
        if version is not None and account not in self._by_account:
            self._heard[account] = version
        self._by_session[identity.session].add(connection)
        self._by_account[identity.person.id].add(connection)
        self._account_of[identity.session] = identity.person.id

    def discard(self, connection: Present, identity: Identity) -> None:
        """The connection has gone."""
        _discard(self._by_session, identity.session, connection)
        _discard(self._by_account, identity.person.id, connection)
        if identity.person.id not in self._by_account:
            self._heard.pop(identity.person.id, None)
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

    def unheard(self, versions: Mapping[str, int]) -> dict[str, int]:
        """Return those accounts that are connected and have not heard of these versions."""
        return {
            account: version
            for account, version in versions.items()
            if account in self._by_account and self._heard.get(account) != version
        }

    def have_heard(self, versions: Mapping[str, int]) -> None:
        """All connections of these accounts have read what is of these versions, or later."""
        for account, version in versions.items():
            if account in self._by_account:  # or else they have gone meanwhile
                self._heard[account] = version

    def of_accounts(self, accounts: Iterable[str]) -> list[Present]:
        """Return the connections of these accounts."""
        return [each for account in accounts for each in self._by_account.get(account, ())]


def _discard(index: defaultdict[str, set[Present]], key: str, connection: Present) -> None:
    index[key].discard(connection)
    if not index[key]:
        del index[key]
