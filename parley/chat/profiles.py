"""Sessions of earlier times, so that a second start needs no password.

Owns: a folder for each server and user, and for each process that is that user at the same time.
Never: what is in them (`parley.client.vault_file`).
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from parley.client import FileVault, FolderInUse
from parley.client.vault_file import FILE_NAME

# Terminals that may be open for one user at a time; each keeps a session of its own.
_PLACES = 16


@dataclass(frozen=True, slots=True)
class Profiles:
    """The folders below `data_dir` for the server at `url`."""

    data_dir: Path
    url: str

    def users(self) -> list[str]:
        """Return who has a session here, by name."""
        if not self._server.is_dir():
            return []
        kept = (path for path in self._server.iterdir() if any(path.glob(f"*/{FILE_NAME}")))
        return sorted(unquote(path.name) for path in kept)

    async def open(self, user: str) -> FileVault:
        """Open the first folder of the user that no other process has open.

        Raises FolderInUse if there is none left, and FolderUnusable.
        """
        for place in range(1, _PLACES):
            try:
                return await FileVault.open(self._folder(user, place))
            except FolderInUse:
                continue
        return await FileVault.open(self._folder(user, _PLACES))

    @property
    def _server(self) -> Path:
        parts = urlsplit(self.url)
        return self.data_dir / _file_name(parts.netloc + parts.path.rstrip("/"))

    def _folder(self, user: str, place: int) -> Path:
        return self._server / _file_name(user) / str(place)


def _file_name(name: str) -> str:
    # A dot is quoted as well: no name leads out of the folder.
    return quote(name.casefold(), safe="").replace(".", "%2E")
