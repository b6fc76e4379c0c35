"""What is drawn, as values: the view turns each into one call.

Owns: the shapes, and the inks that a theme gives colours to. Lengths are pixels from the top left
corner of what they belong to.
Never: colours (`desktop_client.view.palette`).
"""

from enum import StrEnum, auto

from msgspec import Struct


class Ink(StrEnum):
    """What a colour is for."""

    CANVAS = auto()
    PATTERN = auto()
    """Lies on the canvas behind a conversation, and lets it show through."""
    SIDE = auto()
    BAR = auto()
    FIELD = auto()
    LINE = auto()
    CHOSEN = auto()
    HOVER = auto()
    POPUP = auto()
    TEXT = auto()
    FAINT = auto()
    ACCENT = auto()
    FILL = auto()
    """Lies under what stands on the accent: buttons that are meant to be pressed, badges."""
    MUTED = auto()
    """Lies under the badge of a room that is muted."""
    ON_ACCENT = auto()
    OWN = auto()
    OTHER = auto()
    SHADOW = auto()
    CHIP = auto()
    LINK = auto()
    TICK = auto()
    BAD = auto()
    WARN = auto()
    GOOD = auto()
    AWAY = auto()
    CODE = auto()
    MENTION = auto()
    SOUGHT = auto()
    """Lies under words that were looked for."""
    POINTED = auto()
    """Lies over what the mouse is on, and lets it show through."""
    VEIL = auto()
    """Lies over what a dialogue has been opened from."""
    SELECTED = auto()
    """Lies over what is selected, and lets it show through."""


class Hue(Struct, frozen=True):
    """One of a person's colours: `number` is taken round the circle of them."""

    number: int


class Box(Struct, frozen=True):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink | Hue
    radius: float = 0


class Words(Struct, frozen=True):
    """Text on one line; `y` is its top."""

    x: float
    y: float
    text: str
    size: float
    ink: Ink | Hue
    bold: bool = False
    italic: bool = False
    mono: bool = False


class Picture(Struct, frozen=True):
    """An emoji."""

    x: float
    y: float
    characters: str
    size: float


class Disc(Struct, frozen=True):
    """A filled circle around a point."""

    x: float
    y: float
    radius: float
    ink: Ink | Hue


class Ring(Struct, frozen=True):
    """A circle's outline."""

    x: float
    y: float
    radius: float
    ink: Ink | Hue
    width: float = 1.3


class Stroke(Struct, frozen=True):
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    ink: Ink | Hue
    width: float = 1.3


class Wedge(Struct, frozen=True):
    """A filled triangle."""

    points: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    ink: Ink | Hue


Mark = Box | Words | Picture | Disc | Ring | Stroke | Wedge


class LinkHit(Struct, frozen=True):
    """A click opens a page."""

    url: str


class QuoteHit(Struct, frozen=True):
    """A click leads to the message that is quoted."""


class ReactionHit(Struct, frozen=True):
    """A click puts an emoji to the message, or takes one's own back."""

    emoji: str


class ReasonHit(Struct, frozen=True):
    """A click says that one has seen why something was refused."""


Hit = LinkHit | QuoteHit | ReactionHit | ReasonHit


class Zone(Struct, frozen=True):
    """A part that can be clicked, and what it is."""

    x: float
    y: float
    width: float
    height: float
    hit: Hit


class Drawing(Struct, frozen=True):
    """Everything of one row."""

    width: float
    height: float
    marks: tuple[Mark, ...] = ()
    zones: tuple[Zone, ...] = ()

    def hit_at(self, x: float, y: float) -> Hit | None:
        """Return what there is to be clicked at a point."""
        for zone in self.zones:
            if zone.x <= x < zone.x + zone.width and zone.y <= y < zone.y + zone.height:
                return zone.hit
        return None
