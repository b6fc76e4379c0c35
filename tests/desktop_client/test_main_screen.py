"""The main screen without a display: when it is arranged anew, its pages, and what is pasted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

pytest.importorskip("dearpygui")

import dearpygui.dearpygui as dpg

from desktop_client.assets.book import Book, EmojiPicture
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import Event
from desktop_client.view.composer import FIELD, SEND
from desktop_client.view.geometry import Geometry
from desktop_client.view.hover import Hover
from desktop_client.view.kit import Kit
from desktop_client.view.main import BACKGROUND, MainScreen
from desktop_client.view.native_text import PlainEditing
from desktop_client.view.page import PAGE
from desktop_client.view.paint import Painter
from desktop_client.view.sidebar import FILTER
from desktop_client.view.styles import make_styles
from tests.desktop_client.parts import METRICS, TODAY, signed_in

WIDTH, HEIGHT = 1280, 800


class Desk:
    """A main screen, its clock, and the items of which Dear PyGui was told something."""

    def __init__(self) -> None:
        self.today = TODAY
        self.told: list[object] = []
        geometry = Geometry()
        book = Book(emoji={"🔥": EmojiPicture(0, 0, "fire", True)})
        painter, events = Painter(book, geometry), list[Event]()
        self._kit = Kit(
            painter,
            METRICS,
            book,
            {"dark": make_styles("dark", geometry), "light": make_styles("light", geometry)},
            geometry,
            events.append,
            self._day,
            Hover(painter, geometry),
        )
        dpg.add_viewport_drawlist(front=False, tag=BACKGROUND)
        dpg.add_window(tag="root")
        self._screen = MainScreen(self._kit, "root")

    def _day(self) -> date:
        return self.today

    def shown(self, state: State, width: int = WIDTH) -> list[object]:
        """Show a state, and return the items of which something was told."""
        self.told.clear()
        self._screen.show(state, width, HEIGHT)
        return list(self.told)

    def wear(self, theme: str) -> None:
        self._kit.painter.theme = "light" if theme == "light" else "dark"

    def leave(self) -> None:
        self._screen.hide()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    dpg.create_context()
    monkeypatch.setattr("desktop_client.view.composer.make_editing", PlainEditing)
    desk = Desk()
    tell = dpg.configure_item

    def note(item: object, **changes: object) -> None:
        desk.told.append(item)
        tell(item, **changes)

    monkeypatch.setattr(dpg, "configure_item", note)
    yield desk
    dpg.destroy_context()


def settled(desk: Desk, state: State) -> State:
    """Show a state until it stands."""
    for _ in range(5):
        desk.shown(state)
    return state


def test_a_state_that_stands_on_the_screen_is_not_told_again(desk: Desk) -> None:
    state = settled(desk, signed_in())

    assert desk.shown(state) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: dpg.set_value(FIELD, "typed"),
        lambda desk: dpg.set_value(FILTER, "looked for"),
        lambda desk: desk.wear("light"),
        lambda desk: setattr(desk, "today", TODAY + timedelta(days=1)),
        lambda desk: desk.leave(),
    ],
    ids=["a message is typed", "a room is looked for", "a theme", "a new day", "it was left"],
)
def test_what_is_in_no_state_is_shown_all_the_same(
    desk: Desk, change: Callable[[Desk], object]
) -> None:
    state = settled(desk, signed_in())

    change(desk)

    assert SEND in desk.shown(state)


def test_a_window_of_another_width_is_arranged_anew(desk: Desk) -> None:
    state = settled(desk, signed_in())

    assert SEND in desk.shown(state, WIDTH - 100)


def test_another_state_is_shown(desk: Desk) -> None:
    state = settled(desk, signed_in())

    assert SEND in desk.shown(replace(state, notice="the room is full"))


def test_a_short_page_stands_in_the_middle(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """How high its parts are is known once they were drawn."""
    monkeypatch.setattr(Geometry, "size_of", lambda *_: (400.0, 200.0))
    settled(desk, signed_in(dialog=Dialog.KEYS))

    (_, top), height = dpg.get_item_pos(PAGE), dpg.get_item_height(PAGE)
    assert height < HEIGHT / 2
    assert top + height / 2 == HEIGHT / 2


def test_an_emoji_that_is_pasted_becomes_its_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = settled(desk, signed_in())

    with monkeypatch.context() as writing:
        writing.setattr(dpg, "is_item_active", lambda _: True)
        dpg.set_value(FIELD, "so 🔥!")
        desk.shown(state)
    settled(desk, state)

    assert dpg.get_value(FIELD) == "so :fire:!"
