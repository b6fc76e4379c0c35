"""What a chat looks like on paper."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from parley.chat.lines import Lines, change_json, entry_json
from parley.client import Message, NoticeShown, Retracted, Room, UnsupportedShown
from parley.protocol.commands import Person

ANN = Person("00000000000an", "ann", "Ann")
PEOPLE = {ANN.id: ANN}
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
    assert lines.entry(message("hello", at(14, 2)), PEOPLE) == "14:02 ann hello"


def test_a_stored_line_has_its_tick(lines: Lines) -> None:
    assert lines.entry(message("hello", at(14, 2)), PEOPLE, stored=True) == "14:02 ann ✓ hello"


def test_a_line_of_another_room_names_it(lines: Lines) -> None:
    line = lines.entry(message("hello", at(14, 2)), PEOPLE, where="Tea")

    assert line == "14:02 [Tea] ann hello"


def test_somebody_unknown_is_named_by_the_id(lines: Lines) -> None:
    assert lines.entry(message("hi", at(14, 2), "0000000000xyz"), {}) == "14:02 0000000000xyz hi"


def test_further_lines_of_a_message_cannot_pass_for_messages(lines: Lines) -> None:
    line = lines.entry(message("one\n14:03 bob two", at(14, 2)), PEOPLE)

    assert line == "14:02 ann one\n      │ 14:03 bob two"


def test_escape_sequences_do_not_reach_the_terminal(lines: Lines) -> None:
    assert "\x1b" not in lines.entry(message("\x1b[2J", at(14, 2)), PEOPLE)


def test_a_new_day_is_announced_once() -> None:
    lines = Lines(UTC)
    printed = [lines.entry(message("x", at(9, 0, day)), PEOPLE) for day in (23, 23, 24)]

    assert printed == [
        "—— Monday, 23 November 2026 ——\n09:00 ann x",
        "09:00 ann x",
        "—— Tuesday, 24 November 2026 ——\n09:00 ann x",
    ]


def test_times_are_where_the_person_is() -> None:
    lines = Lines(timezone(timedelta(hours=5, minutes=30)))

    assert lines.entry(message("x", at(20, 0)), PEOPLE).endswith("24 November 2026 ——\n01:30 ann x")


def test_a_time_that_no_calendar_has_does_no_harm() -> None:
    assert Lines(UTC).entry(message("x", 10**17), PEOPLE).endswith("00:00 ann x")


@pytest.mark.parametrize(
    ("what", "who", "expected"),
    [
        ("created", ANN.id, "14:02 — ann made the room —"),
        ("joined", ANN.id, "14:02 — ann joined —"),
        ("left", "0000000000bob", "14:02 — 0000000000bob left, by ann —"),
    ],
)
def test_a_notice_is_a_sentence(lines: Lines, what: str, who: str, expected: str) -> None:
    notice = NoticeShown("lobby", 1, 1, at(14, 2), ANN.id, what, who)  # type: ignore[arg-type]

    assert lines.entry(notice, PEOPLE) == expected


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
