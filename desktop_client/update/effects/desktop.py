"""What the computer itself is to do: its disk, browser and notifications."""

from msgspec import Struct

from desktop_client.state.model import TextSize


class Remember(Struct, frozen=True):
    """Keep what the next start should begin with; what is None stays as it is."""

    url: str | None = None
    user: str | None = None
    theme: str | None = None
    recent_emoji: tuple[str, ...] | None = None
    text_size: TextSize | None = None


class OpenLink(Struct, frozen=True):
    """Show a page in the person's browser."""

    url: str


class Tell(Struct, frozen=True):
    """Tell somebody who is not looking."""

    title: str
    text: str


class LookAtTheme(Struct, frozen=True):
    """Ask the desktop whether it is dark or light."""


DesktopEffect = Remember | OpenLink | Tell | LookAtTheme
