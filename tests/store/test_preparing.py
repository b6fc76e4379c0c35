"""A batch is read piece by piece."""

from __future__ import annotations

import asyncio

from parley.store import batch
from parley.store.preparing import prepare
from tests.store.samples import said, with_bad_body, with_record


async def test_every_entry_is_read_in_its_place() -> None:
    entries = [said(seq) for seq in range(1, 121)]
    entries[7], entries[60] = with_bad_body(entries[7]), with_record(entries[60], b"?")

    assert await prepare(entries) == [batch.read(entry) for entry in entries]


async def test_others_go_on_while_a_great_batch_is_read() -> None:
    turns = 0

    async def go_on() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(go_on())
    await prepare([said(seq) for seq in range(1, 1001)])
    other.cancel()

    assert turns >= 20
