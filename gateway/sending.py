"""Saying something: from a `send` command to its answer.

Owns: the checks before an append, and what is answered after it.
Never: the queue to Redis (`gateway.appender`), and a second try of what may have taken effect.
"""

import asyncio
from collections.abc import Callable

from gateway.accounts import Identity
from gateway.appender import Appender, Placed
from gateway.authorising import authorise
from parley.domain.permissions import Action
from parley.domain.text import message_text
from parley.protocol.commands import Send, Sent
from parley.protocol.content import Text, counts_as_message
from parley.protocol.entry import content_digest, encode_body, encode_content
from parley.protocol.refusals import (
    CannotMessage,
    Conflict,
    GenerationChanged,
    Overloaded,
    SetAside,
    Unavailable,
)
from parley.recovery.fences import Fences
from parley.store.api import Directory, Logs
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
    ) -> None:
        self._who, self._directory, self._logs = who, directory, logs
        self._room_log, self._fences, self._appender = room_log, fences, appender
        self._is_full = is_full
        self._authorities: dict[str, int] = {}

    def forget(self) -> None:
        """Something in the person's rooms has changed: ask again before the next send."""
        self._authorities.clear()

    async def prepare(self, command: Send) -> Sent | Draft:
        """Check a command; return its answer if it is known already, or what is to be appended.

        Raises refusals, LogUnavailable and StoreUnavailable.
        """
        content = Text(message_text(command.content.text))
        encoded = encode_content(content)
        digest = content_digest(encoded)
        if command.resend:
            try:
                earlier = await self._earlier(command, digest)
            except Fenced as fenced:
                await self._fences.refresh(fenced.shard)
                raise Unavailable("the room's log") from None
            if earlier is not None:
                return earlier
        if self._is_full():
            raise Overloaded()
        await self._check_generation(command)
        author = self._who.person.id
        return Draft(
            author=author,
            cmid=command.cmid,
            authority=await self._authority(command.room),
            counts=counts_as_message(content),
            fact=False,
            digest=digest,
            body=encode_body(author, command.cmid, encoded),
        )

    def append(self, command: Send, draft: Draft) -> asyncio.Future[Placed]:
        """Append what was prepared, behind what was appended before; as `Appender.submit`."""
        return self._appender.submit(command.room, draft, command.generation)

    async def _earlier(self, command: Send, digest: str) -> Sent | None:
        """Return the answer to an earlier try that took effect, whatever its author may do now."""
        author, room, cmid = self._who.person.id, command.room, command.cmid
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        # Redis first: what is no longer there has reached the database before it left.
        accepted = await self._room_log.find(room, fence, author, cmid)
        found = await self._logs.find(author, cmid)
        if found is not None:
            if found.digest != digest or found.room_id != room:
                raise Conflict(cmid)
            if found.generation > fence.generation:
                raise Fenced(shard_of(room, self._room_log.shards), fence)
            return Sent(room, cmid, fence.generation, found.seq, found.n, found.time, stored=True)
        reason = await self._logs.set_aside_reason(author, cmid)
        if reason is not None:
            raise SetAside(reason)
        if accepted is None:
            return None
        if accepted.digest != digest:
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

    async def _authority(self, room: str) -> int:
        authority = self._authorities.get(room)
        if authority is None:
            account = self._who.person.id
            held = await authorise(self._directory, account, room, Action.SEND)
            if held.is_mute:
                raise CannotMessage(await self._other(room))
            authority = self._authorities[room] = held.authority
        return authority

    async def _other(self, room: str) -> str | None:
        """Return with whom a direct room is."""
        seen = await self._directory.room(self._who.person.id, room)
        return None if seen is None else seen.other


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
