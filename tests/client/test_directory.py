"""Rooms and people, read as needed."""

from __future__ import annotations

from typing import TypeVar

import pytest

from parley.client.directory import REMEMBERED_PEOPLE, Directory
from parley.client.errors import RoomNotFound
from parley.protocol.commands import AnyCommand, ListRooms, LookUp, People, Person, Room, Rooms
from parley.protocol.limits import PAGE_PEOPLE

Answer = TypeVar("Answer")

LOBBY = Room("lobby", "channel", "Lobby", "member")
TEA = Room("0000000000tea", "channel", "Tea Room", "member")
COFFEE = Room("00000000coffe", "channel", "Coffee", None)
PAGES = {
    ("mine", ""): Rooms([LOBBY], "more"),
    ("mine", "more"): Rooms([TEA]),
    ("public", ""): Rooms([COFFEE, LOBBY, TEA]),
}


class Server:
    """Answers from the pages above, and knows everybody whose id does not begin with an x."""

    def __init__(self) -> None:
        self.asked: list[AnyCommand] = []

    async def __call__(self, command: AnyCommand, answer: type[Answer]) -> Answer:
        self.asked.append(command)
        found: object = None
        match command:
            case ListRooms(scope=scope, after=after):
                found = PAGES[scope, after]
            case LookUp(ids=ids):
                found = People([Person(who, who, who) for who in ids if not who.startswith("x")])
        assert isinstance(found, answer)
        return found


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def directory(server: Server) -> Directory:
    return Directory(server)


async def test_a_listing_is_read_to_its_end(directory: Directory) -> None:
    assert await directory.rooms("mine") == [LOBBY, TEA]


@pytest.mark.parametrize("typed", ["0000000000tea", "Tea Room", "tea room", "ＴＥＡ ＲＯＯＭ"])
async def test_a_room_is_found_by_id_or_by_name_in_any_case(
    directory: Directory, typed: str
) -> None:
    assert await directory.find(typed) == TEA


async def test_a_room_that_one_is_not_in_is_found_among_the_public_ones(
    directory: Directory,
) -> None:
    assert await directory.find("coffee") == COFFEE


async def test_a_room_that_is_not_there_is_named(directory: Directory) -> None:
    with pytest.raises(RoomNotFound, match="'cellar'"):
        await directory.find("cellar")


async def test_people_are_asked_for_once(directory: Directory, server: Server) -> None:
    await directory.people(["ann", "bob", "ann"])
    people = await directory.people(["bob", "ann"])

    assert sorted(people) == ["ann", "bob"]
    assert [command.ids for command in server.asked if isinstance(command, LookUp)] == [
        ["ann", "bob"]
    ]


async def test_who_does_not_exist_is_left_out(directory: Directory) -> None:
    assert list(await directory.people(["ann", "x"])) == ["ann"]


async def test_many_people_are_asked_for_in_portions(directory: Directory, server: Server) -> None:
    people = await directory.people(f"p{number}" for number in range(PAGE_PEOPLE + 1))

    assert (len(people), len(server.asked)) == (PAGE_PEOPLE + 1, 2)


async def test_people_are_asked_for_again_after_a_change(
    directory: Directory, server: Server
) -> None:
    await directory.people(["ann"])
    directory.forget_people()
    await directory.people(["ann"])

    assert len(server.asked) == 2


async def test_whoever_looks_different_now_need_not_be_asked_for(
    directory: Directory, server: Server
) -> None:
    await directory.people(["ann"])
    directory.learn([Person("ann", "ann", "Ann Lee"), Person("bob", "bob", "Bobby")])

    people = await directory.people(["ann", "bob"])

    assert [people[who].display_name for who in ("ann", "bob")] == ["Ann Lee", "Bobby"]
    assert len(server.asked) == 1


async def test_an_answer_that_is_older_than_the_news_does_not_undo_it(
    directory: Directory, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def overtaken(command: AnyCommand, answer: type[Answer]) -> Answer:
        found = await server(command, answer)
        directory.learn([Person("ann", "ann", "Ann Lee")])
        return found

    monkeypatch.setattr(directory, "_ask", overtaken)

    assert (await directory.people(["ann"]))["ann"].display_name == "Ann Lee"


async def test_what_is_learnt_of_people_is_bounded(directory: Directory) -> None:
    for number in range(REMEMBERED_PEOPLE + 2):
        directory.learn([Person(f"p{number}", "p", "P")])

    assert len(directory._people) <= REMEMBERED_PEOPLE


async def test_what_is_remembered_of_people_is_bounded(directory: Directory) -> None:
    for start in range(0, REMEMBERED_PEOPLE + 1, PAGE_PEOPLE):
        await directory.people(f"p{number}" for number in range(start, start + PAGE_PEOPLE))

    assert len(directory._people) <= REMEMBERED_PEOPLE
