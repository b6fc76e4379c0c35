"""Going to what was not read, and selecting over several messages: in a real window."""

import re
from pathlib import Path

import pytest

from tests.desktop_client.desk import desk, need_a_screen
from tests.desktop_client.test_window import (
    LINES,
    PICTURES,
    Serving,
    open_lobby,
    post_as_bob,
    sign_up,
)

# At most so many fit into the window at once.
IN_VIEW = 25
STORY = LINES[:40]
# Within the header, above the list of messages.
ABOVE_THE_LIST = (800, 5)

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def test_what_is_unread_is_gone_to_and_what_is_selected_beyond_the_view_is_copied(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        sign_up(ann, "ann")
        post_as_bob(server.url, tmp_path / "bob", STORY)
        open_lobby(ann)
        ann.until(lambda state: state["texts"][-1:] == STORY[-1:])
        ann.press("ctrl+j")
        ann.until(lambda state: state["jumped"] and ann.ask("message", STORY[0].split()[0]))
        ann.click("where", "latest")
        ann.until(lambda state: ann.ask("message", STORY[-1].split()[0]))

        with ann.dragging("message", STORY[-2].split()[0]):
            ann.move(ABOVE_THE_LIST)
            ann.until(lambda _: ann.ask("message", STORY[2].split()[0]))
            ann.move(ann.place("message", STORY[4].split()[0]))
            ann.frames()
        ann.picture(PICTURES / "selected-dark.png")
        ann.press("ctrl+c")
        ann.frames()
        ann.click("where", "composer")
        ann.press("ctrl+v")

        state = ann.until(lambda state: state["written"])
        lines = state["written"].split("\n")
        pasted = [re.fullmatch(r"bob, \d\d:\d\d: (.*)", line) for line in lines]
        said = [each[1] for each in pasted if each is not None]
        assert len(said) == len(pasted) > IN_VIEW
        # The first and the last are selected from within a word, or up to there.
        assert said[1:-1] == STORY[-len(said) : -2]
