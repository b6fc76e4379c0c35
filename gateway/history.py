"""Pages of a room's history: what there is to read, and nothing that only changes it.

Owns: which entries a page has. Edits, deletions, reactions and pins lie between messages and are
in no page: their effects are in the states of the messages that they change. Nor is what its reader
has hidden.
Never: who may read, and those states (`gateway.states`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from gateway.reader import RoomReader
from parley.protocol import limits
from parley.protocol.content import Delete, Edit, Pin, React, Stone
from parley.protocol.entry import Entry, decode_body
from parley.store.api import FullDirectory, Logs
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, RoomPosition

# A page, in bytes of bodies: with the states beside them the frame stays below SERVER_FRAME_BYTES.
_PAGE_BYTES = limits.SERVER_FRAME_BYTES // 4
# What is read from the database for one: so much more that, where this leaves something out, the
# page does, too, and says that there is more.
_STORED_BYTES = 2 * _PAGE_BYTES
# Entries that are not stored yet and are looked through for one page; the next page goes on.
_TAIL = 2_000
_CHANGES = frozenset(str(kind.__struct_config__.tag) for kind in (Edit, Delete, React, Pin))
_STONE = str(Stone.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries in order. What lies from `first` to `last` has been looked at: go on beyond it."""

    entries: list[Entry]
    first: int
    last: int
    more: bool
    # Of a page around a place: that place; `more` is about what lies before the page, and this
    # about what follows it.
    around: int = 0
    more_after: bool = False


class Reading(NamedTuple):
    """Who reads which room, and where it stood when they began to."""

    me: str
    room: str
    fence: Fence
    position: RoomPosition


class HistoryReader:
    """Reads pages. Raises UnknownRoom, Fenced, LogUnavailable and StoreUnavailable."""

    def __init__(self, reader: RoomReader, logs: Logs, directory: FullDirectory) -> None:
        self._reader, self._logs, self._directory = reader, logs, directory

    async def before(self, reading: Reading, seq: int | None, limit: int) -> HistoryPage:
        """Return the last entries below a seq, or of all."""
        position = reading.position
        last = position.seq if seq is None else min(seq - 1, position.seq)
        first = max(position.stored + 1, last - _TAIL + 1)
        found = await self._unstored(reading, first, last)
        if len(found) <= limit and first == position.stored + 1:
            end = min(first, last + 1)
            stored = await self._stored(reading, limit + 1 - len(found), before=end)
            found, first = [*stored, *found], 1
        page = _fitting(found[::-1][:limit])[::-1]
        more = len(page) < len(found) or first > 1
        reached = page[0].seq if len(page) < len(found) else first
        return HistoryPage(page, min(reached, last) if last else 0, last, more)

    async def after(self, reading: Reading, seq: int, limit: int) -> HistoryPage:
        """Return the first entries above a seq."""
        position = reading.position
        found = await self._stored(reading, limit + 1, after=seq, before=position.stored + 1)
        last = position.stored
        if len(found) <= limit:
            first = max(position.stored, seq) + 1
            last = min(position.seq, first + _TAIL - 1)
            found += await self._unstored(reading, first, last)
        page = _fitting(found[:limit])
        is_cut = len(page) < len(found)
        reached = page[-1].seq if is_cut else max(last, seq)
        return HistoryPage(page, seq + 1, reached, is_cut or reached < position.seq)

    async def around(self, reading: Reading, seq: int, limit: int) -> HistoryPage:
        """Return a page with the first entry from a seq on in its middle, as far as there are."""
        later = await self.after(reading, max(seq - 1, 0), limit - limit // 2)
        middle = later.entries[0].seq if later.entries else seq
        earlier = await self.before(reading, seq, max(limit // 2, 1))
        return HistoryPage(
            [*earlier.entries, *later.entries],
            earlier.first or later.first,
            max(later.last, earlier.last),
            earlier.more,
            middle,
            later.more,
        )

    async def at(self, reading: Reading, time: int, stored: int | None, limit: int) -> HistoryPage:
        """Return a page around the first entry at or after a time.

        `stored`: where that one is stored, as it was found since the reading began; None if it is
        not, or not yet.
        """
        if stored is None:
            position = reading.position
            last = min(position.seq, position.stored + _TAIL)
            tail = await self._between(reading, position.stored + 1, last)
            later = (entry.seq for entry in tail if entry.time >= time)
            stored = next(later, position.seq + 1)
        return await self.around(reading, stored, limit)

    async def _stored(
        self, reading: Reading, limit: int, *, before: int, after: int | None = None
    ) -> list[Entry]:
        """Return stored entries to read, in the generation in which they stand now."""
        fence = reading.fence
        stored = await self._logs.page(
            reading.room,
            after=after,
            before=before,
            limit=limit,
            max_bytes=_STORED_BYTES,
            shown=True,
            reader=reading.me,
        )
        if any(entry.generation > fence.generation for entry in stored):
            raise Fenced(shard_of(reading.room, self._reader.shards), fence)
        return [entry._replace(generation=fence.generation) for entry in stored]

    async def _unstored(self, reading: Reading, first: int, last: int) -> list[Entry]:
        """Return entries to read of what was not stored when the reading began."""
        shown = _shown(await self._between(reading, first, last))
        if not shown:
            return shown
        hidden = await self._directory.hidden(reading.me, reading.room, first, last)
        return [entry for entry in shown if entry.seq not in hidden]

    async def _between(self, reading: Reading, first: int, last: int) -> list[Entry]:
        return await self._reader.between(reading.room, reading.fence, first, last)


class _Kind(msgspec.Struct):
    kind: str
    reason: str = ""


_kind_decoder = msgspec.json.Decoder(_Kind)


def _shown(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if _is_shown(entry)]


def _is_shown(entry: Entry) -> bool:
    """Return whether it is something to read, as the column `shown` will say once it is stored."""
    content = _kind_decoder.decode(decode_body(entry.body).content)
    return content.kind not in _CHANGES and (content.kind != _STONE or content.reason == "deleted")


def _fitting(entries: list[Entry]) -> list[Entry]:
    """Return as many entries from the first on as one page may hold, at least one."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(entry.body)
        if size > _PAGE_BYTES and count:
            return entries[:count]
    return entries
