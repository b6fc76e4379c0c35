"""Writing, in a real window: completion, the picker at the cursor, lines, what is too long.

What it sees is kept in build/screenshots.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.protocol.limits import TEXT_BYTES
from tests.desktop_client.desk import Desk, desk, need_a_screen
from tests.desktop_client.test_window import PICTURES, Serving, open_lobby, say, sign_up

# Many steps, each of which has a limit of its own; drawing in software is slow on a busy computer.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Desk]:
    """Ann in the lobby, where Bob has said something."""
    need_a_screen()
    with Serving(tmp_path / "server") as server:
        with desk(tmp_path, server.url, "bob") as bob:
            sign_up(bob, "bob")
            open_lobby(bob)
            say(bob, "hello from bob")
            bob.until(lambda state: state["progress"] == ["STORED"])
        with desk(tmp_path, server.url, "ann") as ann:
            sign_up(ann, "ann")
            open_lobby(ann)
            ann.until(lambda state: state["texts"] == ["hello from bob"])
            ann.click("where", "composer")
            yield ann


def write(ann: Desk, text: str, whole: str) -> None:
    """Type, and wait until the field has all of it."""
    ann.write(text)
    ann.until(lambda state: state["written"] == whole)
    ann.frames()


def test_words_are_completed_with_keys_and_mouse_and_lines_begun(ann: Desk) -> None:
    write(ann, "so :thu", "so :thu")
    ann.picture(PICTURES / "completion-dark.png")
    ann.press("Down")
    ann.frames()
    ann.press("Tab")
    ann.until(lambda state: state["written"] == "so :thumbs_down: ")
    ann.frames()
    write(ann, "and @bo", "so :thumbs_down: and @bo")
    ann.picture(PICTURES / "mention-dark.png")
    ann.press("Return")
    ann.until(lambda state: state["written"] == "so :thumbs_down: and @bob ")
    ann.frames()
    write(ann, ":grin", "so :thumbs_down: and @bob :grin")
    ann.click("corner", "offers_list")
    ann.until(lambda state: state["written"] == "so :thumbs_down: and @bob :grinning_face: ")
    ann.frames()
    with ann.holding("shift"):
        ann.press("Return")
    ann.until(lambda state: state["written"].endswith(" \n"))
    ann.press("Return")
    ann.until(lambda state: state["texts"][-1] == "so 👎 and @bob 😀")


def test_the_picker_writes_at_the_cursor(ann: Desk) -> None:
    write(ann, "ab", "ab")
    ann.press("Left")
    ann.frames()
    ann.click("where", "emoji")
    ann.until(lambda state: state["dialog"] == "EMOJI")
    ann.click("where", "emoji_wanted")
    ann.write("red heart")
    ann.frames()
    ann.click("corner", "emoji_grid")

    ann.until(lambda state: state["written"] == "a :red_heart: b")


def test_a_text_that_is_too_long_stays_where_it_is_and_the_reason_is_said(ann: Desk) -> None:
    ann.paste("word_" * (TEXT_BYTES // 5 + 1))
    ann.until(lambda state: len(state["written"]) > TEXT_BYTES)
    ann.press("Return")

    state = ann.until(lambda state: state["notice"])
    assert "too long for one message" in state["notice"]
    assert len(ann.until(lambda state: state["written"])["written"]) > TEXT_BYTES
    ann.picture(PICTURES / "too-long-dark.png")
