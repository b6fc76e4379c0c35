"""What is drawn, as values: the view turns each into one call.

Owns: the shapes, and the inks that a theme gives colours to. Lengths are pixels from the top left
corner of what they belong to.
Never: colours (`desktop_client.view.palette`).
"""

from dataclasses import dataclass
from enum import StrEnum, auto


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
    CODE = auto()
    MENTION = auto()
    SOUGHT = auto()
    """Lies under words that were looked for."""
    SELECTED = auto()
    """Lies over what is selected, and lets it show through."""


@dataclass(frozen=True, slots=True)
class Hue:
    """One of a person's colours: `number` is taken round the circle of them."""

    number: int


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink | Hue
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Words:
    """Text on one line; `y` is its top."""

    x: float
    y: float
    text: str
    size: float
    ink: Ink | Hue
    bold: bool = False
    italic: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An emoji."""

    x: float
    y: float
    characters: str
    size: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle around a point."""

    x: float
    y: float
    radius: float
    ink: Ink | Hue


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle's outline."""

    x: float
    y: float
    radius: float
    ink: Ink | Hue
    width: float = 1.3


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    ink: Ink | Hue
    width: float = 1.3


@dataclass(frozen=True, slots=True)
class Wedge:
    """A filled triangle."""

    points: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    ink: Ink | Hue


Mark = Box | Words | Picture | Disc | Ring | Stroke | Wedge


@dataclass(frozen=True, slots=True)
class LinkHit:
    """A click opens a page."""

    url: str


@dataclass(frozen=True, slots=True)
class QuoteHit:
    """A click leads to the message that is quoted."""


@dataclass(frozen=True, slots=True)
class ReactionHit:
    """A click puts an emoji to the message, or takes one's own back."""

    emoji: str


@dataclass(frozen=True, slots=True)
class ReasonHit:
    """A click says that one has seen why something was refused."""


Hit = LinkHit | QuoteHit | ReactionHit | ReasonHit


@dataclass(frozen=True, slots=True)
class Zone:
    """A part that can be clicked, and what it is."""

    x: float
    y: float
    width: float
    height: float
    hit: Hit


@dataclass(frozen=True, slots=True)
class Drawing:
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
