"""The list of rooms: which there are, which one is open, making, joining and leaving.

Owns: the room on the right and what belongs to choosing it.
Never: what is said in a room.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from desktop_client.state.history import recalled as recall
from desktop_client.state.history import rested
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Standing, Talk
from desktop_client.update import events
from desktop_client.update.drafts import left_behind
from desktop_client.update.effects import (
    Effect,
    Follow,
    Join,
    Leave,
    LoadDetail,
    LoadOverview,
    LoadPublicRooms,
    LoadRooms,
    MakeRoom,
    MarkRead,
    MarkUnread,
    UseInvite,
    Watch,
)
from parley.client import Person, Room, RoomEntry, RoomOverview, Target
from parley.domain.timeline import MessageState
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
            return opened(state, room, draft)
        case events.ClosedRoom(draft=draft):
            return opened(state, None, draft)
        case events.TypedFilter(text=text):
            return replace(state, filter=text), []
        case events.ChoseFilter(shown=shown):
            return replace(state, shown=shown), []
        case events.MarkedUnread(room=room, on=True, draft=draft) if room in state.talks:
            return _marked_unread(state, room, draft)
        case events.MarkedUnread(room=room) if room in state.talks:
            return _marked_read(state, state.talks[room])
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
        case events.UsedInvite(code=code):
            code = code.strip()
            return replace(state, dialog=Dialog.NONE), [UseInvite(code)] if code else []
        case events.ChoseChannel(room=room):
            closed = replace(state, dialog=Dialog.NONE)
            if room in state.talks:
                return _opened(closed, room), []
            return closed, [Join(room)]
        case events.PressedLeave() if state.opened not in (None, LOBBY):
            assert state.opened is not None
            return replace(state, dialog=Dialog.NONE), [Leave(state.opened)]
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


def opened(state: State, room: str | None, draft: str) -> Next:
    """Have another room on the right, or none; `draft` stays with the one before.

    Who is in the room already stays there.
    """
    if room == state.opened:
        return state, []
    state, saving = left_behind(state, draft)
    state = _opened(state, room)
    if room is None or not state.link.online:
        return state, saving
    return state, [*saving, LoadDetail(room)]


def _marked_unread(state: State, room: str, draft: str) -> Next:
    """Mark a room as unread, which closes it: who looks at it has seen it."""
    mark = MarkUnread(room, on=True)
    if state.opened != room:
        return state, [mark]
    state, saving = opened(replace(state, dialog=Dialog.NONE), None, draft)
    return state, [*saving, mark]


def _marked_read(state: State, talk: Talk) -> Next:
    read = replace(talk, standing=Standing(talk.standing.read))
    marked = MarkRead(talk.room.id, was_marked=True)
    return replace(state, talks={**state.talks, talk.room.id: read}), [marked]


def _opened(state: State, room: str | None) -> State:
    """Return the state with another room on the right, or none."""
    stands = state.talks[room].standing if room in state.talks else Standing()
    unread_after = stands.read if stands.unread else None
    talks = state.talks
    if state.opened != room and state.opened in talks:
        # Whoever comes back to a room is at its end.
        talks = {**talks, state.opened: rested(talks[state.opened])}
    state = replace(state, talks=talks, opened=room, unread_after=unread_after, at_end=True)
    return replace(state, found=None, sought=None, sought_day=None, seeks_unread=False)


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
    entries: defaultdict[str, list[RoomEntry]] = defaultdict(list)
    for entry in recalled.entries:
        entries[entry.room].append(entry)
    states: defaultdict[str, dict[Target, MessageState]] = defaultdict(dict)
    for id, each in recalled.states:
        states[id][each.target] = each
    for room, stored in recalled.rooms:
        known = talks.get(room.id)
        outgoing = known.outgoing if known is not None else ()
        standing = recalled.standings.get(room.id, Standing())
        talk = Talk(
            room, outgoing=outgoing, stored=stored, standing=standing, states=states[room.id]
        )
        talks[room.id] = recall(talk, entries[room.id])
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


def left_room(id: str) -> Talk:
    """Return a room that one is not in, as far as it is known, with nothing in it."""
    return Talk(Room(id, "channel", "A room that you are not in", None), more=False)


def lost(state: State, talk: Talk) -> State:
    """Return the state without a room that one is no longer in.

    While something waits there it stays, with that alone: its reason must be seen.
    """
    if not talk.outgoing:
        return without(state, talk.room.id)
    room = structs.replace(talk.room, role=None)
    kept = replace(left_room(room.id), room=room, outgoing=talk.outgoing)
    return replace(state, talks={**state.talks, room.id: kept})


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
