"""The window itself: its theme, what lies over it, the time that goes by."""

from dataclasses import dataclass

from desktop_client.state.model import Dialog, TextSize, ThemeName


@dataclass(frozen=True, slots=True)
class Focused:
    """The window has the keyboard now, or no longer."""

    is_focused: bool


@dataclass(frozen=True, slots=True)
class PressedTheme:
    """Another theme: the system's, dark, light, and so on."""


@dataclass(frozen=True, slots=True)
class SawSystemTheme:
    """The desktop tells which theme it has."""

    theme: ThemeName


@dataclass(frozen=True, slots=True)
class ChoseTextSize:
    """Text is wanted in a certain size."""

    size: TextSize


@dataclass(frozen=True, slots=True)
class SteppedTextSize:
    """Text is wanted larger, by so many sizes, or smaller."""

    by: int


@dataclass(frozen=True, slots=True)
class OpenedEmoji:
    """The picker is wanted."""


@dataclass(frozen=True, slots=True)
class OpenedKeys:
    """It is asked which keys do something."""


@dataclass(frozen=True, slots=True)
class ClosedDialog:
    """What lay over the main screen is gone."""


@dataclass(frozen=True, slots=True)
class DismissedNotice:
    """The sentence was read."""


@dataclass(frozen=True, slots=True)
class ClickedLink:
    """A link in a message."""

    url: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has gone by while somebody was typing."""

    now: int


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """Another page is wanted over the main screen."""

    page: Dialog


ScreenEvent = (
    OpenedPage
    | Focused
    | PressedTheme
    | SawSystemTheme
    | ChoseTextSize
    | SteppedTextSize
    | OpenedEmoji
    | OpenedKeys
    | ClosedDialog
    | DismissedNotice
    | ClickedLink
    | Ticked
)
