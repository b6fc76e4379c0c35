"""Going to a day of the open room's past.

Owns: the day as it is typed, and the message that is then shown.
Never: fetching it (`desktop_client.update.talking`).
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from desktop_client.state.history import At
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Entry
from desktop_client.update import events
from desktop_client.update.effects import Effect, LoadHistory
from parley.client import Message
from parley.protocol.limits import INTEGER_MAX

Next = tuple[State, list[Effect]]

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")
_NO_DAY = "Give a day such as 2026-11-23 or 23.11.2026"


def update(state: State, event: events.Event) -> Next | None:
    """Return what follows from an event of this module; None: it is another's."""
    match event:
        case events.TypedDate(day=day) if state.opened is not None:
            time = _first_moment(day.strip())
            if time is None:
                return replace(state, notice=_NO_DAY), []
            closed = replace(state, dialog=Dialog.NONE, notice="", sought_day=time)
            return closed, [LoadHistory(state.opened, At(time))]
    return None


def arrived(state: State, entries: Iterable[Entry]) -> State:
    """Show the first message of a day that was gone to, or the last one before it.

    `entries` are those around the beginning of the day that have come for the open room.
    """
    messages = [entry for entry in entries if isinstance(entry, Message)]
    if state.sought_day is None or not messages:
        return state
    of_it = (message for message in messages if message.time >= (state.sought_day or 0))
    found = next(of_it, messages[-1])
    return replace(state, found=found.target, sought=None, sought_day=None)


def _first_moment(typed: str) -> int | None:
    """Return when a day begins where the person is, in Unix milliseconds; None: it is no day."""
    found = _YEAR_FIRST.fullmatch(typed) or _DAY_FIRST.fullmatch(typed)
    if found is None:
        return None
    try:
        begin = datetime(int(found["year"]), int(found["month"]), int(found["day"]))
        time = int(begin.astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return time if 0 <= time <= INTEGER_MAX else None
