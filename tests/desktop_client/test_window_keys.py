"""Keys pressed together on a slow computer: both are over when it draws the next frame."""

from pathlib import Path

import pytest

from tests.desktop_client.desk import desk, need_a_screen
from tests.desktop_client.test_window import Serving, open_lobby, say, sign_up

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def test_a_key_with_ctrl_counts_where_both_are_over_within_one_frame(tmp_path: Path) -> None:
    with desk(tmp_path, "http://127.0.0.1:9", "ann") as ann:
        ann.until(lambda state: state["text_size"] == "normal")
        ann.xdotool("keydown", "ctrl")
        ann.frames()

        with ann.between_frames():
            ann.xdotool("keydown", "equal", "keyup", "ctrl", "keyup", "equal")

        ann.until(lambda state: state["text_size"] == "large")


def test_shift_and_enter_within_one_frame_begin_a_line_and_send_nothing(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann") as ann:
        sign_up(ann, "ann")
        open_lobby(ann)
        ann.click("where", "composer")
        ann.write("one")
        ann.until(lambda state: state["written"] == "one")
        ann.xdotool("keydown", "shift")
        ann.frames()

        with ann.between_frames():
            ann.xdotool("keydown", "Return", "keyup", "shift", "keyup", "Return")

        ann.until(lambda state: state["written"] == "one\n")
        say(ann, "two")
        state = ann.until(lambda state: state["texts"])
        assert state["texts"] == ["one\ntwo"]
