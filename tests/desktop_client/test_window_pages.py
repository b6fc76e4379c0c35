"""The pages and lists as people use them: a real window, against a real server."""

from pathlib import Path

import pytest

from tests.desktop_client.desk import Desk, desk, need_a_screen
from tests.desktop_client.test_window import (
    PASSWORD,
    PICTURES,
    Serving,
    choose,
    open_lobby,
    say,
    sign_up,
)

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def open_page(person: Desk, page: str, tag: str) -> None:
    """Open a page by what leads to it."""
    person.click("where", tag)
    person.until(lambda state: state["dialog"] == page)
    person.frames()


def leave_page(person: Desk) -> None:
    person.press("Escape")
    person.until(lambda state: state["dialog"] == "NONE")


def test_ann_makes_a_group_pins_goes_there_and_marks_the_lobby_as_unread(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        sign_up(ann, "ann")
        ann.click("where", "new_room")
        ann.fill("room_name", "Plans")
        ann.click("where", "make_group")
        ann.until(lambda state: "Plans" in state["rooms"] and state["opened"] != "lobby")
        say(ann, "the plan")
        ann.until(lambda state: state["progress"] == ["STORED"])
        choose(ann, "the", "menu_pin")

        open_page(ann, "ROOM", "room_settings")
        ann.picture(PICTURES / "room-owner-dark.png")
        open_page(ann, "PINS", "open_pins")
        ann.picture(PICTURES / "pins-dark.png")
        ann.click("first", "page_parts")
        ann.until(lambda state: state["dialog"] == "NONE" and state["jumped"])

        ann.click("card", "Lobby", button=3)
        ann.click("where", "menu_unread")
        ann.until(lambda state: state["marked"] == ["Lobby"])
        ann.picture(PICTURES / "marked-dark.png")


def test_a_profile_is_changed_and_a_draft_comes_to_another_device(tmp_path: Path) -> None:
    with (
        Serving(tmp_path / "server") as server,
        desk(tmp_path, server.url, "ann") as ann,
        desk(tmp_path, server.url, "laptop") as laptop,
    ):
        sign_up(ann, "ann")
        open_page(ann, "ACCOUNT", "account")
        ann.picture(PICTURES / "account-dark.png")
        open_page(ann, "PROFILE", "open_profile")
        ann.fill("display_name", "Anna")
        ann.click("where", "save_profile")
        ann.until(lambda state: state["name"] == "Anna")
        leave_page(ann)
        open_lobby(ann)

        laptop.fill("entry_user", "ann")
        laptop.fill("entry_password", PASSWORD)
        laptop.press("Return")
        laptop.until(lambda state: "Lobby" in state["rooms"])
        open_lobby(laptop)
        ann.click("where", "composer")
        ann.write("half a thought")
        laptop.until(lambda state: state["written"] == "half a thought")
        ann.press("Return")
        laptop.until(lambda state: state["texts"] == ["half a thought"] and not state["written"])


def test_what_was_typed_last_is_there_at_the_next_start(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server:
        with desk(tmp_path, server.url, "ann") as ann:
            sign_up(ann, "ann")
            open_lobby(ann)
            ann.click("where", "composer")
            ann.write("half a thought")
            ann.until(lambda state: state["written"] == "half a thought")
            ann.frames()
        with desk(tmp_path, server.url, "ann") as ann:
            ann.until(lambda state: "Lobby" in state["rooms"])
            open_lobby(ann)
            ann.until(lambda state: state["written"] == "half a thought")
