"""Who may do what in a room: every command about one, by every role, in every kind of room.

What is expected comes from the table in `parley.domain.permissions`; what happens, from a real
gateway on a real database.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pytest

from parley.domain.permissions import Action, may
from parley.protocol import commands as wire
from parley.protocol.commands import AnyCommand, ResumedRooms, Role, Room, RoomKind
from parley.protocol.content import Pin, React, Target, Text
from parley.protocol.events import Error
from parley.store.directory import SqlDirectory
from parley.store.records import NewInvite, NewRoom, RoomEdit
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.gateway.parts import Client, client, gateway_on, identity
from tests.recovery.ground import Ground, process
from tests.store.samples import cmid

# Who is what in the rooms below. Oona owns them as well, so that an owner may leave; Meg is a
# member to be acted upon, Bea is banned, Nina and Nick are in no room.
ROLES: dict[str, Role | None] = {
    "ann": "owner",
    "adam": "admin",
    "mia": "member",
    "nina": None,
}
CODE = "an-invitation"
DIRECT = "direct00001"
OTHERS = ("oona", "meg", "bea", "nick")


def person(name: str) -> str:
    return identity(name).person.id


@dataclass(frozen=True)
class Attempt:
    """A command in some room, and what it takes to be allowed."""

    action: Action
    command: Callable[[str], AnyCommand]
    kind: type[Any]


def attempt(action: Action, kind: type[Any], **fields: Any) -> Attempt:
    return Attempt(action, lambda room: kind(ref=0, room=room, **fields), kind)


MEG = person("meg")
SAID = Target(MEG, cmid(2))
ATTEMPTS = [
    attempt(Action.VIEW, wire.RoomInfo),
    attempt(Action.READ, wire.History),
    Attempt(
        Action.READ,
        lambda room: wire.Resume(ref=0, rooms=[wire.Cursor(room)]),
        wire.Resume,
    ),
    attempt(Action.SEND, wire.Send, cmid=cmid(1), content=Text("hello")),
    attempt(Action.REACT, wire.Send, cmid=cmid(1), content=React(SAID, "👍")),
    attempt(Action.PIN, wire.Send, cmid=cmid(1), content=Pin(SAID)),
    attempt(Action.READ, wire.ReadMessages, targets=[SAID]),
    attempt(Action.READ, wire.ReadVersions, target=SAID),
    attempt(Action.READ, wire.ListReactions, target=SAID),
    attempt(Action.READ, wire.ListPins),
    attempt(Action.JOIN, wire.JoinRoom),
    attempt(Action.LEAVE, wire.LeaveRoom),
    attempt(Action.LIST_MEMBERS, wire.ListMembers),
    attempt(Action.SET_PREFERENCES, wire.SetRoomPreferences, pinned=True),
    attempt(Action.ADD_MEMBERS, wire.AddMembers, people=[person("nick")]),
    attempt(Action.REMOVE_MEMBER, wire.RemoveMember, person=MEG),
    attempt(Action.BAN, wire.Ban, person=MEG),
    attempt(Action.BAN, wire.Unban, person=person("bea")),
    attempt(Action.BAN, wire.ListBans),
    attempt(Action.INVITE, wire.CreateInvite),
    attempt(Action.INVITE, wire.ListInvites),
    attempt(Action.INVITE, wire.RevokeInvite, code=CODE),
    attempt(Action.EDIT, wire.EditRoom, topic="tea"),
    attempt(Action.SET_READ_ONLY, wire.EditRoom, read_only=True),
    attempt(Action.SET_ROLE, wire.SetRole, person=MEG, role="admin"),
    attempt(Action.TRANSFER, wire.TransferOwnership, person=MEG),
    attempt(Action.CLOSE, wire.CloseRoom),
    attempt(Action.READ, wire.Search, query="tea"),
    attempt(Action.SEND, wire.Typing),
    attempt(Action.READ, wire.MarkUnread),
    attempt(Action.READ, wire.ExplainUnread),
    attempt(Action.READ, wire.ShowReceipts),
    attempt(Action.READ, wire.MessageInfo, target=SAID),
    attempt(Action.READ, wire.SaveDraft, text="I thi"),
    attempt(Action.READ, wire.Star, target=SAID),
    attempt(Action.READ, wire.ListStarred),
    attempt(Action.READ, wire.Hide, target=SAID),
]
# About a message of one's own, wherever one may be by now.
UNBOUND = {wire.Status}


class Builder:
    """Who makes the rooms, each with everybody in their roles."""

    def __init__(self, directory: SqlDirectory) -> None:
        self._directory = directory
        self._numbers = count(1_000_000)

    async def make(self, room: str, kind: RoomKind, *, read_only: bool = False) -> None:
        """Make a group or a channel."""
        directory = self._directory
        members = tuple(map(person, ("oona", "adam", "mia", "meg")))
        new = NewRoom(room, kind, f"Room {room}", person("ann"), members=members)
        await directory.create_room(new, self._cmid())
        await directory.set_role(None, room, person("oona"), "owner", self._cmid())
        await directory.set_role(None, room, person("adam"), "admin", self._cmid())
        await directory.ban(None, room, person("bea"), self._cmid())
        await directory.create_invite(person("ann"), NewInvite(f"{CODE}-{room}", room, 0, None))
        if read_only:
            edit = RoomEdit(read_only=True)
            await directory.edit_room(person("ann"), room, edit, self._cmid)

    def _cmid(self) -> str:
        return cmid(next(self._numbers))


async def build(url: str) -> None:
    """Make everybody's account, and all rooms that a test may ask a house for."""
    async with process(RedisHome("fakeredis", url=None), url) as ground:
        await ground.sign_up(*ROLES, *OTHERS)
        await ground.directory.open_direct(DIRECT, person("ann"), person("mia"))
        builder = Builder(ground.directory)
        for number in range(len(ROLES)):
            await builder.make(named("group", number), "group")
            await builder.make(named("channel", number), "channel")
            await builder.make(named("silent", number), "channel", read_only=True)


def named(what: str, number: int) -> str:
    """Return a room's id."""
    return f"{what}{number:05}"


class House:
    """Rooms of every kind, and clients of every role."""

    def __init__(self, clients: dict[str, Client]) -> None:
        self.clients = clients
        self._asked = Counter[str]()

    def room(self, kind: RoomKind, *, read_only: bool = False) -> str:
        """Return a room in which nobody has done anything yet; of direct ones there is one."""
        if kind == "direct":
            return DIRECT
        what = "silent" if read_only else kind
        self._asked[what] += 1
        return named(what, self._asked[what] - 1)


@pytest.fixture(scope="module")
def template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with everybody and all rooms, to be copied: making them takes a while."""
    folder = tmp_path_factory.mktemp("house")
    asyncio.run(build(copy_of(template, folder)))
    return folder / template.name


@pytest.fixture
async def house(ground: Ground) -> AsyncIterator[House]:
    async with gateway_on(ground) as gateway:
        yield House({name: await client(gateway, name) for name in ROLES})


async def refusal_of(asker: Client, command: AnyCommand) -> str | None:
    """Return the code with which a command is refused; None if it is not."""
    answer = await asker.ask(command)
    if isinstance(answer, ResumedRooms) and answer.refused:
        return answer.refused[0].code
    if isinstance(answer, Error) and answer.code == "unknown_message":
        return None  # the asker may look for it; that there is none is another matter
    return answer.code if isinstance(answer, Error) else None


def expected(tried: Attempt, role: Role | None, kind: RoomKind) -> str | None:
    """Return the code with which the table has a command refused; None if it allows it."""
    if may(tried.action, role, kind):
        return None
    if tried.kind is wire.LeaveRoom and role is None:
        return None  # not to be in a room is what leaving it comes to
    if role is None and kind != "channel":
        return "unknown_room"
    return "not_a_member" if role is None else "not_allowed"


@pytest.mark.parametrize(
    "tried", ATTEMPTS, ids=lambda tried: f"{tried.kind.__name__}-{tried.action.name}"
)
async def test_a_command_is_allowed_to_those_in_the_table_and_to_nobody_else(
    house: House, tried: Attempt
) -> None:
    outcomes: dict[tuple[str, str], str | None] = {}
    table: dict[tuple[str, str], str | None] = {}
    for kind in get_args(RoomKind):
        names = ("ann", "nina") if kind == "direct" else tuple(ROLES)
        for name in names:
            room = house.room(kind)
            role = await role_of(house.clients[name], room)
            assert kind == "direct" or role == ROLES[name]
            table[kind, name] = expected(tried, role, kind)
            outcomes[kind, name] = await refusal_of(house.clients[name], tried.command(room))

    assert outcomes == table


async def test_in_a_read_only_channel_owners_and_admins_alone_speak(house: House) -> None:
    outcomes = {}
    for number, (name, role) in enumerate(ROLES.items(), start=100):
        room = house.room("channel", read_only=True)
        said = wire.Send(ref=0, room=room, cmid=cmid(number), content=Text("hello"))
        outcomes[role] = await refusal_of(house.clients[name], said)

    assert outcomes == {
        "owner": None,
        "admin": None,
        "member": "not_allowed",
        None: "not_a_member",
    }


@pytest.mark.parametrize("kind", [wire.RemoveMember, wire.Ban])
async def test_an_admin_acts_on_members_alone(
    house: House, kind: type[wire.RemoveMember | wire.Ban]
) -> None:
    room = house.room("group")
    adam = house.clients["adam"]

    assert await refusal_of(adam, kind(ref=0, room=room, person=person("oona"))) == "not_allowed"
    assert await refusal_of(adam, kind(ref=0, room=room, person=person("mia"))) is None


async def test_who_was_removed_reads_nothing_of_the_room_any_more(house: House) -> None:
    room = house.room("group")
    mia = house.clients["mia"]
    assert await refusal_of(mia, wire.History(ref=0, room=room)) is None

    removed = wire.RemoveMember(ref=0, room=room, person=person("mia"))
    assert await refusal_of(house.clients["ann"], removed) is None

    assert await refusal_of(mia, wire.History(ref=0, room=room)) == "unknown_room"


async def test_counts_are_of_rooms_that_one_is_in(house: House) -> None:
    room = house.room("channel")
    count = wire.CountUnread(ref=0, rooms=[room])

    assert [each.room for each in (await house.clients["mia"].ask(count)).rooms] == [room]
    assert (await house.clients["nina"].ask(count)).rooms == []


async def test_a_mark_in_a_room_that_one_is_not_in_says_nothing(
    house: House, ground: Ground
) -> None:
    room = house.room("channel")
    await house.clients["ann"].send(7, room=room)
    mark = wire.Mark(ref=0, rooms=[wire.RoomMark(room, 1, read=1)])

    assert not isinstance(await house.clients["nina"].ask(mark), Error)

    assert await ground.mark_log.marks(room, 1) == []


def test_every_command_about_a_room_is_tried() -> None:
    about_rooms = {
        command for command in get_args(AnyCommand) if "room" in command.__struct_fields__
    }

    assert about_rooms - UNBOUND == {tried.kind for tried in ATTEMPTS} - {wire.Resume}


async def role_of(asker: Client, room: str) -> Role | None:
    answer = await asker.ask(wire.RoomInfo(ref=0, room=room))
    if isinstance(answer, Error):
        return None
    seen: Room = answer.room
    return seen.role
