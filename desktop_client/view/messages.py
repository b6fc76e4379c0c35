"""The list of messages: only those in view exist as items.

Owns: which rows are drawn, the place of the scroll bar, clicks on rows.
Never: what a row looks like (`desktop_client.layout.bubble`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import dearpygui.dearpygui as dpg

from desktop_client.layout.bubble import draw
from desktop_client.layout.conversation import MARGIN, Conversation, Slot
from desktop_client.layout.excerpt import Spoken
from desktop_client.layout.marks import Drawing, Hit, LinkHit, QuoteHit, ReactionHit, ReasonHit
from desktop_client.layout.pulling import pulled
from desktop_client.layout.rows import BubbleRow, Row, Scene
from desktop_client.layout.screen import Area
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    ClickedLink,
    ClickedQuote,
    DismissedRefusals,
    MovedToEnd,
    NearedBottom,
    NearedTop,
    PressedLatest,
    PressedUnread,
    SawEnd,
    ToggledReaction,
)
from desktop_client.view.kit import ICON_BUTTON, Kit
from desktop_client.view.selecting import Selecting
from parley.client import Target

LIST = "messages"
_LATEST, _CORNER = "latest", "latest_corner"
_ABOVE, _ROWS, _BELOW = "rows_above", "rows_drawn", "rows_below"
# Drawn beyond the view on either side, in pixels: a flick of the wheel finds rows there.
_BEYOND = 400.0
# So near to the end that what comes next is followed.
_AT_END = 48.0
# Frames until a scroll bar that was moved is there, at most.
_TRIES = 12


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row that is on the screen, and what can be clicked in it."""

    row: Row
    drawing: Drawing


class MessageList:
    """One room's messages. `pressed` is told of a right click on a message."""

    def __init__(self, kit: Kit, parent: str, pressed: Callable[[BubbleRow, Talk], None]) -> None:
        self._kit, self._pressed = kit, pressed
        self._shown: tuple[object, ...] = ()
        self._talk: Talk | None = None
        self._told: tuple[Talk | None, Talk | None] = (None, None)
        self._rows = Conversation(kit.metrics)
        # The rows that are drawn, in their order, and the number of the first.
        self._items: dict[Slot, int] = {}
        self._first = 0
        self._drawings: dict[int, _Drawn] = {}
        # How high each row is on the screen.
        self._high: dict[int, int] = {}
        self._selecting = Selecting(kit, self)
        self._top, self._height = 0.0, 0
        self._where: tuple[object, ...] | None = None
        self._scale = kit.geometry.scale
        self._has_corner = True
        self._sticks, self._goes_to_end = True, False
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
        # A window of its own lies above the list; a button of the parent would lie below it.
        with dpg.child_window(tag=_CORNER, parent=parent, border=False, no_scrollbar=True):
            kit.icon_button(_LATEST, "arrow-down", "Latest", "The latest messages", self._to_latest)
        kit.geometry.fix(_CORNER, width=ICON_BUTTON + 2, height=ICON_BUTTON + 2)

    # --- clicks ----------------------------------------------------------------------------

    def _open(self, item: int) -> None:
        if item not in self._drawings:
            return
        drawn = self._drawings[item]
        hit, row = drawn.drawing.hit_at(*self._kit.geometry.mouse_in(item)), drawn.row
        follow = None
        if hit is not None and isinstance(row, BubbleRow):
            follow = partial(self._follow, hit, row)
        cmid = row.cmid if isinstance(row, BubbleRow) else ""
        self._selecting.press(cmid, follow)

    def row_of(self, cmid: str) -> int | None:
        """Return the number of a message's row; None: it is not at hand."""
        return self._rows.row_of(cmid)

    def drawn(self) -> dict[int, int]:
        """Return the item of each row that is drawn, by its number, in their order."""
        return dict(enumerate(self._items.values(), self._first))

    def spoken(self, first: int, last: int) -> dict[int, Spoken]:
        """Return what is said in rows from one number to another."""
        return self._rows.spoken(first, last)

    def under_mouse(self) -> str | None:
        """Return the message in view that the mouse is on, or the nearest one above, or below."""
        place = min(max(self._mouse_place(), 0.0), self._height - 1.0)
        top = self._kit.geometry.scrolled(LIST)
        above = reversed(self._rows.heights.within(0, top + place))
        below = self._rows.heights.within(top + place, top + self._height)
        drawn = self.drawn()
        for index in (*above, *below):
            row = self._rows.slots[index].row
            if index in drawn and isinstance(row, BubbleRow) and row.text:
                return row.cmid
        return None

    def _mouse_place(self) -> float:
        """Return how far below the upper edge of the list the mouse is."""
        return self._kit.geometry.mouse()[1] - self._top

    def _pull(self) -> None:
        """Scroll while something is selected beyond an edge."""
        by = pulled(self._mouse_place(), self._height, dpg.get_delta_time())
        if by:
            geometry = self._kit.geometry
            geometry.scroll(LIST, min(self._end, max(0.0, geometry.scrolled(LIST) + by)))

    def copy(self) -> None:
        """Put what is selected on the clipboard, if something is."""
        self._selecting.copy()

    def _follow(self, hit: Hit, row: BubbleRow) -> None:
        match hit:
            case LinkHit(url=url):
                self._kit.emit(ClickedLink(url))
            case ReactionHit(emoji=emoji):
                self._kit.emit(ToggledReaction(row.target, emoji))
            case ReasonHit():
                self._kit.emit(DismissedRefusals(row.target))
            case QuoteHit() if row.quoted is not None:
                self._leave_found(row.quoted.target)
                self._kit.emit(ClickedQuote(row.quoted.target))

    def _leave_found(self, target: Target | None) -> None:
        """Be led to a message again that is marked as found already: that alone would not do."""
        if target is not None and target == self._found:
            self._found, self._shown = None, ()

    def to_unread(self, draft: str) -> None:
        """Go to what was not read. `draft` is what stands in the composer."""
        self._leave_found(self._rows.first_unread)
        self._kit.emit(PressedUnread(draft))

    def _to_latest(self) -> None:
        self._goes_to_end = True
        self._kit.emit(PressedLatest())

    def _press(self, item: int) -> None:
        drawn = self._drawings.get(item)
        if drawn is not None and isinstance(drawn.row, BubbleRow) and self._talk is not None:
            self._pressed(drawn.row, self._talk)

    # --- what is shown ---------------------------------------------------------------------

    @property
    def is_due(self) -> bool:
        """Whether it is to be shown again, though nothing that it shows has changed."""
        return self._talk is not None and not self._shown

    def show(self, talk: Talk, scene: Scene, width: int, height: int) -> None:
        """Lay a room out, keeping in place what the person is looking at."""
        look = self._kit.look
        rest = (scene.today, scene.starred, scene.unread_after, scene.found, scene.sought)
        key = (talk, scene.people, width, look, height, *rest, scene.typing)
        if len(self._shown) == len(key) and all(
            old is new or (index > 1 and old == new)
            for index, (old, new) in enumerate(zip(self._shown, key, strict=True))
        ):
            return
        is_other = self._talk is None or self._talk.room.id != talk.room.id
        self._sticks = self._sticks or is_other  # whoever opens a room is taken to be at its end
        is_jump = scene.found is not None and (is_other or scene.found != self._found)
        self._found = scene.found
        is_sent = self._talk is not None and len(talk.outgoing) > len(self._talk.outgoing)
        wants_end = is_sent or self._sticks or self._goes_to_end
        at_end = wants_end and not talk.is_past
        anchor = None if at_end else self._anchor()
        if is_other or (self._shown and (self._shown[2], self._shown[3]) != (width, look)):
            self._clear()
        self._shown, self._talk, self._height = key, talk, height
        self._scale = self._kit.geometry.scale
        self._goes_to_end = self._goes_to_end and not at_end
        self._rows.lay_out(talk, scene, width, height)
        found = self._upper_half(scene.found) if is_jump and scene.found is not None else None
        self._scroll(self._target(anchor) if found is None else found)

    @property
    def _end(self) -> float:
        """How far down one can scroll."""
        return max(0.0, self._rows.heights.total + MARGIN - self._height)

    def _upper_half(self, target: Target) -> float | None:
        """Return where to scroll so that a message is in the upper half of the view."""
        place = self._rows.place_of(target.cmid)
        return None if place is None else min(self._end, max(0.0, place - self._height / 3))

    def _anchor(self) -> tuple[str, float] | None:
        """Return a message in view and how far below the upper edge it begins."""
        # The scroll bar is still where it was in the scale that was drawn last.
        top = self._scale.length(dpg.get_y_scroll(LIST)) if self._goal is None else self._goal
        heights = self._rows.heights
        for index in heights.within(top, top + self._height):
            row = self._rows.slots[index].row
            if isinstance(row, BubbleRow):
                return row.cmid, heights.tops[index] - top
        return None

    def _target(self, anchor: tuple[str, float] | None) -> float:
        if anchor is None:
            return self._end
        cmid, below = anchor
        place = self._rows.place_of(cmid)
        return self._end if place is None else min(self._end, max(0.0, place - below))

    def frame(self, *, is_focused: bool) -> None:
        """Follow the scroll bar; once a frame. What is shown to nobody was not seen."""
        self._show_corner(self._talk is not None and not self._sticks)
        self._selecting.frame()
        if self._selecting.is_held:
            self._pull()
        if self._talk is None or not self._has_arrived():
            return
        if self._goes_to_end and not self._talk.is_past:
            self._goes_to_end = False
            self._scroll(self._end)
            return
        top = self._kit.geometry.scrolled(LIST)
        self._draw(top)
        self._stick(top)
        if self._sticks and is_focused and self._told[0] is not self._talk:
            self._told = (self._talk, self._told[1])
            self._kit.emit(SawEnd())
        if self._told[1] is not self._talk:
            self._ask_for_more(self._talk, top)

    def _stick(self, top: float) -> None:
        """Note whether the end of the room is in view: what comes is then followed."""
        is_past = self._talk is not None and self._talk.is_past
        sticks = not is_past and top + self._height >= self._rows.heights.total - _AT_END
        if sticks != self._sticks:
            self._sticks = sticks
            self._kit.emit(MovedToEnd(sticks))

    def _ask_for_more(self, talk: Talk, top: float) -> None:
        is_near_bottom = top + 2 * self._height + _BEYOND > self._rows.heights.total
        if top < self._height + _BEYOND:
            self._kit.emit(NearedTop())
        elif not (talk.is_past and is_near_bottom):
            return
        self._told = (self._told[0], talk)
        if talk.is_past and is_near_bottom:
            self._kit.emit(NearedBottom())

    def _has_arrived(self) -> bool:
        """Return whether the scroll bar is where it was told to go; if not, tell it again."""
        if self._goal is None:
            return True
        geometry = self._kit.geometry
        if abs(geometry.scrolled(LIST) - self._goal) < 1 or self._tries == 0:
            self._goal = None
            return True
        self._tries -= 1
        if geometry.reaches(LIST, self._goal):
            geometry.scroll(LIST, self._goal)
        return False

    def place(self, area: Area | None) -> None:
        """Put the list into a part of the window; None: there is no room for it."""
        where = (area, self._kit.look)
        if where == self._where:
            return
        self._where = where
        dpg.configure_item(LIST, show=area is not None)
        if area is None:
            self._show_corner(False)
            return
        self._top, geometry = area.y, self._kit.geometry
        geometry.place(LIST, area.x, area.y)
        geometry.size(LIST, width=area.width, height=area.height)
        geometry.place(_CORNER, area.right - ICON_BUTTON - 24, area.bottom - ICON_BUTTON - 12)
        dpg.bind_item_theme(_LATEST, self._kit.style.accent)

    def _show_corner(self, is_wanted: bool) -> None:
        if is_wanted != self._has_corner:
            self._has_corner = is_wanted
            dpg.configure_item(_CORNER, show=is_wanted)

    def hide(self) -> None:
        """Forget the room."""
        self.place(None)
        if self._talk is not None:
            self._clear()
            self._talk, self._shown, self._told = None, (), (None, None)
            self._sticks, self._goes_to_end = True, False

    def _clear(self) -> None:
        self._selecting.clear()
        for item in self._items.values():
            dpg.delete_item(item)
        self._items.clear()
        self._drawings.clear()
        self._high.clear()

    def _scroll(self, top: float) -> None:
        self._draw(top, is_new=True)
        self._goal, self._tries = float(round(top)), _TRIES
        self._stick(top)
        self._kit.geometry.scroll(LIST, self._goal)

    def _draw(self, top: float, *, is_new: bool = False) -> None:
        view = self._rows.heights.within(top - _BEYOND, top + self._height + _BEYOND)
        wanted = self._rows.slots[view.start : view.stop]
        if is_new or wanted != tuple(self._items):
            self._exchange(view, wanted)

    def _exchange(self, view: range, wanted: tuple[Slot, ...]) -> None:
        for slot in self._items.keys() - set(wanted):
            item = self._items.pop(slot)
            self._drawings.pop(item, None)
            self._high.pop(item, None)
            dpg.delete_item(item)
        self._items = {slot: self._items.get(slot) or self._add(slot) for slot in wanted}
        dpg.reorder_items(_ROWS, 1, list(self._items.values()))
        self._first = view.start
        self._stack(view)

    def _stack(self, view: range) -> None:
        """Give each row its height on the screen: from one whole pixel to another.

        Rounded each for itself, they would drift away from where the layout has them.
        """
        heights, px = self._rows.heights, self._kit.geometry.px
        dpg.configure_item(_ABOVE, height=max(1, px(heights.tops[view.start])))
        for index in view:
            item = self._items[self._rows.slots[index]]
            high = px(heights.tops[index + 1]) - px(heights.tops[index])
            if self._high.get(item) != high:
                self._high[item] = high
                dpg.configure_item(item, height=high)
        below = px(heights.total + MARGIN) - px(heights.tops[view.stop])
        dpg.configure_item(_BELOW, height=max(1, below))

    def _add(self, slot: Slot) -> int:
        row, metrics = slot.row, self._kit.metrics
        shape = self._rows.shape_of(slot)
        drawing = draw(shape, metrics)
        name = row.cmid if isinstance(row, BubbleRow) else ""
        item = int(dpg.add_drawlist(10, 10, parent=_ROWS, user_data=name))
        self._kit.geometry.size(item, width=drawing.width)
        dpg.bind_item_handler_registry(item, self._clicks)
        self._kit.painter.paint(drawing.marks, item)
        self._drawings[item] = _Drawn(row, drawing)
        return item
