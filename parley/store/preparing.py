"""Reading a batch before the transaction that writes it.

Owns: doing it piece by piece, so that neither a lock in the database nor whatever else this
process does waits for it.
Never: what an entry says (`batch.py`).
"""

import asyncio
from collections.abc import Sequence

from parley.protocol.entry import IngestEntry
from parley.store import batch
from parley.store.batch import Reading, Readings, Unreadable

# Entries that are read without a pause: a millisecond and a half.
_AT_ONCE = 50


async def prepare(entries: Sequence[IngestEntry]) -> Readings:
    """Return what the entries of a batch say, and let others go on meanwhile."""
    readings: list[Reading | Unreadable] = []
    for first in range(0, len(entries), _AT_ONCE):
        readings += map(batch.read, entries[first : first + _AT_ONCE])
        await asyncio.sleep(0)
    return readings
