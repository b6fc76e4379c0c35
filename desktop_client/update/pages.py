"""The pages over the main screen: which is open, and what is asked for it.

Owns: opening a page, and the answers that lists on pages are made of.
Never: what a choice on a page does (`desktop_client.update.account`, `.room_settings`).
"""

from dataclasses import replace

from desktop_client.state.model import Dialog, State
from desktop_client.state.pages import Pages
from desktop_client.update import events
from desktop_client.update.effects import (
    Effect,
    LoadBans,
    LoadBlocks,
    LoadDetail,
    LoadDevices,
    LoadInvites,
    LoadMembers,
    LoadPins,
    LoadSettings,
    LoadStarred,
)

Next = tuple[State, list[Effect]]

_OF_A_ROOM = {
    Dialog.ROOM,
    Dialog.EDIT_ROOM,
    Dialog.MEMBERS,
    Dialog.INVITES,
    Dialog.BANS,
    Dialog.CLOSE_ROOM,
    Dialog.PINS,
    Dialog.DATE,
}


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    pages = state.pages
    match event:
        case events.OpenedPage(page=page):
            return _opened(state, page)
        case events.Done(sentence=sentence):
            return replace(state, pages=replace(pages, done=sentence), notice=""), []
        case events.GotInvites(room=room, invites=invites) if room == state.opened:
            return replace(state, pages=replace(pages, invites=invites)), []
        case events.GotBans(room=room, bans=bans) if room == state.opened:
            return replace(state, pages=replace(pages, bans=bans)), []
        case events.GotPins(room=room, messages=messages) if room == state.opened:
            return replace(state, pages=replace(pages, pins=messages)), []
        case events.GotVersions(target=target, versions=versions) if target == state.about:
            return replace(state, pages=replace(pages, versions=versions)), []
        case events.GotInvites() | events.GotBans() | events.GotPins() | events.GotVersions():
            return state, []  # of what is open no more
    return None


def _opened(state: State, page: Dialog) -> Next:
    room = state.opened or ""
    if page in _OF_A_ROOM and not room:
        return state, []
    state = replace(state, dialog=page, notice="", pages=Pages(starred=state.pages.starred))
    if page in (Dialog.ROOM, Dialog.MEMBERS):
        state = replace(state, members=None)
    return state, _asked_for(page, room)


def _asked_for(page: Dialog, room: str) -> list[Effect]:
    asked: dict[Dialog, list[Effect]] = {
        Dialog.ROOM: [LoadMembers(room), LoadDetail(room)],
        Dialog.MEMBERS: [LoadMembers(room)],
        Dialog.INVITES: [LoadInvites(room)],
        Dialog.BANS: [LoadBans(room)],
        Dialog.PINS: [LoadPins(room)],
        Dialog.STARRED: [LoadStarred()],
        Dialog.DEVICES: [LoadDevices()],
        Dialog.ACCOUNT: [LoadSettings(), LoadBlocks()],
        Dialog.QUIET: [LoadSettings()],
    }
    return asked.get(page, [])
