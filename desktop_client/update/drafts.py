"""What is begun to be written in each room, on this device and on others.

Owns: what the composer finds when a room is opened, and what other devices are told of it.
Never: when they are told, and which of two devices was last (`desktop_client.network.drafts`).

What stands in the composer of the open room is the view's: it comes with the events.
"""

from collections.abc import Iterable
from dataclasses import replace

from desktop_client.state.model import Mode, State
from desktop_client.update import events
from desktop_client.update.effects import Effect, SaveDraft, TellTyping
from parley.client import Draft

Next = tuple[State, list[Effect]]


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.Typed(text=text) if state.opened is not None:
            typing: list[Effect] = [TellTyping(state.opened)]
            tells = bool(text) and state.link.online
            return state, [*(typing if tells else []), *saving(state, text)]
        case events.GotDrafts(drafts=drafts):
            return with_drafts(state, drafts), []
    return None


def saving(state: State, text: str) -> list[Effect]:
    """Return what keeps a text of the open room's composer for other devices."""
    mode = state.mode
    if state.opened is None or (mode is not None and mode.is_edit):
        return []  # other words for a message are nothing that is begun
    return [SaveDraft(state.opened, text, mode.target if mode is not None else None)]


def left_behind(state: State, text: str) -> Next:
    """Keep what stands in the composer of a room that is left."""
    if state.opened is None:
        return state, []
    drafts = {room: kept for room, kept in state.drafts.items() if room != state.opened}
    if text:
        drafts[state.opened] = text
    return replace(state, drafts=drafts), saving(state, text)


def with_drafts(state: State, told: Iterable[Draft]) -> State:
    """Return the state with what was begun elsewhere.

    In the open room nothing that is written is touched: the composer takes it if it is empty.
    """
    drafts, modes = dict(state.drafts), dict(state.modes)
    for draft in told:
        drafts.pop(draft.room, None)
        if draft.text:
            drafts[draft.room] = draft.text
        if draft.room != state.opened:
            modes.pop(draft.room, None)
            if draft.reply_to is not None:
                modes[draft.room] = Mode(draft.reply_to)
    return replace(state, drafts=drafts, modes=modes)
