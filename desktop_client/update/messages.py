"""What is done to a message of the open room: answered, edited, reacted to, deleted, passed on.

Owns: the modes of the composer, the dialogues about one message, and jumping to one.
Never: new messages (`desktop_client.update.talking`).
"""

from dataclasses import replace

from desktop_client.state.changes import is_here, state_of
from desktop_client.state.history import Around
from desktop_client.state.model import Dialog, Mode, State
from desktop_client.state.pages import Listed, Pages
from desktop_client.state.talk import Talk
from desktop_client.update import events
from desktop_client.update.effects import (
    Delete,
    Effect,
    LoadHistory,
    LoadInfo,
    LoadVersions,
    Pin,
    Post,
    React,
    Star,
)
from desktop_client.update.rooms import opened
from parley.client import Message, Target
from parley.domain.permissions import Action, may
from parley.domain.timeline import MessageState

Next = tuple[State, list[Effect]]

GONE = "That message is not here any more"


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.GotStarred(messages=messages):
            starred = frozenset(message.target for message in messages)
            pages = replace(state.pages, starred=messages)
            return replace(state, starred=starred, pages=pages), []
        case events.ChoseListed(message=message, draft=draft):
            return _listed(state, message, draft)
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
            return jumped(replace(state, query=""), talk, target, _place(talk, target))
        case events.ConfirmedDelete(for_everyone=for_everyone) if state.about is not None:
            closed = replace(state, dialog=Dialog.NONE, about=None)
            return closed, [Delete(room, state.about, for_everyone)]
        case events.ChoseForward(room=to, draft=draft) if state.about is not None:
            said = state_of(talk, state.about)
            return _forwarded(replace(state, dialog=Dialog.NONE, about=None), said, to, draft)
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
        case events.PressedVersions(target=target):
            opened = replace(state, dialog=Dialog.VERSIONS, about=target, pages=Pages())
            return opened, [LoadVersions(talk.room.id, target)]
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
    """Show a message that stands at a place; fetch what lies around it, if it is not here."""
    if is_here(talk, target):
        return replace(state, found=target, sought=None), []
    if not seq:
        return replace(state, notice=GONE, sought=None), []
    return replace(state, sought=(target, seq)), [LoadHistory(talk.room.id, Around(seq))]


def _editing(state: State, talk: Talk, target: Target) -> State:
    now = state_of(talk, target)
    if now is None or now.deleted:
        return state
    room = talk.room.id
    state = with_mode(state, room, Mode(target, is_edit=True))
    return replace(state, drafts={**state.drafts, room: now.text})


def _last_own(talk: Talk, me: str) -> Target | None:
    own = (e for e in reversed(talk.latest) if isinstance(e, Message) and e.author == me)
    return next((entry.target for entry in own), None)


def _reaction(state: State, talk: Talk, target: Target, emoji: str) -> list[Effect]:
    now = state_of(talk, target)
    if now is None or now.deleted:
        return []
    reactors = now.reactions.get(emoji)
    is_there = reactors is not None and state.my_id in reactors
    return [React(talk.room.id, target, emoji, not is_there)]


def _forwarded(state: State, said: MessageState | None, to: str, draft: str) -> Next:
    if said is None or said.deleted or to not in state.talks:
        return state, []
    state, opening = opened(state, to, draft)
    return state, [*opening, Post(to, said.text, forwarded=True)]


def _listed(state: State, message: Listed, draft: str) -> Next:
    closed = replace(state, dialog=Dialog.NONE)
    if message.room not in state.talks:
        return replace(closed, notice="You are not in that room any more"), []
    state, opening = opened(closed, message.room, draft)
    state, jumping = jumped(state, state.talks[message.room], message.target, message.seq)
    return state, [*opening, *jumping]


def _place(talk: Talk, target: Target) -> int:
    now = state_of(talk, target)
    return now.seq if now is not None else 0
