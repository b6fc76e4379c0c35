"""What a profile keeps between starts."""

import stat
from pathlib import Path

import pytest

from desktop_client.launch import CannotOpen, first_state, run_desktop
from desktop_client.options import LOCAL_SERVER, DesktopOptions
from desktop_client.profile import Kept, Profile, remembering
from desktop_client.update.effects import Remember
from tests.desktop_client.parts import URL


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    kept = Kept(URL, "ann", "light", ("🔥",))

    Profile(tmp_path, "ann").keep(kept)

    assert Profile(tmp_path, "ann").load() == kept
    assert Profile(tmp_path, "bob").load() == Kept()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "desktop", "ann")

    profile.keep(Kept(URL))

    modes = [stat.S_IMODE(path.stat().st_mode) for path in profile.folder.iterdir()]
    assert modes == [0o600]
    assert stat.S_IMODE(profile.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"theme": 7}'])
def test_a_damaged_file_counts_as_nothing(tmp_path: Path, damage: bytes) -> None:
    profile = Profile(tmp_path, "ann")
    profile.keep(Kept(URL))

    next(profile.folder.iterdir()).write_bytes(damage)

    assert profile.load() == Kept()


@pytest.mark.parametrize("name", ["..", ".", "a/b", "../../etc", "", "C:\\x"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    profile = Profile(tmp_path, name)

    assert profile.folder.parent == tmp_path
    assert profile.server_folder(f"http://{name}").parent.parent == profile.folder


def test_what_is_not_named_stays_as_it_was() -> None:
    kept = Kept(URL, "ann", "dark", ("🔥",))

    assert remembering(kept, Remember(theme="light")) == Kept(URL, "ann", "light", ("🔥",))


def test_a_start_takes_up_the_session_of_the_last_one(tmp_path: Path) -> None:
    state = first_state(DesktopOptions(tmp_path), Kept(URL, "ann"))

    assert (state.form.url, state.form.user, state.form.busy) == (URL, "ann", True)


def test_a_start_at_another_server_begins_with_the_form(tmp_path: Path) -> None:
    options = DesktopOptions(tmp_path, url="http://other")

    state = first_state(options, Kept(URL, "ann"))

    assert (state.form.url, state.form.user, state.form.busy) == ("http://other", "", False)


def test_the_very_first_start_offers_the_server_on_this_computer(tmp_path: Path) -> None:
    assert first_state(DesktopOptions(tmp_path), Kept()).form.url == LOCAL_SERVER


@pytest.mark.skipif("sys.platform in ('win32', 'darwin')", reason="there is always a display")
def test_without_a_display_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="no display"):
        run_desktop(DesktopOptions(tmp_path), display="")
