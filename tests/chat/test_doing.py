"""What the commands of a person at a terminal ask of the server, and what they print."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from parley.protocol import commands as wire
from parley.protocol.limits import INTEGER_MAX
from parley.protocol.states import State
from tests.chat.seen import NOON, ROOM, Seen
from tests.client import model
from tests.client.model import ANN, BOB
from tests.client.talk import cmid

CYD = wire.Person("00000000000cy", "cyd", "Cyd")
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/search tea", wire.Search(ref=0, room=ROOM, query="tea")),
        ("/searchall tea", wire.Search(ref=0, query="tea")),
        ("/dm bob", wire.OpenDirect(ref=0, person=BOB.id)),
        ("/accept a-secret", wire.JoinByInvite(ref=0, code="a-secret")),
        ("/add bob @ann", wire.AddMembers(ref=0, room=ROOM, people=[BOB.id, ANN.id])),
        ("/remove bob", wire.RemoveMember(ref=0, room=ROOM, person=BOB.id)),
        ("/ban bob", wire.Ban(ref=0, room=ROOM, person=BOB.id)),
        ("/unban bob", wire.Unban(ref=0, room=ROOM, person=BOB.id)),
        ("/role bob admin", wire.SetRole(ref=0, room=ROOM, person=BOB.id, role="admin")),
        ("/transfer bob", wire.TransferOwnership(ref=0, room=ROOM, person=BOB.id)),
        ("/rename Tea", wire.EditRoom(ref=0, room=ROOM, name="Tea")),
        ("/topic biscuits", wire.EditRoom(ref=0, room=ROOM, topic="biscuits")),
        ("/topic", wire.EditRoom(ref=0, room=ROOM, topic="")),
        ("/describe of a kind", wire.EditRoom(ref=0, room=ROOM, description="of a kind")),
        ("/readonly on", wire.EditRoom(ref=0, room=ROOM, read_only=True)),
        ("/invite", wire.CreateInvite(ref=0, room=ROOM)),
        ("/invite 3 1", wire.CreateInvite(ref=0, room=ROOM, uses=3, expires_in_ms=24 * HOUR_MS)),
        ("/revoke a-secret", wire.RevokeInvite(ref=0, room=ROOM, code="a-secret")),
        ("/mute", wire.SetRoomPreferences(ref=0, room=ROOM, muted_until=INTEGER_MAX)),
        ("/mute 2", wire.SetRoomPreferences(ref=0, room=ROOM, muted_until=NOON + 2 * HOUR_MS)),
        ("/unmute", wire.SetRoomPreferences(ref=0, room=ROOM, muted_until=0)),
        ("/pin", wire.SetRoomPreferences(ref=0, room=ROOM, pinned=True)),
        ("/unpin", wire.SetRoomPreferences(ref=0, room=ROOM, pinned=False)),
        ("/unread", wire.MarkUnread(ref=0, room=ROOM)),
        ("/notify Mentions", wire.SetRoomPreferences(ref=0, room=ROOM, notify="mentions")),
        ("/quiet 22:00 7:00", wire.EditSettings(ref=0, quiet=wire.Quiet(1320, 420))),
        ("/quiet off", wire.EditSettings(ref=0, no_quiet=True)),
        ("/receipts off", wire.EditSettings(ref=0, read_receipts=False)),
        ("/starred", wire.ListStarred(ref=0)),
        ("/archive", wire.SetRoomPreferences(ref=0, room=ROOM, archived=True)),
        ("/unarchive", wire.SetRoomPreferences(ref=0, room=ROOM, archived=False)),
        ("/block bob", wire.Block(ref=0, person=BOB.id)),
        ("/unblock bob", wire.Unblock(ref=0, person=BOB.id)),
        ("/profile name Annie", wire.EditProfile(ref=0, display_name="Annie")),
        ("/profile about tea", wire.EditProfile(ref=0, about="tea")),
        ("/profile zone Europe/Vienna", wire.EditProfile(ref=0, time_zone="Europe/Vienna")),
        ("/signout 00000000phone", wire.RevokeSession(ref=0, session="00000000phone")),
        ("/signout others", wire.RevokeOtherSessions(ref=0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_command_asks_the_server(seen: Seen, line: str, asked: wire.AnyCommand) -> None:
    await seen.type(line)

    assert asked in [replace(command, ref=0) for command in seen.commands]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/remove cyd", wire.RemoveMember(ref=0, room=ROOM, person=CYD.id)),
        ("/ban @Cyd", wire.Ban(ref=0, room=ROOM, person=CYD.id)),
        ("/role cyd member", wire.SetRole(ref=0, room=ROOM, person=CYD.id, role="member")),
        ("/unban cyd", wire.Unban(ref=0, room=ROOM, person=CYD.id)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_who_keeps_us_away_can_be_put_out_of_a_room_all_the_same(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, line: str, asked: wire.AnyCommand
) -> None:
    """Cyd has blocked us, and is found in no search; but in the room, and among the banned."""
    inside = wire.Members([wire.Member(CYD, "admin", 0)])
    out = wire.Bans([wire.BannedPerson(CYD, ANN.id, 0)])
    answers = model._ALWAYS | {wire.ListMembers: inside, wire.ListBans: out}
    monkeypatch.setattr(model, "_ALWAYS", answers)

    await seen.type(line)

    assert asked in [replace(command, ref=0) for command in seen.commands]


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("/members", "Ann (ann) · owner\nBob (bob)"),
        ("/bans", "Bob (bob)"),
        ("/find bo", "Bob (bob)"),
        ("/find x", "Nobody is called so."),
        ("/blocks", "Bob (bob)"),
        ("/invites", "a-secret  for 3"),
        ("/invite", "Whoever types this comes in:  /accept a-secret"),
        ("/profile", "Ann (ann)"),
        ("/presence bob", "— Bob (bob) is online —"),
        ("/whois bob", f"Bob (bob) · {BOB.id}"),
    ],
)
async def test_a_command_prints(seen: Seen, line: str, printed: str) -> None:
    await seen.type(line)

    assert seen.lines == [printed]


async def test_what_is_found_is_printed_with_its_place_in_brackets(seen: Seen) -> None:
    await seen.type("/search tea")
    await seen.type("/searchall tea")

    here, anywhere = seen.lines
    assert here.endswith("Bob …a pot of [tea]")
    assert anywhere.endswith("[Lobby] Bob …a pot of [tea]")


async def test_what_there_is_to_know_of_a_room_is_printed(seen: Seen) -> None:
    await seen.type("/info")

    assert seen.lines[0].startswith("Lobby · channel · lobby\n  All of us\n  Made ")
    assert seen.lines[0].endswith(" by Ann; 2 are in it")


async def test_who_has_read_no_more_than_an_older_version_is_told(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=False)
    await seen.type("/history")
    now = State(1, 1, 0, BOB.id, cmid(1), "tea", versions=2)
    answers = model._ALWAYS | {wire.ReadMessages: wire.Messages(ROOM, 1, 9, [now])}
    monkeypatch.setattr(model, "_ALWAYS", answers)

    await seen.type("/seen")

    assert seen.lines[-1].endswith(", version 1 of 2")


async def test_the_devices_are_listed_with_which_is_this_one(seen: Seen) -> None:
    await seen.type("/devices")

    assert seen.lines == ["0000000000ses  laptop · 192.0.2.1 · this one"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/dm nobody", "there is nobody with the user name 'nobody'"),
        ("/role bob king", "type /role USER and one of owner, admin, member"),
        ("/readonly perhaps", "type on or off after it"),
        ("/invite many", "'many' is no number of uses"),
        ("/history 0", "'0' is no number of lines"),
        ("/profile hat", "type /profile, and name, about or zone"),
    ],
)
async def test_what_cannot_be_meant_is_said(seen: Seen, line: str, why: str) -> None:
    assert await seen.type(line)

    assert len(seen.lines) == 1
    assert why in seen.lines[0]


async def test_a_new_password_is_asked_for_unseen_and_twice(seen: Seen) -> None:
    seen.answers = ["old one", "new one", "new one"]
    await seen.type("/password")

    assert [is_secret for _, is_secret in seen.questions] == [True, True, True]
    (asked,) = changes(seen, wire.ChangePassword)
    assert (asked.password, asked.new_password) == ("old one", "new one")


async def test_two_different_new_passwords_change_nothing(seen: Seen) -> None:
    seen.answers = ["old one", "new one", "another"]
    await seen.type("/password")

    assert changes(seen, wire.ChangePassword) == []
    assert seen.lines == ["— these were two different ones: nothing has changed —"]


async def test_no_answer_changes_nothing(seen: Seen) -> None:
    seen.answers = [""]
    await seen.type("/password")

    assert seen.lines == ["— nothing has changed —"]


async def test_a_second_factor_is_set_up_with_its_first_code(seen: Seen) -> None:
    seen.answers = ["password", "123456"]
    await seen.type("/totp on")

    assert "otpauth://totp/ann" in seen.lines[0]
    assert seen.lines[1].endswith("one\n  two")
    (asked,) = changes(seen, wire.ConfirmTotp)
    assert asked.code == "123456"


@pytest.mark.parametrize(("answer", "closed"), [("Lobby", 1), ("lobby", 0), ("", 0)])
async def test_a_room_is_closed_once_its_name_is_typed(
    seen: Seen, answer: str, closed: int
) -> None:
    seen.answers = [answer]
    await seen.type("/close")

    assert len(changes(seen, wire.CloseRoom)) == closed


async def test_an_account_is_deleted_once_its_name_is_typed(seen: Seen) -> None:
    seen.answers = ["bob"]
    await seen.type("/delete-account")
    assert changes(seen, wire.DeleteAccount) == []

    seen.answers = ["ann", "password"]
    await seen.type("/delete-account")
    assert len(changes(seen, wire.DeleteAccount)) == 1


async def test_a_conversation_with_one_person_is_named_after_them(seen: Seen) -> None:
    await seen.type("/dm bob")

    assert seen.screen.toolbar().startswith("Bob · ann")


def changes(seen: Seen, kind: type[Any]) -> list[Any]:
    """What the server was asked of one kind."""
    return [command for command in seen.commands if isinstance(command, kind)]
