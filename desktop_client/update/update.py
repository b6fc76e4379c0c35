"""From state and event to the next state and its effects: which module decides what.

Owns: the way of each event to the function that handles it.
Never: the decisions themselves.
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State, ThemeName
from desktop_client.update import (
    events,
    happening,
    messages,
    people,
    rooms,
    searching,
    signing,
    talking,
)
from desktop_client.update.effects import Effect, OpenLink, Remember, TellTyping

Next = tuple[State, list[Effect]]

_PARTS = (
    signing.update,
    rooms.update,
    people.update,
    searching.update,
    messages.update,
    talking.update,
)

# What a click may open: a link of any other kind could start a program.
_OPENED = ("http://", "https://", "mailto:")


def update(state: State, event: events.Event) -> Next:
    """Return what the state becomes, and what is to be done."""
    for handle in _PARTS:
        handled = handle(state, event)
        if handled is not None:
            return handled
    match event:
        case events.Happened(event=happened, now=now):
            return happening.update(replace(state, now=now), happened, now)
        case events.GotPeople(people=known):
            return replace(state, people={**state.people, **known}), []
        case events.GotPresences(people=presences):
            return replace(state, presences={each.person: each for each in presences}), []
        case events.Ticked(now=now):
            return replace(state, now=now), []
        case events.Typed() if state.opened is not None and state.link.online:
            return state, [TellTyping(state.opened)]
    return _on_screen(state, event)


def _on_screen(state: State, event: events.Event) -> Next:
    match event:
        case events.PressedTheme():
            theme: ThemeName = "light" if state.theme == "dark" else "dark"
            return replace(state, theme=theme), [Remember(theme=theme)]
        case events.OpenedEmoji():
            return replace(state, dialog=Dialog.EMOJI), []
        case events.OpenedKeys():
            return replace(state, dialog=Dialog.KEYS), []
        case events.Focused(is_focused=is_focused):
            return replace(state, is_focused=is_focused), []
        case events.GotSettings(settings=settings):
            return replace(state, quiet=settings.quiet), []
        case events.ClosedDialog():
            return replace(state, dialog=Dialog.NONE, about=None), []
        case events.DismissedNotice():
            return replace(state, notice=""), []
        case events.Failed(reason=reason):
            return replace(state, notice=reason), []
        case events.ClickedLink(url=url) if url.lower().startswith(_OPENED):
            return state, [OpenLink(url)]
    return state, []
