"""A room and its readers: whoever joins, whenever, has every event once and in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import Raw
from msgspec.structs import replace

from gateway.fanout import Pace
from gateway.hub_room import HubRoom, Joined
from gateway.reader import Missed
from parley.protocol import codec
from parley.protocol.commands import Resumed
from parley.protocol.content import Text
from parley.protocol.entry import Entry, encode_body, encode_content
from parley.protocol.events import (
    Event,
    Extent,
    Marked,
    Position,
    Receipts,
    Refused,
    Reset,
    ServerMessage,
    Stored,
)
from parley.stream.log import RoomPosition
from parley.stream.published import Addressed, EntryRefused, ReceiptsTold, StoredUpTo
from tests.gateway.loops import HandLoop, running_loop
from tests.gateway.parts import parsed

WINDOW = 8.0


class Metrics:
    """What was counted."""

    def __init__(self) -> None:
        self.deliveries: list[tuple[int, int, int]] = []

    def delivered(self, events: int, readers: int, size: int) -> None:
        self.deliveries.append((events, readers, size))


class Listening:
    """A reader that keeps what it was given."""

    def __init__(self, account: str = "ann") -> None:
        self.account = account
        self.frames = b""

    def deliver(self, frames: bytes) -> None:
        self.frames += frames

    def start(self, joined: Joined | None) -> Resumed:
        """Take the answer that it joined with."""
        assert joined is not None
        self.frames += b"".join(joined.frames)
        return joined.resumed

    @property
    def messages(self) -> list[ServerMessage]:
        decoded = [codec.decode_server_message(payload) for payload in parsed(self.frames)]
        return [message for message in decoded if message is not None]

    @property
    def seqs(self) -> list[int]:
        return [message.seq for message in self.messages if isinstance(message, Event)]


def entry(seq: int, generation: int = 1) -> Entry:
    body = encode_body("ann", None, encode_content(Text(f"message {seq}")))
    return Entry(generation, seq, seq, 1000, body)


def missed(since: int, through: int, *, generation: int = 1, recovered: bool = True) -> Missed:
    """Return what was missed after `since`, of a room whose last entry is `through`."""
    entries = [entry(seq, generation) for seq in range(since + 1, through + 1)]
    position = RoomPosition(through, through, 0)
    return Missed(generation, since, entries, position, recovered)


class Rooms:
    """A room that was opened at seq 5, and a loop under it."""

    def __init__(self, loop: HandLoop) -> None:
        self.loop, self.metrics = loop, Metrics()
        self.room = HubRoom("lobby", 0, Pace(WINDOW), self.metrics)
        self.room.open(1, RoomPosition(5, 5, 5))

    def hear(self, *seqs: int, generation: int = 1) -> None:
        for seq in seqs:
            self.room.receive(entry(seq, generation))

    def reader(self, account: str = "ann") -> Listening:
        """Let somebody follow the room from now on."""
        reader = Listening(account)
        reader.start(self.room.join(reader, None, []))
        return reader

    def settle(self) -> None:
        self.loop.advance(WINDOW)


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with running_loop() as loop:
        yield Rooms(loop)


# --- following -----------------------------------------------------------------------------


def test_every_reader_has_every_event_in_order(rooms: Rooms) -> None:
    readers = [rooms.reader() for _ in range(3)]

    rooms.hear(6, 7, 8)
    rooms.settle()

    assert [reader.seqs for reader in readers] == [[6, 7, 8]] * 3


def test_an_event_is_told_whole(rooms: Rooms) -> None:
    reader = rooms.reader()

    rooms.hear(6)

    assert reader.messages == [Event("lobby", 1, 6, 6, 1000, "ann", None, Text("message 6"))]


def test_who_has_left_hears_nothing_more(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(6, 7)

    rooms.room.part(reader)
    rooms.settle()

    assert reader.seqs == [6]


def test_what_is_told_is_counted(rooms: Rooms) -> None:
    one, _ = rooms.reader(), rooms.reader()

    rooms.hear(6)

    assert rooms.metrics.deliveries == [(1, 2, len(one.frames))]


# --- joining -------------------------------------------------------------------------------


def test_who_joins_without_a_position_hears_what_comes_from_now_on(rooms: Rooms) -> None:
    reader = Listening()

    resumed = reader.start(rooms.room.join(reader, None, []))
    rooms.hear(6)

    assert resumed == Resumed("lobby", 1, since=5, top=5, stored=5, n=5, recovered=True)
    assert reader.seqs == [6]


def test_who_joins_with_a_position_hears_what_it_missed_first(rooms: Rooms) -> None:
    reader = Listening()

    resumed = reader.start(rooms.room.join(reader, missed(2, 5), []))
    rooms.hear(6)

    assert resumed == Resumed("lobby", 1, since=2, top=5, stored=5, n=5, recovered=True)
    assert reader.seqs == [3, 4, 5, 6]


def test_what_comes_while_the_missed_is_read_is_joined_to_it(rooms: Rooms) -> None:
    reader = Listening()
    with rooms.room.recording() as tail:
        read = missed(2, 5)
        rooms.hear(6, 7)
        resumed = reader.start(rooms.room.join(reader, read, tail))
    rooms.hear(8)
    rooms.settle()

    assert resumed.top == 7
    assert reader.seqs == [3, 4, 5, 6, 7, 8]


def test_what_comes_while_the_missed_is_read_may_be_in_it_already(rooms: Rooms) -> None:
    reader = Listening()
    with rooms.room.recording() as tail:
        rooms.hear(6, 7)
        reader.start(rooms.room.join(reader, missed(2, 7), tail))

    assert reader.seqs == [3, 4, 5, 6, 7]


def test_what_was_read_before_it_was_heard_is_told_once(rooms: Rooms) -> None:
    reader = Listening()

    resumed = reader.start(rooms.room.join(reader, missed(2, 7), []))
    assert (resumed.top, reader.seqs) == (5, [3, 4, 5])
    rooms.hear(6, 7)
    rooms.settle()

    assert reader.seqs == [3, 4, 5, 6, 7]


def test_a_reader_that_is_ahead_of_what_was_heard_starts_where_the_room_stands(
    rooms: Rooms,
) -> None:
    reader = Listening()

    resumed = reader.start(rooms.room.join(reader, missed(7, 7), []))
    rooms.hear(6, 7, 8)
    rooms.settle()

    assert (resumed.since, resumed.top) == (5, 5)
    assert reader.seqs == [6, 7, 8]


def test_what_is_on_its_way_to_the_others_is_not_told_twice(rooms: Rooms) -> None:
    first, second = rooms.reader(), Listening()
    rooms.hear(6, 7)  # 7 waits for the end of the window

    second.start(rooms.room.join(second, missed(5, 7), []))
    rooms.settle()

    assert first.seqs == [6, 7]
    assert second.seqs == [6, 7]


def test_what_was_missed_in_another_generation_is_out_of_date(rooms: Rooms) -> None:
    reader = Listening()

    assert rooms.room.join(reader, missed(2, 5, generation=2), []) is None
    rooms.hear(6)

    assert reader.frames == b""


def test_what_was_missed_and_does_not_reach_the_present_is_out_of_date(rooms: Rooms) -> None:
    reader = Listening()
    read = missed(2, 5)
    rooms.hear(6)

    assert rooms.room.join(reader, read, []) is None


def test_who_has_missed_too_much_starts_afresh_at_the_top(rooms: Rooms) -> None:
    reader = Listening()
    restart = Missed(1, 5, [], RoomPosition(5, 5, 5), recovered=False)

    resumed = reader.start(rooms.room.join(reader, restart, []))
    rooms.hear(6)

    assert resumed == Resumed("lobby", 1, since=5, top=5, stored=5, n=5, recovered=False)
    assert reader.seqs == [6]


def test_two_who_read_at_once_record_for_themselves(rooms: Rooms) -> None:
    with rooms.room.recording() as one:
        with rooms.room.recording() as two:
            rooms.hear(6)
        rooms.hear(7)

    assert [each.seq for each in one] == [6, 7]
    assert [each.seq for each in two] == [6]


# --- what was lost -------------------------------------------------------------------------


def test_a_hole_is_filled_before_anything_later_is_told(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(7, 8)
    assert reader.frames == b""

    rooms.room.fill(missed(5, 7))
    rooms.settle()

    assert reader.seqs == [6, 7, 8]


def test_a_new_generation_is_told_before_its_events(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(9, generation=2)

    rooms.room.fill(missed(4, 8, generation=2))
    rooms.settle()

    reset = Reset("lobby", 2, since=4, top=8, stored=0, n=8, recovered=True)
    assert reader.messages[0] == reset
    assert reader.seqs == [5, 6, 7, 8, 9]
    assert {each.generation for each in reader.messages if isinstance(each, Event)} == {2}


def test_a_hole_that_is_too_great_is_a_fresh_start(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(9000)

    rooms.room.fill(Missed(1, 9000, [], RoomPosition(9000, 8000, 7000), recovered=False))
    rooms.hear(9001)
    rooms.settle()

    assert reader.messages[0] == Reset("lobby", 1, 9000, 9000, 7000, 8000, recovered=False)
    assert reader.seqs == [9001]


def test_a_watermark_that_was_missed_is_told_with_what_was(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(7)

    rooms.room.fill(missed(5, 7)._replace(position=RoomPosition(7, 7, 6)))
    rooms.settle()

    assert reader.messages[-1] == Stored("lobby", 1, 6)


# --- watermarks, refusals, the heartbeat ---------------------------------------------------


def test_of_many_watermarks_the_last_is_told(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(6, 7, 8)
    for seq in (6, 7, 8):
        rooms.room.receive(StoredUpTo(1, seq))
    rooms.settle()

    assert reader.messages[-1] == Stored("lobby", 1, 8)
    assert [type(message) for message in reader.messages] == [Event, Event, Event, Stored]


def test_a_watermark_that_is_no_news_is_not_told(rooms: Rooms) -> None:
    reader = rooms.reader()

    rooms.room.receive(StoredUpTo(1, 5))
    rooms.room.receive(StoredUpTo(0, 9))
    rooms.settle()

    assert reader.frames == b""


def test_an_entry_that_was_set_aside_is_told(rooms: Rooms) -> None:
    reader = rooms.reader()

    rooms.room.receive(EntryRefused(1, 5, "ann", "cmid", "no"))

    assert reader.messages == [Refused("lobby", 1, 5, "ann", "cmid", "no")]


def test_a_heartbeat_tells_where_a_room_that_has_moved_stands(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.hear(6)

    rooms.room.beat()
    rooms.settle()

    assert reader.messages[-1] == Position("lobby", 1, top=6, stored=5)


def test_a_heartbeat_tells_nothing_of_a_room_that_stands_still(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.room.beat()
    rooms.settle()
    told = len(reader.messages)

    rooms.room.beat()
    rooms.settle()

    assert len(reader.messages) == told


def test_a_watermark_moves_a_room(rooms: Rooms) -> None:
    reader = rooms.reader()
    rooms.room.beat()
    rooms.hear(6)
    rooms.room.beat()
    rooms.room.receive(StoredUpTo(1, 6))
    rooms.room.beat()
    rooms.settle()

    assert reader.messages[-2:] == [Position("lobby", 1, 6, 6), Stored("lobby", 1, 6)]


# --- what is told of marks -----------------------------------------------------------------


def told(generation: int = 1) -> ReceiptsTold:
    receipts = Receipts("lobby", generation, Extent(1, "ann", 2), Extent(1, "bob", 2))
    return ReceiptsTold(receipts, silent=["cyd"])


def test_who_lets_nobody_know_what_they_read_is_told_of_nobody_s_reading(rooms: Rooms) -> None:
    ann, cyd = rooms.reader("ann"), rooms.reader("cyd")

    rooms.room.receive(told())

    assert ann.messages == [told().receipts]
    assert cyd.messages == [replace(told().receipts, read=None)]


def test_receipts_of_another_generation_are_not_told(rooms: Rooms) -> None:
    reader = rooms.reader()

    rooms.room.receive(told(generation=2))

    assert reader.messages == []


def test_words_to_one_person_reach_that_person_s_devices_alone(rooms: Rooms) -> None:
    readers = [rooms.reader(name) for name in ("ann", "ann", "bob")]
    marked = Marked("lobby", 1, 3, 3, 0, 0, [])

    rooms.room.receive(Addressed("ann", Raw(codec.encode(marked))))

    assert [reader.messages for reader in readers] == [[marked], [marked], []]
