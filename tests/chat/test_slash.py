"""What typed lines mean."""

import pytest

from parley.chat.slash import (
    HELP,
    HISTORY_LINES,
    Create,
    Join,
    Plain,
    Say,
    ShowHistory,
    Typed,
    read,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hello", Say("hello")),
        ("  hello  ", Say("hello")),
        ("//shrug", Say("/shrug")),
        ("/join Tea Room", Join("Tea Room")),
        ("/JOIN tea", Join("tea")),
        ("/create Tea", Create("Tea")),
        ("/history", ShowHistory(HISTORY_LINES)),
        ("/history 5", ShowHistory(5)),
        ("/rooms", Plain("rooms")),
        ("/quit ", Plain("quit")),
        ("", None),
        ("   ", None),
    ],
)
def test_a_line_means(line: str, expected: Typed | None) -> None:
    assert read(line) == expected


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/jion tea", "no command /jion"),
        ("/", "no command /"),
        ("/join", "needs the name of a room"),
        ("/history many", "needs a number"),
        ("/history 0", "needs a number"),
        ("/quit now", "nothing after it"),
    ],
)
def test_an_unclear_line_says_what_was_expected(line: str, why: str) -> None:
    assert why in getattr(read(line), "why", "")


@pytest.mark.parametrize("name", ["rooms", "join", "create", "leave", "who", "history", "quit"])
def test_every_command_is_in_the_help(name: str) -> None:
    assert f"/{name}" in HELP
