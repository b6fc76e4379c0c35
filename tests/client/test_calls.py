"""What a chat may ask about rooms, members, people and one's own account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

import parley
from parley.protocol import commands as wire
from tests.client.loopback import Loopback, loopback
from tests.client.model import ANN, BOB, PASSWORD, ModelServer

ROOM = "lobby"
WHO = BOB.id


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with loopback(ModelServer(ROOM)) as server:
        yield server


@pytest.fixture
async def chat(server: Loopback) -> AsyncIterator[parley.Chat]:
    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        yield chat


async def all_of(listing: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in listing]


def last(server: Loopback) -> wire.AnyCommand:
    """What was asked last, but for its number."""
    return replace(server.commands[-1], ref=0)


@pytest.mark.parametrize(
    ("call", "arguments", "options", "asked"),
    [
        (
            "create_room",
            ["Tea"],
            {"kind": "group", "members": [WHO]},
            wire.CreateRoom(ref=0, name="Tea", kind="group", members=[WHO]),
        ),
        ("open_direct", [WHO], {}, wire.OpenDirect(ref=0, person=WHO)),
        ("join_by_invite", ["secret"], {}, wire.JoinByInvite(ref=0, code="secret")),
        ("close_room", [ROOM], {}, wire.CloseRoom(ref=0, room=ROOM)),
        ("room_info", [ROOM], {}, wire.RoomInfo(ref=0, room=ROOM)),
        ("edit_room", [ROOM], {"topic": ""}, wire.EditRoom(ref=0, room=ROOM, topic="")),
        (
            "set_room_preferences",
            [ROOM],
            {"pinned": True},
            wire.SetRoomPreferences(ref=0, room=ROOM, pinned=True),
        ),
        ("create_invite", [ROOM], {"uses": 2}, wire.CreateInvite(ref=0, room=ROOM, uses=2)),
        ("invites", [ROOM], {}, wire.ListInvites(ref=0, room=ROOM)),
        ("revoke_invite", [ROOM, "s"], {}, wire.RevokeInvite(ref=0, room=ROOM, code="s")),
        ("add_members", [ROOM, [WHO]], {}, wire.AddMembers(ref=0, room=ROOM, people=[WHO])),
        ("remove_member", [ROOM, WHO], {}, wire.RemoveMember(ref=0, room=ROOM, person=WHO)),
        (
            "set_role",
            [ROOM, WHO, "admin"],
            {},
            wire.SetRole(ref=0, room=ROOM, person=WHO, role="admin"),
        ),
        (
            "transfer_ownership",
            [ROOM, WHO],
            {},
            wire.TransferOwnership(ref=0, room=ROOM, person=WHO),
        ),
        ("ban", [ROOM, WHO], {}, wire.Ban(ref=0, room=ROOM, person=WHO)),
        ("unban", [ROOM, WHO], {}, wire.Unban(ref=0, room=ROOM, person=WHO)),
        ("typing", [ROOM], {}, wire.Typing(ref=0, room=ROOM)),
        ("watch", [[WHO]], {}, wire.Watch(ref=0, people=[WHO])),
        ("be_away", [], {}, wire.BeAway(ref=0)),
        ("block", [WHO], {}, wire.Block(ref=0, person=WHO)),
        ("unblock", [WHO], {}, wire.Unblock(ref=0, person=WHO)),
        ("blocks", [], {}, wire.ListBlocks(ref=0, limit=200)),
        ("edit_profile", [], {"about": "tea"}, wire.EditProfile(ref=0, about="tea")),
        (
            "change_password",
            ["old", "new"],
            {},
            wire.ChangePassword(ref=0, password="old", new_password="new"),
        ),
        ("sessions", [], {}, wire.ListSessions(ref=0)),
        ("revoke_session", ["0000phone"], {}, wire.RevokeSession(ref=0, session="0000phone")),
        ("revoke_other_sessions", [], {}, wire.RevokeOtherSessions(ref=0)),
        ("start_totp", ["old"], {}, wire.StartTotp(ref=0, password="old")),
        ("confirm_totp", ["123456"], {}, wire.ConfirmTotp(ref=0, code="123456")),
        ("disable_totp", ["old"], {}, wire.DisableTotp(ref=0, password="old")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_call_asks_the_server(
    chat: parley.Chat,
    server: Loopback,
    call: str,
    arguments: list[Any],
    options: dict[str, Any],
    asked: wire.AnyCommand,
) -> None:
    await getattr(chat, call)(*arguments, **options)

    assert last(server) == asked


async def test_a_room_is_told_once_in_three_seconds_that_one_types(
    chat: parley.Chat, server: Loopback
) -> None:
    for _ in range(5):
        await chat.typing(ROOM)
    await chat.typing(ROOM, on=False)
    await chat.typing(ROOM, on=False)

    told = [command.on for command in server.commands if isinstance(command, wire.Typing)]
    assert told == [True, False]


async def test_what_is_found_goes_on_to_its_last_page(chat: parley.Chat, server: Loopback) -> None:
    (hit,) = await all_of(chat.search("tea"))
    pages = {"": wire.Hits([hit], "5"), "5": wire.Hits([hit])}
    answer = server.model.answer
    server.model.answer = lambda command: (  # type: ignore[method-assign]
        pages[command.after] if isinstance(command, wire.Search) else answer(command)
    )

    assert await all_of(chat.search("tea")) == [hit, hit]


async def test_history_is_asked_for_around_a_place(chat: parley.Chat, server: Loopback) -> None:
    await chat.history(ROOM, around=7, limit=3)
    assert last(server) == wire.History(ref=0, room=ROOM, around=7, limit=3)

    await chat.history(ROOM, at=5)
    assert last(server) == wire.History(ref=0, room=ROOM, at=5)

    await chat.history(ROOM, first_unread=True)
    assert last(server) == wire.History(ref=0, room=ROOM, first_unread=True)


async def test_members_are_listed(chat: parley.Chat) -> None:
    members = await all_of(chat.members(ROOM))

    assert [(member.person, member.role) for member in members] == [(ANN, "owner"), (BOB, "member")]


async def test_bans_are_listed(chat: parley.Chat) -> None:
    assert [banned.person for banned in await all_of(chat.bans(ROOM))] == [BOB]


async def test_a_listing_goes_on_to_its_last_page(chat: parley.Chat, server: Loopback) -> None:
    pages = {"": wire.People([ANN], "bob"), "bob": wire.People([BOB])}
    answer = server.model.answer
    server.model.answer = lambda command: (  # type: ignore[method-assign]
        pages[command.after] if isinstance(command, wire.FindPeople) else answer(command)
    )

    assert await all_of(chat.find_people("")) == [ANN, BOB]


@pytest.mark.parametrize("typed", ["bob", "BOB", "@bob"])
async def test_a_person_is_found_by_the_user_name(chat: parley.Chat, typed: str) -> None:
    assert await chat.resolve_person(typed) == BOB


@pytest.mark.parametrize("typed", ["bo", "two words", ""])
async def test_nobody_is_found_by_less_than_the_name(chat: parley.Chat, typed: str) -> None:
    with pytest.raises(parley.PersonNotFound):
        await chat.resolve_person(typed)


async def test_one_s_new_name_is_known_at_once(chat: parley.Chat) -> None:
    await chat.edit_profile(display_name="Annie")

    assert chat.person.display_name == "Annie"


async def test_a_chat_ends_with_its_account(chat: parley.Chat) -> None:
    await chat.delete_account(PASSWORD)

    with pytest.raises(parley.SignedOut):
        await chat.rooms()


async def test_a_code_goes_with_the_password(server: Loopback) -> None:
    async with parley.connect(server.url, user="ann", password=PASSWORD, code="123456"):
        pass

    assert last(server) == wire.SignIn(ref=0, user_name="ann", password=PASSWORD, code="123456")
