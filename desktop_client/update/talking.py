"""The open room: what is sent there, what of its past is fetched, and what was seen.

Owns: the composer's and the message list's events, and pages of history.
Never: what the SDK tells unasked (`desktop_client.update.happening`).
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.changes import (
    is_here,
    missing_quotes,
    state_of,
    with_kept,
    with_page,
    with_told,
)
from desktop_client.state.history import (
    LATEST,
    After,
    Around,
    At,
    Before,
    Place,
    Stretch,
    returned,
    stretch_of,
    with_stretch,
)
from desktop_client.state.model import Dialog, Mode, State
from desktop_client.state.talk import (
    Entry,
    Outgoing,
    Standing,
    Talk,
    with_outgoing,
)
from desktop_client.update import days, events, unread
from desktop_client.update.effects import (
    Edit,
    Effect,
    LoadHistory,
    LoadMessages,
    LookUp,
    MarkRead,
    Post,
    React,
    Remember,
    SaveDraft,
)
from desktop_client.update.messages import GONE, with_mode, without_draft
from parley.client import Message, NoticeShown, UnsupportedShown

Next = tuple[State, list[Effect]]

RECENT_EMOJI = 18
_NOT_KEPT = "What you look for is not kept here, and there is no connection to fetch it"


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.PressedSend(text=text) if state.talk is not None:
            return _sent(state, state.talk, text)
        case events.Posted(message=message):
            return _posted(state, message)
        case events.NotPosted(room=room, text=text, reason=reason):
            return replace(state, notice=reason, drafts={**state.drafts, room: text}), []
        case events.GotHistory():
            return _got_history(state, event)
        case events.GotKept():
            return _got_kept(state, event)
        case events.NoHistory(room=room) if room in state.talks:
            return _no_history(state, state.talks[room])
        case events.GotMessages(room=room, states=states) if room in state.talks:
            return with_talk(state, with_told(state.talks[room], states, state.my_id)), []
    return _looking(state, event)


def _looking(state: State, event: events.Event) -> Next | None:
    talk = state.talk
    match event:
        case events.SawEnd() if talk is not None and talk.standing.is_unread:
            # The server's count follows: until then there is none.
            stands = Standing(talk.standing.read)
            marked = MarkRead(talk.room.id, talk.standing.marked)
            return with_talk(state, replace(talk, standing=stands)), [marked]
        case events.MovedToEnd(is_there=is_there):
            return replace(state, at_end=is_there), []
        case events.NearedTop() if talk is not None:
            is_wanted = talk.more and talk.first is not None
            return _loading(state, talk, Before(talk.first or 0)) if is_wanted else (state, [])
        case events.NearedBottom() if talk is not None:
            return _loading(state, talk, After(talk.end)) if talk.is_past else (state, [])
        case events.PressedLatest() if talk is not None:
            return to_latest(replace(state, found=None), talk)
        case events.ChoseEmoji(characters=characters):
            others = (emoji for emoji in state.recent_emoji if emoji != characters)
            recent = (characters, *others)[:RECENT_EMOJI]
            remember = Remember(recent_emoji=recent)
            effects: list[Effect] = [remember]
            if state.about is not None and talk is not None:
                effects.append(React(talk.room.id, state.about, characters, on=True))
            closed = replace(state, recent_emoji=recent, dialog=Dialog.NONE, about=None)
            return closed, effects
    return None


def _loading(state: State, talk: Talk, place: Place) -> Next:
    if talk.fetching or talk.unreachable:
        return state, []
    load = LoadHistory(talk.room.id, place)
    return with_talk(state, replace(talk, fetching=True)), [load]


def to_latest(state: State, talk: Talk) -> Next:
    """Return the state with the end of a room at hand."""
    latest = returned(talk)
    state = replace(with_talk(state, latest), at_end=True)
    return (state, []) if latest.entries else (state, [LoadHistory(talk.room.id)])


def _sent(state: State, talk: Talk, text: str) -> Next:
    room, mode = talk.room.id, state.mode
    state = replace(with_mode(state, room, None), drafts=without_draft(state, room))
    if not text.strip():
        return state, []
    if mode is None or not mode.is_edit:
        post = Post(room, text, reply_to=mode.target if mode is not None else None)
        return state, [post, SaveDraft(room, "")]
    return state, _edited(talk, mode, text)


def _edited(talk: Talk, mode: Mode, text: str) -> list[Effect]:
    before = state_of(talk, mode.target)
    is_same = before is not None and before.text == text.strip()
    return [] if is_same else [Edit(talk.room.id, mode.target.cmid, text)]


def with_talk(state: State, talk: Talk) -> State:
    """Return the state with a room as it is now."""
    return replace(state, talks={**state.talks, talk.room.id: talk})


def with_quotes(state: State, talk: Talk, entries: Iterable[Entry]) -> Next:
    """Return the state and a question for the messages that some of a room answer."""
    missing = missing_quotes(talk, entries)
    if not missing:
        return state, []
    asked = replace(talk, asked=talk.asked | set(missing))
    return with_talk(state, asked), [LoadMessages(talk.room.id, missing)]


def with_names(state: State, entries: Iterable[Entry]) -> Next:
    """Return the state and a question for the names of those who are not known."""
    named = {person for entry in entries for person in _people_of(entry)}
    unknown = named - state.people.keys() - state.asked
    if not unknown:
        return state, []
    return replace(state, asked=state.asked | unknown), [LookUp(tuple(sorted(unknown)))]


def _people_of(entry: Entry) -> list[str]:
    match entry:
        case Message(author=author):
            return [author]
        case NoticeShown(author=author, who=who, more=more):
            return [who, *more] if author is None else [author, who, *more]
        case UnsupportedShown(author=str(author)):
            return [author]
    return []


def _posted(state: State, message: events.Waiting) -> Next:
    talk = state.talks.get(message.room)
    if talk is None:
        return state, []
    talk = with_outgoing(talk, outgoing_of(message))
    # Who says something wants to see it where it stands, at the end.
    return to_latest(state, talk) if talk.is_past else (with_talk(state, talk), [])


def outgoing_of(waiting: events.Waiting) -> Outgoing:
    """Return a message of the outbox as its room shows it."""
    return Outgoing(
        waiting.cmid,
        waiting.text,
        waiting.time,
        waiting.reason,
        waiting.reply_to,
        waiting.forwarded,
    )


def _got_history(state: State, event: events.GotHistory) -> Next:
    page = event.page
    talk = state.talks.get(page.room)
    if talk is None:
        return state, []
    talk = replace(talk, fetching=False, unreachable=False)
    new = stretch_of(page, event.place)
    if new is None:
        is_empty = event.place == LATEST
        talk = replace(talk, more=False, recalled=False) if is_empty else talk
        return with_talk(state, talk), []
    talk = _with_part(state, talk, new, event.place)
    return _shown(state, with_page(talk, page, state.my_id), new)


def _got_kept(state: State, event: events.GotKept) -> Next:
    talk = state.talks.get(event.room)
    if talk is None:
        return state, []
    talk = replace(talk, fetching=False, unreachable=False)
    talk = _with_part(state, talk, event.stretch, event.place)
    return _shown(state, with_kept(talk, event.states), event.stretch)


def _with_part(state: State, talk: Talk, new: Stretch, place: Place) -> Talk:
    is_away = isinstance(place, Around | At) and state.opened != talk.room.id
    reads_back = state.opened == talk.room.id and not state.at_end
    return talk if is_away else with_stretch(talk, new, place, stays=reads_back)


def _shown(state: State, talk: Talk, new: Stretch) -> Next:
    state, names = with_names(with_talk(state, talk), new.entries)
    state, quotes = with_quotes(state, talk, new.entries)
    if state.opened == talk.room.id:
        state = unread.arrived(days.arrived(state, new.entries), talk)
    return _found(state, new), [*names, *quotes]


def _found(state: State, new: Stretch) -> State:
    """Show the message that was to be jumped to, once what lies around it has come."""
    if state.sought is None or state.talk is None or not new.first <= state.sought[1] <= new.last:
        return state
    target = state.sought[0]
    if is_here(state.talk, target):
        return replace(state, found=target, sought=None)
    return replace(state, notice=GONE, sought=None)


def _no_history(state: State, talk: Talk) -> Next:
    state = with_talk(state, replace(talk, fetching=False, unreachable=True))
    is_sought = state.sought is not None or state.sought_day is not None or state.seeks_unread
    if not is_sought or state.opened != talk.room.id:
        return state, []
    left = replace(state, sought=None, sought_day=None, seeks_unread=False)
    return replace(left, notice=_NOT_KEPT), []
