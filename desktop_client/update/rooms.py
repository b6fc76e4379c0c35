"""The list of rooms: which there are, which one is open, making, joining and leaving.

Owns: the room on the right and what belongs to choosing it.
Never: what is said in a room.
"""

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Standing, Talk, with_entries
from desktop_client.update import events
from desktop_client.update.effects import (
    Effect,
    Follow,
    Join,
    Leave,
    LoadOverview,
    LoadPublicRooms,
    LoadRooms,
    MakeRoom,
    Watch,
)
from parley.client import Person, Room, RoomOverview
from parley.protocol.events import Receipts
from parley.protocol.ids import LOBBY
from parley.protocol.limits import WATCHED_PEOPLE

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.GotPublicRooms(rooms=rooms):
            return replace(state, public=rooms), []
        case events.OpenedRoom(room=room, draft=draft):
            return _opened(_with_draft(state, draft), room), []
        case events.ClosedRoom(draft=draft):
            return _opened(_with_draft(state, draft), None), []
        case events.TypedFilter(text=text):
            return replace(state, filter=text), []
        case events.Entered(room=room):
            return _entered(state, room)
        case events.Left(room=room):
            return without(state, room), []
    return _told(state, event)


def _told(state: State, event: events.Event) -> Next | None:
    match event:
        case events.GotRooms(rooms=rooms):
            return _have(state, rooms)
        case events.Recalled():
            return _recalled(state, event), []
        case events.GotOverview(rooms=rooms):
            return _overviewed(state, rooms), []
        case events.GotReceipts(receipts=receipts) if receipts.room in state.talks:
            told = Receipts(receipts.room, receipts.generation, receipts.delivered, receipts.read)
            talk = replace(state.talks[receipts.room], receipts=told)
            return replace(state, talks={**state.talks, receipts.room: talk}), []
    return _asked(state, event)


def _asked(state: State, event: events.Event) -> Next | None:
    match event:
        case events.OpenedNewRoom():
            opened = replace(state, dialog=Dialog.NEW_ROOM, found_people=())
            return opened, [LoadPublicRooms()]
        case events.MadeRoom(name=name, is_group=is_group):
            name = name.strip()
            return replace(state, dialog=Dialog.NONE), [MakeRoom(name, is_group)] if name else []
        case events.ChoseChannel(room=room):
            closed = replace(state, dialog=Dialog.NONE)
            if room in state.talks:
                return _opened(closed, room), []
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
        talks[room.id] = _talk(known, room)
        if known is None or known.recalled or known.room.role is None:
            effects.append(Follow(room.id))
    # A room that was left elsewhere stays while something waits there: its reason must be seen.
    waiting = {id: talk for id, talk in state.talks.items() if talk.outgoing}
    opened = state.opened if state.opened in talks or state.opened in waiting else None
    state = replace(state, talks=waiting | talks, opened=opened, busy_with_rooms=False)
    return state, [*effects, LoadOverview(), *_watching(talks.values())]


def _watching(talks: Iterable[Talk]) -> list[Effect]:
    """Hear how those are with whom there is a direct room."""
    others = sorted({talk.room.other for talk in talks if talk.room.other is not None})
    return [Watch(tuple(others[:WATCHED_PEOPLE]))] if others else []


def opened(state: State, room: str | None, draft: str) -> State:
    """Return the state with another room on the right, or none; `draft` stays with the one before.

    Who is in the room already stays there.
    """
    return state if room == state.opened else _opened(_with_draft(state, draft), room)


def _opened(state: State, room: str | None) -> State:
    """Return the state with another room on the right, or none."""
    stands = state.talks[room].standing if room in state.talks else Standing()
    unread_after = stands.read if stands.unread else None
    return replace(state, opened=room, unread_after=unread_after, found=None, sought=None)


def _overviewed(state: State, overviews: Iterable[RoomOverview]) -> State:
    talks = dict(state.talks)
    for overview in overviews:
        talk, told = talks.get(overview.room.id), overview.standing
        if talk is not None:
            stands = Standing(told.read, told.unread, told.mentions, told.marked_unread)
            talks[talk.room.id] = replace(talk, standing=stands)
    return replace(state, talks=talks)


def _recalled(state: State, recalled: events.Recalled) -> State:
    talks = dict(state.talks)
    for room, stored in recalled.rooms:
        entries = tuple(entry for entry in recalled.entries if entry.room == room.id)
        known = talks.get(room.id)
        outgoing = known.outgoing if known is not None else ()
        states = {each.target: each for id, each in recalled.states if id == room.id}
        talk = Talk(room, stored=stored, recalled=True, outgoing=outgoing, states=states)
        talks[room.id] = with_entries(talk, entries)
    people = {person.id: person for person in recalled.people}
    return replace(state, talks=talks, people=people | state.people, busy_with_rooms=False)


def _talk(known: Talk | None, room: Room) -> Talk:
    return replace(known, room=room) if known is not None else Talk(room)


def _entered(state: State, room: Room) -> Next:
    talks = {**state.talks, room.id: _talk(state.talks.get(room.id), room)}
    effects: list[Effect] = [Follow(room.id), LoadRooms()]
    return _opened(replace(state, talks=talks, notice=""), room.id), effects


def without(state: State, room: str) -> State:
    """Return the state without a room."""
    talks = {id: talk for id, talk in state.talks.items() if id != room}
    return replace(state, talks=talks, opened=None if state.opened == room else state.opened)


def renamed(state: State, people: Iterable[Person]) -> State:
    """Return the state with people as they look now, and the direct rooms with them."""
    looks = {person.id: person for person in people}
    me = None if state.me is None else looks.get(state.my_id, state.me)
    talks = {room: _renamed(talk, looks) for room, talk in state.talks.items()}
    return replace(state, me=me, people={**state.people, **looks}, talks=talks)


def _renamed(talk: Talk, looks: dict[str, Person]) -> Talk:
    other = looks.get(talk.room.other or "")
    if other is None:
        return talk
    return replace(talk, room=structs.replace(talk.room, name=other.display_name))


def _with_draft(state: State, draft: str) -> State:
    if state.opened is None:
        return state
    drafts = {room: text for room, text in state.drafts.items() if room != state.opened}
    if draft:
        drafts[state.opened] = draft
    return replace(state, drafts=drafts)
