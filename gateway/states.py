"""Messages as they are now: what the database has, and what is not stored yet.

Owns: putting the two together, by the one fold of `parley.domain.timeline`.
Never: who may read.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from msgspec import DecodeError

from gateway.reader import RoomReader
from parley.domain.timeline import MessageState, begin, fold
from parley.protocol.commands import Version
from parley.protocol.content import Delete, Edit, Pin, React, Target, Text, target_of
from parley.protocol.entry import Entry, event_of
from parley.protocol.events import Event
from parley.store.api import FullDirectory
from parley.stream.fence import Fence
from parley.stream.log import RoomPosition

# Entries that are not stored yet and are looked through. With more of them the logger has stopped,
# and states are told as of the last one that was looked at.
_TAIL = 2_000


class StatesNow(NamedTuple):
    """Messages by seq, as they are after everything up to `as_of`."""

    as_of: int
    states: dict[int, MessageState]


class StateReader:
    """Reads states. Raises Fenced, UnknownRoom, LogUnavailable and StoreUnavailable."""

    def __init__(self, directory: FullDirectory, reader: RoomReader) -> None:
        self._directory, self._reader = directory, reader

    async def states(self, room: str, fence: Fence, seqs: Collection[int], me: str) -> StatesNow:
        """Return messages by where they stand."""
        return await self._folded(room, seqs, me, await self.tail(room, fence))

    async def of_page(
        self,
        room: str,
        fence: Fence,
        position: RoomPosition,
        page: Collection[int],
        quoted: Collection[int],
        me: str,
    ) -> StatesNow:
        """Return those messages of a page that may have been changed, and those that it quotes.

        `position`: where the room stood before the page was read.
        """
        tail = await self._tail(room, fence, position)
        if any(isinstance(event.content, Edit | Delete | React | Pin) for event in tail):
            # Whatever is on the page may be what is changed next.
            return await self._folded(room, {*page, *quoted}, me, tail)
        return await self._folded(room, quoted, me, tail, changed_among=page)

    async def named(
        self, room: str, fence: Fence, targets: Collection[Target], me: str
    ) -> StatesNow:
        """Return messages by their names."""
        tail = await self.tail(room, fence)
        located = await self._directory.located(room, targets)
        unstored = {state.target: state.seq for state in map(begin, tail) if state is not None}
        seqs = {(located | unstored).get(target) for target in targets}
        return await self._folded(room, {seq for seq in seqs if seq is not None}, me, tail)

    async def versions(self, room: str, fence: Fence, target: Target, seq: int) -> list[Version]:
        """Return what a message has said, the first version first; `seq` is where it stands."""
        # The tail first: what is no longer in it is stored by now.
        tail = await self.tail(room, fence)
        stored = await self._directory.versions(room, seq)
        reached = stored[-1].seq if stored else 0
        later = [_version(event) for event in tail if _is_version(event, target)]
        return [*stored, *(version for version in later if version.seq > reached)]

    async def tail(self, room: str, fence: Fence) -> list[Event]:
        """Return what is not known to be stored, as far as this version knows its kinds."""
        return await self._tail(room, fence, await self._reader.position(room, fence))

    async def _tail(self, room: str, fence: Fence, position: RoomPosition) -> list[Event]:
        last = min(position.seq, position.stored + _TAIL)
        entries = await self._reader.between(room, fence, position.stored + 1, last)
        return list(_known(room, entries))

    async def _folded(
        self,
        room: str,
        seqs: Collection[int],
        me: str,
        tail: list[Event],
        *,
        changed_among: Collection[int] = (),
    ) -> StatesNow:
        if not seqs and not changed_among:
            return StatesNow(tail[-1].seq if tail else 0, {})
        reacting = {event.author for event in tail if isinstance(event.content, React)}
        stored = await self._directory.states(
            room, seqs, {me, *filter(None, reacting)}, changed_among=changed_among
        )
        states = stored.states
        for event in tail:
            begun = begin(event) if event.seq in seqs and event.seq not in states else None
            if begun is not None:
                states[event.seq] = begun
        by_target = {state.target: seq for seq, state in states.items()}
        about: dict[int, list[Event]] = {}
        for event in tail:
            target = target_of(event.author or "", event.content)
            if target in by_target:
                about.setdefault(by_target[target], []).append(event)
        now = {seq: fold(state, about.get(seq, ())) for seq, state in states.items()}
        return StatesNow(max(stored.as_of, tail[-1].seq if tail else 0), now)


def _is_version(event: Event, target: Target) -> bool:
    if isinstance(event.content, Text):
        return (event.author, event.cmid) == (target.author, target.cmid)
    author = event.author or ""
    return isinstance(event.content, Edit) and target_of(author, event.content) == target


def _version(event: Event) -> Version:
    assert isinstance(event.content, Text | Edit)
    return Version(event.seq, event.time, event.content.text, event.derived)


def _known(room: str, entries: Iterable[Entry]) -> Iterable[Event]:
    for entry in entries:
        try:
            yield event_of(room, entry)
        except DecodeError:
            continue  # of a later version
