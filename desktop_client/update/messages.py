"""What is done to a message of the open room: answered, edited, reacted to, deleted, passed on.

Owns: the modes of the composer, the dialogues about one message, and jumping to one.
Never: new messages (`desktop_client.update.talking`).
"""

from dataclasses import replace

from desktop_client.state.changes import is_here, state_of
from desktop_client.state.model import Dialog, Mode, State
from desktop_client.state.talk import Talk
from desktop_client.update import events
from desktop_client.update.effects import (
    Delete,
    Effect,
    LoadHistory,
    LoadInfo,
    Pin,
    Post,
    React,
    Star,
)
from parley.client import Message, Target
from parley.domain.permissions import Action, may

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.GotStarred(targets=targets):
            return replace(state, starred=targets), []
        case events.GotInfo(target=target, receipts=receipts) if target == state.about:
            return replace(state, info=receipts), []
        case events.GotInfo():
            return state, []
    talk = state.talk
    if talk is None:
        return None
    handled = _written(state, talk, event)
    return handled if handled is not None else _done(state, talk, event)


def _written(state: State, talk: Talk, event: events.Event) -> Next | None:
    """What is to be written in the composer."""
    room = talk.room.id
    match event:
        case events.PressedReply(target=target):
            return with_mode(state, room, Mode(target)), []
        case events.PressedEdit(target=target):
            return _editing(state, talk, target), []
        case events.PressedUp():
            last = _last_own(talk, state.my_id)
            return (_editing(state, talk, last) if last is not None else state), []
        case events.LeftMode():
            was_edit = state.mode is not None and state.mode.is_edit
            drafts = without_draft(state, room) if was_edit else state.drafts
            return replace(with_mode(state, room, None), drafts=drafts), []
    return None


def _done(state: State, talk: Talk, event: events.Event) -> Next | None:
    room = talk.room.id
    match event:
        case events.ToggledReaction(target=target, emoji=emoji):
            return state, _reaction(state, talk, target, emoji)
        case events.PressedPin(target=target):
            now = state_of(talk, target)
            return state, [] if now is None else [Pin(room, target, not now.pinned)]
        case events.PressedStar(target=target):
            return state, [Star(room, target, target not in state.starred)]
        case events.ClickedQuote(target=target):
            return jumped(state, talk, target, _place(talk, target))
        case events.ConfirmedDelete(for_everyone=for_everyone) if state.about is not None:
            closed = replace(state, dialog=Dialog.NONE, about=None)
            return closed, [Delete(room, state.about, for_everyone)]
        case events.ChoseForward(room=to) if state.about is not None:
            return _forwarded(state, talk, state.about, to)
    return _asked(state, talk, event)


def _asked(state: State, talk: Talk, event: events.Event) -> Next | None:
    match event:
        case events.PressedReact(target=target):
            return replace(state, dialog=Dialog.EMOJI, about=target), []
        case events.PressedDelete(target=target):
            return replace(state, dialog=Dialog.DELETE, about=target), []
        case events.PressedForward(target=target):
            return replace(state, dialog=Dialog.FORWARD, about=target), []
        case events.PressedInfo(target=target):
            opened = replace(state, dialog=Dialog.INFO, about=target, info=None)
            return opened, [LoadInfo(talk.room.id, target)]
    return None


def may_delete_for_everyone(talk: Talk, target: Target, me: str) -> bool:
    """Return whether one is entitled to it; for how long one's own may be, the server knows."""
    if target.author == me:
        return True
    return may(Action.DELETE_OTHERS, talk.room.role, talk.room.kind)


def may_pin(talk: Talk) -> bool:
    """Return whether one may pin what was said in a room."""
    return may(Action.PIN, talk.room.role, talk.room.kind)


def with_mode(state: State, room: str, mode: Mode | None) -> State:
    """Return the state with what is written in a room being something besides, or not."""
    others = {each: kept for each, kept in state.modes.items() if each != room}
    return replace(state, modes=others if mode is None else {**others, room: mode})


def without_draft(state: State, room: str) -> dict[str, str]:
    """Return the drafts of the other rooms."""
    return {each: draft for each, draft in state.drafts.items() if each != room}


def jumped(state: State, talk: Talk, target: Target, seq: int) -> Next:
    """Show a message that stands at a place; fetch what lies between, if it is not here."""
    if is_here(talk, target):
        return replace(state, found=target, sought=None), []
    is_passed = talk.first is not None and seq >= talk.first
    if not seq or not talk.more or is_passed:
        return replace(state, notice="That message is not here any more", sought=None), []
    state = replace(state, sought=(target, seq))
    if talk.fetching or talk.first is None:
        return state, []
    fetching = replace(talk, fetching=True)
    talks = {**state.talks, talk.room.id: fetching}
    return replace(state, talks=talks), [LoadHistory(talk.room.id, talk.first, wide=True)]


def _editing(state: State, talk: Talk, target: Target) -> State:
    now = state_of(talk, target)
    if now is None or now.deleted:
        return state
    room = talk.room.id
    state = with_mode(state, room, Mode(target, is_edit=True))
    return replace(state, drafts={**state.drafts, room: now.text})


def _last_own(talk: Talk, me: str) -> Target | None:
    own = (e for e in reversed(talk.entries) if isinstance(e, Message) and e.author == me)
    return next((entry.target for entry in own), None)


def _reaction(state: State, talk: Talk, target: Target, emoji: str) -> list[Effect]:
    now = state_of(talk, target)
    if now is None or now.deleted:
        return []
    reactors = now.reactions.get(emoji)
    is_there = reactors is not None and state.my_id in reactors
    return [React(talk.room.id, target, emoji, not is_there)]


def _forwarded(state: State, talk: Talk, target: Target, to: str) -> Next:
    now = state_of(talk, target)
    closed = replace(state, dialog=Dialog.NONE, about=None)
    if now is None or now.deleted or to not in state.talks:
        return closed, []
    return replace(closed, opened=to), [Post(to, now.text, forwarded=True)]


def _place(talk: Talk, target: Target) -> int:
    now = state_of(talk, target)
    return now.seq if now is not None else 0
