"""What typed lines mean."""

import pytest

from parley.chat.slash import COMMANDS, HELP, Do, Entry, Say, Typed, read

ENTRIES = [entry for entries in COMMANDS.values() for entry in entries]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hello", Say("hello")),
        ("  hello  ", Say("hello")),
        ("//shrug", Say("/shrug")),
        ("/join Tea Room", Do("join", "Tea Room")),
        ("/JOIN tea", Do("join", "tea")),
        ("/history", Do("history")),
        ("/history 5", Do("history", "5")),
        ("/rooms", Do("rooms")),
        ("/quit ", Do("quit")),
        ("/topic", Do("topic")),
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
        ("/join", "type /join NAME"),
        ("/role", "type /role USER ROLE"),
        ("/quit now", "nothing after it"),
    ],
)
def test_an_unclear_line_says_what_was_expected(line: str, why: str) -> None:
    assert why in getattr(read(line), "why", "")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_command_is_in_the_help(entry: Entry) -> None:
    assert entry.usage in HELP
    assert entry.help in HELP


def test_no_command_is_listed_twice() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
