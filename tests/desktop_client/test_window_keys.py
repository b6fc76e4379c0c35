"""Keys pressed together on a slow computer: both are over when it draws the next frame."""

from pathlib import Path

import pytest

from tests.desktop_client.desk import desk, need_a_screen

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
