"""What a profile keeps between starts."""

import stat
from pathlib import Path

import pytest

from desktop_client.launch import (
    CannotOpen,
    first_state,
    run_desktop,
    why_not_imported,
    why_not_shown,
)
from desktop_client.options import LOCAL_SERVER, DesktopOptions
from desktop_client.profile import Kept, Place, Profile, on_screen, remembering
from desktop_client.system_theme import theme_of_gnome, theme_of_portal
from desktop_client.update.effects import Remember
from tests.desktop_client.parts import URL


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    kept = Kept(URL, "ann", "light", ("🔥",), Place(-3, 40, 800, 600))

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


SCREEN = Place(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    "place", [Place(100, 100, 1280, 800), Place(-600, 20, 900, 700), Place(1700, 900, 1280, 800)]
)
def test_a_window_opens_where_it_was_if_it_can_be_taken_hold_of(place: Place) -> None:
    assert on_screen(place, [SCREEN]) == place


@pytest.mark.parametrize(
    "place",
    [
        Place(3000, 100, 1280, 800),
        Place(1900, 100, 1280, 800),
        Place(0, -900, 1280, 800),
        Place(0, 1075, 1280, 800),
    ],
)
def test_a_window_whose_screen_is_gone_opens_in_the_middle(place: Place) -> None:
    assert on_screen(place, [SCREEN]) == Place(320, 140, 1280, 800)


def test_a_window_is_not_larger_than_the_screen_that_is_left() -> None:
    found = on_screen(Place(2000, 0, 1900, 1000), [Place(0, 30, 800, 570)])

    assert found == Place(0, 30, 800, 570)


def test_where_no_screen_is_known_the_place_is_believed() -> None:
    assert on_screen(Place(9000, 0, 100, 100), []) == Place(9000, 0, 100, 100)


@pytest.mark.parametrize(
    ("told", "theme"),
    [
        ("(<<uint32 1>>,)", "dark"),
        ("(<<uint32 2>>,)", "light"),
        ("(<<uint32 0>>,)", None),
        ("", None),
    ],
)
def test_the_portal_tells_the_theme(told: str, theme: str | None) -> None:
    assert theme_of_portal(told) == theme


@pytest.mark.parametrize(
    ("told", "theme"),
    [("'prefer-dark'", "dark"), ("'prefer-light'", "light"), ("'default'", "light"), ("", None)],
)
def test_the_settings_of_gnome_tell_the_theme(told: str, theme: str | None) -> None:
    assert theme_of_gnome(told) == theme


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


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("libGL.so.1: cannot open shared object file", "sudo apt install libgl1"),
        ("No module named 'dearpygui'", "make desktop"),
    ],
)
def test_a_part_that_is_missing_is_said_with_what_to_do(error: str, advice: str) -> None:
    assert advice in why_not_imported(error)


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("X11: Failed to open display :77", "desktop session"),
        ("GLX: GLX extension not found", "libgl1-mesa-dri"),
    ],
)
def test_a_display_that_shows_nothing_is_said_with_what_to_do(reason: str, advice: str) -> None:
    assert advice in why_not_shown(reason)


@pytest.mark.skipif("sys.platform in ('win32', 'darwin')", reason="there is always a display")
def test_without_a_display_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="no display"):
        run_desktop(DesktopOptions(tmp_path), display="")
