"""Who has reacted to a message: what the database has, and what is not stored yet.

Owns: putting the two together into pages, by the one fold of `parley.domain.timeline`.
Never: who may read.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gateway.states import StateReader
from parley.domain.timeline import MessageState, apply, begin
from parley.protocol.commands import Reactor, Reactors
from parley.protocol.content import React, Target
from parley.protocol.events import Event
from parley.protocol.refusals import UnknownMessage
from parley.store.api import FullDirectory
from parley.stream.fence import Fence


class _Unstored(NamedTuple):
    """What the entries that are not stored yet do: who is put where, and who is taken away."""

    put: dict[Reactor, int]
    taken: set[Reactor]
    deleted: bool


class ReactorReader:
    """Reads pages. Raises Fenced, UnknownRoom, LogUnavailable and StoreUnavailable."""

    def __init__(self, directory: FullDirectory, states: StateReader) -> None:
        self._directory, self._states = directory, states

    async def page(
        self, room: str, fence: Fence, target: Target, *, after: int, limit: int
    ) -> Reactors:
        """Return who has reacted to a message after a seq. Raises UnknownMessage."""
        # The tail first: what is no longer in it is stored by now.
        tail = await self._states.tail(room, fence)
        state = await self._stored(room, target, tail)
        unstored = _unstored(state, tail)
        if unstored.deleted:
            return Reactors([])
        wanted = limit + 1 + len(unstored.taken)
        stored = await self._directory.reactors(room, state.seq, after=after, limit=wanted)
        # Whoever was taken away and put there again may have been stored meanwhile.
        found = [
            (seq, who)
            for seq, who in stored
            if who not in unstored.taken or unstored.put.get(who) == seq
        ]
        if len(stored) < wanted:
            reached = max((seq for seq, _ in stored), default=after)
            found += [(seq, who) for who, seq in unstored.put.items() if seq > reached]
        page = found[:limit]
        more = str(page[-1][0]) if len(found) > limit else None
        return Reactors([reactor for _, reactor in page], more)

    async def _stored(self, room: str, target: Target, tail: list[Event]) -> MessageState:
        """Return a message as it is stored, or as it began if it is not."""
        located = await self._directory.located(room, [target])
        if located:
            people = {event.author for event in tail if isinstance(event.content, React)}
            read = await self._directory.states(room, located.values(), set(filter(None, people)))
            for state in read.states.values():
                return state
        for begun in map(begin, tail):
            if begun is not None and begun.target == target:
                return begun
        raise UnknownMessage(target.cmid)


def _unstored(state: MessageState, tail: Iterable[Event]) -> _Unstored:
    put: dict[Reactor, int] = {}
    taken: set[Reactor] = set()
    for event in tail:
        before, state = state, apply(state, event)
        if not isinstance(event.content, React):
            continue
        reactor = Reactor(event.author or "", event.content.emoji)
        had, has = _has(before, reactor), _has(state, reactor)
        if has and not had:
            put[reactor] = event.seq
        elif had and not has and put.pop(reactor, None) is None:
            taken.add(reactor)
    return _Unstored(put, taken, state.deleted)


def _has(state: MessageState, reactor: Reactor) -> bool:
    return reactor.emoji in state.reactions and reactor.person in state.reactions[reactor.emoji]
