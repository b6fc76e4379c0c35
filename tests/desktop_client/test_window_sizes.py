"""Text in other sizes, and a screen with a scale of its own: a real window, a real server."""

from pathlib import Path

import pytest

from desktop_client.layout.scale import scale_of
from desktop_client.layout.screen import HEADER
from tests.desktop_client.desk import Desk, desk, need_a_screen
from tests.desktop_client.test_window import (
    PICTURES,
    UP,
    Serving,
    choose,
    open_lobby,
    say,
    sign_up,
)

# Enough of them to scroll back by some screens of a small window.
WORDS = [f"word-{number:02}" for number in range(14)]

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def seen(person: Desk, word: str, header: float) -> bool:
    """Whether the middle of a message is between the header, so high, and the composer."""
    place, composer = person.ask("message", word), person.ask("corner", "composer")
    return place is not None and header < place[1] < composer[1]


def test_at_twice_the_scale_everything_is_where_it_is_clicked(tmp_path: Path) -> None:
    with Serving(tmp_path / "server") as server, desk(tmp_path, server.url, "ann", 2) as ann:
        ann.resize(1600, 1200)
        sign_up(ann, "ann")
        open_lobby(ann)
        say(ann, "hello")
        ann.until(lambda state: state["progress"] == ["STORED"])
        ann.picture(PICTURES / "scale-2-dark.png")

        choose(ann, "hello", "menu_edit")
        ann.until(lambda state: state["mode"] == "edit" and state["written"] == "hello")
        ann.click("where", "composer")
        ann.write("more")
        ann.click("where", "send")

        ann.until(lambda state: state["texts"] == ["hellomore"])


def test_the_largest_text_is_read_and_written_in_the_smallest_window_and_remembered(
    tmp_path: Path,
) -> None:
    with Serving(tmp_path / "server") as server:
        with desk(tmp_path, server.url, "ann") as ann:
            sign_up(ann, "ann")
            open_lobby(ann)
            ann.resize(400, 300)
            for word in WORDS:
                say(ann, word)
            ann.until(lambda state: len(state["texts"]) == len(WORDS))
            ann.click("message", WORDS[-1], button=int(UP))
            ann.until(lambda _: not seen(ann, WORDS[-1], HEADER))
            first = next(word for word in WORDS if seen(ann, word, HEADER))

            ann.press("ctrl+equal")
            ann.press("ctrl+equal")
            ann.until(lambda state: state["text_size"] == "larger")
            ann.frames()

            header = HEADER * scale_of(1.0, "larger").factor
            assert next(word for word in WORDS if seen(ann, word, header)) == first
            ann.picture(PICTURES / "largest-text-dark.png")
            say(ann, "as large as it gets")
            ann.until(lambda state: state["texts"][-1] == "as large as it gets")
        with desk(tmp_path, server.url, "ann") as ann:
            ann.until(lambda state: state["stage"] == "MAIN" and state["text_size"] == "larger")
            ann.press("ctrl+minus")
            ann.until(lambda state: state["text_size"] == "large")
            ann.press("ctrl+0")
            ann.until(lambda state: state["text_size"] == "normal")
