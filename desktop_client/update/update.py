"""From state and event to the next state and its effects: which module decides what.

Owns: the way of each event to the function that handles it.
Never: the decisions themselves.
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State, ThemeName
from desktop_client.update import events, happening, rooms, signing, talking
from desktop_client.update.effects import Effect, OpenLink, Remember

Next = tuple[State, list[Effect]]

# What a click may open: a link of any other kind could start a program.
_OPENED = ("http://", "https://")


def update(state: State, event: events.Event) -> Next:
    """Return what the state becomes, and what is to be done."""
    for handle in (signing.update, rooms.update, talking.update):
        handled = handle(state, event)
        if handled is not None:
            return handled
    match event:
        case events.Happened(event=happened, now=now):
            return happening.update(state, happened, now)
        case events.GotPeople(people=people):
            return replace(state, people={**state.people, **people}), []
    return _on_screen(state, event)


def _on_screen(state: State, event: events.Event) -> Next:
    match event:
        case events.PressedTheme():
            theme: ThemeName = "light" if state.theme == "dark" else "dark"
            return replace(state, theme=theme), [Remember(theme=theme)]
        case events.OpenedEmoji():
            return replace(state, dialog=Dialog.EMOJI), []
        case events.ClosedDialog():
            return replace(state, dialog=Dialog.NONE), []
        case events.DismissedNotice():
            return replace(state, notice=""), []
        case events.Failed(reason=reason):
            return replace(state, notice=reason), []
        case events.ClickedLink(url=url) if url.lower().startswith(_OPENED):
            return state, [OpenLink(url)]
    return state, []
