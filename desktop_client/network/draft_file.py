"""What was begun and the server does not have yet, over the end of the program.

Owns: one small file for a profile and server.
Never: when it is written, and which of two devices was last (`desktop_client.network.drafts`).
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from desktop_client.private_file import write_private
from desktop_client.update.effects import SaveDraft
from parley.client import Draft

FILE_NAME = "drafts.json"

_log = logging.getLogger(__name__)


class Unsaved(msgspec.Struct, frozen=True):
    """A draft that the server does not have."""

    save: SaveDraft
    kept: Draft | None
    """What the server had, as far as this device knew."""


class _Content(msgspec.Struct, frozen=True):
    person: str
    unsaved: tuple[Unsaved, ...]


class DraftFile:
    """One person's file. A fault of the disk costs a draft, and stops nothing."""

    def __init__(self, folder: Path, person: str) -> None:
        self._path, self._person = folder / FILE_NAME, person
        self._known: tuple[Unsaved, ...] | None = None

    def load(self) -> tuple[Unsaved, ...]:
        """Return what was kept; what is another's, or cannot be read, counts as nothing."""
        try:
            content = msgspec.json.decode(self._path.read_bytes(), type=_Content)
        except (OSError, msgspec.DecodeError):
            return ()
        return content.unsaved if content.person == self._person else ()

    def keep(self, unsaved: Sequence[Unsaved]) -> None:
        """Keep this and nothing else."""
        wanted = tuple(unsaved)
        if wanted == self._known:
            return
        try:
            if wanted:
                write_private(self._path, msgspec.json.encode(_Content(self._person, wanted)))
            else:
                self._path.unlink(missing_ok=True)
            self._known = wanted
        except OSError as error:
            _log.warning("a draft could not be kept: %s", error)
