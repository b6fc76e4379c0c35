"""What the SDK tells unasked: entries, outcomes, the connection.

Owns: what each of the SDK's events means for the screen.
Never: what a person does.
"""

from dataclasses import replace

from desktop_client.state.model import Link, State
from desktop_client.state.talk import (
    Talk,
    dismissed,
    refused,
    taken_back,
    with_entries,
    withdrawn,
)
from desktop_client.update.effects import Effect, LoadHistory, LoadRooms
from desktop_client.update.rooms import without
from desktop_client.update.talking import with_names, with_talk
from parley.client import (
    ChatEvent,
    DirectoryChanged,
    FolderRenewed,
    Message,
    NoticeShown,
    Offline,
    Online,
    Overrun,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
    StoredUpTo,
    UnsupportedShown,
    Withdrawn,
)

Next = tuple[State, list[Effect]]


def update(state: State, event: ChatEvent, now: int) -> Next:
    """Return what follows from an event of the SDK."""
    match event:
        case Online(person=person):
            people = {**state.people, person.id: person}
            state = replace(state, link=Link(online=True), me=person, people=people)
            return state, [LoadRooms()]
        case Offline(reason=reason):
            return replace(state, link=Link(reason=reason)), []
        case DirectoryChanged():
            # Somebody may have changed their name: everyone is looked up again when next seen.
            return replace(state, asked=frozenset()), [LoadRooms()]
        case Overrun():
            return _afresh(state)
        case FolderRenewed(path=path):
            sentence = f"What was kept here was damaged. It was set aside as {path.name}"
            return replace(state, notice=sentence), []
        case RoomLost(room=room, message=message):
            return _lost(state, room, message)
    talk = state.talks.get(event.room)
    return (state, []) if talk is None else _in_room(state, talk, event, now)


def _in_room(state: State, talk: Talk, event: ChatEvent, now: int) -> Next:
    match event:
        case Message() | NoticeShown() | UnsupportedShown():
            if talk.first is not None and event.seq < talk.first:
                # It comes with the page that it belongs to.
                cmid = event.cmid if isinstance(event, Message) else ""
                return with_talk(state, dismissed(talk, cmid)), []
            return with_names(with_talk(state, with_entries(talk, [event])), [event])
        case RoomLive(n=n):
            talk = talk if talk.read is not None else replace(talk, read=n)
            if talk.first is not None or talk.fetching:
                return with_talk(state, talk), []
            return with_talk(state, replace(talk, fetching=True)), [LoadHistory(talk.room.id)]
        case RoomRestarted():
            return with_talk(state, _emptied(talk)), [LoadHistory(talk.room.id)]
    return with_talk(state, _outcome(talk, event, now, state.my_id)), []


def _outcome(talk: Talk, event: ChatEvent, now: int, me: str) -> Talk:
    match event:
        case Stored(generation=generation, seq=seq) | StoredUpTo(generation=generation, seq=seq):
            return replace(talk, stored=max(talk.stored, (generation, seq)))
        case Retracted(generation=generation, after=after):
            return taken_back(talk, generation, after, now, me)
        case Withdrawn(seq=seq, reason=reason):
            return withdrawn(talk, seq, reason)
        case SendRefused(cmid=cmid, message=message):
            return refused(talk, cmid, message)
    return talk


def _emptied(talk: Talk) -> Talk:
    return replace(talk, entries=(), first=None, more=True, fetching=True)


def _afresh(state: State) -> Next:
    talks = {room: _emptied(talk) for room, talk in state.talks.items()}
    return replace(state, talks=talks), [LoadHistory(room) for room in talks]


def _lost(state: State, room: str, message: str) -> Next:
    talk = state.talks.get(room)
    if talk is None:
        return state, []
    return replace(without(state, room), notice=f"{talk.room.name}: {message}"), []
