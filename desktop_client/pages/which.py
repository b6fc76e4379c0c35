"""Which page is open.

Owns: the way from a state to its page.
Never: what stands on one.
"""

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from desktop_client.layout.words import one_line, sentence
from desktop_client.pages import account, lists, message, room
from desktop_client.pages.keys import keys
from desktop_client.pages.parts import Note, Page
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk


def page_of(state: State, today: date) -> Page | None:
    """Return the page that is open; None: there is none."""
    page = _page(state, today)
    return None if page is None else replace(page, parts=(*_outcome(state), *page.parts))


def _page(state: State, today: date) -> Page | None:
    own, of_room = _OWN.get(state.dialog), _OF_ROOM.get(state.dialog)
    if own is not None and state.me is not None:
        return own(state, today)
    if of_room is not None and state.talk is not None:
        return of_room(state, state.talk, today)
    return None


def _outcome(state: State) -> list[Note]:
    """What the last choice has come to."""
    if state.notice:
        return [Note(sentence(one_line(state.notice)), is_fault=True)]
    return [Note(state.pages.done)] if state.pages.done else []


_OWN: dict[Dialog, Callable[[State, date], Page]] = {
    Dialog.ACCOUNT: lambda state, _: account.account(state),
    Dialog.PROFILE: lambda state, _: account.profile(state),
    Dialog.QUIET: lambda state, _: account.quiet(state),
    Dialog.DEVICES: account.devices,
    Dialog.PASSWORD: lambda *_: account.password(),
    Dialog.SECOND_FACTOR: lambda state, _: account.second_factor(state),
    Dialog.DELETE_ACCOUNT: lambda *_: account.delete_account(),
    Dialog.STARRED: lists.starred,
    Dialog.KEYS: lambda *_: keys(),
}
_OF_ROOM: dict[Dialog, Callable[[State, Talk, date], Page]] = {
    Dialog.ROOM: lambda state, talk, _: room.room(state, talk),
    Dialog.EDIT_ROOM: lambda _, talk, *__: room.edit(talk),
    Dialog.MEMBERS: lambda state, talk, _: room.members(state, talk),
    Dialog.INVITES: lambda state, *_: room.invites(state),
    Dialog.BANS: lambda state, _, today: room.bans(state, today),
    Dialog.CLOSE_ROOM: lambda _, talk, *__: room.close(talk),
    Dialog.DATE: lambda _, __, today: room.day(today),
    Dialog.PINS: lambda state, _, today: lists.pins(state, today),
    Dialog.DELETE: lambda state, talk, _: message.delete(state, talk),
    Dialog.FORWARD: lambda state, *_: message.forward(state),
    Dialog.INFO: lambda state, _, today: message.info(state, today),
    Dialog.VERSIONS: lambda state, _, today: lists.versions(state, today),
}
