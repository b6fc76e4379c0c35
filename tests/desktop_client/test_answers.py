"""Every effect that asks the server something reaches the SDK."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast, get_args

import pytest

from desktop_client.network.answers import answer
from desktop_client.update import effects
from parley.client import Chat, ParleyError
from tests.desktop_client.parts import BOB, LOBBY, said

TARGET = said(1).target
# They are saved in pauses (test_drafts).
DRAFTS = {effects.SaveDraft}
# The network's own, which ask no chat.
SESSION = {effects.FindServer, effects.Connect, effects.SignOut}
# It may be answered from the cache (test_pages).
PAGES = {effects.LoadHistory}
ASKING: list[tuple[effects.NetworkEffect, str]] = [
    (effects.LoadRooms(), "rooms"),
    (effects.LoadPublicRooms(), "public_rooms"),
    (effects.Follow(LOBBY.id), "follow"),
    (effects.LoadOverview(), "overview"),
    (effects.LoadReceipts(LOBBY.id), "receipts"),
    (effects.LoadMessages(LOBBY.id, (TARGET,)), "messages"),
    (effects.LoadStarred(), "starred"),
    (effects.LoadSettings(), "settings"),
    (effects.LoadInfo(LOBBY.id, TARGET), "message_info"),
    (effects.LoadMembers(LOBBY.id), "members"),
    (effects.LoadBlocks(), "blocks"),
    (effects.LookUp((BOB.id,)), "people"),
    (effects.Search("plan"), "search"),
    (effects.FindPeople("bob"), "find_people"),
    (effects.Watch((BOB.id,)), "watch"),
    (effects.TellTyping(LOBBY.id), "typing"),
    (effects.MarkRead(LOBBY.id), "mark_read"),
    (effects.MarkRead(LOBBY.id, was_marked=True), "mark_unread"),
    (effects.Post(LOBBY.id, "hi"), "post"),
    (effects.Edit(LOBBY.id, TARGET.cmid, "ho"), "edit"),
    (effects.Delete(LOBBY.id, TARGET, for_everyone=True), "delete"),
    (effects.Delete(LOBBY.id, TARGET, for_everyone=False), "hide"),
    (effects.React(LOBBY.id, TARGET, "🔥", on=True), "react"),
    (effects.Pin(LOBBY.id, TARGET, on=True), "pin"),
    (effects.Star(LOBBY.id, TARGET, on=True), "star"),
    (effects.Dismiss(TARGET.cmid), "dismiss"),
    (effects.MakeRoom("plans"), "create_room"),
    (effects.OpenDirect(BOB.id), "open_direct"),
    (effects.Join(LOBBY.id), "join"),
    (effects.Leave(LOBBY.id), "leave"),
    (effects.SetPreferences(LOBBY.id, pinned=True), "set_room_preferences"),
    (effects.EditRoom(LOBBY.id, "Plans", ""), "edit_room"),
    (effects.AddMember(LOBBY.id, "bob"), "resolve_person"),
    (effects.RemoveMember(LOBBY.id, BOB.id), "remove_member"),
    (effects.SetRole(LOBBY.id, BOB.id, "admin"), "set_role"),
    (effects.Block(BOB.id, on=True), "block"),
    (effects.Block(BOB.id, on=False), "unblock"),
    (effects.MarkUnread(LOBBY.id, on=True), "mark_unread"),
    (effects.UseInvite("code"), "join_by_invite"),
    (effects.LoadPins(LOBBY.id), "pins"),
    (effects.LoadVersions(LOBBY.id, TARGET), "versions"),
    (effects.LoadDetail(LOBBY.id), "room_info"),
    (effects.SetReadOnly(LOBBY.id, is_read_only=True), "edit_room"),
    (effects.TransferOwnership(LOBBY.id, BOB.id), "transfer_ownership"),
    (effects.LoadBans(LOBBY.id), "bans"),
    (effects.Ban(LOBBY.id, BOB.id), "ban"),
    (effects.Unban(LOBBY.id, BOB.id), "unban"),
    (effects.LoadInvites(LOBBY.id), "invites"),
    (effects.MakeInvite(LOBBY.id), "create_invite"),
    (effects.RevokeInvite(LOBBY.id, "code"), "revoke_invite"),
    (effects.CloseRoom(LOBBY.id), "close_room"),
    (effects.EditSettings(read_receipts=False), "edit_settings"),
    (effects.EditProfile("Ann", "", ""), "edit_profile"),
    (effects.ChangePassword("old", "new"), "change_password"),
    (effects.LoadDevices(), "sessions"),
    (effects.RevokeDevice("session"), "revoke_session"),
    (effects.RevokeOthers(), "revoke_other_sessions"),
    (effects.StartTotp("old"), "start_totp"),
    (effects.ConfirmTotp("123456"), "confirm_totp"),
    (effects.DisableTotp("old"), "disable_totp"),
    (effects.DeleteAccount("old"), "delete_account"),
]


class Unwilling:
    """A chat that notes what it is asked, and refuses."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def asked(*_: object, **__: object) -> "_Refusing":
            self.asked.append(name)
            return _Refusing()

        def done(*_: object, **__: object) -> None:
            self.asked.append(name)

        return done if name in ("mark_read", "dismiss") else asked


class _Refusing:
    """What refuses whether it is waited for or read."""

    def __await__(self) -> Any:
        raise ParleyError("not now")

    def __aiter__(self) -> AsyncIterator[object]:
        raise ParleyError("not now")


@pytest.mark.parametrize(("effect", "method"), ASKING, ids=lambda each: str(each)[:40])
def test_an_effect_reaches_the_sdk(effect: effects.NetworkEffect, method: str) -> None:
    chat = Unwilling()

    asyncio.run(cast("Any", answer(cast("Chat", chat), effect)))

    assert method in chat.asked


def test_no_effect_is_left_out_above() -> None:
    covered = {type(effect) for effect, _ in ASKING}

    assert covered | SESSION | PAGES | DRAFTS == set(get_args(effects.NetworkEffect))
