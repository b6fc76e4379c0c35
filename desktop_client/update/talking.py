"""The open room: what is sent there, what of its past is fetched, and what was seen.

Owns: the composer's and the message list's events, and pages of history.
Never: what the SDK tells unasked (`desktop_client.update.happening`).
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.changes import missing_quotes, state_of, with_page, with_told
from desktop_client.state.model import Dialog, Mode, State
from desktop_client.state.talk import (
    Entry,
    Outgoing,
    Standing,
    Talk,
    dismissed,
    with_entries,
    with_latest,
    with_outgoing,
)
from desktop_client.update import events
from desktop_client.update.effects import (
    Dismiss,
    Edit,
    Effect,
    LoadHistory,
    LoadMessages,
    LookUp,
    MarkRead,
    Post,
    React,
    Remember,
)
from desktop_client.update.messages import jumped, with_mode, without_draft
from parley.client import Message, NoticeShown, UnsupportedShown

Next = tuple[State, list[Effect]]

RECENT_EMOJI = 18


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.PressedSend(text=text) if state.talk is not None:
            return _sent(state, state.talk, text)
        case events.Posted(message=message):
            return _posted(state, message), []
        case events.NotPosted(room=room, text=text, reason=reason):
            return replace(state, notice=reason, drafts={**state.drafts, room: text}), []
        case events.Dismissed(cmid=cmid):
            return _dismissed(state, cmid), [Dismiss(cmid)]
        case events.GotHistory():
            return _got_history(state, event)
        case events.NoHistory(room=room) if room in state.talks:
            return with_talk(state, replace(state.talks[room], fetching=False)), []
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
        case events.NearedTop() if talk is not None:
            if talk.fetching or not talk.more or talk.first is None:
                return state, []
            load = LoadHistory(talk.room.id, talk.first)
            return with_talk(state, replace(talk, fetching=True)), [load]
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


def _sent(state: State, talk: Talk, text: str) -> Next:
    room, mode = talk.room.id, state.mode
    state = replace(with_mode(state, room, None), drafts=without_draft(state, room))
    if not text.strip():
        return state, []
    if mode is None or not mode.is_edit:
        return state, [Post(room, text, reply_to=mode.target if mode is not None else None)]
    return state, _edited(talk, mode, text)


def _edited(talk: Talk, mode: Mode, text: str) -> list[Effect]:
    before = state_of(talk, mode.target)
    is_same = before is not None and before.text == text.strip()
    return [] if is_same else [Edit(talk.room.id, mode.target.cmid, text)]


def with_talk(state: State, talk: Talk) -> State:
    """Return the state with a room as it is now."""
    return replace(state, talks={**state.talks, talk.room.id: talk})


def with_quotes(state: State, talk: Talk) -> Next:
    """Return the state and a question for the messages that those of a room answer."""
    missing = missing_quotes(talk)
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


def _posted(state: State, message: events.Waiting) -> State:
    talk = state.talks.get(message.room)
    if talk is None:
        return state
    return with_talk(state, with_outgoing(talk, outgoing_of(message)))


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


def _dismissed(state: State, cmid: str) -> State:
    for talk in state.talks.values():
        if any(message.cmid == cmid for message in talk.outgoing):
            return with_talk(state, dismissed(talk, cmid))
    return state


def _got_history(state: State, event: events.GotHistory) -> Next:
    page = event.page
    talk = state.talks.get(page.room)
    if talk is None or (event.before is not None and event.before != talk.first):
        return state, []  # the room was begun afresh since, and the page would leave a hole
    first = page.first if page.first else talk.first
    if event.before is None and talk.first is not None:
        first = min(talk.first, page.first or talk.first)
    talk = replace(talk, fetching=False, first=first, more=page.more)
    if talk.recalled and event.before is None:
        talk = with_latest(talk, page.entries, page.last)
    else:
        talk = with_entries(talk, page.entries)
    talk = with_page(talk, page, state.my_id)
    state, names = with_names(with_talk(state, talk), page.entries)
    state, sought = _seek(state, talk)
    state, quotes = with_quotes(state, state.talks[page.room])
    return state, [*names, *sought, *quotes]


def _seek(state: State, talk: Talk) -> Next:
    """Go on to the message that was to be jumped to."""
    if state.sought is None or state.opened != talk.room.id:
        return state, []
    return jumped(state, talk, *state.sought)
