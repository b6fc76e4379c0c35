"""Pages of history, read leniently."""

import pytest
from msgspec import DecodeError, Raw

from parley.client.events import Message, UnsupportedShown
from parley.client.showing import HistoryPage, Name, read_page

MESSAGE = (
    b'{"type":"event","room":"lobby","generation":1,"seq":4,"n":4,"time":9,"author":"00000000000bo",'
    b'"cmid":"00000000-0001-7000-8000-000000000001","content":{"kind":"text","text":"hi"}}'
)
STONE = (
    b'{"type":"event","room":"lobby","generation":1,"seq":5,"n":4,"time":9,"author":null,'
    b'"cmid":null,"content":{"kind":"stone","reason":"duplicate"}}'
)
POLL = (
    b'{"type":"event","room":"lobby","generation":1,"seq":6,"n":4,"time":9,"author":null,'
    b'"cmid":null,"content":{"kind":"poll","question":"tea?"}}'
)


def page(*events: bytes) -> HistoryPage:
    inside = b",".join(events)
    return read_page(Raw(b'{"room":"lobby","generation":1,"events":[' + inside + b'],"more":true}'))


def test_a_page_holds_what_can_be_shown_and_says_where_it_begins_and_ends() -> None:
    said = Message(
        "lobby", 1, 4, 4, 9, "00000000000bo", "00000000-0001-7000-8000-000000000001", "hi"
    )
    poll = UnsupportedShown("lobby", 1, 6, 9, None, "poll")

    assert page(MESSAGE, STONE, POLL) == HistoryPage(
        "lobby", 1, (said, poll), 4, 6, True, (Name(1, 4, said.author, said.cmid),)
    )


def test_an_entry_that_stands_twice_is_in_a_page_once_where_it_stood_first() -> None:
    read = page(MESSAGE, MESSAGE.replace(b'"seq":4', b'"seq":5'))

    assert [entry.seq for entry in read.entries] == [4]
    assert (read.first, read.last) == (4, 5)


def test_an_empty_page_has_no_bounds() -> None:
    assert page() == HistoryPage("lobby", 1, (), 0, 0, True)


def test_a_page_of_something_else_is_an_error() -> None:
    with pytest.raises(DecodeError):
        page(b'{"type":"heartbeat","time":5}')
