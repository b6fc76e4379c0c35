"""The client as people use it: real windows, keyboard and mouse, against a real server.

Each test begins where a person would; what it sees is kept in build/screenshots.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from tests.desktop_client.desk import PATIENCE, ROOT, Desk, desk, need_a_screen, screen

# Many steps, each of which has a limit of its own; drawing in software is slow on a busy computer.
pytestmark = pytest.mark.timeout(600)

PASSWORD = "correct horse battery"
PICTURES = ROOT / "build" / "screenshots"
# X's names for the wheel's two ways.
UP, DOWN = "4", "5"
# More than is fetched at once, more than is recalled at a start.
LINES = [f"line-{number:03} of a long story" for number in range(150)]


class Serving:
    """`parley serve` on a data folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, "0"
        self.url = ""

    def start(self) -> None:
        """Start it; the second time at the same port."""
        arguments = ["--port", self._port, "--data-dir", str(self._folder)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "parley", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        assert self._process.stdout is not None
        found = re.search(r"http://[\d.]+:(\d+)", self._process.stdout.readline())
        assert found is not None, "the server did not start"
        self.url, self._port = found[0], found[1]

    def stop(self) -> None:
        """Stop it; its data stays."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def sign_up(person: Desk, user: str) -> None:
    person.click("where", "switch")
    person.fill("entry_user", user)
    person.fill("entry_password", PASSWORD)
    person.press("Return")
    person.until(lambda state: state["stage"] == "MAIN" and "Lobby" in state["rooms"])


def open_lobby(person: Desk) -> None:
    person.click("card", "Lobby")
    person.until(lambda state: state["opened"] == "lobby")


def safe(state: dict[str, Any]) -> list[bool]:
    """Which of one's own messages are in the server's database, or further."""
    return [progress in ("STORED", "DELIVERED", "READ") for progress in state["progress"]]


def say(person: Desk, text: str) -> None:
    person.click("where", "composer")
    person.write(text)
    person.press("Return")


def test_two_people_talk_with_a_server_that_comes_and_goes(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(Serving(tmp_path / "server"))
        ann = stack.enter_context(desk(tmp_path, server.url, "ann"))
        bob = stack.enter_context(desk(tmp_path, server.url, "bob"))
        ann.picture(PICTURES / "entry-dark.png")
        sign_up(ann, "ann")
        sign_up(bob, "bob")
        they_talk(ann, bob)
        in_every_size_and_theme(ann, bob)

        server.stop()
        ann.until(lambda state: not state["online"])
        say(ann, "written offline")
        state = ann.until(lambda state: state["texts"][-1:] == ["written offline"])
        assert safe(state) == [True, False]
        ann.picture(PICTURES / "offline-light.png")
        server.start()
        ann.until(lambda state: safe(state) == [True, True])
        bob.until(lambda state: state["texts"][-1:] == ["written offline"])
    with desk(tmp_path, server.url, "ann") as ann:
        ann.until(lambda state: "Lobby" in state["rooms"])
        open_lobby(ann)
        state = ann.until(lambda state: state["texts"])
        assert (state["online"], state["texts"][-1]) == (False, "written offline")


def they_talk(ann: Desk, bob: Desk) -> None:
    open_lobby(ann)
    say(ann, "Hello Bob, see https://example.org")
    ann.until(lambda state: safe(state) == [True])
    bob.until(lambda state: state["rooms"]["Lobby"] == 1)
    bob.picture(PICTURES / "unread-dark.png")
    open_lobby(bob)
    bob.until(lambda state: state["rooms"]["Lobby"] == 0)
    say(bob, "Hello Ann")
    state = ann.until(lambda state: state["texts"][-1:] == ["Hello Ann"])
    assert state["texts"] == ["Hello Bob, see https://example.org", "Hello Ann"]


def in_every_size_and_theme(ann: Desk, bob: Desk) -> None:
    """A wide window shows rooms and conversation, a small one either, in both themes."""
    ann.picture(PICTURES / "talk-dark.png")
    ann.click("where", "theme")
    ann.until(lambda state: state["theme"] == "light")
    ann.picture(PICTURES / "talk-light.png")
    for person, theme in ((ann, "light"), (bob, "dark")):
        person.resize(400, 300)
        person.picture(PICTURES / f"small-talk-{theme}.png")
        person.click("where", "back")
        person.until(lambda state: state["opened"] is None)
        person.picture(PICTURES / f"small-rooms-{theme}.png")
        person.resize(1280, 800)
        open_lobby(person)


def test_two_people_answer_edit_react_delete_and_find_each_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(Serving(tmp_path / "server"))
        ann = stack.enter_context(desk(tmp_path, server.url, "ann"))
        bob = stack.enter_context(desk(tmp_path, server.url, "bob"))
        for person, user in ((ann, "ann"), (bob, "bob")):
            sign_up(person, user)
            open_lobby(person)
        say(ann, "lunch at *twelve*")
        bob.until(lambda state: state["texts"] == ["lunch at *twelve*"])
        choose(bob, "lunch", "menu_reply")
        bob.until(lambda state: state["mode"] == "reply")
        say(bob, "gladly")
        ann.until(lambda state: state["texts"][-1:] == ["gladly"])
        they_change_what_they_said(ann, bob)
        ann.picture(PICTURES / "everyday-dark.png")
        ann_finds_what_was_said(ann)
        ann_opens_a_chat_with_bob(ann, bob)


def choose(person: Desk, text: str, entry: str) -> None:
    """Choose an entry of a message's menu."""
    person.click("message", text, button=3)
    person.click("where", entry)


def they_change_what_they_said(ann: Desk, bob: Desk) -> None:
    ann.click("where", "composer")
    ann.press("Up")
    ann.until(lambda state: state["mode"] == "edit" and state["written"])
    ann.frames()
    ann.press("ctrl+a")
    ann.write("lunch at one")
    ann.press("Return")
    bob.until(lambda state: state["texts"] == ["lunch at one", "gladly"])
    bob.click("message", "lunch", button=3)
    bob.click("corner", "quick_reactions")
    ann.until(lambda state: state["reactions"] == [["👍"], []])
    choose(bob, "gladly", "menu_delete")
    bob.click("where", "delete_for_all")
    ann.until(lambda state: state["deleted"] == [False, True])


def ann_finds_what_was_said(ann: Desk) -> None:
    ann.press("ctrl+f")
    ann.until(lambda state: state["dialog"] == "SEARCH")
    ann.click("where", "search_wanted")
    ann.write("lunch")
    ann.until(lambda state: state["hits"] == ["lunch at one"])
    ann.frames()
    ann.picture(PICTURES / "search-dark.png")
    ann.click("first", "search_hits")
    ann.until(lambda state: state["dialog"] == "NONE" and state["jumped"])


def ann_opens_a_chat_with_bob(ann: Desk, bob: Desk) -> None:
    ann.click("where", "room_settings")
    ann.until(lambda state: state["members"] == ["ann", "bob"])
    ann.picture(PICTURES / "room-dark.png")
    ann.press("Escape")
    ann.until(lambda state: state["dialog"] == "NONE")
    ann.click("where", "new_room")
    ann.click("where", "find_person")
    ann.write("bob")
    ann.until(lambda state: state["found"] == ["bob"])
    ann.frames()
    ann.picture(PICTURES / "new-chat-dark.png")
    ann.click("first", "found_people")
    ann.until(lambda state: state["opened"] != "lobby" and state["dialog"] == "NONE")
    say(ann, "only for you")
    bob.until(lambda state: state["rooms"].get("ann") == 1)


def test_a_long_room_is_read_back_without_a_connection(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        sign_up(ann, "ann")
        post_as_bob(server.url, tmp_path / "bob", LINES)
        open_lobby(ann)
        ann.until(lambda state: state["texts"][-1:] == LINES[-1:])
        scroll_back(ann, LINES[0])
    with desk(tmp_path, server.url, "ann") as ann:
        ann.until(lambda state: "Lobby" in state["rooms"])
        open_lobby(ann)
        state = ann.until(lambda state: state["texts"])
        assert not state["online"]
        assert LINES[0] not in state["texts"]
        scroll_back(ann, LINES[0])
        ann.picture(PICTURES / "read-back-dark.png")
        ann.click("where", "latest")
        state = ann.until(lambda state: ann.ask("message", LINES[-1].split()[0]))
        assert state["texts"][-1] == LINES[-1]


def test_a_quote_leads_to_its_message_as_often_as_it_is_clicked(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        sign_up(ann, "ann")
        post_as_bob(server.url, tmp_path / "bob", LINES[:60])
        open_lobby(ann)
        ann.until(lambda state: state["texts"][-1:] == LINES[59:60])
        scroll_back(ann, LINES[0])
        choose(ann, LINES[0].split()[0], "menu_reply")
        ann.until(lambda state: state["mode"] == "reply")
        say(ann, "I remember")
        ann.until(lambda state: safe(state) == [True])
        for _ in range(2):
            scroll(ann, "remember", DOWN)
            # Its middle is the quote.
            ann.click("message", "remember")
            ann.until(lambda state: ann.ask("message", LINES[0].split()[0]))


def scroll_back(person: Desk, text: str) -> None:
    """Turn the wheel over the messages until one from before is on the screen."""
    scroll(person, text.split()[0], UP)


def scroll(person: Desk, word: str, wheel: str) -> None:
    """Turn the wheel over the messages until the one with this word is on the screen."""
    person.xdotool("search", "--name", "Parley", "mousemove", "--window", "%1", "800", "400")

    def turned(_: dict[str, Any]) -> object:
        person.xdotool("click", "--repeat", "10", "--delay", "20", wheel)
        return person.ask("message", word)

    person.until(turned)


def test_a_first_evening_from_a_wrong_password_to_a_channel_of_ones_own(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        ann.fill("entry_user", "ann")
        ann.fill("entry_password", "no such password")
        ann.click("where", "enter")
        state = ann.until(lambda state: state["error"])
        assert state["error"] == "wrong user name or password"
        ann.picture(PICTURES / "wrong-password-dark.png")
        sign_up(ann, "ann")
        open_lobby(ann)

        ann.click("where", "emoji")
        ann.until(lambda state: state["dialog"] == "EMOJI")
        ann.picture(PICTURES / "picker-dark.png")
        ann.click("where", "emoji_wanted")
        ann.write("thumbs up")
        ann.frames()
        ann.click("corner", "emoji_grid")
        ann.until(lambda state: state["dialog"] == "NONE" and state["written"] == ":thumbs_up: ")
        ann.frames()
        ann.press("Return")
        ann.until(lambda state: state["texts"] == ["👍"])

        ann.click("where", "new_room")
        ann.until(lambda state: state["dialog"] == "NEW_ROOM")
        ann.fill("room_name", "Plans")
        ann.picture(PICTURES / "new-channel-dark.png")
        ann.press("Return")
        ann.until(lambda state: "Plans" in state["rooms"] and state["opened"] != "lobby")
        ann.picture(PICTURES / "channel-dark.png")
        ann.click("where", "room_settings")
        ann.click("where", "leave_room")
        ann.until(lambda state: list(state["rooms"]) == ["Lobby"])

        with desk(tmp_path, server.url, "ann") as second:
            state = second.until(lambda state: state["error"])
            assert "open in another window" in state["error"]

        ann.click("where", "account")
        ann.click("where", "sign_out")
        state = ann.until(lambda state: state["stage"] == "ENTRY")
        assert (state["error"], ann.ask("where", "sign_out")) == ("", None)


def test_the_command_wakes_from_its_rest_for_a_message_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, screen() as display:
        with desk(tmp_path, server.url, "ann") as ann:
            sign_up(ann, "ann")
        profile = ["--profile", "ann", "--data-dir", str(tmp_path)]
        process = subprocess.Popen(
            [sys.executable, "-m", "parley", "desktop", *profile],
            cwd=ROOT,
            env=os.environ | {"DISPLAY": display},
        )
        try:
            the_window_is_named("^Parley$", display)
            post_as_bob(server.url, tmp_path / "bob")
            the_window_is_named("^.1. Parley$", display)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()


def the_window_is_named(name: str, display: str) -> None:
    search = ["xdotool", "search", "--sync", "--name", name]
    environment = os.environ | {"DISPLAY": display}
    subprocess.run(search, env=environment, check=True, timeout=PATIENCE, capture_output=True)


def post_as_bob(url: str, folder: Path, lines: Sequence[str] = ("good evening",)) -> None:
    arguments = ["--sign-up", "--user", "bob", "--folder", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "parley", "chat", url, *arguments],
        input="".join(f"{line}\n" for line in lines),
        text=True,
        check=True,
        timeout=PATIENCE,
        cwd=ROOT,
        env=os.environ | {"PARLEY_PASSWORD": PASSWORD},
    )
