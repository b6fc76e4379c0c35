"""The sheet of emoji on its way to the screen.

Owns: reading it beside the first frames, so that those need not wait for it, and handing it over.
Never: which emoji is where on it (`desktop_client.assets.book`).
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg

# After so many frames it has been uploaded, and the copy that is kept besides can go.
_UPLOADED = 2
# The name of the thread that reads the sheet.
EMOJI_THREAD = "parley-emoji"

_log = logging.getLogger(__name__)


class Sheet:
    """A picture that becomes a texture. Without a path it never does."""

    def __init__(self, path: Path | None) -> None:
        self.texture: int | None = None
        self.width = 1
        self._frames_left = 0
        self._read: Future[Any] | None = None
        if path is not None:
            # The thread ends with its one task.
            thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=EMOJI_THREAD)
            self._read = thread.submit(_pixels, path)
            thread.shutdown(wait=False)

    @property
    def is_coming(self) -> bool:
        """Whether it is still being read."""
        return self._read is not None

    def after_frame(self) -> bool:
        """Go on with it, between two frames; return whether it can be drawn from now on."""
        if self._frames_left:
            self._frames_left -= 1
            if not self._frames_left and self.texture is not None:
                dpg.set_value(self.texture, [0.0])
        if self._read is None or not self._read.done():
            return False
        read, self._read = self._read, None
        try:
            width, height, pixels = read.result()
        except (OSError, ValueError):
            _log.warning("the pictures of emoji cannot be read; they are left out")
            return False
        with dpg.texture_registry():
            self.texture = int(dpg.add_static_texture(width, height, pixels))
        self.width, self._frames_left = width, _UPLOADED
        return True


def _pixels(path: Path) -> tuple[int, int, Any]:
    # To import them takes a fifth of a second, which the first frame need not wait for either.
    import numpy as np
    from PIL import Image

    with Image.open(path) as opened:
        # The sheet that was built has this form; a copy would only take memory.
        image = opened if opened.mode == "RGBA" else opened.convert("RGBA")
        pixels = np.multiply(np.asarray(image), 1 / 255, dtype=np.float32).ravel()
        return image.width, image.height, pixels
