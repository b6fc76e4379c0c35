"""The list of rooms: which there are, which one is open, making, joining and leaving.

Owns: the room on the right and what belongs to choosing it.
Never: what is said in a room.
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk, with_entries
from desktop_client.update import events
from desktop_client.update.effects import (
    Effect,
    Follow,
    Join,
    Leave,
    LoadPublicRooms,
    LoadRooms,
    MakeChannel,
)
from parley.client import Room
from parley.protocol.ids import LOBBY

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.GotRooms(rooms=rooms):
            return _have(state, rooms)
        case events.Recalled():
            return _recalled(state, event), []
        case events.GotPublicRooms(rooms=rooms):
            return replace(state, public=rooms), []
        case events.OpenedRoom(room=room, draft=draft):
            return replace(_with_draft(state, draft), opened=room), []
        case events.ClosedRoom(draft=draft):
            return replace(_with_draft(state, draft), opened=None), []
        case events.TypedFilter(text=text):
            return replace(state, filter=text), []
        case events.Entered(room=room):
            return _entered(state, room)
        case events.Left(room=room):
            return without(state, room), []
    return _asked(state, event)


def _asked(state: State, event: events.Event) -> Next | None:
    match event:
        case events.OpenedNewRoom():
            return replace(state, dialog=Dialog.NEW_ROOM), [LoadPublicRooms()]
        case events.MadeChannel(name=name):
            name = name.strip()
            return replace(state, dialog=Dialog.NONE), [MakeChannel(name)] if name else []
        case events.ChoseChannel(room=room):
            closed = replace(state, dialog=Dialog.NONE)
            if room in state.talks:
                return replace(closed, opened=room), []
            return closed, [Join(room)]
        case events.PressedLeave() if state.opened not in (None, LOBBY):
            assert state.opened is not None
            return state, [Leave(state.opened)]
        case events.PressedLeave():
            return replace(state, notice="Everyone is in the lobby: it cannot be left"), []
    return None


def _have(state: State, rooms: Iterable[Room]) -> Next:
    talks: dict[str, Talk] = {}
    effects: list[Effect] = []
    for room in rooms:
        known = state.talks.get(room.id)
        talks[room.id] = _talk(state, known, room)
        if known is None or known.recalled or known.room.role is None:
            effects.append(Follow(room.id))
    # A room that was left elsewhere stays while something waits there: its reason must be seen.
    waiting = {id: talk for id, talk in state.talks.items() if talk.outgoing}
    opened = state.opened if state.opened in talks or state.opened in waiting else None
    return replace(state, talks=waiting | talks, opened=opened, busy_with_rooms=False), effects


def _recalled(state: State, recalled: events.Recalled) -> State:
    talks = dict(state.talks)
    for room, stored in recalled.rooms:
        entries = tuple(entry for entry in recalled.entries if entry.room == room.id)
        known = talks.get(room.id)
        outgoing = known.outgoing if known is not None else ()
        talk = Talk(room, stored=stored, read=state.reads.get(room.id), recalled=True)
        talk = replace(talk, outgoing=outgoing)
        talks[room.id] = with_entries(talk, entries)
    people = {person.id: person for person in recalled.people}
    return replace(state, talks=talks, people=people | state.people, busy_with_rooms=False)


def _talk(state: State, known: Talk | None, room: Room) -> Talk:
    if known is not None:
        return replace(known, room=room)
    return Talk(room, read=state.reads.get(room.id))


def _entered(state: State, room: Room) -> Next:
    talk = _talk(state, state.talks.get(room.id), room)
    talks = {**state.talks, room.id: talk}
    effects: list[Effect] = [Follow(room.id), LoadRooms()]
    return replace(state, talks=talks, opened=room.id, notice=""), effects


def without(state: State, room: str) -> State:
    """Return the state without a room."""
    talks = {id: talk for id, talk in state.talks.items() if id != room}
    return replace(state, talks=talks, opened=None if state.opened == room else state.opened)


def _with_draft(state: State, draft: str) -> State:
    if state.opened is None:
        return state
    drafts = {room: text for room, text in state.drafts.items() if room != state.opened}
    if draft:
        drafts[state.opened] = draft
    return replace(state, drafts=drafts)
