"""The open room itself: its name, who is in it, who may come in, and how one has it oneself.

Owns: what the pages about the open room ask for.
Never: what is said there, and the list of rooms (`desktop_client.update.rooms`).
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.update import events
from desktop_client.update.effects import (
    AddMember,
    Ban,
    Block,
    CloseRoom,
    EditRoom,
    Effect,
    MakeInvite,
    RemoveMember,
    RevokeInvite,
    SetPreferences,
    SetReadOnly,
    SetRole,
    TransferOwnership,
    Unban,
)
from parley.protocol.limits import INTEGER_MAX

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.GotMembers(room=room, members=members):
            return (replace(state, members=members) if room == state.opened else state), []
        case events.GotDetail(detail=detail):
            details = {**state.details, detail.room.id: detail}
            return replace(state, details=details), []
        case events.SetManner(room=room, muted=muted, pinned=pinned):
            return state, [SetPreferences(room, _until(muted), pinned)]
    if state.opened is None:
        return None
    return _room(state, state.opened, event) or _people(state, state.opened, event)


def _room(state: State, room: str, event: events.Event) -> Next | None:
    match event:
        case events.SetHowIHaveIt(muted=muted, pinned=pinned, notify=notify):
            return state, [SetPreferences(room, _until(muted), pinned, notify)]
        case events.RenamedRoom(name=name, topic=topic) if name.strip():
            return state, [EditRoom(room, name.strip(), topic.strip())]
        case events.RenamedRoom():
            return replace(state, notice="Give the room a name"), []
        case events.SetReadOnly(is_read_only=is_read_only):
            return state, [SetReadOnly(room, is_read_only)]
        case events.ClosedForAll():
            return replace(state, dialog=Dialog.NONE), [CloseRoom(room)]
        case events.MadeInvite(expires_in_ms=expires):
            return state, [MakeInvite(room, expires)]
        case events.RevokedInvite(code=code):
            return state, [RevokeInvite(room, code)]
    return None


def _people(state: State, room: str, event: events.Event) -> Next | None:
    match event:
        case events.AddedMember(user_name=user_name) if user_name.strip():
            return replace(state, notice=""), [AddMember(room, user_name.strip())]
        case events.AddedMember():
            return replace(state, notice="Give a user name"), []
        case events.RemovedMember(person=person):
            return state, [RemoveMember(room, person)]
        case events.GaveRole(person=person, role=role):
            return state, [SetRole(room, person, role)]
        case events.HandedOver(person=person):
            return state, [TransferOwnership(room, person)]
        case events.Banned(person=person):
            return state, [Ban(room, person)]
        case events.LiftedBan(person=person):
            return state, [Unban(room, person)]
        case events.PressedBlock(is_blocked=is_blocked):
            other = state.talks[room].room.other if room in state.talks else None
            return state, [] if other is None else [Block(other, not is_blocked)]
    return None


def _until(muted: bool | None) -> int | None:
    """Return until when a room is muted, in Unix milliseconds: for good, or no longer."""
    return None if muted is None else INTEGER_MAX if muted else 0
