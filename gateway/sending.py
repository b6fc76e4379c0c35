"""Saying something: from a `send` command to its answer.

Owns: the checks before an append, and what is answered after it.
Never: the queue to Redis (`gateway.appender`), and a second try of what may have taken effect.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from gateway.accounts import Identity
from gateway.appender import Appender, Placed
from gateway.authorising import authorise
from gateway.preparing import Found, Preparer
from parley.domain.messages import action_of, normalised
from parley.domain.permissions import Action, may
from parley.protocol.commands import Send, Sent
from parley.protocol.content import Delete, counts_as_message
from parley.protocol.entry import content_digest, encode_body, encode_content, encode_derived
from parley.protocol.refusals import (
    CannotMessage,
    Conflict,
    GenerationChanged,
    NotAllowed,
    Overloaded,
    Refusal,
    RightsChanged,
    SetAside,
    Unavailable,
    UnknownRoom,
)
from parley.recovery.fences import Fences
from parley.recovery.seeding import seed_room
from parley.store.api import Directory, Logs
from parley.store.records import Membership
from parley.stream.keys import shard_of
from parley.stream.log import Draft, Fenced, RoomLog


class Sender:
    """Sends for one connection; remembers where its person may speak."""

    def __init__(
        self,
        who: Identity,
        directory: Directory,
        logs: Logs,
        room_log: RoomLog,
        fences: Fences,
        appender: Appender,
        is_full: Callable[[], bool],
        preparer: Preparer,
    ) -> None:
        self._who, self._directory, self._logs = who, directory, logs
        self._room_log, self._fences, self._appender = room_log, fences, appender
        self._is_full, self._preparer = is_full, preparer
        self._memberships: dict[str, Membership] = {}

    def forget(self) -> None:
        """Something in the person's rooms has changed: ask again before the next send."""
        self._memberships.clear()

    def remember(self, memberships: Iterable[Membership]) -> None:
        """Take what was just read of the person's rooms; an authority that is old is found out."""
        self._memberships.update({held.room_id: held for held in memberships})

    async def prepare(self, command: Send) -> "Sent | Ready":
        """Check a command; return its answer if it is known already, or what is to be appended.

        Raises refusals, Fenced, LogUnavailable and StoreUnavailable.
        """
        content = normalised(command.content)
        encoded = encode_content(content)
        digest = content_digest(encoded)
        if command.resend:
            earlier = await self._earlier(command, digest)
            if earlier is not None:
                return earlier
        if self._is_full():
            raise Overloaded()
        await self._check_generation(command)
        author = self._who.person.id
        try:
            held = await self._membership(command)
            prepared = await self._preparer.prepare(author, held, content, resend=command.resend)
        except Refusal as refusal:
            if refusal.retry or not command.resend:
                raise
            earlier = await self._earlier(command, digest, is_refused=True)
            if earlier is None:
                raise
            return earlier
        if prepared.done is not None:
            return _done(command, prepared.done)
        draft = Draft(
            author=author,
            cmid=command.cmid,
            authority=held.authority,
            counts=counts_as_message(content),
            fact=False,
            digest=digest,
            body=encode_body(author, command.cmid, encoded, encode_derived(prepared.derived)),
            kind=prepared.kind,
            target=prepared.target,
        )
        return Ready(draft, command.generation or prepared.generation)

    def append(self, command: Send, ready: "Ready") -> asyncio.Future[Placed]:
        """Append what was prepared, behind what was appended before; as `Appender.submit`."""
        return self._appender.submit(command.room, ready.draft, ready.generation)

    async def _earlier(
        self, command: Send, digest: str, *, is_refused: bool = False
    ) -> Sent | None:
        """Return the answer to an earlier try that took effect, whatever its author may do now.

        With `is_refused` none takes effect any more: what another gateway, or the way to Redis,
        still holds was authorised before the author lost the right, and the room has heard of it.
        """
        try:
            if is_refused:
                await self._shut_out(command.room)
            return await self._find(command, digest)
        except Fenced as fenced:
            await self._fences.refresh(fenced.shard)
            raise Unavailable("the room's log") from None

    async def _shut_out(self, room: str) -> None:
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        with suppress(UnknownRoom):  # closed, or never there: nothing is appended in it
            await seed_room(self._room_log, self._logs, room, fence)

    async def _find(self, command: Send, digest: str) -> Sent | None:
        author, room, cmid = self._who.person.id, command.room, command.cmid
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        # Redis first: what is no longer there has reached the database before it left.
        accepted = await self._room_log.find(room, fence, author, cmid)
        found = await self._logs.find(author, cmid)
        if found is not None:
            if not found.is_of(digest) or found.room_id != room:
                raise Conflict(cmid)
            if found.generation > fence.generation:
                raise Fenced(shard_of(room, self._room_log.shards), fence)
            return Sent(room, cmid, fence.generation, found.seq, found.n, found.time, stored=True)
        reason = await self._logs.set_aside_reason(author, cmid)
        if reason is not None:
            raise SetAside(reason)
        if accepted is None:
            return None
        if accepted.digest not in ("", digest):  # without one, it was deleted since
            raise Conflict(cmid)
        return Sent(
            room, cmid, fence.generation, accepted.seq, accepted.n, accepted.time, stored=False
        )

    async def _check_generation(self, command: Send) -> None:
        shard = shard_of(command.room, self._room_log.shards)
        fence = await self._fences.current(shard)
        if command.generation is None or command.generation == fence.generation:
            return
        if command.generation > fence.generation:
            fence = await self._fences.refresh(shard)
        if command.generation != fence.generation:
            raise GenerationChanged(command.room, fence.generation)

    async def _membership(self, command: Send) -> Membership:
        room, action = command.room, action_of(command.content)
        held = self._memberships.get(room)
        if held is None or not _may(action, held):
            account = self._who.person.id
            held = await authorise(self._directory, account, room, Action.READ)
            if not _may(action, held):
                raise NotAllowed(room, action.value)
            self._memberships[room] = held
        if held.is_mute and not isinstance(command.content, Delete):
            del self._memberships[room]
            raise CannotMessage(await self._other(room))
        if command.rights is not None and command.rights < held.rights:
            # It was sent before its author gained the right, and may have been refused elsewhere.
            raise RightsChanged(room, rights=held.rights)
        return held

    async def _other(self, room: str) -> str | None:
        """Return with whom a direct room is."""
        seen = await self._directory.room(self._who.person.id, room)
        return None if seen is None else seen.other


class Ready(NamedTuple):
    """What is to be appended; with a `generation`, in that one or not at all."""

    draft: Draft
    generation: int | None


def _may(action: Action, held: Membership) -> bool:
    return may(action, held.role, held.kind, read_only=held.read_only)


def _done(command: Send, found: Found) -> Sent:
    """Return the answer to the deletion of what is deleted: nothing is left to be done."""
    place = (found.generation, found.seq, found.n, found.time)
    return Sent(command.room, command.cmid, *place, stored=True)


def sent(command: Send, placed: Placed) -> Sent:
    """Return the answer to a message that was appended, or had been."""
    return Sent(
        command.room,
        command.cmid,
        placed.generation,
        placed.seq,
        placed.n,
        placed.time,
        stored=False,
    )
