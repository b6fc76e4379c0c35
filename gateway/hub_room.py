"""One room that somebody at this gateway follows.

Owns: its readers, what is on its way to them, and the moment at which a reader joins them.
Never: Redis and the database (`gateway.hub` asks them).
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from msgspec.structs import astuple, replace

from gateway.fanout import Batcher, Pace
from gateway.frames import event_frame, frame, message_frame
from gateway.reader import Missed
from gateway.room_view import RoomView
from parley.protocol.commands import Resumed
from parley.protocol.entry import Entry
from parley.protocol.events import Position, Refused, Reset, ServerMessage, Stored, TypingShown
from parley.stream.keys import room_channel
from parley.stream.log import RoomPosition
from parley.stream.published import (
    Addressed,
    EntryRefused,
    Published,
    ReceiptsTold,
    StoredUpTo,
    TypingTold,
)


class Reader(Protocol):
    """A connection, as a room delivers to it."""

    @property
    def account(self) -> str:
        """Whose it is."""
        ...

    def deliver(self, frames: bytes) -> None:
        """Take whole frames; a client that is too slow for them is told to come back."""
        ...


class DeliveryMetrics(Protocol):
    """What is counted of deliveries."""

    def delivered(self, events: int, readers: int, size: int) -> None:
        """`events` frames of `size` bytes in all were written to so many readers."""
        ...


class Joined(NamedTuple):
    """A reader that follows the room from now on: where it stands, and what it had missed."""

    resumed: Resumed
    frames: list[bytes]


class HubRoom:
    """The room's view and readers. `pace` is that of all rooms' batches."""

    __slots__ = (
        "_batcher", "_metrics", "_readers", "_tails",
        "channel", "dormant", "filling", "opening", "room", "shard", "users", "view",
    )  # fmt: skip

    def __init__(self, room: str, shard: int, pace: Pace, metrics: DeliveryMetrics) -> None:
        self.room, self.shard = room, shard
        self.channel = room_channel(shard, room)
        self.view = RoomView()
        self.users = 0
        self.dormant = False
        """Whether it is known to have left Redis, with all that it had stored."""
        self.opening: asyncio.Future[None]
        self.filling: asyncio.Task[None] | None = None
        self._readers: set[Reader] = set()
        self._tails: list[list[Entry]] = []
        self._batcher = Batcher(pace, self._readers, self._write)
        self._metrics = metrics

    # --- what arrives ------------------------------------------------------------------

    def receive(self, published: Published) -> None:
        """Take what Redis published, and deliver what may be delivered."""
        match published:
            case Entry():
                if self.view.receive(published):
                    self._deliver(published)
            case StoredUpTo():
                if self.view.receive_stored(published):
                    self.tell_stored()
            case EntryRefused(generation, seq, author, cmid, reason):
                self.tell(Refused(self.room, generation, seq, author, cmid, reason))
            case ReceiptsTold():
                self._tell_receipts(published)
            case Addressed(account, message):
                self._tell_devices(account, frame(bytes(message)))
            case TypingTold():
                self._tell_typing(published)

    def open(self, generation: int, position: RoomPosition) -> None:
        """Go live for the first time."""
        self.view.stand(generation, position.seq, position)
        for entry in self.view.fill(()):
            self._deliver(entry)

    def fill(self, missed: Missed) -> None:
        """Go live again with what was missed, telling the readers of a new generation first."""
        view = self.view
        if missed.generation != view.generation or not missed.recovered:
            view.stand(missed.generation, missed.since, missed.position)
            resumed = self._resumed(missed.since, missed.position, missed.recovered)
            self.tell(_reset(resumed))
        for entry in view.fill(missed.entries):
            self._deliver(entry)
        if view.receive_stored(StoredUpTo(missed.generation, missed.position.stored)):
            self.tell_stored()

    # --- what leaves -------------------------------------------------------------------

    def tell(self, message: ServerMessage) -> None:
        """Send a message to every reader, in order with the events."""
        self._batcher.add(message_frame(message))

    def tell_stored(self) -> None:
        """Tell every reader how far the room is stored; of many watermarks the last is enough."""
        self._batcher.add_latest(self._stored_frame)

    def beat(self) -> None:
        """Tell the readers where the room stands, if it has moved since the last heartbeat."""
        view = self.view
        if view.moved and self._readers:
            self.tell(Position(self.room, view.generation, view.seq, view.stored))
        view.moved = False

    def _tell_receipts(self, told: ReceiptsTold) -> None:
        receipts, silent = told.receipts, frozenset(told.silent)
        if receipts.generation != self.view.generation:
            return
        for_most, for_silent = message_frame(receipts), message_frame(replace(receipts, read=None))
        for reader in tuple(self._readers):
            reader.deliver(for_silent if reader.account in silent else for_most)

    def _tell_devices(self, account: str, message: bytes) -> None:
        for reader in tuple(self._readers):
            if reader.account == account:
                reader.deliver(message)

    def _tell_typing(self, told: TypingTold) -> None:
        hidden_from = {told.person, *told.hidden_from}
        message = message_frame(TypingShown(self.room, told.person, told.for_ms))
        for reader in tuple(self._readers):
            if reader.account not in hidden_from:
                reader.deliver(message)

    def _deliver(self, entry: Entry) -> None:
        for tail in self._tails:
            tail.append(entry)
        self._batcher.add(event_frame(self.room, entry))

    def _stored_frame(self) -> bytes:
        return message_frame(Stored(self.room, self.view.generation, self.view.stored))

    def _write(self, frames: bytes, count: int) -> None:
        for reader in tuple(self._readers):
            reader.deliver(frames)
        self._metrics.delivered(count, len(self._readers), len(frames))

    # --- who reads ---------------------------------------------------------------------

    @property
    def readers(self) -> int:
        return len(self._readers)

    @contextmanager
    def recording(self) -> Iterator[list[Entry]]:
        """Collect what is delivered from now on, for who is reading what came before."""
        tail: list[Entry] = []
        self._tails.append(tail)
        try:
            yield tail
        finally:
            # By identity: two empty tails are equal.
            self._tails = [other for other in self._tails if other is not tail]

    def join(self, reader: Reader, missed: Missed | None, tail: list[Entry]) -> Joined | None:
        """Let a reader follow the room from now on; None if what it missed is out of date.

        `missed` is None for a reader that wants what comes from now on alone.
        """
        view = self.view
        if missed is None:
            missed = Missed(view.generation, view.seq, [], view.standing, recovered=True)
        entries = [*missed.entries, *_after(tail, missed.position.seq)]
        reached = entries[-1].seq if entries else missed.since
        if missed.generation != view.generation or reached < view.seq:
            return None
        # What is on its way to the others has been read by this one already.
        self._batcher.flush()
        self._readers.add(reader)
        frames = [event_frame(self.room, entry) for entry in entries if entry.seq <= view.seq]
        since = min(missed.since, view.seq)
        return Joined(self._resumed(since, view.standing, missed.recovered), frames)

    def part(self, reader: Reader) -> None:
        """Deliver nothing more to the reader."""
        self._readers.discard(reader)

    def close(self) -> None:
        """Stop what is under way: nobody follows the room any more."""
        self.opening.cancel()
        if self.filling is not None:
            self.filling.cancel()
        self._batcher.close()

    def _resumed(self, since: int, position: RoomPosition, recovered: bool) -> Resumed:
        return Resumed(
            room=self.room,
            generation=self.view.generation,
            since=since,
            top=position.seq,
            stored=position.stored,
            n=position.n,
            recovered=recovered,
        )


def _after(entries: Iterable[Entry], seq: int) -> Iterator[Entry]:
    return (entry for entry in entries if entry.seq > seq)


def _reset(resumed: Resumed) -> Reset:
    """Return what everybody is told of a room; the rights in it are each reader's own."""
    return Reset(*astuple(resumed)[: len(Reset.__struct_fields__)])
