"""What a chat looks like on paper."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from parley.chat.lines import Lines, change_json, entry_json, full_name
from parley.client import Message, NoticeShown, Retracted, Room, UnsupportedShown
from parley.protocol.commands import Person
from parley.protocol.content import NoticeOf

ANN = Person("00000000000an", "ann", "Ann")
BOB = Person("00000000000bo", "bob", "Bob")
CY = Person("00000000000cy", "cy", "Cy")
GONE = Person("00000000000go", "", "", is_deleted=True)
PEOPLE = {person.id: person for person in (ANN, BOB, CY, GONE)}
LOBBY = Room("lobby", "channel", "Lobby", "member")


def at(hour: int, minute: int, day: int = 23) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def message(text: str, time: int, author: str = ANN.id) -> Message:
    return Message("lobby", 1, 3, 2, time, author, "cmid", text)


@pytest.fixture
def lines() -> Lines:
    """Lines in UTC, with the day's separator printed already."""
    lines = Lines(UTC)
    lines.entry(message("first", at(0, 0)), PEOPLE)
    return lines


def test_a_message_has_its_time_and_author(lines: Lines) -> None:
    assert lines.entry(message("hello", at(14, 2)), PEOPLE) == "14:02 Ann hello"


def test_a_stored_line_has_its_tick(lines: Lines) -> None:
    assert lines.entry(message("hello", at(14, 2)), PEOPLE, stored=True) == "14:02 Ann ✓ hello"


def test_a_line_of_another_room_names_it(lines: Lines) -> None:
    line = lines.entry(message("hello", at(14, 2)), PEOPLE, where="Tea")

    assert line == "14:02 [Tea] Ann hello"


def test_somebody_unknown_is_named_by_the_id(lines: Lines) -> None:
    assert lines.entry(message("hi", at(14, 2), "0000000000xyz"), {}) == "14:02 0000000000xyz hi"


def test_further_lines_of_a_message_cannot_pass_for_messages(lines: Lines) -> None:
    line = lines.entry(message("one\n14:03 bob two", at(14, 2)), PEOPLE)

    assert line == "14:02 Ann one\n      │ 14:03 bob two"


def test_escape_sequences_do_not_reach_the_terminal(lines: Lines) -> None:
    assert "\x1b" not in lines.entry(message("\x1b[2J", at(14, 2)), PEOPLE)


def test_a_new_day_is_announced_once() -> None:
    lines = Lines(UTC)
    printed = [lines.entry(message("x", at(9, 0, day)), PEOPLE) for day in (23, 23, 24)]

    assert printed == [
        "—— Monday, 23 November 2026 ——\n09:00 Ann x",
        "09:00 Ann x",
        "—— Tuesday, 24 November 2026 ——\n09:00 Ann x",
    ]


def test_times_are_where_the_person_is() -> None:
    lines = Lines(timezone(timedelta(hours=5, minutes=30)))

    assert lines.entry(message("x", at(20, 0)), PEOPLE).endswith("24 November 2026 ——\n01:30 Ann x")


def test_a_time_that_no_calendar_has_does_no_harm() -> None:
    assert Lines(UTC).entry(message("x", 10**17), PEOPLE).endswith("00:00 Ann x")


@pytest.mark.parametrize("what", get_args(NoticeOf))
def test_every_notice_is_a_sentence(lines: Lines, what: NoticeOf) -> None:
    notice = NoticeShown("lobby", 1, 1, at(14, 2), ANN.id, what, ANN.id, (), "Tea")

    assert lines.entry(notice, PEOPLE).startswith("14:02 — Ann ")


@pytest.mark.parametrize(
    ("what", "who", "more", "text", "expected"),
    [
        ("created", ANN.id, (), "", "Ann made the room"),
        ("joined", ANN.id, (), "", "Ann joined"),
        ("left", BOB.id, (), "", "Bob left"),
        ("added", BOB.id, (), "", "Ann added Bob"),
        ("added", BOB.id, (CY.id, "0000000000xyz"), "", "Ann added Bob, Cy and 0000000000xyz"),
        ("made_admin", BOB.id, (), "", "Ann made Bob an admin"),
        ("renamed", ANN.id, (), "Tea\x1b[2J", "Ann named the room Tea [2J"),
        ("topic", ANN.id, (), "biscuits", "Ann set the topic: biscuits"),
        ("topic", ANN.id, (), "", "Ann cleared the topic"),
        ("removed", GONE.id, (), "", "Ann removed deleted account"),
    ],
)
def test_a_notice_says_who_did_what_to_whom(
    lines: Lines, what: NoticeOf, who: str, more: tuple[str, ...], text: str, expected: str
) -> None:
    notice = NoticeShown("lobby", 1, 1, at(14, 2), ANN.id, what, who, more, text)

    assert lines.entry(notice, PEOPLE) == f"14:02 — {expected} —"


def test_who_is_gone_is_called_so(lines: Lines) -> None:
    line = lines.entry(message("hello", at(14, 2), GONE.id), PEOPLE)

    assert line == "14:02 deleted account hello"


def test_a_full_name_tells_two_of_one_display_name_apart() -> None:
    assert full_name(Person("1", "ann2", "Ann")) == "Ann (ann2)"
    assert full_name(Person("1", "ann", "ann")) == "ann"


def test_what_cannot_be_shown_says_so(lines: Lines) -> None:
    poll = UnsupportedShown("lobby", 1, 1, at(14, 2), ANN.id, "poll")

    assert "cannot show (poll)" in lines.entry(poll, PEOPLE)


def test_json_holds_everything_about_a_message() -> None:
    assert json.loads(entry_json(message("hé\x1b", at(14, 2)), LOBBY, PEOPLE)) == {
        "type": "message",
        "room": "lobby",
        "room_name": "Lobby",
        "generation": 1,
        "seq": 3,
        "n": 2,
        "time": "2026-11-23T14:02:00.000Z",
        "author": ANN.id,
        "user_name": "ann",
        "display_name": "Ann",
        "cmid": "cmid",
        "text": "hé\x1b",
    }


def test_json_is_one_line_of_ascii() -> None:
    line = entry_json(message("two\nlines \x9b ש", at(14, 2)), LOBBY, PEOPLE)

    assert line.isascii()
    assert line.isprintable()


def test_json_says_what_was_taken_back() -> None:
    assert json.loads(change_json(Retracted("lobby", 2, 7, ()), LOBBY)) == {
        "type": "retracted",
        "room": "lobby",
        "room_name": "Lobby",
        "generation": 2,
        "after": 7,
    }
