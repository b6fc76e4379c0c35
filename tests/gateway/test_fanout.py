"""Batches: the first frame goes out at once, those that follow it together."""

from collections.abc import Iterator, Sized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import fanout
from gateway.fanout import PATIENCE_SECONDS, Batcher, Pace
from tests.gateway.loops import HandLoop, running_loop

# Seconds. A power of two, so that parts of it are exact.
WINDOW = 8.0


# So many that, while they rest, every other room rests for the window.
MANY = 1_000_000


def busy_pace() -> Pace:
    """Return the pace of a gateway that writes a lot in other rooms."""
    pace = Pace(WINDOW)
    pace.rest(MANY, 1)
    return pace


class Written:
    """A batcher, and what it wrote: frames joined, and their number."""

    def __init__(self, loop: HandLoop, readers: Sized = (), pace: Pace | None = None) -> None:
        self.loop = loop
        self.batches: list[tuple[bytes, int]] = []
        self.batcher = Batcher(
            pace or busy_pace(),
            readers,
            lambda frames, number: self.batches.append((frames, number)),
        )


@pytest.fixture
def written() -> Iterator[Written]:
    with running_loop() as loop:
        yield Written(loop)


def test_the_first_frame_of_a_quiet_room_goes_out_at_once(written: Written) -> None:
    written.batcher.add(b"one")

    assert written.batches == [(b"one", 1)]


def test_frames_within_the_window_go_out_together_at_its_end(written: Written) -> None:
    for frame in (b"one", b"two", b"three"):
        written.batcher.add(frame)
    assert written.batches == [(b"one", 1)]

    written.loop.advance(WINDOW)

    assert written.batches == [(b"one", 1), (b"twothree", 2)]


def test_frames_in_a_busy_room_go_out_once_a_window(written: Written) -> None:
    for _ in range(32):
        written.batcher.add(b".")
        written.loop.advance(WINDOW / 8)

    assert [number for _, number in written.batches] == [1, 7, 8, 8, 8]


def test_a_room_that_has_been_quiet_for_a_window_pays_nothing(written: Written) -> None:
    written.batcher.add(b"one")
    written.loop.advance(WINDOW)

    written.batcher.add(b"two")

    assert written.batches == [(b"one", 1), (b"two", 1)]
    assert written.loop.waiting == 1


def test_an_idle_room_costs_no_timer(written: Written) -> None:
    written.batcher.add(b"one")

    written.loop.advance(WINDOW)

    assert written.loop.waiting == 0


def test_a_great_batch_does_not_wait(written: Written) -> None:
    written.batcher.add(b"one")
    half = b"x" * (fanout._BATCH_BYTES // 2 + 1)

    written.batcher.add(half)
    assert len(written.batches) == 1
    written.batcher.add(half)

    assert written.batches[1] == (half + half, 2)


def test_after_a_great_batch_the_window_begins_anew(written: Written) -> None:
    written.batcher.add(b"one")
    written.loop.advance(WINDOW / 2)
    written.batcher.add(b"x" * (fanout._BATCH_BYTES + 1))
    written.batcher.add(b"two")

    written.loop.advance(WINDOW / 2)
    assert len(written.batches) == 2
    written.loop.advance(WINDOW / 2)

    assert written.batches[2] == (b"two", 1)


def test_of_many_latest_things_one_is_written(written: Written) -> None:
    made = []

    def make(name: bytes) -> bytes:
        made.append(name)
        return name

    written.batcher.add(b"event")
    for number in range(10):
        written.batcher.add_latest(lambda number=number: make(b"%d" % number))  # type: ignore[misc]
    written.loop.advance(WINDOW)

    assert written.batches == [(b"event", 1), (b"9", 1)]
    assert made == [b"9"]


def test_the_latest_thing_waits_for_a_frame_to_go_with(written: Written) -> None:
    written.batcher.add_latest(lambda: b"stored")
    assert written.batches == []

    written.batcher.add(b"event")

    assert written.batches == [(b"eventstored", 2)]


def test_the_latest_thing_in_a_quiet_room_goes_out_by_itself(written: Written) -> None:
    written.batcher.add_latest(lambda: b"stored")

    written.loop.advance(PATIENCE_SECONDS)

    assert written.batches == [(b"stored", 1)]


def test_the_latest_thing_does_not_wait_longer_because_there_is_a_later_one(
    written: Written,
) -> None:
    written.batcher.add_latest(lambda: b"first")
    written.loop.advance(PATIENCE_SECONDS / 2)
    written.batcher.add_latest(lambda: b"second")

    written.loop.advance(PATIENCE_SECONDS / 2)

    assert written.batches == [(b"second", 1)]


def test_the_latest_thing_is_written_once(written: Written) -> None:
    written.batcher.add_latest(lambda: b"stored")

    written.loop.advance(3 * WINDOW)

    assert written.batches == [(b"stored", 1)]


def test_no_latest_thing_is_written_after_the_end(written: Written) -> None:
    written.batcher.add_latest(lambda: b"stored")

    written.batcher.close()
    written.loop.advance(WINDOW)

    assert written.batches == []
    assert written.loop.waiting == 0


def test_in_a_room_of_very_many_a_window_is_as_long_as_their_writes_take() -> None:
    with running_loop() as loop:
        written = Written(loop, range(MANY), Pace(WINDOW))
        written.batcher.add(b"one")
        written.batcher.add(b"two")

        loop.advance(WINDOW)
        assert written.batches == [(b"one", 1)]
        loop.advance(WINDOW)

        assert written.batches == [(b"one", 1), (b"two", 1)]


def test_a_room_rests_the_longer_the_more_was_joined_and_not_without_end() -> None:
    one, two, three, many = (Pace(0.0).rest(1000, frames) for frames in (1, 2, 3, 1000))

    assert one < two < three == many < 4 * one


def test_a_room_of_a_thousand_has_rested_before_the_next_of_fifty_frames_a_second() -> None:
    assert Pace(0.01).rest(1000, 1) < 1 / 50


def test_what_waited_makes_a_room_rest_for_longer() -> None:
    with running_loop() as loop:
        written = Written(loop, range(MANY), Pace(WINDOW))
        for frame in (b"one", b"two", b"three"):
            written.batcher.add(frame)
        loop.advance(2 * WINDOW)  # the one has gone out, then the others
        written.batcher.add(b"four")

        loop.advance(2 * WINDOW)

        assert written.batches[1:] == [(b"twothree", 2)]


def test_where_little_is_written_a_small_room_hardly_rests() -> None:
    assert Pace(WINDOW).rest(10, 1) < 0.0005


def test_a_room_rests_the_longer_the_more_readers_rest_in_others() -> None:
    pace = Pace(WINDOW)

    rests = [pace.rest(10, 1) for _ in range(100)]

    assert rests == sorted(set(rests))


def test_a_small_room_never_rests_for_longer_than_the_window() -> None:
    assert busy_pace().rest(10, 1) == WINDOW


def test_rooms_that_have_rested_hold_up_nobody() -> None:
    quiet, pace = Pace(WINDOW).rest(10, 1), busy_pace()

    pace.rested(MANY)

    assert pace.rest(10, 1) == quiet


@pytest.mark.parametrize("end", ["wait", "flush", "close"])
def test_a_room_tells_when_it_has_rested_with_as_many_readers_as_it_had(end: str) -> None:
    pace, readers = Pace(WINDOW), list(range(MANY))
    quiet = Pace(WINDOW).rest(10, 1)
    with running_loop() as loop:
        written = Written(loop, readers, pace)
        written.batcher.add(b"one")
        readers.clear()
        match end:
            case "wait":
                loop.advance(2 * WINDOW)
            case "flush":
                written.batcher.add(b"two")
                written.batcher.flush()
                loop.advance(0.001)
            case "close":
                written.batcher.close()

    assert pace.rest(10, 1) == quiet


def test_the_latest_thing_goes_behind_the_frames_of_its_batch(written: Written) -> None:
    written.batcher.add(b"one")
    written.batcher.add_latest(lambda: b"stored")
    written.batcher.add(b"two")

    written.loop.advance(WINDOW)

    assert written.batches == [(b"one", 1), (b"twostored", 2)]


def test_what_is_pending_can_be_written_now(written: Written) -> None:
    written.batcher.add(b"one")
    written.batcher.add(b"two")

    written.batcher.flush()

    assert written.batches == [(b"one", 1), (b"two", 1)]


def test_writing_now_what_is_not_there_writes_nothing(written: Written) -> None:
    written.batcher.flush()

    assert written.batches == []
    assert written.loop.waiting == 0


def test_nothing_is_written_after_the_end(written: Written) -> None:
    written.batcher.add(b"one")
    written.batcher.add(b"two")

    written.batcher.close()
    written.loop.advance(WINDOW)

    assert written.batches == [(b"one", 1)]


STEPS = st.lists(st.integers(0, 9) | st.sampled_from(["wait", "flush"]), max_size=60)


@given(steps=STEPS)
def test_frames_keep_their_order_and_none_is_lost(steps: list[int | str]) -> None:
    with running_loop() as loop:
        written, sent = Written(loop), b""
        for step in steps:
            match step:
                case "wait":
                    loop.advance(WINDOW / 4)
                case "flush":
                    written.batcher.flush()
                case _:
                    sent += b"%d" % int(step)
                    written.batcher.add(b"%d" % int(step))
        loop.advance(WINDOW)

    assert b"".join(frames for frames, _ in written.batches) == sent
    assert sum(number for _, number in written.batches) == len(sent)
