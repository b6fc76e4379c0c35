"""The sheet of emoji on its way to the screen.

Owns: reading it after the first frame, which need not wait for it, and handing it over in bands,
one between two frames: a frame that took all of it would be ten times as long as any other.
Never: which emoji is where on it (`desktop_client.assets.book`).
"""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg
from msgspec import Struct

from desktop_client.assets.book import BORDER, LARGE_PICTURE, PICTURE, Book, EmojiPicture
from desktop_client.view.native import give_memory_back

# Rows of small pictures in a band; of large ones there are as many as are so high.
_ROWS = 4
# After so many frames a band has been uploaded, and the copy that is kept besides can go.
_UPLOADED = 2
# From this scale on an emoji among words is drawn larger than it is on the small sheet.
_LARGE_FROM = 1.75
_DONE = object()

_log = logging.getLogger(__name__)


class Spot(Struct, frozen=True):
    """A part of a texture; its corners are parts of the texture's width and height."""

    texture: int
    low: tuple[float, float]
    high: tuple[float, float]


class _Band(Struct, frozen=True):
    """A part of the sheet that is a texture; its size is in pixels."""

    texture: int
    width: int
    height: int


class Sheet:
    """A picture that becomes textures. Without a path it never does.

    `picture` is how many pixels wide and high each emoji is on it.
    """

    def __init__(self, path: Path | None, picture: int = PICTURE) -> None:
        self._picture, self._cell = picture, picture + 2 * BORDER
        self._rows = _ROWS * PICTURE // picture
        self.is_coming = path is not None
        """Whether some of it is still to be read, or to be handed over."""
        self._bands: list[_Band] = []
        self._steps = self._load(path) if path is not None else iter(())

    def place(self, cell: EmojiPicture) -> Spot | None:
        """Return where a picture is; None: it is not here."""
        number, row = divmod(cell.row, self._rows)
        if number >= len(self._bands):
            return None
        band = self._bands[number]
        left, top = cell.column * self._cell + BORDER, row * self._cell + BORDER
        low = left / band.width, top / band.height
        high = (left + self._picture) / band.width, (top + self._picture) / band.height
        return Spot(band.texture, low, high)

    def after_frame(self) -> bool:
        """Go on with it, between two frames; return whether that was the last of it."""
        was_coming = self.is_coming
        self.is_coming = next(self._steps, _DONE) is not _DONE
        return was_coming and not self.is_coming

    def _load(self, path: Path) -> Iterator[None]:
        """Read it and hand it over; a frame is drawn after each step."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="parley-emoji") as thread:
            reading = thread.submit(_pixels, path)
            while not reading.done():
                yield
        try:
            pixels = reading.result()
        except (OSError, ValueError):
            _log.warning("the pictures of emoji cannot be read; they are left out")
            return
        high = self._rows * self._cell
        for top in range(0, len(pixels), high):
            self._bands.append(_band(pixels[top : top + high]))
            yield
            _without_copies(self._bands[-1 - _UPLOADED : -_UPLOADED])
        for _ in range(_UPLOADED):
            yield
        _without_copies(self._bands[-_UPLOADED:])
        del pixels, reading  # they hold the whole sheet
        give_memory_back()


def sheet_for(book: Book, scale: float) -> Sheet:
    """Return the sheet for a screen with this scale."""
    if scale >= _LARGE_FROM and book.large_sheet is not None:
        return Sheet(book.large_sheet, LARGE_PICTURE)
    return Sheet(book.sheet)


def _pixels(path: Path) -> Any:
    # To import them takes a fifth of a second, which the first frame need not wait for either.
    import numpy as np
    from PIL import Image

    with Image.open(path) as opened:
        # The sheet that was built has this form; a copy would only take memory.
        return np.asarray(opened if opened.mode == "RGBA" else opened.convert("RGBA"))


def _band(pixels: Any) -> _Band:
    import numpy as np

    height, width = pixels.shape[:2]
    floats = np.multiply(pixels, 1 / 255, dtype=np.float32).ravel()
    with dpg.texture_registry():
        return _Band(int(dpg.add_static_texture(width, height, floats)), width, height)


def _without_copies(bands: Iterable[_Band]) -> None:
    """Let go of the copies that are kept besides what was uploaded."""
    for band in bands:
        dpg.set_value(band.texture, [0.0])
