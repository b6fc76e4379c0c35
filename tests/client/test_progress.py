"""Marks and counts of a client: when they are told, and what each event does to them."""

from __future__ import annotations

from typing import Any

import msgspec

from parley.client import UnreadChanged
from parley.client.counting import Counts
from parley.client.cursors import Following
from parley.client.marks import MARK_SECONDS, Marks
from parley.client.outputs import Emit, Output, Transmit
from parley.client.progress import Progress
from parley.client.questions import Marking, Questions
from parley.protocol.codec import decode_command
from parley.protocol.commands import CountUnread, Mark, Resumed, RoomMark, RoomStanding
from parley.protocol.content import Text
from parley.protocol.entry import Position
from parley.protocol.events import Event, Marked
from tests.stream.homes import cmid

ME, ROOM = "00000000000me", "lobby"


def told(outputs: list[Output]) -> list[list[RoomMark]]:
    """Return the marks that go out."""
    commands = [decode_command(each.frame) for each in outputs if isinstance(each, Transmit)]
    return [command.rooms for command in commands if isinstance(command, Mark)]


def said(seq: int, author: str = "000000000bob") -> Event:
    return Event(ROOM, 1, seq, seq, 9, author, cmid(seq), Text("hello"))


def standing(**changes: Any) -> RoomStanding:
    begun = RoomStanding(ROOM, 1, 0, 0, 0, 0, [], False)
    return msgspec.structs.replace(begun, **changes)


def counts(outputs: list[Output]) -> list[int]:
    """Return the counts that the application is told."""
    return [
        each.event.unread
        for each in outputs
        if isinstance(each, Emit) and isinstance(each.event, UnreadChanged)
    ]


# --- marks ---------------------------------------------------------------------------------


def test_of_marks_within_a_second_the_last_alone_is_told() -> None:
    marks = Marks(Questions())
    marks.received(ROOM, 1, 1)
    assert told(marks.pump(0.0)) == [[RoomMark(ROOM, 1, 0, 1)]]
    marks.answered()

    marks.received(ROOM, 1, 2)
    marks.read(ROOM, 1, 2)
    marks.received(ROOM, 1, 3)

    assert marks.pump(MARK_SECONDS / 2) == []
    assert marks.deadline() == MARK_SECONDS
    assert told(marks.pump(MARK_SECONDS)) == [[RoomMark(ROOM, 1, 2, 3)]]


def test_nothing_is_told_while_an_answer_is_awaited() -> None:
    marks = Marks(Questions())
    marks.received(ROOM, 1, 1)
    marks.pump(0.0)
    marks.received(ROOM, 1, 2)

    assert marks.pump(100.0) == []
    assert marks.deadline() is None


def test_a_mark_that_is_no_further_is_not_told() -> None:
    marks = Marks(Questions())
    assert marks.read(ROOM, 1, 5)
    marks.pump(0.0)
    marks.answered()

    assert not marks.read(ROOM, 1, 4)
    marks.received(ROOM, 1, 0)

    assert marks.pump(100.0) == []


def test_marks_are_told_again_after_a_resume() -> None:
    marks = Marks(Questions())
    marks.read(ROOM, 1, 5)
    marks.pump(0.0)
    marks.disconnected()

    marks.resumed(ROOM, 1, 9)

    assert told(marks.pump(0.0)) == [[RoomMark(ROOM, 1, 5, 0)]]


def test_of_a_lost_generation_the_mark_of_what_survived_is_told() -> None:
    marks = Marks(Questions())
    marks.read(ROOM, 1, 5)
    marks.received(ROOM, 1, 7)

    marks.resumed(ROOM, 2, 3)

    assert told(marks.pump(0.0))[0][-1] == RoomMark(ROOM, 2, 3, 3)
    assert marks.read_up_to(ROOM) == 3


def test_what_may_have_survived_of_a_lost_generation_is_told_until_the_server_has_it() -> None:
    marks = Marks(Questions())
    marks.read(ROOM, 1, 5)
    marks.resumed(ROOM, 2, 3)
    both = [RoomMark(ROOM, 1, 5, 0), RoomMark(ROOM, 2, 3, 0)]

    assert told(marks.pump(0.0)) == [both]
    marks.refused(Marking((ROOM,)), 5.0, retry=True)
    assert told(marks.pump(10.0)) == [both]
    marks.answered()
    marks.resumed(ROOM, 2, 3)
    assert told(marks.pump(20.0)) == [[RoomMark(ROOM, 2, 3, 0)]]


def test_a_mark_that_has_survived_is_told_in_the_present_generation_alone() -> None:
    marks = Marks(Questions())
    marks.read(ROOM, 1, 5)

    marks.resumed(ROOM, 2, 5)

    assert told(marks.pump(0.0)) == [[RoomMark(ROOM, 2, 5, 0)]]


def test_what_was_refused_for_now_is_told_later() -> None:
    marks = Marks(Questions())
    marks.read(ROOM, 1, 5)
    marks.pump(0.0)

    marks.refused(Marking((ROOM,)), 5.0, retry=True)

    assert marks.deadline() == MARK_SECONDS + 5.0
    assert told(marks.pump(MARK_SECONDS + 5.0)) == [[RoomMark(ROOM, 1, 5, 0)]]


# --- counts --------------------------------------------------------------------------------


def new_counts(seq: int = 0) -> Counts:
    """Return the counts of somebody who follows a room, and has come to some entry of it."""
    following = Following({ROOM: Position(1, seq)})
    following.follow([ROOM])
    begun = Counts(Questions(), following)
    begun.begin(ME)
    return begun


def counting() -> Counts:
    """Return the counts of somebody whose room has one unread message, at 1."""
    begun = new_counts()
    begun.stands(standing(as_of=1, unread=1), read=0)
    return begun


def test_a_room_that_nobody_asked_about_is_not_counted() -> None:
    begun = new_counts()

    assert begun.happened(said(1)) == []


def test_what_comes_is_counted_on() -> None:
    begun = counting()

    assert counts(begun.happened(said(2))) == [2]
    assert begun.happened(said(3, author=ME)) == []


def test_what_came_before_the_answer_is_counted_after_it() -> None:
    begun = counting()
    begun.resumed(ROOM, 1, recovered=True)
    begun.happened(said(2))
    begun.happened(said(3))

    assert counts(begun.stands(standing(as_of=2, unread=2), read=0)) == []
    assert counts(begun.read(ROOM, 3)) == [0]


def test_what_came_before_a_reconnect_and_is_not_stored_is_counted_after_it() -> None:
    begun = counting()
    begun.happened(said(2))

    begun.resumed(ROOM, 2, recovered=True)

    assert begun.stands(standing(as_of=1, unread=1), read=0) == []  # as before: two


def test_what_was_lost_is_not_counted() -> None:
    begun = counting()
    begun.happened(said(2))

    begun.resumed(ROOM, 1, recovered=True)

    assert counts(begun.stands(standing(as_of=1, unread=1), read=0)) == [1]


def test_a_tally_that_does_not_reach_what_was_not_kept_is_asked_for_again() -> None:
    begun = new_counts(seq=3)  # none of which was kept: nobody counted
    assert counts(begun.stands(standing(as_of=2, unread=2), read=0)) == [2]
    assert begun.pump(0.0) == []

    begun.stored_up_to(ROOM, Position(1, 2))
    assert begun.pump(0.0) == []
    begun.stored_up_to(ROOM, Position(1, 3))
    assert len(begun.pump(0.0)) == 1

    assert counts(begun.stands(standing(as_of=3, unread=3), read=0)) == [3]
    begun.stored_up_to(ROOM, Position(1, 9))
    assert begun.pump(0.0) == []


def test_after_a_part_that_was_missed_the_count_is_the_server_s() -> None:
    begun = counting()
    begun.happened(said(2))

    begun.resumed(ROOM, 9, recovered=False)
    begun.pump(0.0)
    begun.stands(standing(as_of=8, unread=8), read=0)
    begun.stored_up_to(ROOM, Position(1, 9))

    assert len(begun.pump(0.0)) == 1


def test_after_a_room_was_not_followed_for_a_while_the_count_is_the_server_s() -> None:
    begun = counting()
    begun.happened(said(2))

    begun.resumed(ROOM, 9, recovered=True)  # followed anew, from the top on
    begun.pump(0.0)
    begun.stands(standing(as_of=8, unread=8), read=0)
    begun.stored_up_to(ROOM, Position(1, 9))

    assert len(begun.pump(0.0)) == 1


def test_what_is_read_here_is_counted_at_once() -> None:
    begun = counting()
    begun.happened(said(2))
    begun.happened(said(3))

    assert counts(begun.read(ROOM, 2)) == [1]


def test_what_was_read_here_and_cannot_be_counted_is_asked_for_once_the_server_has_the_mark() -> (
    None
):
    begun = new_counts(seq=3)
    begun.stands(standing(as_of=3, unread=3), read=0)
    assert counts(begun.read(ROOM, 2)) == []  # what is behind it was not kept

    begun.must_reach(ROOM, 2)

    assert len(begun.pump(0.0)) == 1


def test_a_count_that_has_what_was_read_is_not_asked_for() -> None:
    begun = counting()
    begun.read(ROOM, 1)

    begun.must_reach(ROOM, 1)

    assert begun.pump(0.0) == []


def test_what_was_read_elsewhere_is_told_by_the_server() -> None:
    begun = counting()
    begun.happened(said(2))
    begun.happened(said(3))

    assert counts(begun.marked(Marked(ROOM, 1, 2, 2, 0, 0, []))) == [1]
    assert begun.marked(Marked(ROOM, 1, 1, 3, 2, 0, [])) == []  # older than what is known


def test_what_was_read_in_another_generation_may_be_lost_and_does_not_count() -> None:
    begun = counting()

    assert begun.marked(Marked(ROOM, 2, 1, 1, 0, 0, [])) == []


def test_a_count_is_asked_for_again_after_a_resume() -> None:
    begun = counting()

    begun.resumed(ROOM, 1, recovered=True)
    begun.resumed("elsewhere", 1, recovered=True)

    (asked,) = [decode_command(each.frame) for each in begun.pump(0.0)]  # type: ignore[union-attr]
    assert isinstance(asked, CountUnread)
    assert asked.rooms == [ROOM]
    assert begun.pump(0.0) == []


def test_an_answer_does_not_undo_what_was_read_here_meanwhile() -> None:
    begun = counting()

    assert counts(begun.stands(standing(read=0, as_of=4, unread=3), read=4)) == [0]


def refused_counting() -> Counts:
    """Return counts whose question at 0.0 was refused until 5.0."""
    begun = counting()
    begun.resumed(ROOM, 1, recovered=True)
    begun.pump(0.0)
    begun.ask_again([ROOM], 5.0)
    return begun


def test_a_count_question_that_is_refused_for_now_is_asked_again_later() -> None:
    begun = refused_counting()

    assert begun.pump(4.9) == []
    assert begun.deadline() == 5.0
    assert len(begun.pump(5.0)) == 1
    assert begun.deadline() is None


def test_a_count_question_that_is_refused_is_asked_at_once_over_a_new_connection() -> None:
    begun = refused_counting()

    begun.disconnected()

    assert len(begun.pump(1.0)) == 1


# --- a room that stands anew ---------------------------------------------------------------


def resumed(since: int) -> Resumed:
    return Resumed(ROOM, 1, since, since, since, since, recovered=True)


def test_an_answer_that_is_behind_what_came_since_takes_nothing_from_the_count() -> None:
    following = Following({ROOM: Position(1, 1)})
    following.follow([ROOM])
    progress = Progress(Questions(), following, delivers=True)
    progress.begin(ME)
    progress.stand([standing(as_of=1, unread=1)])
    for answer in (resumed(since=1), resumed(since=1)):
        following.resumed(answer, 0.0, 0.0)
        progress.resumed(ROOM, 1, 1, recovered=True)
        for event in (said(2), said(3)):
            progress.happened(event, is_shown=bool(following.apply(event, 0.0, 0.0)))

    following.apply(said(4), 0.0, 0.0)
    assert counts(progress.stand([standing(as_of=1, unread=1)])) == []  # 3, as before
    assert counts(progress.happened(said(4), is_shown=True)) == [4]


def test_an_answer_of_an_earlier_generation_changes_no_count() -> None:
    following = Following({ROOM: Position(2, 1)})
    following.follow([ROOM])
    progress = Progress(Questions(), following, delivers=True)
    progress.begin(ME)
    progress.stand([standing(generation=2, as_of=1, unread=1)])

    following.resumed(resumed(since=0), 0.0, 0.0)
    progress.resumed(ROOM, 1, 0, recovered=False)

    assert progress.pump(0.0) == []
