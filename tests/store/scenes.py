"""People in rooms, to test with."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from parley.protocol.commands import Role, RoomKind
from parley.protocol.content import Notice
from parley.protocol.entry import decode_content
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.records import Changed, NewRoom, NoticeRow
from tests.store.samples import cmid, rows, sign_up

ROOM = "room1"

_numbers: Iterator[int] = count(1000)


def new_cmid() -> str:
    """Return a notice's id that no other has."""
    return cmid(next(_numbers))


async def make_room(
    directory: FullDirectory, kind: RoomKind = "group", room: str = ROOM, **roles: Role
) -> None:
    """Make accounts, and a room with them in it. The first of them makes it, and owns it.

    A direct room is of the first two.
    """
    owner, *others = await sign_up(directory, *roles)
    if kind == "direct":
        await directory.open_direct(room, owner, others[0])
        return
    await directory.create_room(NewRoom(room, kind, f"The {room}", owner), new_cmid())
    if others:
        await directory.add_members(owner, room, others, new_cmid())
    for name, role in list(roles.items())[1:]:
        await directory.set_role(owner, room, f"id{name}", role, new_cmid())


def told(changed: Changed) -> list[Notice]:
    """Return what a change tells its room."""
    return [notice_of(row) for row in changed.notices]


def notice_of(row: NoticeRow) -> Notice:
    content = decode_content(row.content)
    assert isinstance(content, Notice)
    return content


async def roles_in(directory: FullDirectory, asker: str, room: str = ROOM) -> dict[str, Role]:
    """Return who is in a room, as its members see it."""
    page = await directory.members(asker, room, after="", limit=100)
    return {member.person.id: member.role for member in page.members}


async def authority_of(database: Database, room: str = ROOM) -> int:
    [(authority,)] = await rows(database, "SELECT authority FROM rooms WHERE id = :id", id=room)
    return int(authority)


async def versions(database: Database, column: str = "directory_version") -> dict[str, int]:
    return dict(await rows(database, f"SELECT id, {column} FROM accounts"))


async def everything(database: Database, *tables: str) -> list[list[tuple[Any, ...]]]:
    """Return every row of some tables, to see that nothing was changed."""
    return [await rows(database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
