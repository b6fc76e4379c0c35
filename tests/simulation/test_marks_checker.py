"""The checker of marks names what is not right about them, and nothing else."""

from __future__ import annotations

import pytest

from parley.client.events import ReceiptsChanged, UnreadChanged
from parley.protocol.content import Delete, Stone, Target
from parley.protocol.entry import encode_content
from parley.protocol.events import Extent, Receipts
from parley.protocol.ids import new_cmid
from tests.simulation.marks_checker import MarksChecker
from tests.simulation.test_checker import ANN, BOB, ROOM, Story
from tests.simulation.witness import Change, Read, Witness

LATE = 100.0
"""When every gateway knows who is in the room."""


class ReadingStory(Story):
    """Bobby has said three things; who reads does so in the first run of an application."""

    def __init__(self) -> None:
        super().__init__()
        for witness in self.record.witnesses.values():
            witness.run = 1
        for text in ("one", "two", "three"):
            self.said(BOB, text)

    def reads(self, person: str, seq: int, *, generation: int = 1, run: int = 1) -> None:
        self.clock += 1
        self.record.reads.append(Read(self.clock, person, run, ROOM, generation, seq))

    def shows(self, person: str, unread: int, *, read: int = 0) -> None:
        self.record.witnesses[person].counts[ROOM] = UnreadChanged(ROOM, unread, 0, read, False)

    def is_told(self, person: str, lowest: int, who: str, following: int) -> None:
        """Somebody is told, late, how far all have read."""
        self.clock += LATE
        told = Receipts(ROOM, 1, None, Extent(lowest, who, following))
        self.sees(person, ReceiptsChanged(told))

    @property
    def wrong(self) -> set[str]:
        checker = MarksChecker(self.record, self.data)
        return {each.promise for each in [*checker.broken(), *checker.unsettled()]}


@pytest.fixture
def story() -> ReadingStory:
    return ReadingStory()


def test_marks_counts_and_ticks_that_fit_are_right(story: ReadingStory) -> None:
    story.reads(ANN, 2)
    story.data.read_marks[ROOM, ANN] = 2
    story.shows(ANN, 1, read=2)
    story.is_told(BOB, 0, BOB, 2)

    assert story.wrong == set()


def test_a_mark_that_was_made_is_not_in_the_database(story: ReadingStory) -> None:
    story.reads(ANN, 3)
    story.data.read_marks[ROOM, ANN] = 2

    assert story.wrong == {"the furthest mark is kept"}


def test_what_was_lost_with_a_generation_need_not_be_marked(story: ReadingStory) -> None:
    story.data.logs[ROOM].first_seqs[2] = 3
    story.reads(ANN, 3)
    story.data.read_marks[ROOM, ANN] = 2

    assert story.wrong == set()


def test_a_mark_may_end_with_the_run_in_which_it_was_made(story: ReadingStory) -> None:
    story.reads(ANN, 3)
    story.record.witnesses[ANN].run = 2

    assert story.wrong == set()


def test_who_is_no_longer_in_the_room_need_not_have_marked_anything(story: ReadingStory) -> None:
    story.reads(ANN, 3)
    story.data.members[ROOM, ANN].has_left = True

    assert story.wrong == set()


def test_a_mark_that_nobody_made(story: ReadingStory) -> None:
    story.reads(ANN, 1)
    story.data.read_marks[ROOM, ANN] = 2

    assert story.wrong == {"nobody has read more than they marked"}


def test_a_mark_beyond_the_end_of_the_log(story: ReadingStory) -> None:
    story.reads(ANN, 9)
    story.data.read_marks[ROOM, ANN] = 9

    assert story.wrong == {"nobody has read more than they marked"}


def test_a_device_counts_too_much(story: ReadingStory) -> None:
    story.shows(ANN, 4)

    assert story.wrong == {"what is unread is counted"}


def test_a_device_does_not_know_what_it_has_read_itself(story: ReadingStory) -> None:
    story.reads(ANN, 2)
    story.data.read_marks[ROOM, ANN] = 2
    story.shows(ANN, 3, read=0)

    assert story.wrong == {"what is unread is counted"}


def test_a_device_knows_of_a_mark_that_is_not_stored(story: ReadingStory) -> None:
    story.shows(ANN, 1, read=2)

    assert story.wrong == {"what is unread is counted"}


def test_a_device_may_not_have_heard_what_another_has_read(story: ReadingStory) -> None:
    story.record.witnesses["ann's other"] = Witness("ann's other", ANN, run=1)
    story.reads("ann's other", 2)
    story.data.read_marks[ROOM, ANN] = 2
    story.shows(ANN, 3, read=0)

    assert story.wrong == set()


def test_a_deleted_message_is_not_counted(story: ReadingStory) -> None:
    log = story.data.logs[ROOM]
    log.messages[0] = log.messages[0]._replace(content=encode_content(Stone("deleted")).decode())
    story.stores(BOB, Delete(Target("0000000000bob", new_cmid(1, 1))), cmid="c deletion")
    log.messages[3] = log.messages[3]._replace(derived='{"seq":1}')

    story.shows(ANN, 2)
    assert story.wrong == set()


def test_a_tick_for_what_another_has_not_marked(story: ReadingStory) -> None:
    story.reads(ANN, 1)
    story.data.read_marks[ROOM, ANN] = 1

    story.is_told(BOB, 0, BOB, 2)

    assert story.wrong == {"ticks are true"}


def test_a_tick_that_one_of_two_others_has_not_earned(story: ReadingStory) -> None:
    cid = "cidney"
    story.data.members[ROOM, cid] = story.data.members[ROOM, ANN]
    story.reads(ANN, 2)
    story.data.read_marks[ROOM, ANN] = 2

    story.is_told(BOB, 0, BOB, 2)

    assert story.wrong == {"ticks are true"}


def test_who_came_a_moment_ago_may_be_unknown(story: ReadingStory) -> None:
    cid = "cidney"
    story.data.members[ROOM, cid] = story.data.members[ROOM, ANN]
    story.reads(ANN, 2)
    story.data.read_marks[ROOM, ANN] = 2
    story.record.changes.append(Change(cid, cid, "join", ROOM, LATE, LATE, ok=True))

    story.is_told(BOB, 0, BOB, 2)

    assert story.wrong == set()
