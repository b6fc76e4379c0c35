"""How many messages somebody has not read: the one rule, for the server and every client.

Owns: which message counts, what each later entry does to a count, and what a badge shows.
Never: how messages are found; the store's query is held equal to this by a test.

A count is a fold over the entries of a room, in order. A server tells a `Tally` as of some seq, and
whoever follows the room folds what comes after it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from parley.protocol.content import Delete, Stone, Text
from parley.protocol.derived import Derived
from parley.protocol.events import Event
from parley.protocol.limits import UNREAD_MOST


class Tally(NamedTuple):
    """Somebody's count in a room, of the entries after `read` and up to `as_of`.

    `hidden`: those among them that do not count: what the person has hidden, what came when it was
    deleted already, and what was counted until its deletion. A count of UNREAD_MOST says: so many
    or more; it stays until the server tells another.
    """

    read: int
    as_of: int
    unread: int = 0
    mentions: int = 0
    hidden: frozenset[int] = frozenset()


class RoomBadge(NamedTuple):
    """What a room adds to the badge of all rooms."""

    unread: int
    mentions: int
    is_muted: bool
    marked_unread: bool = False


def counts(event: Event, me: str) -> bool:
    """Return whether the entry is a message that somebody else has written."""
    return isinstance(event.content, Text) and event.author != me


def names(derived: Derived | None, me: str) -> bool:
    """Return whether a message names somebody, or everyone in its room."""
    return derived is not None and (derived.everyone or me in derived.mentions)


def with_event(tally: Tally, event: Event, me: str) -> Tally:
    """Return the tally with the next entry of the room; one that it knows changes nothing."""
    if event.seq <= tally.as_of:
        return tally
    tally = tally._replace(as_of=event.seq)
    if event.seq <= tally.read:
        return tally
    match event.content:
        case Text() if counts(event, me):
            return _plus(tally, event.derived, me, 1)
        case Stone(reason="deleted"):
            # It was not counted, so its deletion, which comes behind it, takes nothing away.
            return tally._replace(hidden=tally.hidden | {event.seq})
        case Delete(of=of) if of.author != me and _is_counted(tally, event.derived):
            # Two may have deleted it at the same moment: it is taken away once.
            gone = tally.hidden | {_target(event.derived)}
            return _plus(tally, event.derived, me, -1)._replace(hidden=gone)
        case _:
            return tally


def tally_of(
    events: Iterable[Event], me: str, read: int, hidden: frozenset[int] = frozenset()
) -> Tally:
    """Return the tally of all entries of a room, in order, by their contents as they were sent."""
    tally = Tally(read, read, hidden=hidden)
    for event in events:
        if event.seq not in hidden:
            tally = with_event(tally, event, me)
    return tally._replace(hidden=frozenset(seq for seq in hidden if seq > read))


def badge(rooms: Iterable[RoomBadge]) -> int:
    """Return what a badge shows for all rooms: of a muted one, only what names the person.

    A room that was marked as unread counts for one.
    """
    return sum(_weight(room) for room in rooms)


def _weight(room: RoomBadge) -> int:
    if room.is_muted:
        return room.mentions
    return max(room.unread, int(room.marked_unread))


def _is_counted(tally: Tally, derived: Derived | None) -> bool:
    seq = _target(derived)
    return seq > tally.read and seq not in tally.hidden


def _target(derived: Derived | None) -> int:
    """Return where the message stands that an entry is about; 0 if that is not known."""
    return derived.seq if derived is not None else 0


def _plus(tally: Tally, derived: Derived | None, me: str, change: int) -> Tally:
    mentions = tally.mentions
    if names(derived, me):
        mentions = _bounded(mentions, change)
    return tally._replace(unread=_bounded(tally.unread, change), mentions=mentions)


def _bounded(count: int, change: int) -> int:
    if count >= UNREAD_MOST:  # how many more there are is not known
        return count
    return max(0, count + change)
