"""What the SDK tells unasked: entries, outcomes, the connection.

Owns: what each of the SDK's events means for the screen.
Never: what a person does.
"""

from dataclasses import replace

from desktop_client.refusals import in_words
from desktop_client.state.changes import touched_after, with_change
from desktop_client.state.history import rested, with_live
from desktop_client.state.model import Link, State
from desktop_client.state.talk import (
    Standing,
    Talk,
    dismissed,
    taken_back,
    withdrawn,
)
from desktop_client.update import refusing
from desktop_client.update.drafts import with_drafts
from desktop_client.update.effects import (
    Effect,
    LoadBlocks,
    LoadDetail,
    LoadHistory,
    LoadMessages,
    LoadReceipts,
    LoadRooms,
    LoadSettings,
    LoadStarred,
    LookUp,
)
from desktop_client.update.rooms import lost, renamed
from desktop_client.update.talking import with_names, with_quotes, with_talk
from desktop_client.update.telling import notification
from parley.client import (
    ChatEvent,
    DeletedMessage,
    DirectoryChanged,
    DraftSaved,
    FolderRenewed,
    Message,
    MessageChange,
    MessageHidden,
    MessageStarred,
    NoticeShown,
    Offline,
    Online,
    Overrun,
    PeopleChanged,
    PresenceChanged,
    ReceiptsChanged,
    Retracted,
    RoomEntry,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
    StoredUpTo,
    Target,
    TypingShown,
    UnreadChanged,
    UnsupportedShown,
    Withdrawn,
)
from parley.protocol.events import Receipts

Next = tuple[State, list[Effect]]


def update(state: State, event: ChatEvent, now: int) -> Next:
    """Return what follows from an event of the SDK."""
    match event:
        case Online() | Offline():
            return _linked(state, event)
        case DirectoryChanged():
            return replace(state, asked=frozenset()), [LoadRooms()]
        case PeopleChanged(people=people):
            return renamed(state, people), []
        case Overrun():
            return _afresh(state)
        case FolderRenewed(path=path):
            sentence = f"What was kept here was damaged. It was set aside as {path.name}"
            return replace(state, notice=sentence), []
        case RoomLost(room=room, code=code, message=message):
            return _lost(state, room, in_words(code, message))
        case SendRefused():
            return refusing.told(state, event, now)
        case DraftSaved() | PresenceChanged() | TypingShown() | MessageStarred():
            return _signalled(state, event, now), []
        case ReceiptsChanged(receipts=receipts):
            return _with_receipts(state, receipts), []
    talk = state.talks.get(event.room)
    return (state, []) if talk is None else _in_room(state, talk, event, now)


def _linked(state: State, event: Online | Offline) -> Next:
    match event:
        case Online(person=person):
            people = {**state.people, person.id: person}
            state = replace(state, link=Link(online=True), me=person, people=people)
            return state, [
                LoadRooms(),
                LoadStarred(),
                LoadBlocks(),
                LoadSettings(),
                *([LoadDetail(state.opened)] if state.opened is not None else []),
                *_looking_up(state),
            ]
        case Offline(reason=reason):
            # The first of many tries tells since when.
            since = state.link.since or state.now
            return replace(state, link=Link(reason=reason, since=since)), []


def _with_receipts(state: State, receipts: Receipts) -> State:
    talk = state.talks.get(receipts.room)
    return state if talk is None else with_talk(state, replace(talk, receipts=receipts))


def _signalled(
    state: State, event: DraftSaved | PresenceChanged | TypingShown | MessageStarred, now: int
) -> State:
    """Take what changes no room."""
    match event:
        case PresenceChanged(people=people):
            told = {each.person: each for each in people}
            return replace(state, presences={**state.presences, **told})
        case TypingShown(room=room, person=person, for_ms=for_ms):
            return replace(state, typists=state.typists.told(room, person, for_ms, now))
        case MessageStarred(author=author, cmid=cmid, on=on):
            target = Target(author, cmid)
            starred = state.starred | {target} if on else state.starred - {target}
            return replace(state, starred=starred)
        case DraftSaved(draft=draft):
            return with_drafts(state, [draft])


def _looking_up(state: State) -> list[Effect]:
    """Ask for whoever is known: while we were away they may have changed their names."""
    others = state.people.keys() - {state.my_id}
    return [LookUp(tuple(sorted(others)))] if others else []


def _in_room(state: State, talk: Talk, event: ChatEvent, now: int) -> Next:
    match event:
        case Message() | DeletedMessage() | NoticeShown() | UnsupportedShown():
            if talk.first is not None and event.seq < talk.first:
                # It comes with the page that it belongs to.
                cmid = event.cmid if isinstance(event, Message) else ""
                return with_talk(state, dismissed(talk, cmid)), []
            return _said(state, _heard(state, talk, event), event, now)
        case RoomLive(n=n):
            receipts = LoadReceipts(talk.room.id)
            talk = replace(talk, unreachable=False, live_n=n)
            if talk.fetching if talk.first is None else not talk.recalled:
                return with_talk(state, talk), [receipts]
            page = LoadHistory(talk.room.id)
            return with_talk(state, replace(talk, fetching=True)), [page, receipts]
        case Retracted(generation=generation, after=after):
            back = taken_back(talk, generation, after, now, state.my_id)
            touched = touched_after(back, after)
            again: list[Effect] = [LoadMessages(talk.room.id, touched)] if touched else []
            return with_talk(state, back), again
        case RoomRestarted():
            return with_talk(state, _emptied(talk)), [LoadHistory(talk.room.id)]
    return with_talk(state, _outcome(talk, event)), []


def _said(state: State, talk: Talk, event: RoomEntry, now: int) -> Next:
    told: list[Effect] = []
    if isinstance(event, Message):
        state = replace(state, typists=state.typists.said(event.room, event.author))
        told = notification(state, talk, event, now)
    elif isinstance(event, NoticeShown) and state.opened == event.room:
        told = [LoadDetail(event.room)]  # it may be another number of people
    state, names = with_names(with_talk(state, talk), [event])
    state, quotes = with_quotes(state, talk, [event])
    return state, [*told, *names, *quotes]


def _outcome(talk: Talk, event: ChatEvent) -> Talk:
    if isinstance(event, MessageChange):
        return with_change(talk, event)
    match event:
        case Stored(generation=generation, seq=seq) | StoredUpTo(generation=generation, seq=seq):
            return replace(talk, stored=max(talk.stored, (generation, seq)))
        case Withdrawn(seq=seq, reason=reason):
            return withdrawn(talk, seq, reason)
        case UnreadChanged(read=read, unread=unread, mentions=mentions, marked_unread=marked):
            return replace(talk, standing=Standing(read, unread, mentions, marked))
        case MessageHidden(seq=seq):
            return talk.each(lambda entry: None if entry.seq == seq else entry)
    return talk


def _heard(state: State, talk: Talk, event: RoomEntry) -> Talk:
    """Return the room with what was said; of one that nobody looks at little is held."""
    if state.opened != talk.room.id:
        return rested(with_live(talk, event))
    return with_live(talk, event, stays=not state.at_end)


def _emptied(talk: Talk) -> Talk:
    return Talk(
        talk.room,
        outgoing=talk.outgoing,
        fetching=True,
        stored=talk.stored,
        standing=talk.standing,
        receipts=talk.receipts,
    )


def _afresh(state: State) -> Next:
    talks = {room: _emptied(talk) for room, talk in state.talks.items()}
    return replace(state, talks=talks), [LoadHistory(room) for room in talks]


def _lost(state: State, room: str, message: str) -> Next:
    talk = state.talks.get(room)
    if talk is None:
        return state, []
    return replace(lost(state, talk), notice=f"{talk.room.name}: {message}"), []
