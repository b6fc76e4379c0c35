"""Parts of a room's past: where they are asked for, and where what has come belongs.

Owns: which entries of a room are at hand: a bounded run of them without a hole, and the latest.
Never: asking (`desktop_client.update.talking`), and what has become of messages.

A room may hold any number of entries. At hand are those around what the person reads; what is
further away is in the cache (`desktop_client.network.cache`), and comes back as one scrolls.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from desktop_client.state.talk import Entry, Talk
from parley.client import DeletedMessage, HistoryPage, Message, Target

# Entries of a room that are at hand at most: some thirty screens.
AT_HAND = 600
# While one reads in the past, so many of the latest stay at hand besides: a page.
TAIL = 60


@dataclass(frozen=True, slots=True)
class Latest:
    """The end of a room."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before a place."""

    seq: int


@dataclass(frozen=True, slots=True)
class After:
    """What was said after a place."""

    seq: int


@dataclass(frozen=True, slots=True)
class Around:
    """What was said around a place."""

    seq: int


@dataclass(frozen=True, slots=True)
class At:
    """What was said around a time, in Unix milliseconds."""

    time: int


Place = Latest | Before | After | Around | At
LATEST = Latest()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a room without a hole: everything from `first` to `last` that can be shown."""

    entries: tuple[Entry, ...]
    first: int
    last: int
    more_before: bool
    more_after: bool


def stretch_of(page: HistoryPage, place: Place) -> Stretch | None:
    """Return what a page covers, which was asked for at a place; None: nothing was ever said."""
    match place:
        case Before(seq=seq):
            return Stretch(page.entries, page.first or seq, seq - 1, page.more, more_after=True)
        case After(seq=seq):
            last = page.last or seq
            return Stretch(page.entries, seq + 1, last, more_before=True, more_after=page.more)
        case _ if not page.last:
            return None
        case Latest():
            return Stretch(page.entries, page.first, page.last, page.more, more_after=False)
        case Around() | At():
            return Stretch(page.entries, page.first, page.last, page.more, page.more_after)


def with_stretch(talk: Talk, new: Stretch, place: Place, *, stays: bool = False) -> Talk:
    """Return the room with a part of its past that has come.

    What does not touch what is at hand replaces it if the person wants to be there; the latest
    page does not move one who reads in the past (`stays`).
    """
    arrived = {entry.cmid for entry in new.entries if isinstance(entry, Message)}
    outgoing = tuple(message for message in talk.outgoing if message.cmid not in arrived)
    is_stale = talk.first is None and isinstance(place, Before | After)
    touches = not is_stale and (talk.first is None or _touches(talk, new))
    talk = replace(talk, outgoing=outgoing, recalled=talk.recalled and place != LATEST)
    if touches:
        return _trimmed(_merged(talk, new), _near(new, place), stays=stays and place == LATEST)
    if isinstance(place, Around | At):
        return _trimmed(_moved(talk, new), new.first, stays=False)
    if is_stale or new.more_after:
        return talk  # it was asked for where the person is no longer
    if talk.is_past or stays:
        newer = (entry for entry in talk.latest if entry.seq > new.last)
        # What came live after an earlier start's entries may lie behind a hole.
        known = tuple(entry for entry in talk.entries if entry.seq <= talk.end)
        tail = (*new.entries, *newer)[-TAIL:]
        return replace(talk, is_past=True, entries=known, tail=tail)
    return _moved(talk, new)


def with_live(talk: Talk, entry: Entry, *, stays: bool = False) -> Talk:
    """Return the room with what was said just now.

    `stays`: the person reads further up, and nothing there may be given away for it.
    """
    arrived = entry.cmid if isinstance(entry, Message) else None
    outgoing = tuple(message for message in talk.outgoing if message.cmid != arrived)
    talk = replace(talk, outgoing=outgoing) if len(outgoing) < len(talk.outgoing) else talk
    if talk.is_past:
        return replace(talk, tail=_with(talk.tail, entry)[-TAIL:])
    entries = _with(talk.entries, entry)
    if entries is talk.entries:
        return talk
    if len(entries) <= AT_HAND + TAIL:
        return replace(talk, entries=entries)
    if stays:
        end = talk.entries[-1].seq
        return replace(talk, is_past=True, end=end, tail=entries[-TAIL:])
    return _trimmed(replace(talk, entries=entries), entry.seq, stays=False)


def returned(talk: Talk) -> Talk:
    """Return the room with its latest entries at hand."""
    if not talk.is_past:
        return talk
    first = talk.tail[0].seq if talk.tail else None
    return without_far_states(
        replace(talk, entries=talk.tail, tail=(), first=first, more=True, is_past=False, end=0)
    )


def rested(talk: Talk) -> Talk:
    """Return the room as it is held while nobody looks at it: not much more than a page."""
    talk = returned(talk)
    if len(talk.entries) <= 2 * TAIL:
        return talk
    kept = talk.entries[-TAIL:]
    return without_far_states(replace(talk, entries=kept, first=kept[0].seq, more=True))


def _touches(talk: Talk, new: Stretch) -> bool:
    assert talk.first is not None
    # The latest entries go on with what comes; those of an earlier start end where they end.
    end = talk.end if talk.is_past or talk.recalled else inf
    return new.first <= end + 1 and new.last >= talk.first - 1


def _merged(talk: Talk, new: Stretch) -> Talk:
    entries = _joined(talk.entries, new)
    if talk.first is None or new.first <= talk.first:
        talk = replace(talk, more=new.more_before)
    first = new.first if talk.first is None else min(talk.first, new.first)
    is_past = talk.is_past if talk.first is not None else new.more_after
    end = max(talk.end, new.last)
    if is_past and new.last == end and not new.more_after and not talk.tail:
        is_past = False
    merged = replace(talk, entries=entries, first=first, end=end, is_past=is_past)
    return _caught_up(merged)


def _moved(talk: Talk, new: Stretch) -> Talk:
    """Return the room at another place, with its latest entries kept."""
    newer = tuple(entry for entry in talk.latest if entry.seq > new.last)
    moved = replace(
        talk,
        entries=new.entries,
        first=new.first,
        more=new.more_before,
        end=new.last,
        is_past=new.more_after,
        tail=newer[-TAIL:],
    )
    if not new.more_after:
        return replace(moved, entries=(*new.entries, *newer), tail=())
    return without_far_states(_caught_up(moved))


def _caught_up(talk: Talk) -> Talk:
    """Return the room; if what is at hand has come to the latest, with those at its end."""
    if not talk.is_past or not talk.tail or talk.end < talk.tail[0].seq - 1:
        return talk
    newer = (entry for entry in talk.tail if entry.seq > talk.end)
    return replace(talk, entries=(*talk.entries, *newer), tail=(), is_past=False)


def _joined(known: tuple[Entry, ...], new: Stretch) -> tuple[Entry, ...]:
    """Return both in order; where both tell of a place, as the new part has it."""
    begin = bisect_left(known, new.first, key=_seq)
    end = bisect_left(known, new.last + 1, key=_seq)
    return (*known[:begin], *new.entries, *known[end:])


def _with(known: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """Return entries with one more, in its place and once."""
    if not known or known[-1].seq < entry.seq:
        return (*known, entry)
    index = bisect_left(known, entry.seq, key=_seq)
    if known[index].seq == entry.seq:
        return known
    return (*known[:index], entry, *known[index:])


def _seq(entry: Entry) -> int:
    return entry.seq


def _near(new: Stretch, place: Place) -> int:
    """Return around which place the person is who has asked for a part."""
    match place:
        case Around(seq=seq):
            return seq
        case Before():
            return new.first
        case _:
            return new.last


def _trimmed(talk: Talk, near: int, *, stays: bool) -> Talk:
    """Return the room with no more at hand than may be, around a place."""
    count = len(talk.entries)
    if count <= AT_HAND or stays:
        return talk
    middle = bisect_left(talk.entries, near, key=_seq)
    begin = max(0, min(count - AT_HAND, middle - AT_HAND // 2))
    kept = talk.entries[begin : begin + AT_HAND]
    if begin + AT_HAND < count:
        tail = talk.tail if talk.is_past else talk.entries[-TAIL:]
        talk = replace(talk, is_past=True, end=kept[-1].seq, tail=tail)
    if begin:
        talk = replace(talk, first=kept[0].seq, more=True)
    return without_far_states(replace(talk, entries=kept))


def without_far_states(talk: Talk) -> Talk:
    """Return the room without what has become of messages that are not at hand."""
    wanted: set[Target] = set()
    for entry in talk.at_hand():
        if isinstance(entry, Message | DeletedMessage):
            wanted.add(Target(entry.author, entry.cmid))
        if isinstance(entry, Message) and entry.reply_to is not None:
            wanted.add(entry.reply_to)
    states = {target: state for target, state in talk.states.items() if target in wanted}
    return replace(talk, states=states, asked=talk.asked & wanted)


def recalled(talk: Talk, entries: Iterable[Entry]) -> Talk:
    """Return the room with its latest entries of an earlier start."""
    latest = tuple(sorted(entries, key=_seq))
    if not latest:
        return replace(talk, recalled=True)
    return replace(talk, entries=latest, first=latest[0].seq, end=latest[-1].seq, recalled=True)
