"""What is around the words of a bubble: its body with the corner that points at its author.

Owns: where bubbles begin on either side, their body, and the disc beside it.
Never: what is written in them (`desktop_client.layout.bubble`).
"""

from desktop_client.layout.marks import Box, Ink, Mark, Wedge
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.parts import avatar

# A window narrower than this, in pixels, has no room for avatars beside the bubbles.
NARROW = 460.0
# Above a bubble that begins a group of its author, and above those that follow.
GAP_FIRST, GAP_NEXT = 10.0, 3.0
_AVATAR, _AVATAR_MIDDLE = 34.0, 31.0
_RADIUS, _TAIL = 12.0, 7.0


def margin(width: float) -> float:
    """Return how far from the right edge one's own bubbles end, in a conversation so wide."""
    return 12.0 if width < NARROW else 22.0


def others_left(width: float) -> float:
    """Return where others' bubbles begin: beside the disc, if there is room for that."""
    return 14.0 if width < NARROW else 62.0


def body(x: float, y: float, width: float, height: float, *, is_own: bool) -> list[Mark]:
    """Return a bubble without words, its upper left corner at a point."""
    ink = Ink.OWN if is_own else Ink.OTHER
    return [
        Box(x, y + 1.2, width, height, Ink.SHADOW, _RADIUS),
        Box(x, y, width, height, ink, _RADIUS),
    ]


def corner(x: float, y: float, width: float, *, is_own: bool) -> list[Mark]:
    """Return the corner of a bubble that points at its author."""
    ink = Ink.OWN if is_own else Ink.OTHER
    side = x + width if is_own else x
    out = _TAIL if is_own else -_TAIL
    back = side - (1 if is_own else -1)
    return [
        Box(side - _RADIUS if is_own else side, y, _RADIUS, _RADIUS, ink),
        Wedge(((back, y), (side + out, y), (back, y + 10)), ink),
    ]


def disc_beside(id: str, name: str, y: float, width: float, metrics: Metrics) -> list[Mark]:
    """Return the disc of a bubble's author, if the conversation is wide enough for it."""
    if width < NARROW:
        return []
    return avatar(id, name, _AVATAR_MIDDLE, y + _AVATAR / 2, _AVATAR, metrics)
