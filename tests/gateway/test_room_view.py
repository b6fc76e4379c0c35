"""A room's view: whatever is lost, late or begun anew, what it lets through has no hole.

The log itself is a list here, and what is published of it is heard late, or never.
"""

from __future__ import annotations

from typing import NamedTuple
from unittest import mock

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway import room_view
from gateway.room_view import Phase, RoomView
from parley.protocol.entry import Entry, Position
from parley.stream.log import RoomPosition
from parley.stream.published import StoredUpTo


def entry(seq: int, generation: int = 1, time: int = 0) -> Entry:
    return Entry(generation, seq, seq, time, b"{}")


def live(seq: int = 0, generation: int = 1) -> RoomView:
    """Return a view that stands at a position and is live."""
    view = RoomView()
    view.stand(generation, seq, RoomPosition(seq, seq, 0))
    assert list(view.fill(())) == []
    return view


# --- step by step --------------------------------------------------------------------------


def test_the_next_entry_is_delivered() -> None:
    view = live(4)

    assert view.receive(entry(5))
    assert view.position == (1, 5)


@pytest.mark.parametrize("seq", [1, 3, 4])
def test_an_entry_that_was_delivered_is_not_delivered_again(seq: int) -> None:
    view = live(4)

    assert not view.receive(entry(seq))
    assert view.phase is Phase.LIVE


def test_an_entry_beyond_the_next_shows_that_one_is_missing() -> None:
    view = live(4)

    assert not view.receive(entry(6))
    assert view.phase is Phase.FILLING


def test_nothing_is_delivered_while_something_is_missing() -> None:
    view = live(4)
    view.doubt()

    assert not view.receive(entry(5))


def test_what_waited_follows_what_was_missing() -> None:
    view = live(4)
    for seq in (6, 7):
        view.receive(entry(seq))

    assert list(view.fill([entry(5), entry(6)])) == [entry(5), entry(6), entry(7)]
    assert view.phase is Phase.LIVE


def test_what_waited_may_show_another_hole() -> None:
    view = live(4)
    for seq in (6, 9):
        view.receive(entry(seq))

    assert list(view.fill([entry(5)])) == [entry(5), entry(6)]
    assert view.phase is Phase.FILLING
    assert list(view.fill([entry(7), entry(8)])) == [entry(7), entry(8), entry(9)]


def test_an_entry_of_a_later_generation_is_doubted() -> None:
    view = live(4)

    assert not view.receive(entry(2, generation=2))
    assert view.phase is Phase.FILLING


def test_an_entry_of_an_earlier_generation_is_passed_over() -> None:
    view = live(4, generation=2)

    assert not view.receive(entry(5, generation=1))
    assert view.phase is Phase.LIVE


def test_what_comes_before_the_position_is_known_waits_for_it() -> None:
    view = RoomView()
    for seq in (4, 5, 6):
        assert not view.receive(entry(seq))

    view.stand(1, 5, RoomPosition(5, 5, 0))

    assert list(view.fill(())) == [entry(6)]


def test_a_doubt_before_the_position_is_known_changes_nothing() -> None:
    view = RoomView()

    view.doubt()

    assert view.phase is Phase.OPENING


def test_more_than_may_wait_is_found_missing_later() -> None:
    view = live()
    view.doubt()
    for seq in range(1, 1100):
        view.receive(entry(seq))

    filled = list(view.fill(()))

    assert [each.seq for each in filled] == list(range(1, 1001))
    assert not view.receive(entry(1100))
    assert view.phase is Phase.FILLING


# --- watermarks ----------------------------------------------------------------------------


def test_a_watermark_is_news_once() -> None:
    view = live(4)

    assert view.receive_stored(StoredUpTo(1, 3))
    assert not view.receive_stored(StoredUpTo(1, 3))
    assert not view.receive_stored(StoredUpTo(1, 2))
    assert view.stored == 3


def test_a_watermark_beyond_the_top_proves_a_lost_entry() -> None:
    view = live(4)

    assert view.receive_stored(StoredUpTo(1, 5))
    assert view.phase is Phase.FILLING


@pytest.mark.parametrize(("generation", "phase"), [(1, Phase.LIVE), (3, Phase.FILLING)])
def test_a_watermark_of_another_generation_is_not_this_one_s(generation: int, phase: Phase) -> None:
    view = live(4, generation=2)

    assert not view.receive_stored(StoredUpTo(generation, 4))
    assert view.stored == 0
    assert view.phase is phase


# --- the heartbeat -------------------------------------------------------------------------


def test_a_room_that_stands_further_has_lost_its_last_entry() -> None:
    view = live(4)

    view.compare(1, RoomPosition(5, 5, 0))

    assert view.phase is Phase.FILLING


def test_a_room_that_stands_where_it_should_is_left_alone() -> None:
    view = live(4)

    assert view.compare(1, RoomPosition(4, 4, 2))
    assert view.phase is Phase.LIVE
    assert view.stored == 2


def test_a_room_in_a_later_generation_is_doubted() -> None:
    view = live(4)

    view.compare(2, RoomPosition(4, 4, 4))

    assert view.phase is Phase.FILLING


def test_a_view_tells_whether_it_has_moved() -> None:
    view = live(4)
    view.moved = False

    view.receive(entry(4))
    view.compare(1, RoomPosition(4, 4, 0))
    assert not view.moved

    view.receive(entry(5))
    assert view.moved


# --- all at once ---------------------------------------------------------------------------


class Read(NamedTuple):
    """What was read of the log at one moment."""

    generation: int
    since: int
    entries: list[Entry]
    position: RoomPosition


class ViewMachine(RuleBasedStateMachine):
    """A log, what was published of it and is still on its way, and the view of it all."""

    def __init__(self) -> None:
        super().__init__()
        # Few may wait, so that more than may wait is no rare case.
        self._patch = mock.patch.object(room_view, "_WAITING_ENTRIES", 4)
        self._patch.start()
        self.view = RoomView()
        self.generation, self.log, self.stored = 1, list[Entry](), 0
        self.survived: dict[int, int] = {}
        self.under_way: list[Entry | StoredUpTo] = []
        self.read: Read | None = None
        self.cursor: Position | None = None
        self.said = 0

    def teardown(self) -> None:
        if self.cursor is not None:
            self.settle()
        self._patch.stop()

    # --- the log -----------------------------------------------------------------------

    @rule(count=st.integers(1, 3))
    def say(self, count: int) -> None:
        for _ in range(count):
            self.said += 1
            self.log.append(entry(len(self.log) + 1, self.generation, time=self.said))
            self.under_way.append(self.log[-1])

    @rule(share=st.integers(0, 4))
    def store(self, share: int) -> None:
        self.stored = max(self.stored, len(self.log) * share // 4)
        self.under_way.append(StoredUpTo(self.generation, self.stored))

    @rule(lost=st.integers(0, 3))
    def begin_generation(self, lost: int) -> None:
        kept = max(self.stored, len(self.log) - lost)
        self.survived = {each: min(seq, kept) for each, seq in self.survived.items()}
        self.survived[self.generation] = kept
        self.generation += 1
        self.log = [each._replace(generation=self.generation) for each in self.log[:kept]]
        self.stored = kept

    # --- the way -----------------------------------------------------------------------

    @precondition(lambda self: self.under_way)
    @rule()
    def hear(self) -> None:
        match self.under_way.pop(0):
            case Entry() as heard:
                if self.view.receive(heard):
                    self.deliver(heard)
            case mark:
                self.view.receive_stored(mark)

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 5))
    def lose_one(self, which: int) -> None:
        del self.under_way[which % len(self.under_way)]

    @rule()
    def lose_the_connection(self) -> None:
        self.under_way.clear()
        self.view.doubt()

    @precondition(lambda self: self.view.phase is Phase.LIVE)
    @rule()
    def compare(self) -> None:
        self.view.compare(self.generation, self.position)

    # --- the gateway -------------------------------------------------------------------

    @precondition(lambda self: self.view.phase is not Phase.LIVE and self.read is None)
    @rule()
    def begin_to_read(self) -> None:
        since = len(self.log)
        if self.view.phase is Phase.FILLING:
            survived = self.survived.get(self.view.generation, since)
            since = min(self.view.seq, survived)
        self.read = Read(self.generation, since, self.log[since:], self.position)

    @precondition(lambda self: self.read is not None)
    @rule()
    def have_read(self) -> None:
        assert self.read is not None
        read, self.read = self.read, None
        if self.view.phase is Phase.OPENING or read.generation != self.view.generation:
            assert self.cursor is None or read.since <= self.cursor.seq
            self.view.stand(read.generation, read.since, read.position)
            self.cursor = Position(read.generation, read.since)
        for each in self.view.fill(read.entries):
            self.deliver(each)

    @property
    def position(self) -> RoomPosition:
        return RoomPosition(len(self.log), len(self.log), self.stored)

    def deliver(self, each: Entry) -> None:
        assert self.cursor is not None
        assert each.position == (self.cursor.generation, self.cursor.seq + 1)
        if each.generation == self.generation:
            assert each == self.log[each.seq - 1]
        self.cursor = each.position

    # --- what must be so ---------------------------------------------------------------

    @invariant()
    def the_readers_have_what_the_view_has_let_through(self) -> None:
        assert self.cursor is None or self.cursor == self.view.position

    @invariant()
    def few_wait(self) -> None:
        assert len(self.view._waiting) <= 4

    def settle(self) -> None:
        """After all is heard and a heartbeat or two, the readers have everything."""
        while self.under_way:
            self.hear()
        for _ in range(4):
            if self.view.phase is Phase.LIVE:
                self.compare()
            if self.view.phase is not Phase.LIVE:
                if self.read is None:
                    self.begin_to_read()
                self.have_read()
        assert self.view.phase is Phase.LIVE
        assert self.cursor == (self.generation, len(self.log))
        assert self.view.stored == self.stored


def test_whatever_happens_the_readers_have_the_log_without_a_hole() -> None:
    run_state_machine_as_test(
        ViewMachine, settings=settings(max_examples=100, stateful_step_count=40)
    )
