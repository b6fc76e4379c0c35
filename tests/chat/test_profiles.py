"""Where sessions of earlier times are."""

from pathlib import Path

import pytest

from parley.chat.profiles import Profiles

URL = "http://127.0.0.1:8080"


async def test_each_server_and_user_has_a_folder(tmp_path: Path) -> None:
    first = await Profiles(tmp_path, URL).open("ann")
    second = await Profiles(tmp_path, URL).open("bob")
    third = await Profiles(tmp_path, "http://other:8080").open("ann")
    for vault in (first, second, third):
        await vault.close()

    assert len({first.folder, second.folder, third.folder}) == 3


async def test_the_same_user_finds_the_same_folder_again(tmp_path: Path) -> None:
    first = await Profiles(tmp_path, URL).open("ann")
    await first.close()
    second = await Profiles(tmp_path, URL + "/").open("ANN")
    await second.close()

    assert first.folder == second.folder


async def test_a_second_terminal_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    first = await Profiles(tmp_path, URL).open("ann")
    second = await Profiles(tmp_path, URL).open("ann")
    await first.close()
    await second.close()

    assert first.folder.parent == second.folder.parent
    assert first.folder != second.folder


async def test_the_users_with_a_session_are_known_by_name(tmp_path: Path) -> None:
    for user in ("bob", "ann.b"):
        await (await Profiles(tmp_path, URL).open(user)).close()

    assert Profiles(tmp_path, URL).users() == ["ann.b", "bob"]
    assert Profiles(tmp_path, "http://other").users() == []


@pytest.mark.parametrize("user", ["..", "../../etc", "a/b", "a\\b", "\x00"])
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, user: str) -> None:
    vault = await Profiles(tmp_path / "data", URL).open(user)
    await vault.close()

    inside = vault.folder.resolve().relative_to((tmp_path / "data").resolve())
    assert len(inside.parts) == 3
