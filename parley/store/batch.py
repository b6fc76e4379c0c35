"""What becomes of a batch of ingest entries: decided from values, before anything is written.

Owns: reading an entry into the row that it will be, and the rules that keep each room's log
contiguous: what is new, what is there already, what clashes, where a hole is.
Never: a database; what must be known of it arrives as arguments.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from parley.protocol.content import Content, Delete, Edit, Pin, React, Stone, Text, target_of
from parley.protocol.entry import (
    Entry,
    IngestEntry,
    content_digest,
    decode_body,
    decode_content,
    decode_named,
    encode_content,
    parse_record,
)
from parley.protocol.limits import INTEGER_MAX
from parley.store.records import Alarm
from parley.store.search.said import Said, said

# Longer than any id that Parley makes, and short enough for any index.
_ID_CHARACTERS = 64
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
STONE_KIND = str(Stone.__struct_config__.tag)
# Of a message that was deleted: it is the digest of whatever it may have said.
DELETED_DIGEST = ""
_TEXT = str(Text.__struct_config__.tag)
# What has words of its own.
_SAY = frozenset(str(kind.__struct_config__.tag) for kind in (Text, Edit))
# What changes a message that is there; the others are something to read.
_CHANGES = frozenset(str(kind.__struct_config__.tag) for kind in (Edit, Delete, React, Pin))
_KNOWN_KINDS = frozenset(content.__struct_config__.tag for content in Content.__args__)


class MessageRow(NamedTuple):
    """A row of the table `messages`; the names are its columns'."""

    room_id: str
    seq: int
    generation: int
    n: int
    time: int
    author_id: str | None
    cmid: str | None
    digest: str
    kind: str
    content: str
    shown: bool = True
    target_seq: int | None = None
    derived: str | None = None
    accepted_by: str = ""

    def as_stone(self, stone: Stone) -> "MessageRow":
        """Return the row that keeps this one's place.

        It keeps the digest too: read again, the entry is known to have been dealt with.
        """
        content = encode_content(stone).decode()
        return self._replace(
            author_id=None,
            cmid=None,
            kind=STONE_KIND,
            content=content,
            shown=False,
            target_seq=None,
            derived=None,
        )

    def became(self, stored: "MessageRow") -> bool:
        """Return whether `stored` is what was made of this row when it was written before."""
        if stored.kind == STONE_KIND:
            return stored.digest in (DELETED_DIGEST, self.digest)
        mine = (self.author_id, self.cmid, self.digest)
        return mine == (stored.author_id, stored.cmid, stored.digest)


class Reading(NamedTuple):
    """An ingest entry and the row that it will be: a stone, if `fault` says what is wrong.

    `said`: what a text, or an edit, says.
    """

    ingest: IngestEntry
    row: MessageRow
    fault: str | None
    said: Said | None = None


class Unreadable(NamedTuple):
    """An ingest entry of which not even its place in the log can be read."""

    ingest: IngestEntry
    fault: str


Readings = Sequence[Reading | Unreadable]
"""What a batch says, in the order of the ingest stream."""


class Head(NamedTuple):
    """Where a room's stored log ends."""

    generation: int
    seq: int
    n: int


class HeldBack(NamedTuple):
    """An entry that must not be written."""

    ingest: IngestEntry
    reason: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """A batch, sorted. `new` is contiguous in each room, and leads to `heads`.

    `first_seqs`: where a room begins a generation, by room and generation.
    """

    new: list[Reading] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    first_seqs: dict[tuple[str, int], int] = field(default_factory=dict)
    held_back: list[HeldBack] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)


# --- reading -------------------------------------------------------------------------------


def read(ingest: IngestEntry) -> Reading | Unreadable:
    """Return what an ingest entry says, or what is wrong with it."""
    try:
        entry = _place(ingest)
    except ValueError as error:
        return Unreadable(ingest, f"its record cannot be read: {error}")
    try:
        row = _message(ingest, entry)
        words = said(row.content, row.derived) if row.kind in _SAY else None
        return Reading(ingest, row, None, words)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        generation, seq, n, time, body = entry
        place = (ingest.room, seq, generation, n, time)
        row = MessageRow(*place, None, None, content_digest(body), STONE_KIND, content="")
        fault = f"its body cannot be read: {error}"
        return Reading(ingest, row.as_stone(Stone("set_aside")), fault)


def _place(ingest: IngestEntry) -> Entry:
    if storable_id(ingest.room) != ingest.room:
        raise ValueError("its room is no id")
    entry = parse_record(ingest.record)
    numbers = entry[:4]
    if entry.seq < 1 or min(numbers) < 0 or max(numbers) > INTEGER_MAX:
        raise ValueError("a number is out of range")
    return entry


def _message(ingest: IngestEntry, entry: Entry) -> MessageRow:
    generation, seq, n, time, encoded = entry
    body = decode_body(encoded)
    if storable_id(body.author) != body.author:
        raise ValueError("its author is no id")
    if storable_cmid(body.cmid) != body.cmid:
        raise ValueError("its cmid is no UUID")
    content, derived = bytes(body.content), bytes(body.derived)
    kind = _kind(content)
    is_change, named = kind in _CHANGES, decode_named(derived)
    return MessageRow(
        ingest.room,
        seq,
        generation,
        n,
        time,
        body.author,
        body.cmid,
        content_digest(content),
        kind,
        content.decode(),
        shown=not is_change and kind != STONE_KIND,
        target_seq=named.seq or None if is_change else None,
        derived=derived.decode() or None,
        accepted_by=storable_text(ingest.gateway),
    )


class _Kind(msgspec.Struct):
    kind: str


_kind_decoder = msgspec.json.Decoder(_Kind)


def _kind(content: bytes) -> str:
    """Return the content's kind. One that is not known here is a later version's, and stored."""
    kind = _kind_decoder.decode(content).kind
    if kind in _KNOWN_KINDS:
        decode_content(content)
    return kind


def storable_text(text: str) -> str:
    """Return the text as every database takes it."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")


def storable_id(text: str | None) -> str | None:
    """Return an id as every database takes it, cut to what fits into an index."""
    return None if text is None else storable_text(text)[:_ID_CHARACTERS]


def storable_cmid(text: str | None) -> str | None:
    """Return a cmid if it is one."""
    return text if text is not None and _UUID.fullmatch(text) else None


# --- aiming --------------------------------------------------------------------------------

Name = tuple[str, str]
"""An author and their `cmid`."""


def targets(new: Iterable[Reading]) -> set[Name]:
    """Return the names of the messages that new entries change."""
    return {name for reading in new if (name := _target(reading.row)) is not None}


def aimed(new: Iterable[Reading], stored: Mapping[Name, tuple[str, int]]) -> list[Reading]:
    """Return new entries, each change pointing at where the message that it names is kept.

    A gateway may have found a second copy of the message, of which only a stone is kept. `stored`:
    the room and seq of those that are there already.
    """
    new, places = list(new), dict(stored)
    if not targets(new):
        return new
    for row in (reading.row for reading in new if reading.fault is None):
        if row.kind == _TEXT:
            places.setdefault((row.author_id or "", row.cmid or ""), (row.room_id, row.seq))
    return [_aimed(reading, places) for reading in new]


def _aimed(reading: Reading, places: Mapping[Name, tuple[str, int]]) -> Reading:
    row, name = reading.row, _target(reading.row)
    room, seq = places.get(name, ("", 0)) if name is not None else ("", 0)
    if room != row.room_id or seq == row.target_seq:
        return reading
    return reading._replace(row=row._replace(target_seq=seq))


def _target(row: MessageRow) -> Name | None:
    if row.target_seq is None:
        return None
    target = target_of(row.author_id or "", decode_content(row.content.encode()))
    return None if target is None else (target.author, target.cmid)


# --- sorting -------------------------------------------------------------------------------


def sort(
    readings: Iterable[Reading | Unreadable],
    heads: Mapping[str, Head],
    stored: Mapping[tuple[str, int], MessageRow],
) -> Sorted:
    """Sort a batch by what must become of each entry.

    `heads`: where the rooms' logs end, for those that have begun. `stored`, by room and seq: the
    rows at the places, up to there, that entries of the batch claim.
    """
    sorting = _Sorting(heads, stored)
    for reading in readings:
        sorting.add(reading)
    return sorting.result


class _Sorting:
    def __init__(
        self, heads: Mapping[str, Head], stored: Mapping[tuple[str, int], MessageRow]
    ) -> None:
        self._heads, self._stored = heads, dict(stored)
        self._broken: set[str] = set()
        self.result = Sorted()

    def add(self, reading: Reading | Unreadable) -> None:
        room = reading.ingest.room
        if room in self._broken:
            held_back = HeldBack(reading.ingest, "it follows an entry that was set aside")
            self.result.held_back.append(held_back)
        elif isinstance(reading, Unreadable):
            self._break(reading.ingest, None, reading.fault)
        else:
            self._place(reading, self._head(room))

    def _head(self, room: str) -> Head:
        return self.result.heads.get(room) or self._heads.get(room) or Head(0, 0, 0)

    def _place(self, reading: Reading, head: Head) -> None:
        ingest, row = reading.ingest, reading.row
        if row.seq <= head.seq:
            if not row.became(self._stored[row.room_id, row.seq]):
                self._break(ingest, row.seq, "a different message is stored in its place")
        elif row.seq > head.seq + 1:
            self._break(ingest, row.seq, f"there is a hole: only {head.seq} are stored before it")
        elif row.generation < head.generation:
            self._break(ingest, row.seq, f"generation {head.generation} had begun before it")
        else:
            self._accept(reading, head)

    def _accept(self, reading: Reading, head: Head) -> None:
        row = reading.row
        if row.generation != head.generation:
            self.result.first_seqs[row.room_id, row.generation] = row.seq
        self.result.new.append(reading)
        self.result.heads[row.room_id] = Head(row.generation, row.seq, row.n)
        self._stored[row.room_id, row.seq] = row

    def _break(self, ingest: IngestEntry, seq: int | None, reason: str) -> None:
        self._broken.add(ingest.room)
        self.result.held_back.append(HeldBack(ingest, reason))
        self.result.alarms.append(Alarm(ingest.room, seq, reason))
