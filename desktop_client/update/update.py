"""From state and event to the next state and its effects: which module decides what.

Owns: the way of each event to the function that handles it.
Never: the decisions themselves.
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State, ThemeChoice
from desktop_client.update import (
    account,
    days,
    drafts,
    events,
    happening,
    messages,
    pages,
    people,
    refusing,
    room_settings,
    rooms,
    searching,
    signing,
    talking,
    text_size,
    unread,
)
from desktop_client.update.effects import Effect, LookAtTheme, OpenLink, Remember
from desktop_client.update.offline import without_connection

Next = tuple[State, list[Effect]]

_PARTS = (
    signing.update,
    rooms.update,
    drafts.update,
    days.update,
    people.update,
    room_settings.update,
    pages.update,
    account.update,
    searching.update,
    messages.update,
    refusing.update,
    talking.update,
    text_size.update,
    unread.update,
)

# The button goes round, from the system's to each of Parley's own.
_NEXT_THEME: dict[ThemeChoice, ThemeChoice] = {
    "system": "dark",
    "dark": "light",
    "light": "system",
}
# What a click may open: a link of any other kind could start a program.
_OPENED = ("http://", "https://", "mailto:")


def update(state: State, event: events.Event) -> Next:
    """Return what the state becomes, and what is to be done."""
    return without_connection(*_handled(state, event))


def _handled(state: State, event: events.Event) -> Next:
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
    return _on_screen(state, event)


def _on_screen(state: State, event: events.Event) -> Next:
    match event:
        case events.PressedTheme():
            choice = _NEXT_THEME[state.theme_choice]
            return replace(state, theme_choice=choice), [Remember(theme=choice)]
        case events.SawSystemTheme(theme=theme):
            return replace(state, system_theme=theme), []
        case events.OpenedEmoji():
            return replace(state, dialog=Dialog.EMOJI), []
        case events.OpenedKeys():
            return replace(state, dialog=Dialog.KEYS), []
        case events.Focused(is_focused=is_focused):
            looking: list[Effect] = [LookAtTheme()] if is_focused else []
            return replace(state, is_focused=is_focused), looking
        case events.ClosedDialog():
            notice = "" if state.has_page else state.notice  # a page has shown it
            return replace(state, dialog=Dialog.NONE, about=None, notice=notice), []
        case events.DismissedNotice():
            return replace(state, notice=""), []
        case events.Failed(reason=reason):
            return replace(state, notice=reason), []
        case events.ClickedLink(url=url) if url.lower().startswith(_OPENED):
            return state, [OpenLink(url)]
    return state, []
