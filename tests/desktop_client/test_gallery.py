"""Each main screen is drawn in both themes; the pictures are kept in build/screenshots/gallery."""

import os
import subprocess
import sys

import pytest

from tests.desktop_client.desk import PATIENCE, ROOT, need_a_screen, screen

GALLERY = ROOT / "build" / "screenshots" / "gallery"


@pytest.mark.timeout(300)
def test_every_main_screen_can_be_drawn_in_both_themes() -> None:
    need_a_screen()
    from tests.desktop_client.gallery import THEMES, others, screens, small_screens

    with screen() as display:
        subprocess.run(
            [sys.executable, "-m", "tests.desktop_client.gallery", str(GALLERY)],
            cwd=ROOT,
            env=os.environ | {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"},
            check=True,
            timeout=4 * PATIENCE,
        )

    names = [name for name, _ in (*screens(), *others(), *small_screens())]
    wanted = {f"{name}-{theme}.png" for name in names for theme in THEMES}
    assert wanted <= {picture.name for picture in GALLERY.iterdir()}
