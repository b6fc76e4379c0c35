"""From the layout's pixels to the screen's, and back.

Owns: how many of the screen's pixels one of the layout's takes, and drawings in that size.
Never: what the person or the screen wants (`desktop_client.state`, `desktop_client.screen_scale`).

The text size enlarges all that stands beside the text as well: a page keeps its proportions, and
nothing that fits its place at one size lies over something else at another.
"""

from msgspec import Struct
from msgspec.structs import replace

from desktop_client.layout.marks import Box, Disc, Mark, Picture, Ring, Stroke, Wedge, Words
from desktop_client.layout.metrics import BODY
from desktop_client.state.model import TextSize

# How high ordinary text is in each size, in pixels where the screen's scale is 1. They are whole
# numbers, as the height of a field's lines is.
_BODY_IN: dict[TextSize, float] = {"small": 16.0, "normal": BODY, "large": 21.0, "larger": 25.0}


class Scale(Struct, frozen=True):
    """So many of the screen's pixels to one of the layout's."""

    factor: float = 1.0

    def px(self, length: float) -> int:
        """Return a length or a place of the layout in whole pixels of the screen."""
        return round(length * self.factor)

    def length(self, px: float) -> float:
        """Return what is so long on the screen, as the layout counts."""
        return px / self.factor

    @property
    def field_stretch(self) -> float:
        """How much wider a field's text is than the layout's: its height is rounded."""
        height = BODY * self.factor
        return round(height) / height


def scale_of(screen: float, size: TextSize) -> Scale:
    """Return the scale of a text size on a screen with a scale of its own."""
    return Scale(screen * _BODY_IN[size] / BODY)


def enlarged(mark: Mark, by: float) -> Mark:
    """Return a mark so many times as large, and as far from the corner."""
    match mark:
        case Words():
            return replace(mark, x=mark.x * by, y=mark.y * by, size=mark.size * by)
        case Picture():
            return replace(mark, x=mark.x * by, y=mark.y * by, size=mark.size * by)
        case Box():
            return Box(
                mark.x * by,
                mark.y * by,
                mark.width * by,
                mark.height * by,
                mark.ink,
                mark.radius * by,
            )
        case Disc():
            return Disc(mark.x * by, mark.y * by, mark.radius * by, mark.ink)
        case Ring():
            return Ring(mark.x * by, mark.y * by, mark.radius * by, mark.ink, mark.width * by)
        case Stroke():
            points = tuple((x * by, y * by) for x, y in mark.points)
            return Stroke(points, mark.ink, mark.width * by)
        case Wedge():
            first, second, third = ((x * by, y * by) for x, y in mark.points)
            return Wedge((first, second, third), mark.ink)
