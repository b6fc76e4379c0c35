"""What an entry is about: from the content that was sent to what is appended.

Owns: finding the message that is edited, deleted, reacted to, pinned or answered, the refusals
that only it can decide, and what is derived: the tree of a text, whom it names.
Never: whether the author may speak in the room at all (`gateway.sending`).

What needs only the room's latest entries needs no database. What is older, and a name after an
`@`, does: without it, such an entry is `unavailable`, and waits in its sender's outbox.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import DecodeError

from gateway.reader import RoomReader
from parley.domain.formatting import Formatted, formatted, names_in
from parley.domain.messages import TimeLimits, require_in_time
from parley.domain.permissions import Action, may
from parley.protocol.content import (
    Content,
    Delete,
    Edit,
    Pin,
    React,
    Sendable,
    Stone,
    Target,
    Text,
)
from parley.protocol.derived import Derived
from parley.protocol.entry import decode_body, decode_content, decode_derived
from parley.protocol.refusals import NotAllowed, UnknownMessage
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory, Logs
from parley.store.records import Membership
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, RoomLog

Kind = Literal["entry", "edit", "delete", "change"]


class Found(NamedTuple):
    """A message where it now stands, and what its entry says; a stone, if it was deleted."""

    generation: int
    seq: int
    n: int
    time: int
    author: str
    content: Content
    derived: Derived


class Prepared(NamedTuple):
    """What is appended beside the content, and in which generation that holds (None: in any).

    `done` is the message that is deleted already: there is nothing to append.
    """

    derived: Derived
    kind: Kind = "entry"
    target: int = 0
    generation: int | None = None
    done: Found | None = None


class Preparer:
    """Prepares entries. `clock` gives Unix milliseconds."""

    def __init__(
        self,
        directory: FullDirectory,
        logs: Logs,
        room_log: RoomLog,
        reader: RoomReader,
        fences: Fences,
        limits: TimeLimits,
        clock: Callable[[], int],
    ) -> None:
        self._directory, self._logs, self._room_log = directory, logs, room_log
        self._reader, self._fences = reader, fences
        self._limits, self._clock = limits, clock

    async def prepare(
        self, author: str, held: Membership, content: Sendable, *, resend: bool
    ) -> Prepared:
        """Return what belongs to an entry of `author`, who may do in the room what it does.

        Raises UnknownMessage, TooLate, NotAllowed, Fenced, LogUnavailable and StoreUnavailable.
        """
        match content:
            case Text():
                return await self._text(held, content)
            case Edit(cmid=cmid, text=text):
                found = await self._message(held.room_id, Target(author, cmid))
                hours = self._limits.edit_hours
                require_in_time("edited", found.time, self._clock(), hours, resend=resend)
                tree = (await self._formatted(held, text)).tree
                return _about(found, "edit", Derived(tree=tree, seq=found.seq))
            case Delete(of=target):
                return await self._deletion(author, held, target, resend=resend)
            case React(of=target) | Pin(of=target):
                found = await self._message(held.room_id, target)
                return _about(found, "change", Derived(seq=found.seq))

    async def find(self, room: str, target: Target) -> Found | None:
        """Return a message, or the stone that it left; None if there is none. Raises Fenced."""
        shard = shard_of(room, self._room_log.shards)
        fence = await self._fences.current(shard)
        # Redis first: what is no longer there has reached the database before it left.
        accepted = await self._room_log.find(room, fence, target.author, target.cmid)
        if accepted is not None:
            seq = accepted.seq
        else:
            stored = await self._logs.find(target.author, target.cmid)
            if stored is None or stored.room_id != room:
                return None
            if stored.generation > fence.generation:
                raise Fenced(shard, fence)
            seq = stored.seq
        (entry,) = await self._reader.between(room, fence, seq, seq)
        body = decode_body(entry.body)
        try:
            content, derived = decode_content(body.content), decode_derived(body.derived)
        except DecodeError:
            return None  # of a later version
        if not isinstance(content, Text) and content != Stone("deleted"):
            return None
        return Found(fence.generation, seq, entry.n, entry.time, target.author, content, derived)

    async def _message(self, room: str, target: Target) -> Found:
        found = await self.find(room, target)
        if found is None or isinstance(found.content, Stone):
            raise UnknownMessage(target.cmid)
        return found

    async def _text(self, held: Membership, content: Text) -> Prepared:
        words = await self._formatted(held, content.text)
        derived = Derived(words.tree, words.mentions, words.everyone)
        answered = None
        if content.reply_to is not None:
            answered = await self.find(held.room_id, content.reply_to)
        if answered is None:
            return Prepared(derived)
        derived = Derived(words.tree, words.mentions, words.everyone, answered.seq)
        return Prepared(derived, generation=answered.generation)

    async def _formatted(self, held: Membership, text: str) -> Formatted:
        names = names_in(text)
        people = await self._directory.members_named(held.room_id, names) if names else {}
        everyone = may(Action.MENTION_ALL, held.role, held.kind)
        return formatted(text, people, everyone=everyone)

    async def _deletion(
        self, author: str, held: Membership, target: Target, *, resend: bool
    ) -> Prepared:
        found = await self.find(held.room_id, target)
        if found is None:
            raise UnknownMessage(target.cmid)
        if not may(Action.DELETE_OTHERS, held.role, held.kind):
            if found.author != author:
                raise NotAllowed(held.room_id, Action.DELETE_OTHERS.value)
            hours = self._limits.delete_hours
            if not isinstance(found.content, Stone):
                require_in_time("deleted", found.time, self._clock(), hours, resend=resend)
        if isinstance(found.content, Stone) and await self._is_stored(target):
            return Prepared(Derived(), done=found)
        derived = Derived([], found.derived.mentions, found.derived.everyone, found.seq)
        return _about(found, "delete", derived)

    async def _is_stored(self, target: Target) -> bool:
        """Return whether the deletion is in the database: one in Redis alone may yet be lost."""
        stored = await self._logs.find(target.author, target.cmid)
        return stored is not None and stored.is_deleted


def _about(found: Found, kind: Kind, derived: Derived) -> Prepared:
    # Under another generation the message may stand elsewhere: then it is looked for again.
    return Prepared(derived, kind, found.seq, found.generation)
