"""What has become of a room's messages: edited, deleted, reacted to, pinned.

Owns: applying a change, or what a page of history tells of changes, to a room.
Never: what a change does to a message; that is `parley.domain.timeline`, the same for everyone.
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.talk import Entry, Talk
from parley.client import (
    Deleted,
    DeletedMessage,
    Edited,
    HistoryPage,
    Message,
    MessageChange,
    PinChanged,
    Reacted,
    State,
    Target,
)
from parley.domain.timeline import MessageState, apply, seen
from parley.protocol.content import Delete, Edit, Pin, React
from parley.protocol.events import Event


def begun(message: Message | DeletedMessage) -> MessageState:
    """Return a message as its entry says."""
    place = (message.seq, message.n, message.time, message.author, message.cmid, message.seq)
    if isinstance(message, DeletedMessage):
        return MessageState(*place, deleted=True)
    answers = (message.reply_to, message.forwarded, message.silent)
    return MessageState(*place, message.text, message.derived, *answers)


def as_event(change: MessageChange) -> Event:
    """Return a change as the entry of the log that it is."""
    derived = change.derived if isinstance(change, Edited) else None
    return Event(
        room=change.room,
        generation=change.generation,
        seq=change.seq,
        n=0,
        time=change.time,
        author=change.author,
        cmid=None,
        content=_content(change),
        derived=derived,
    )


def _content(change: MessageChange) -> Edit | Delete | React | Pin:
    match change:
        case Edited(target=target, text=text):
            return Edit(target.cmid, text)
        case Deleted(target=target):
            return Delete(target)
        case Reacted(target=target, emoji=emoji, on=on):
            return React(target, emoji, on)
        case PinChanged(target=target, on=on):
            return Pin(target, on)


def state_of(talk: Talk, target: Target) -> MessageState | None:
    """Return a message as it is now; None: it is not known here."""
    known = talk.states.get(target)
    if known is not None:
        return known
    for entry in talk.at_hand():
        if isinstance(entry, Message | DeletedMessage) and _name(entry) == target:
            return begun(entry)
    return None


def is_here(talk: Talk, target: Target) -> bool:
    """Return whether a message stands among the entries at hand."""
    return any(
        isinstance(entry, Message | DeletedMessage) and _name(entry) == target
        for entry in reversed(talk.entries)
    )


def with_change(talk: Talk, change: MessageChange) -> Talk:
    """Return the room after a change; one of a message that is not known comes with its page."""
    before = state_of(talk, change.target)
    if before is None:
        return talk
    return _with(talk, [apply(before, as_event(change))])


def with_told(talk: Talk, states: Iterable[State], me: str) -> Talk:
    """Return the room with messages as the server tells them.

    A change that is told once more later leaves them as they are.
    """
    return _with(talk, [seen(state, me, state.seq) for state in states])


def with_page(talk: Talk, page: HistoryPage, me: str) -> Talk:
    """Return the room with what a page of history tells of its messages and of those they answer.

    A message of the page that is not told of is as its entry says.
    """
    plain = {
        _name(entry)
        for entry in page.entries
        if isinstance(entry, Message) and entry.seq not in page.states
    }
    kept = {
        target: state
        for target, state in talk.states.items()
        if target not in plain or state.as_of > page.as_of
    }
    told = [seen(state, me, page.as_of) for state in (*page.states.values(), *page.quoted.values())]
    newer = [s for s in told if s.target not in kept or kept[s.target].as_of <= page.as_of]
    return _with(replace(talk, states=kept), newer)


def with_kept(talk: Talk, states: Iterable[MessageState]) -> Talk:
    """Return the room with messages as the cache has them, where that is newer."""
    known = talk.states
    return _with(
        talk,
        [s for s in states if s.target not in known or known[s.target].as_of < s.as_of],
    )


def touched_after(talk: Talk, seq: int) -> tuple[Target, ...]:
    """Return the messages that have changed since a place in the log."""
    return tuple(target for target, state in talk.states.items() if state.as_of > seq)


def missing_quotes(talk: Talk, entries: Iterable[Entry]) -> tuple[Target, ...]:
    """Return the messages that some entries of a room answer, and that are not known."""
    answered = {e.reply_to for e in entries if isinstance(e, Message) and e.reply_to}
    unknown = answered - talk.states.keys() - talk.asked
    missing = (target for target in unknown if state_of(talk, target) is None)
    return tuple(sorted(missing, key=lambda target: target.cmid))


def _with(talk: Talk, states: Iterable[MessageState]) -> Talk:
    changed = {state.target: state for state in states}
    deleted = {target for target, state in changed.items() if state.deleted}
    if deleted:
        # Nothing of a deleted message is kept, not even where nobody sees it.
        talk = talk.each(lambda e: _stone(e) if _is_among(e, deleted) else e)
    return replace(talk, states={**talk.states, **changed})


def _is_among(entry: Entry, targets: set[Target]) -> bool:
    return isinstance(entry, Message) and entry.target in targets


def _stone(e: Entry) -> DeletedMessage:
    assert isinstance(e, Message)
    return DeletedMessage(e.room, e.generation, e.seq, e.n, e.time, e.author, e.cmid)


def _name(entry: Message | DeletedMessage) -> Target:
    return Target(entry.author, entry.cmid)
