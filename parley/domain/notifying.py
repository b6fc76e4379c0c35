"""Whether somebody is to be told at once that something was said.

Owns: the one rule, for every client and for whatever tells a device that is asleep.
Never: how a notification looks; and the clock, which arrives as an argument.

The first of these that is true decides:

    one's own, or no message                      nothing
    sent silently                                 nothing
    in view: the person sees it now               nothing
    by somebody whom the person has blocked       nothing
    the room tells of nothing                     nothing
    do-not-disturb hours                          nothing
    it names the person, or everyone              a notification
    the room is muted, or tells of mentions       nothing
    anything else                                 a notification

A mention breaks through a muted room, as it does on a badge; whoever wants none sets the room to
tell of nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parley.domain.unread import counts, names
from parley.protocol.content import Text
from parley.protocol.events import Event
from parley.protocol.personal_commands import Quiet
from parley.protocol.shapes import Notify


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody, and how they want to be told. `time_zone` is an IANA name, or empty for UTC."""

    id: str
    time_zone: str = ""
    quiet: Quiet | None = None
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RoomManner:
    """How somebody has a room. `muted_until` is in Unix milliseconds."""

    notify: Notify = "all"
    muted_until: int = 0


def notifies(
    event: Event, listener: Listener, room: RoomManner, *, now: int, in_view: bool
) -> bool:
    """Return whether an entry is to be told of at once. `now` is in Unix milliseconds."""
    content = event.content
    if not isinstance(content, Text) or not counts(event, listener.id):
        return False
    if content.silent or in_view or event.author in listener.blocked:
        return False
    if room.notify == "nothing" or is_quiet(listener, now):
        return False
    if names(event.derived, listener.id):
        return True
    return room.notify == "all" and room.muted_until <= now


def is_quiet(listener: Listener, now: int) -> bool:
    """Return whether it is one of the hours in which somebody is not to be disturbed."""
    quiet = listener.quiet
    if quiet is None:
        return False
    local = datetime.fromtimestamp(now / 1000, _zone(listener.time_zone))
    minute = 60 * local.hour + local.minute
    if quiet.since <= quiet.until:
        return quiet.since <= minute < quiet.until
    return minute >= quiet.since or minute < quiet.until


def _zone(name: str) -> tzinfo:
    """Return a zone of the person's choice; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
