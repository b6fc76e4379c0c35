"""How a session is taken up, and what is said where it cannot be."""

from pathlib import Path

import pytest

from desktop_client.network.session import CannotBegin, hold_session
from desktop_client.profile import Profile
from desktop_client.update.effects import Connect
from tests.desktop_client.parts import URL
from tests.desktop_client.test_session_vault import Known


async def why_not(profile: Profile) -> str:
    """The words for a session that cannot be taken up again."""
    with pytest.raises(CannotBegin) as raised:
        async with hold_session(profile, Connect(URL), Known()):
            pass
    return str(raised.value)


async def test_where_nobody_was_signed_in_nothing_is_said(tmp_path: Path) -> None:
    assert await why_not(Profile(tmp_path, "ann")) == ""


async def test_a_session_that_is_gone_with_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    profile = Profile(tmp_path, "ann")
    folder = profile.server_folder(URL)
    folder.mkdir(parents=True)
    (folder / "vault.db").write_bytes(b"rubbish" * 500)

    assert await why_not(profile) == (
        "What was kept here was damaged. It was set aside as vault.db.damaged-1: sign in again"
    )
