"""The sheet of emoji is read beside the first frames, and done without if it cannot be."""

from pathlib import Path

import pytest

pytest.importorskip("dearpygui")

from desktop_client.view.sheet import Sheet


def read(sheet: Sheet) -> bool:
    """Let frames pass until the sheet is read; whether it can be drawn."""
    while sheet.is_coming:
        if sheet.after_frame():
            return True
    return False


def test_a_damaged_sheet_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "emoji.png").write_bytes(b"not a picture")

    sheet = Sheet(tmp_path / "emoji.png")

    assert not read(sheet)
    assert sheet.texture is None


def test_without_a_sheet_nothing_comes() -> None:
    sheet = Sheet(None)

    assert not sheet.is_coming
    assert not sheet.after_frame()
