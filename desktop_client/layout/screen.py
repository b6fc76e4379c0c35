"""Where the parts of the main screen lie, for any size of the window.

Owns: the division into list and conversation, and what a narrow window leaves out.
Never: what is in the parts.
"""

from msgspec import Struct

# Below this width, in pixels, either the list or the conversation is shown.
_ONE_PANE = 620.0
_SIDE_LEAST, _SIDE_MOST, _SIDE_SHARE = 260.0, 380.0, 0.3
HEADER = 60.0
SEARCH = 56.0
BANNER = 30.0
_COMPOSER_PAD = 12.0
# What is left for the conversation at least, while one writes many lines.
_TO_READ = 40.0


class Area(Struct, frozen=True):
    """A rectangle of the window, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height


class Panes(Struct, frozen=True):
    """The parts; None: the window has no room for it now."""

    side: Area | None
    talk: Area | None
    is_single: bool


def arrange(width: float, height: float, *, has_room: bool) -> Panes:
    """Return the two parts of a window of this size."""
    if width < _ONE_PANE:
        whole = Area(0, 0, width, height)
        return Panes(None, whole, True) if has_room else Panes(whole, None, True)
    side = max(_SIDE_LEAST, min(_SIDE_MOST, width * _SIDE_SHARE))
    return Panes(Area(0, 0, side, height), Area(side, 0, width - side, height), False)


def composer_height(
    lines: int, line_height: float, window_height: float, above: float = 0.0
) -> float:
    """Return how high the composer is: with its lines, but leaving room to read.

    `above` is the height of what stands over its lines.
    """
    around = above + 18 + 2 * _COMPOSER_PAD
    room = window_height - HEADER - BANNER - around - _TO_READ
    most = max(1, min(6, int(min(window_height / 3, room) / line_height)))
    return max(1, min(lines, most)) * line_height + around
