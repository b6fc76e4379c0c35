"""Who is there, told to those who have them on the screen.

Owns: what this gateway says of its own clients, what its clients look at, and how soon they hear of
a change: who comes is seen within seconds, who goes only after half a minute without them, so that
a lost connection is no absence.
Never: how presence is kept (`parley.stream.presence`), and a word to anybody who did not ask.

It costs what is on screens: the people of whom anybody here asked are read together every few
seconds; what nobody looks at is read by nobody.
"""

from collections.abc import Callable, Collection, Iterable
from itertools import count
from typing import Protocol
from zlib import crc32

from gateway.frames import message_frame
from parley.protocol.commands import Presence
from parley.protocol.events import PresenceChanged
from parley.store.api import FullDirectory
from parley.stream.presence import HOLDS_MS, PresenceLog, State

# How often a gateway looks whether anybody has come, gone, or moved, in seconds.
LOOK_SECONDS = 2.0
# It repeats what it has said of each person after so many looks: three times while that holds.
_REPEAT_LOOKS = round(HOLDS_MS / 1000 / LOOK_SECONDS / 3)
# How long somebody has to be away, or gone, before that is told.
PATIENCE_SECONDS = 30.0


class Watcher(Protocol):
    """A connection, as it is told of others."""

    @property
    def account(self) -> str:
        """Whose it is."""
        ...

    def deliver(self, frames: bytes) -> None:
        """Take whole frames."""
        ...


class Whereabouts:
    """The presence of one gateway's clients, and of those they look at.

    `name` tells gateways apart. `clock` gives Unix milliseconds, `timer` seconds that never go
    back. Methods that wait raise LogUnavailable and StoreUnavailable.
    """

    def __init__(
        self,
        log: PresenceLog,
        directory: FullDirectory,
        name: str,
        clock: Callable[[], int],
        timer: Callable[[], float],
    ) -> None:
        self._log, self._directory = log, directory
        self._name, self._clock, self._timer = name, clock, timer
        # Each connection's session, and whether the person is away from that device.
        self._here: dict[Watcher, tuple[str, bool]] = {}
        self._said: dict[str, State] = {}
        self._looks = count()
        # Sessions whose connection has gone since the last look.
        self._gone: set[str] = set()
        self._watched: dict[Watcher, frozenset[str]] = {}
        # What watchers know of each person; and since when that is no longer so.
        self._shown: dict[str, State | None] = {}
        self._differs_since: dict[str, float] = {}

    # --- connections -------------------------------------------------------------------

    def come(self, connection: Watcher, session: str) -> None:
        """A connection speaks for somebody now."""
        self._here[connection] = (session, False)

    def be_away(self, connection: Watcher, *, away: bool) -> None:
        """Somebody has left a device, or is back at it."""
        if connection in self._here:
            self._here[connection] = (self._here[connection][0], away)

    def go(self, connection: Watcher) -> None:
        """A connection has gone."""
        self._watched.pop(connection, None)
        session, _ = self._here.pop(connection, ("", False))
        if session:
            self._gone.add(session)

    async def watch(self, connection: Watcher, people: Collection[str]) -> list[Presence]:
        """Return how people are, and tell the connection of changes, of nobody else's any more."""
        apart = await self._directory.kept_apart(connection.account)
        there = {person.id for person in await self._directory.people(people)}
        states = await self._log.states(there - apart, self._clock())
        if connection in self._here:
            self._watched[connection] = frozenset(people)
        for person in there - apart:
            self._shown.setdefault(person, states.get(person))
        return await self._presences(there, apart)

    # --- by itself ---------------------------------------------------------------------

    async def look(self) -> None:
        """Say how those are who are here, and tell of changes among those who are looked at."""
        await self._say()
        await self._tell()
        await self._note_gone()

    async def _say(self) -> None:
        states = self._states()
        turn = next(self._looks) % _REPEAT_LOOKS
        news = {
            person: state
            for person, state in states.items()
            if self._said.get(person) != state or _turn_of(person) == turn
        }
        if news:
            await self._log.say(self._name, news, self._clock())
        gone = self._said.keys() - states.keys()
        if gone:
            await self._log.forget(self._name, gone)
        self._said = states

    def _states(self) -> dict[str, State]:
        states: dict[str, State] = {}
        for connection, (_, away) in self._here.items():
            if not away or connection.account not in states:
                states[connection.account] = "away" if away else "online"
        return states

    async def _tell(self) -> None:
        watched = frozenset[str]().union(*self._watched.values())
        states = await self._log.states(watched, self._clock())
        self._shown = {who: self._shown[who] for who in watched if who in self._shown}
        self._differs_since = {
            who: since for who, since in self._differs_since.items() if who in watched
        }
        news = {who for who in watched if self._is_news(who, states.get(who))}
        self._shown |= {who: states.get(who) for who in news}
        for connection, people in tuple(self._watched.items()):
            concerned = people & news
            if concerned:
                apart = await self._directory.kept_apart(connection.account)
                changed = await self._presences(concerned - apart, apart)
                if changed:
                    connection.deliver(message_frame(PresenceChanged(changed)))

    def _is_news(self, person: str, state: State | None) -> bool:
        """Return whether what is known of somebody has to be put right now."""
        if self._shown.get(person) == state:
            self._differs_since.pop(person, None)
            return False
        now = self._timer()
        since = self._differs_since.setdefault(person, now)
        if state != "online" and now - since < PATIENCE_SECONDS:
            return False
        del self._differs_since[person]
        return True

    async def _presences(self, people: Iterable[str], apart: Collection[str]) -> list[Presence]:
        ordered = sorted(people)
        states = {who: None if who in apart else self._shown.get(who) for who in ordered}
        offline = [who for who in ordered if states[who] is None and who not in apart]
        seen = await self._directory.last_seen(offline) if offline else {}
        return [Presence(who, states[who] or "offline", seen.get(who, 0)) for who in ordered]

    async def _note_gone(self) -> None:
        gone, self._gone = self._gone, set()
        if gone:
            await self._directory.note_seen(gone)


def _turn_of(person: str) -> int:
    """Return in which of the looks between two repetitions a person is repeated."""
    return crc32(person.encode()) % _REPEAT_LOOKS
