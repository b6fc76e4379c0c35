"""The list of messages: only those in view exist as items.

Owns: which rows are drawn, the place of the scroll bar, clicks on rows.
Never: what a row looks like (`desktop_client.layout.bubble`).
"""

from collections import Counter
from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.bubble import Shape, draw, measure
from desktop_client.layout.heights import Heights, stacked
from desktop_client.layout.marks import Drawing, Hit, LinkHit, QuoteHit, ReactionHit
from desktop_client.layout.rows import BubbleRow, Row, Scene, rows_of
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    ClickedLink,
    ClickedQuote,
    NearedTop,
    SawEnd,
    ToggledReaction,
)
from desktop_client.view.kit import Kit
from parley.client import Target

LIST = "messages"
_ABOVE, _ROWS, _BELOW = "rows_above", "rows_drawn", "rows_below"
# Drawn beyond the view on either side, in pixels: a flick of the wheel finds rows there.
_BEYOND = 400.0
# So near to the end that what comes next is followed.
_AT_END = 48.0
_MARGIN = 10.0
# Frames until a scroll bar that was moved is there, at most.
_TRIES = 12

# A row and how many like it stand above it: what a drawn row is known by.
_Key = tuple[Row, int]


class MessageList:
    """One room's messages. `pressed` is told of a right click on a message."""

    def __init__(self, kit: Kit, parent: str, pressed: Callable[[BubbleRow, Talk], None]) -> None:
        self._kit, self._pressed = kit, pressed
        self._shown: tuple[object, ...] = ()
        self._talk: Talk | None = None
        self._told: tuple[Talk | None, Talk | None] = (None, None)
        self._keys: list[_Key] = []
        self._shapes: list[Shape] = []
        self._measured: dict[Row, Shape] = {}
        self._heights = Heights()
        self._items: dict[_Key, int] = {}
        self._drawings: dict[int, tuple[Row, Drawing]] = {}
        self._height = 0
        self._sticks = True
        self._found: Target | None = None
        # Where the scroll bar was told to go: it is there some frames later.
        self._goal: float | None = None
        self._tries = 0
        with dpg.item_handler_registry() as self._clicks:
            dpg.add_item_clicked_handler(button=0, callback=lambda _, data: self._open(data[1]))
            dpg.add_item_clicked_handler(button=1, callback=lambda _, data: self._press(data[1]))
        with dpg.child_window(tag=LIST, parent=parent, border=False):
            dpg.add_spacer(tag=_ABOVE)
            dpg.add_group(tag=_ROWS)
            dpg.add_spacer(tag=_BELOW)

    # --- clicks ----------------------------------------------------------------------------

    def _open(self, item: int) -> None:
        if item not in self._drawings:
            return
        left, top = dpg.get_item_rect_min(item)
        x, y = dpg.get_mouse_pos(local=False)
        row, drawing = self._drawings[item]
        hit = drawing.hit_at(x - left, y - top)
        if hit is not None and isinstance(row, BubbleRow):
            self._follow(hit, row)

    def _follow(self, hit: Hit, row: BubbleRow) -> None:
        match hit:
            case LinkHit(url=url):
                self._kit.emit(ClickedLink(url))
            case ReactionHit(emoji=emoji):
                self._kit.emit(ToggledReaction(row.target, emoji))
            case QuoteHit() if row.quoted is not None:
                self._kit.emit(ClickedQuote(row.quoted.target))

    def _press(self, item: int) -> None:
        row, _ = self._drawings.get(item, (None, None))
        if isinstance(row, BubbleRow) and self._talk is not None:
            self._pressed(row, self._talk)

    # --- what is shown ---------------------------------------------------------------------

    def show(self, talk: Talk, scene: Scene, width: int, height: int) -> None:
        """Lay a room out, keeping in place what the person is looking at."""
        theme = self._kit.painter.theme
        rest = (scene.today, scene.starred, scene.unread_after, scene.found)
        key = (talk, scene.people, width, theme, height, *rest)
        if len(self._shown) == len(key) and all(
            old is new or (index > 1 and old == new)
            for index, (old, new) in enumerate(zip(self._shown, key, strict=True))
        ):
            return
        is_other = self._talk is None or self._talk.room.id != talk.room.id
        is_jump = scene.found is not None and (is_other or scene.found != self._found)
        self._found = scene.found
        at_end = is_other or self._sticks
        anchor = None if at_end else self._anchor()
        if self._shown and (self._shown[2], self._shown[3]) != (width, theme):
            self._clear()
        self._shown, self._talk, self._height = key, talk, height
        self._lay_out(rows_of(talk, scene), width)
        found = self._place(scene.found) if is_jump else None
        self._scroll(self._target(anchor) if found is None else found)

    def _place(self, target: Target | None) -> float | None:
        """Return where to scroll so that a message is in the upper half of the view."""
        end = max(0.0, self._heights.total + _MARGIN - self._height)
        for index, (row, _) in enumerate(self._keys):
            if isinstance(row, BubbleRow) and row.target == target:
                return min(end, max(0.0, self._heights.tops[index] - self._height / 3))
        return None

    def _lay_out(self, rows: tuple[Row, ...], width: int) -> None:
        old, self._measured = self._measured, {}
        seen: Counter[Row] = Counter()
        self._keys, self._shapes = [], []
        for row in rows:
            shape = old.get(row) or measure(row, width, self._kit.metrics)
            self._measured[row] = shape
            self._keys.append((row, seen[row]))
            self._shapes.append(shape)
            seen[row] += 1
        whole = sum(shape.height for shape in self._shapes)
        # A short conversation stands at the bottom, above the composer.
        above = max(_MARGIN, self._height - whole - _MARGIN)
        self._heights = stacked((shape.height for shape in self._shapes), above)

    def _anchor(self) -> tuple[str, float] | None:
        """Return a message in view and how far below the upper edge it begins."""
        top = dpg.get_y_scroll(LIST) if self._goal is None else self._goal
        for index in self._heights.within(top, top + self._height):
            row = self._keys[index][0]
            if isinstance(row, BubbleRow):
                return row.cmid, self._heights.tops[index] - top
        return None

    def _target(self, anchor: tuple[str, float] | None) -> float:
        end = max(0.0, self._heights.total + _MARGIN - self._height)
        if anchor is None:
            return end
        cmid, below = anchor
        for index, (row, _) in enumerate(self._keys):
            if isinstance(row, BubbleRow) and row.cmid == cmid:
                return min(end, max(0.0, self._heights.tops[index] - below))
        return end

    def frame(self, *, is_focused: bool) -> None:
        """Follow the scroll bar; once a frame. What is shown to nobody was not seen."""
        if self._talk is None or not self._has_arrived():
            return
        top = dpg.get_y_scroll(LIST)
        self._draw(top)
        self._sticks = top + self._height >= self._heights.total - _AT_END
        if self._sticks and is_focused and self._told[0] is not self._talk:
            self._told = (self._talk, self._told[1])
            self._kit.emit(SawEnd())
        if top < self._height + _BEYOND and self._told[1] is not self._talk:
            self._told = (self._told[0], self._talk)
            self._kit.emit(NearedTop())

    def _has_arrived(self) -> bool:
        """Return whether the scroll bar is where it was told to go; if not, tell it again."""
        if self._goal is None:
            return True
        if abs(dpg.get_y_scroll(LIST) - self._goal) < 1 or self._tries == 0:
            self._goal = None
            return True
        self._tries -= 1
        if dpg.get_y_scroll_max(LIST) >= self._goal:
            dpg.set_y_scroll(LIST, self._goal, when=dpg.mvSetScrollFlags_Both)
        return False

    def hide(self) -> None:
        """Forget the room."""
        if self._talk is not None:
            self._clear()
            self._talk, self._shown, self._told = None, (), (None, None)
            self._sticks = True

    def _clear(self) -> None:
        for item in self._items.values():
            dpg.delete_item(item)
        self._items.clear()
        self._drawings.clear()
        self._measured.clear()

    def _scroll(self, top: float) -> None:
        self._draw(top, is_new=True)
        self._goal, self._tries = float(round(top)), _TRIES
        self._sticks = top + self._height >= self._heights.total - _AT_END
        dpg.set_y_scroll(LIST, self._goal, when=dpg.mvSetScrollFlags_Both)

    def _draw(self, top: float, *, is_new: bool = False) -> None:
        view = self._heights.within(top - _BEYOND, top + self._height + _BEYOND)
        wanted = [self._keys[index] for index in view]
        if is_new or wanted != list(self._items):
            self._exchange(view, wanted)

    def _exchange(self, view: range, wanted: list[_Key]) -> None:
        for key in self._items.keys() - set(wanted):
            item = self._items.pop(key)
            self._drawings.pop(item, None)
            dpg.delete_item(item)
        for index in view:
            if self._keys[index] not in self._items:
                self._items[self._keys[index]] = self._add(self._shapes[index])
        self._items = {key: self._items[key] for key in wanted}
        dpg.reorder_items(_ROWS, 1, list(self._items.values()))
        tops = self._heights.tops
        dpg.configure_item(_ABOVE, height=max(1, round(tops[view.start])))
        below = self._heights.total - tops[view.stop] + _MARGIN
        dpg.configure_item(_BELOW, height=max(1, round(below)))

    def _add(self, shape: Shape) -> int:
        drawing = draw(shape, self._kit.metrics)
        name = shape.row.cmid if isinstance(shape.row, BubbleRow) else ""
        item = int(dpg.add_drawlist(drawing.width, drawing.height, parent=_ROWS, user_data=name))
        dpg.bind_item_handler_registry(item, self._clicks)
        self._kit.painter.paint(drawing.marks, item)
        self._drawings[item] = (shape.row, drawing)
        return item
