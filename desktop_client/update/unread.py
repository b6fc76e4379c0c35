"""Going to what was not read: to the line in the open room, and then to another room.

Owns: which message and which room that is.
Never: what counts as read, which the server knows, and fetching (`desktop_client.update.talking`).
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.history import Around
from desktop_client.state.listing import listed
from desktop_client.state.model import State
from desktop_client.state.talk import Entry, Talk
from desktop_client.update import events
from desktop_client.update.effects import Effect, LoadHistory
from desktop_client.update.rooms import opened
from parley.client import Message

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.PressedUnread(draft=draft):
            return _pressed(state, draft)
    return None


def arrived(state: State, talk: Talk) -> State:
    """Show the first unread message of the open room, once it has come."""
    if not state.seeks_unread or not _reaches(talk, state.unread_after):
        return state
    return replace(_shown(state, talk), seeks_unread=False)


def _pressed(state: State, draft: str) -> Next:
    talk = state.talk
    if talk is None or state.unread_after is None:
        return _in_another_room(state, draft)
    if not _reaches(talk, state.unread_after):
        fetched = LoadHistory(talk.room.id, Around(state.unread_after + 1))
        return replace(state, seeks_unread=True), [fetched]
    shown = _shown(state, talk)
    # Whoever is there already wants to go on.
    return _in_another_room(state, draft) if shown.found == state.found else (shown, [])


def _shown(state: State, talk: Talk) -> State:
    first = _first(talk.entries, state.unread_after or 0, state.my_id)
    if first is None:
        return state
    return replace(state, found=first.target, sought=None, sought_day=None, query="")


def _reaches(talk: Talk, read: int | None) -> bool:
    """Return whether what follows the last message that was read is at hand."""
    if read is None or talk.first is None or not talk.entries:
        return False
    return talk.first <= read + 1 <= talk.entries[-1].seq


def _first(entries: Iterable[Entry], read: int, me: str) -> Message | None:
    unread = (e for e in entries if isinstance(e, Message) and e.seq > read and e.author != me)
    return next(unread, None)


def _in_another_room(state: State, draft: str) -> Next:
    everywhere = listed(replace(state, filter="", shown="all"))
    others = (talk.room.id for talk in everywhere if talk.standing.is_unread)
    room = next((room for room in others if room != state.opened), None)
    return (state, []) if room is None else opened(state, room, draft)
