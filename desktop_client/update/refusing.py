"""What was refused after it had been in the outbox: a message, or a change of one.

Owns: where the reason is shown, and the words for what was refused.
Never: the reason itself, which is the server's.
"""

from dataclasses import replace

from desktop_client.layout.words import one_line
from desktop_client.refusals import in_words
from desktop_client.state.changes import state_of
from desktop_client.state.model import State
from desktop_client.state.talk import Outgoing, Refusal, Talk, dismissed, refused, with_refusal
from desktop_client.update import events
from desktop_client.update.effects import Dismiss, Effect
from desktop_client.update.rooms import left_room, without
from parley.client import SendRefused
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Target, Text

Next = tuple[State, list[Effect]]

# Of the words that a message was to get, so many characters are shown.
_SHOWN = 120


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.Dismissed(cmid=cmid):
            return _without(state, cmid), [Dismiss(cmid)]
        case events.DismissedRefusals(target=target) if state.talk is not None:
            seen = [each.cmid for each in state.talk.refusals if each.target == target]
            for cmid in seen:
                state = _without(state, cmid)
            return state, [Dismiss(cmid) for cmid in seen]
    return None


def told(state: State, event: SendRefused, now: int) -> Next:
    """Show what was refused, and why: at the message, or above all if that is not at hand."""
    talk, said = state.talks.get(event.room), event.content
    reason = in_words(event.code, event.message)
    refusal = refusal_of(state.my_id, event.cmid, said, reason)
    if refusal is not None:
        return _change_refused(state, talk, refusal)
    if not isinstance(said, Text):
        return state, []
    talk = talk or left_room(event.room)
    message = Outgoing(event.cmid, said.text, now, reason, said.reply_to, said.forwarded)
    return _with(state, refused(talk, message)), []


def _change_refused(state: State, talk: Talk | None, refusal: Refusal) -> Next:
    if talk is not None and state_of(talk, refusal.target) is not None:
        return _with(state, with_refusal(talk, refusal)), []
    return replace(state, notice=f"{refusal.what}: {refusal.reason}"), [Dismiss(refusal.cmid)]


def refusal_of(me: str, cmid: str, content: Sendable, reason: str) -> Refusal | None:
    """Return a change of a message that was refused; None: it is a message itself."""
    match content:
        case Edit(cmid=edited, text=text):
            words = one_line(text)
            shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]} …"
            return Refusal(cmid, Target(me, edited), f"Not changed to “{shown}”", reason)
        case Delete(of=target):
            return Refusal(cmid, target, "Not deleted", reason)
        case React(of=target, emoji=emoji, on=on):
            what = f"{emoji} was not added" if on else f"{emoji} was not taken back"
            return Refusal(cmid, target, what, reason)
        case Pin(of=target, on=on):
            return Refusal(cmid, target, "Not pinned" if on else "Not unpinned", reason)
        case Text():
            return None


def _without(state: State, cmid: str) -> State:
    for talk in state.talks.values():
        waiting = {each.cmid for each in talk.outgoing} | {each.cmid for each in talk.refusals}
        if cmid in waiting:
            talk = dismissed(talk, cmid)
            is_over = talk.room.role is None and not talk.outgoing
            return without(state, talk.room.id) if is_over else _with(state, talk)
    return state


def _with(state: State, talk: Talk) -> State:
    return replace(state, talks={**state.talks, talk.room.id: talk})
