"""The menu of a room says what a choice would do now, beside an icon of that."""

import pytest
from msgspec.structs import replace

pytest.importorskip("dearpygui")

from desktop_client.state.talk import Standing, Talk
from desktop_client.update.events import MarkedUnread, SetManner
from desktop_client.view.room_menu import MUTE, PIN, UNREAD, entries_of
from tests.desktop_client.parts import LOBBY, NOON


def test_a_room_that_is_as_most_are_can_be_marked_kept_at_the_top_and_muted() -> None:
    assert entries_of(Talk(LOBBY), NOON) == {
        UNREAD: ("mail", "Mark as unread", MarkedUnread(LOBBY.id, True)),
        PIN: ("pin", "Keep it at the top", SetManner(LOBBY.id, pinned=True)),
        MUTE: ("bell-off", "Mute", SetManner(LOBBY.id, muted=True)),
    }


def test_each_of_these_can_be_taken_back() -> None:
    room = replace(LOBBY, pinned=True, muted_until=NOON + 1)
    talk = Talk(room, standing=Standing(unread=1))

    assert entries_of(talk, NOON) == {
        UNREAD: ("check-check", "Mark as read", MarkedUnread(LOBBY.id, False)),
        PIN: ("pin-off", "Do not keep it at the top", SetManner(LOBBY.id, pinned=False)),
        MUTE: ("bell", "Unmute", SetManner(LOBBY.id, muted=False)),
    }
