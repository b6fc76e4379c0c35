"""What the computer itself is to do: its disk, browser and notifications."""

from dataclasses import dataclass

from desktop_client.state.model import TextSize


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep what the next start should begin with; what is None stays as it is."""

    url: str | None = None
    user: str | None = None
    theme: str | None = None
    recent_emoji: tuple[str, ...] | None = None
    text_size: TextSize | None = None


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Show a page in the person's browser."""

    url: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell somebody who is not looking."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LookAtTheme:
    """Ask the desktop whether it is dark or light."""


DesktopEffect = Remember | OpenLink | Tell | LookAtTheme
