"""What one profile keeps between its starts, besides what the SDK keeps for it.

Owns: a profile's folder: a small file for the screen, and a folder for each server's session.
Never: the session itself (`desktop_client.network.session_vault`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from desktop_client.private_file import write_private
from desktop_client.update.effects import Remember

_FILE = "screen.json"
# So much of a window's head, in pixels across and down, is enough to take hold of it.
_ENOUGH, _HEAD = 120, 40


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a window is on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Kept(msgspec.Struct, frozen=True):
    """What the next start begins with."""

    url: str = ""
    user: str = ""
    theme: str = "system"
    recent_emoji: tuple[str, ...] = ()
    place: Place | None = None
    """Where the window was, and how large; None: nobody knows."""
    text_size: str = "normal"


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile `name` below `data_dir`."""

    data_dir: Path
    name: str

    @property
    def folder(self) -> Path:
        """Where everything of this profile is."""
        return self.data_dir / _file_name(self.name)

    def server_folder(self, url: str) -> Path:
        """Return where the session with a server is kept."""
        parts = urlsplit(url if "//" in url else f"//{url}")
        return self.folder / "servers" / _file_name(parts.netloc + parts.path.rstrip("/"))

    def load(self) -> Kept:
        """Return what was kept; what cannot be read counts as nothing."""
        try:
            return msgspec.json.decode((self.folder / _FILE).read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return Kept()

    def keep(self, kept: Kept) -> None:
        """Keep it for the next start, whole or not at all. Raises OSError."""
        write_private(self.folder / _FILE, msgspec.json.encode(kept))


def on_screen(place: Place, screens: Sequence[Place]) -> Place:
    """Return a place of which a screen shows enough to take hold of; the same, if one does.

    Screens come and go: a window must not open where there is none any more.
    """
    if not screens or any(_is_shown(place, screen) for screen in screens):
        return place
    return _in_the_middle(place, screens[0])


def within(place: Place, screens: Sequence[Place]) -> Place:
    """Return a place that is no larger than the first screen; the same, if it is not."""
    if not screens or (place.width <= screens[0].width and place.height <= screens[0].height):
        return place
    return _in_the_middle(place, screens[0])


def _in_the_middle(place: Place, screen: Place) -> Place:
    width, height = min(place.width, screen.width), min(place.height, screen.height)
    left, top = screen.x + (screen.width - width) // 2, screen.y + (screen.height - height) // 2
    return Place(left, top, width, height)


def _is_shown(place: Place, screen: Place) -> bool:
    """Whether a good part of the window's head is on a screen."""
    left, right = max(place.x, screen.x), min(place.x + place.width, screen.x + screen.width)
    is_head_there = screen.y <= place.y < screen.y + screen.height - _HEAD
    return right - left >= min(_ENOUGH, place.width) and is_head_there


def remembering(kept: Kept, new: Remember) -> Kept:
    """Return what is kept, with what is new."""
    changes = {
        "url": new.url,
        "user": new.user,
        "theme": new.theme,
        "recent_emoji": new.recent_emoji,
        "text_size": new.text_size,
    }
    return msgspec.structs.replace(
        kept, **{name: value for name, value in changes.items() if value is not None}
    )


def _file_name(name: str) -> str:
    # A dot is quoted as well: no name leads out of the folder.
    return quote(name.casefold(), safe="").replace(".", "%2E") or "_"
