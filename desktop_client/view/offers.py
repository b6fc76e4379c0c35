"""The list above the composer: what could be meant by the word that is being written.

Owns: the completion that is open, which offer is chosen, its drawing, and clicks on it.
Never: what is offered (`desktop_client.completion`). It never takes the keyboard from the field.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.completion import Completion, Offer, complete, nameable
from desktop_client.layout.flow import shortened
from desktop_client.layout.marks import Box, Ink, Mark, Picture
from desktop_client.layout.metrics import BODY, SMALL
from desktop_client.layout.parts import avatar, draw_line
from desktop_client.state.model import State
from desktop_client.view.kit import Kit
from parley.client import Person

WINDOW, _LIST = "offers", "offers_list"
_ROW, _WIDTH, _PAD = 40, 340, 6
_SIGN = 26


class OfferList:
    """Offers what could be meant. `clicked` is called once the offer under the mouse is chosen."""

    def __init__(self, kit: Kit, clicked: Callable[[], None]) -> None:
        self._kit, self._clicked = kit, clicked
        self._state: State | None = None
        self._completion: Completion | None = None
        # The text and the cursor for which it was looked for.
        self._looked_at: tuple[str, int] = ("", 0)
        self._shown: tuple[object, ...] = ()
        # Of the offers, the first that is shown, and how many are.
        self._first = self._count = 0
        with dpg.window(
            tag=WINDOW,
            show=False,
            no_title_bar=True,
            no_move=True,
            no_resize=True,
            no_scrollbar=True,
            no_saved_settings=True,
            no_focus_on_appearing=True,
            min_size=(10, 10),
        ):
            dpg.add_drawlist(10, 10, tag=_LIST)
        with dpg.item_handler_registry() as clicks:
            dpg.add_item_clicked_handler(button=0, callback=lambda: self._click())
        dpg.bind_item_handler_registry(_LIST, clicks)

    @property
    def is_open(self) -> bool:
        """Whether something is offered."""
        return self._completion is not None

    @property
    def end(self) -> int:
        """Where the word ends for which something is offered."""
        return self._completion.end if self._completion is not None else 0

    @property
    def _chosen(self) -> int:
        return self._completion.chosen if self._completion is not None else 0

    def know(self, state: State) -> None:
        """Look at a state for whom and what to offer."""
        self._state = state

    def look(self, text: str, cursor: int) -> None:
        """Look what could be meant by the word at the cursor, once for each change."""
        if (text, cursor) == self._looked_at or self._state is None:
            return
        self._looked_at = (text, cursor)
        emoji, recent = self._kit.book.emoji, self._state.recent_emoji
        self._completion = complete(text, cursor, emoji, recent, self._people)

    def _people(self) -> tuple[Person, ...]:
        return nameable(self._state) if self._state is not None else ()

    def choose(self, by: int) -> None:
        """Choose another offer, so many further on."""
        if self._completion is not None:
            self._completion = self._completion.moved(by)

    def take(self) -> tuple[str, int] | None:
        """Return the text with what is chosen in it and the cursor behind that; it is closed."""
        if self._completion is None:
            return None
        taken = self._completion.taken(self._looked_at[0])
        self.close(*taken)
        return taken

    def close(self, text: str = "", cursor: int = 0) -> None:
        """Offer nothing more, until text or cursor are others than these."""
        self._completion, self._looked_at = None, (text, cursor)

    @property
    def is_under_mouse(self) -> bool:
        """Whether a click would go to the list."""
        return bool(dpg.is_item_shown(WINDOW) and dpg.is_item_hovered(_LIST))

    def _click(self) -> None:
        _, y = self._kit.geometry.mouse_in(_LIST)
        row = int(y // _ROW)
        if 0 <= row < self._count:
            self.choose(self._first + row - self._chosen)
            self._clicked()

    def show(self, left: float, bottom: float, width: float) -> None:
        """Draw the list with its lower edge at a place, or take it away."""
        completion = self._completion
        if completion is None:
            if self._shown:
                self._shown = ()
                dpg.configure_item(WINDOW, show=False)
            return
        wide = min(_WIDTH, width - 2 * _PAD)
        key = (completion, left, bottom, wide, self._kit.look)
        if key == self._shown:
            return
        self._shown = key
        shown = self._choose_rows(completion, bottom)
        high = self._count * _ROW
        geometry = self._kit.geometry
        geometry.size(_LIST, width=wide, height=high)
        geometry.size(WINDOW, width=wide + 2 * _PAD, height=high + 2 * _PAD)
        geometry.place(WINDOW, left, bottom - high - 2 * _PAD - 4)
        dpg.configure_item(WINDOW, show=True)
        dpg.bind_item_theme(WINDOW, self._kit.style.offers)
        dpg.delete_item(_LIST, children_only=True)
        marks: list[Mark] = []
        for row, offer in enumerate(shown):
            is_chosen = self._first + row == completion.chosen
            marks += self._row(offer, row * _ROW, wide, is_chosen=is_chosen)
        self._kit.painter.paint(marks, _LIST)

    def _choose_rows(self, completion: Completion, bottom: float) -> tuple[Offer, ...]:
        """Return the offers for which there is room, the chosen one among them."""
        most = max(1, int((bottom - 4 * _PAD) // _ROW))
        self._first = max(0, completion.chosen - most + 1)
        shown = completion.offers[self._first : self._first + most]
        self._count = len(shown)
        return shown

    def _row(self, offer: Offer, top: float, width: float, *, is_chosen: bool) -> list[Mark]:
        metrics, middle = self._kit.metrics, top + _ROW / 2
        marks: list[Mark] = [Box(0, top, width, _ROW, Ink.CHOSEN, 8)] if is_chosen else []
        if offer.emoji:
            marks.append(Picture(10, middle - _SIGN / 2, offer.emoji, _SIGN))
        else:
            marks += avatar(offer.person, offer.label, 10 + _SIGN / 2, middle, _SIGN, metrics)
        left = 10.0 + _SIGN + 12
        label, _ = shortened(offer.label, width - left - 10, BODY, metrics)
        marks += draw_line(label, left, middle - BODY / 2 - 1, BODY, Ink.TEXT, links=False)[0]
        left += label.width + 10
        if offer.detail and left < width - 40:
            detail, _ = shortened(offer.detail, width - left - 10, SMALL, metrics)
            marks += draw_line(detail, left, middle - SMALL / 2, SMALL, Ink.FAINT, links=False)[0]
        return marks
