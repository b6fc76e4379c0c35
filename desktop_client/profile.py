"""What one profile keeps between its starts, besides what the SDK keeps for it.

Owns: a profile's folder: a small file for the screen, and a folder for each server's session.
Never: the session itself (`parley.client.FileVault`, a file that only its owner may read).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from desktop_client.update.effects import Remember

_FILE = "screen.json"


class Kept(msgspec.Struct, frozen=True):
    """What the next start begins with."""

    url: str = ""
    user: str = ""
    theme: str = "dark"
    recent_emoji: tuple[str, ...] = ()


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
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f"{_FILE}.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(kept))
        draft.replace(self.folder / _FILE)


def remembering(kept: Kept, new: Remember) -> Kept:
    """Return what is kept, with what is new."""
    changes = {
        "url": new.url,
        "user": new.user,
        "theme": new.theme,
        "recent_emoji": new.recent_emoji,
    }
    return msgspec.structs.replace(
        kept, **{name: value for name, value in changes.items() if value is not None}
    )


def _file_name(name: str) -> str:
    # A dot is quoted as well: no name leads out of the folder.
    return quote(name.casefold(), safe="").replace(".", "%2E") or "_"
