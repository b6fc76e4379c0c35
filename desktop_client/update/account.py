"""One's own account: what others see of it, its devices, its password, and how one is told.

Owns: what is typed on these pages, as far as it can be judged here.
Never: signing in and out (`desktop_client.update.signing`).
"""

import re
from dataclasses import replace

from desktop_client.state.model import State
from desktop_client.update import events
from desktop_client.update.effects import (
    ChangePassword,
    ConfirmTotp,
    DeleteAccount,
    DisableTotp,
    EditProfile,
    EditSettings,
    Effect,
    RevokeDevice,
    RevokeOthers,
    StartTotp,
)
from parley.client import Quiet

Next = tuple[State, list[Effect]]

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_NO_TIMES = "Give both times as hours and minutes, such as 22:00 and 7:30, or leave both empty"
_NOT_ALIKE = "The two new passwords are not the same"


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.EditedProfile(display_name=name, about=about, time_zone=zone):
            return state, [EditProfile(name.strip(), about.strip(), zone.strip())]
        case events.EditedSettings(read_receipts=receipts, show_last_seen=seen):
            return state, [EditSettings(receipts, seen)]
        case events.TypedQuiet(since=since, until=until):
            return _quiet(state, since.strip(), until.strip())
        case events.RevokedDevice(session=session):
            return state, [RevokeDevice(session)]
        case events.RevokedOthers():
            return state, [RevokeOthers()]
        case events.DeletedAccount(password=password):
            return state, [DeleteAccount(password)]
    return _secret(state, event) or _told(state, event)


def _secret(state: State, event: events.Event) -> Next | None:
    match event:
        case events.TypedPasswords(password=password, new=new, again=again):
            if new != again:
                return replace(state, notice=_NOT_ALIKE), []
            return state, [ChangePassword(password, new)]
        case events.BeganSecondFactor(password=password):
            return state, [StartTotp(password)]
        case events.TypedCode(code=code):
            return state, [ConfirmTotp(code.replace(" ", ""))]
        case events.EndedSecondFactor(password=password):
            return state, [DisableTotp(password)]
    return None


def _told(state: State, event: events.Event) -> Next | None:
    pages = state.pages
    match event:
        case events.GotProfile(person=person):
            people = {**state.people, person.id: person}
            done = replace(pages, done="Saved")
            return replace(state, me=person, people=people, pages=done, notice=""), []
        case events.GotSettings(settings=settings):
            return replace(state, settings=settings), []
        case events.GotDevices(devices=devices):
            return replace(state, pages=replace(pages, devices=devices), notice=""), []
        case events.GotSecret(secret=secret):
            return replace(state, pages=replace(pages, secret=secret, codes=()), notice=""), []
        case events.GotCodes(codes=codes):
            return replace(state, pages=replace(pages, secret=None, codes=codes), notice=""), []
    return None


def _quiet(state: State, since: str, until: str) -> Next:
    if not since and not until:
        return replace(state, notice=""), [EditSettings(no_quiet=True)]
    begin, end = _minutes(since), _minutes(until)
    if begin is None or end is None:
        return replace(state, notice=_NO_TIMES), []
    return replace(state, notice=""), [EditSettings(quiet=Quiet(begin, end))]


def _minutes(typed: str) -> int | None:
    """Return a time of day in minutes; None: it is none."""
    time = _TIME.fullmatch(typed)
    return int(time[1]) * 60 + int(time[2]) if time is not None else None
