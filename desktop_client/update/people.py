"""People: whom to chat with, who is in the open room, and how one has it oneself.

Owns: the dialogues for a new chat and for the open room.
Never: making and leaving rooms (`desktop_client.update.rooms`).
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.update import events
from desktop_client.update.effects import (
    AddMember,
    Block,
    EditRoom,
    Effect,
    FindPeople,
    LoadMembers,
    OpenDirect,
    RemoveMember,
    SetPreferences,
    SetRole,
)
from parley.protocol.limits import INTEGER_MAX

Next = tuple[State, list[Effect]]

# Fewer letters would find everybody.
_LETTERS = 2


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.TypedPerson(text=text):
            query = text.strip()
            if len(query) < _LETTERS:
                return replace(state, found_people=()), []
            return state, [FindPeople(query)]
        case events.GotFound(people=people):
            others = tuple(person for person in people if person.id != state.my_id)
            return replace(state, found_people=others), []
        case events.ChosePerson(person=person):
            return replace(state, dialog=Dialog.NONE), [OpenDirect(person)]
        case events.GotBlocks(people=blocked):
            return replace(state, blocked=blocked), []
        case events.GotMembers(room=room, members=members):
            return (replace(state, members=members) if room == state.opened else state), []
        case events.OpenedRoomSettings() if state.opened is not None:
            opened = replace(state, dialog=Dialog.ROOM, members=None)
            return opened, [LoadMembers(state.opened)]
    return None if state.opened is None else _in_room(state, state.opened, event)


def _in_room(state: State, room: str, event: events.Event) -> Next | None:
    match event:
        case events.SetHowIHaveIt(muted=muted, pinned=pinned, notify=notify):
            until = None if muted is None else INTEGER_MAX if muted else 0
            return state, [SetPreferences(room, until, pinned, notify)]
        case events.RenamedRoom(name=name, topic=topic) if name.strip():
            return state, [EditRoom(room, name.strip(), topic.strip())]
        case events.AddedMember(user_name=user_name) if user_name.strip():
            return state, [AddMember(room, user_name.strip())]
        case events.RemovedMember(person=person):
            return state, [RemoveMember(room, person)]
        case events.GaveRole(person=person, role=role):
            return state, [SetRole(room, person, role)]
        case events.PressedBlock(is_blocked=is_blocked):
            other = state.talks[room].room.other if room in state.talks else None
            return state, [] if other is None else [Block(other, not is_blocked)]
    return None
