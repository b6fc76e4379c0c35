"""The window itself: its theme, what lies over it, the time that goes by."""

from msgspec import Struct

from desktop_client.state.model import Dialog, TextSize, ThemeName


class Focused(Struct, frozen=True):
    """The window has the keyboard now, or no longer."""

    is_focused: bool


class PressedTheme(Struct, frozen=True):
    """Another theme: the system's, dark, light, and so on."""


class SawSystemTheme(Struct, frozen=True):
    """The desktop tells which theme it has."""

    theme: ThemeName


class ChoseTextSize(Struct, frozen=True):
    """Text is wanted in a certain size."""

    size: TextSize


class SteppedTextSize(Struct, frozen=True):
    """Text is wanted larger, by so many sizes, or smaller."""

    by: int


class OpenedEmoji(Struct, frozen=True):
    """The picker is wanted."""


class OpenedKeys(Struct, frozen=True):
    """It is asked which keys do something."""


class ClosedDialog(Struct, frozen=True):
    """What lay over the main screen is gone."""


class DismissedNotice(Struct, frozen=True):
    """The sentence was read."""


class ClickedLink(Struct, frozen=True):
    """A link in a message."""

    url: str


class Ticked(Struct, frozen=True):
    """Time has gone by while somebody was typing."""

    now: int


class OpenedPage(Struct, frozen=True):
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
