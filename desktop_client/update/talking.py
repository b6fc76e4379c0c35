"""The open room: what is sent there, what of its past is fetched, and what was seen.

Owns: the composer's and the message list's events, and pages of history.
Never: what the SDK tells unasked (`desktop_client.update.happening`).
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import (
    Entry,
    Outgoing,
    Talk,
    dismissed,
    seen,
    with_entries,
    with_latest,
    with_outgoing,
)
from desktop_client.update import events
from desktop_client.update.effects import Dismiss, Effect, LoadHistory, LookUp, Post, Remember
from parley.client import Message, NoticeShown, UnsupportedShown

Next = tuple[State, list[Effect]]

RECENT_EMOJI = 18


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.PressedSend(text=text) if state.opened is not None:
            drafts = {room: draft for room, draft in state.drafts.items() if room != state.opened}
            effects: list[Effect] = [Post(state.opened, text)] if text.strip() else []
            return replace(state, drafts=drafts), effects
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
    return _looking(state, event)


def _looking(state: State, event: events.Event) -> Next | None:
    talk = state.talk
    match event:
        case events.SawEnd() if talk is not None:
            after = seen(talk)
            if after is talk or after.read is None:
                return state, []
            reads = {**state.reads, talk.room.id: after.read}
            return replace(with_talk(state, after), reads=reads), [Remember(read=reads)]
        case events.NearedTop() if talk is not None:
            if talk.fetching or not talk.more or talk.first is None:
                return state, []
            load = LoadHistory(talk.room.id, talk.first)
            return with_talk(state, replace(talk, fetching=True)), [load]
        case events.ChoseEmoji(characters=characters):
            others = (emoji for emoji in state.recent_emoji if emoji != characters)
            recent = (characters, *others)[:RECENT_EMOJI]
            state = replace(state, recent_emoji=recent, dialog=Dialog.NONE)
            return state, [Remember(recent_emoji=recent)]
    return None


def with_talk(state: State, talk: Talk) -> State:
    """Return the state with a room as it is now."""
    return replace(state, talks={**state.talks, talk.room.id: talk})


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
    outgoing = Outgoing(message.cmid, message.text, message.time, message.reason)
    return with_talk(state, with_outgoing(talk, outgoing))


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
    return with_names(with_talk(state, talk), page.entries)
