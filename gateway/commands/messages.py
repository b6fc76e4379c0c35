"""Reading messages by name: as they are, as they were, who has reacted, what is pinned.

Owns: the answers, and who they are for.
Never: how a message comes to be what it is (`gateway.states`).
"""

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.tools import Handlers
from gateway.reactors import ReactorReader
from gateway.states import StateReader
from parley.domain.permissions import Action
from parley.domain.timeline import MessageState, view
from parley.protocol import limits
from parley.protocol.commands import (
    ListPins,
    ListReactions,
    Messages,
    Reactors,
    ReadMessages,
    ReadVersions,
    Versions,
)
from parley.protocol.content import Pin, Target
from parley.protocol.events import Event
from parley.protocol.refusals import NotUnderstood, UnknownMessage
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory
from parley.stream.fence import Fence
from parley.stream.keys import shard_of


class MessageCommands:
    """Commands about messages that are there."""

    def __init__(
        self, directory: FullDirectory, states: StateReader, fences: Fences, shards: int
    ) -> None:
        self._directory, self._states = directory, states
        self._reactors = ReactorReader(directory, states)
        self._fences, self._shards = fences, shards

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            ReadMessages: self._messages,
            ReadVersions: self._versions,
            ListReactions: self._reactions,
            ListPins: self._pins,
        }

    async def _messages(self, who: Identity, command: ReadMessages) -> Messages:
        me, room = who.person.id, command.room
        fence = await self._reading(me, room)
        found = await self._states.named(room, fence, command.targets, me)
        by_target = {state.target: state for state in found.states.values()}
        named = [by_target[target] for target in command.targets if target in by_target]
        told = [view(state, me) for state in named]
        return Messages(room, fence.generation, found.as_of, told)

    async def _versions(self, who: Identity, command: ReadVersions) -> Versions:
        me, room = who.person.id, command.room
        fence = await self._reading(me, room)
        state = await self._message(room, fence, command.target, me)
        if state.deleted:
            return Versions([])
        return Versions(await self._states.versions(room, fence, command.target, state.seq))

    async def _reactions(self, who: Identity, command: ListReactions) -> Reactors:
        me, room = who.person.id, command.room
        fence = await self._reading(me, room)
        after = _after(command.after)
        return await self._reactors.page(
            room, fence, command.target, after=after, limit=command.limit
        )

    async def _pins(self, who: Identity, command: ListPins) -> Messages:
        me, room = who.person.id, command.room
        fence = await self._reading(me, room)
        stored = await self._directory.pinned(room, limits.TARGETS)
        tail = await self._states.tail(room, fence)
        latest = [_pinned_seq(event) for event in reversed(tail)]
        seqs = list(dict.fromkeys([seq for seq in latest if seq] + stored))[: limits.TARGETS]
        found = await self._states.states(room, fence, seqs, me)
        pinned = [found.states[seq] for seq in seqs if seq in found.states]
        told = [view(state, me) for state in pinned if state.pinned]
        return Messages(room, fence.generation, found.as_of, told)

    async def _reading(self, me: str, room: str) -> Fence:
        await authorise(self._directory, me, room, Action.READ)
        return await self._fences.current(shard_of(room, self._shards))

    async def _message(self, room: str, fence: Fence, target: Target, me: str) -> MessageState:
        found = await self._states.named(room, fence, [target], me)
        for state in found.states.values():
            return state
        raise UnknownMessage(target.cmid)


def _pinned_seq(event: Event) -> int:
    is_pin = isinstance(event.content, Pin) and event.content.on
    return event.derived.seq if is_pin and event.derived is not None else 0


def _after(after: str) -> int:
    if after and not (after.isascii() and after.isdecimal() and len(after) < 17):
        raise NotUnderstood(f"{after!r} does not continue a listing")
    return int(after or "0")
