"""How marks come into the database."""

from __future__ import annotations

import pytest

from logger.marks import MarkWriter
from parley.store.errors import StoreUnavailable
from parley.store.mark_records import NewMark
from parley.stream.log import Unseeded
from parley.stream.marks import DeviceMark
from tests.logger.parts import held_shard, new_metrics, store
from tests.recovery.ground import LOBBY, Ground
from tests.stream.homes import draft

ANN = DeviceMark("idann", "sesann", 1, 1)


async def mark(ground: Ground) -> None:
    """Have ann mark the lobby's first entry."""
    fence = await ground.fences.current(0)
    assert not isinstance(await ground.mark_log.mark(LOBBY, fence, [ANN]), Unseeded)


async def read_by_ann(ground: Ground) -> int:
    (standing,) = await ground.directory.room_standings("idann", {LOBBY: 0})
    return standing.tally.read


async def test_a_mark_is_written_once_what_it_covers_is_stored(ground: Ground) -> None:
    await ground.sign_up("ann")
    shard = await held_shard(ground)
    await ground.say(draft(1))
    await mark(ground)
    metrics = new_metrics()
    writer = MarkWriter(ground.mark_log, ground.directory, metrics)

    await writer.sweep([shard])
    assert await read_by_ann(ground) == 0

    await store(ground, shard)
    await writer.sweep([shard])
    assert await read_by_ann(ground) == 1
    assert await ground.mark_log.unwritten(0, shard.fence.generation) == []
    (counted,) = metrics.marks_written.collect()
    assert counted.samples[0].value == 1


async def test_a_mark_that_could_not_be_written_is_kept(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.sign_up("ann")
    shard = await held_shard(ground)
    await ground.say(draft(1))
    await mark(ground)
    await store(ground, shard)

    async def away(_: list[NewMark]) -> list[NewMark]:
        raise StoreUnavailable("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(ground.directory, "write_marks", away)
        with pytest.raises(StoreUnavailable):
            await MarkWriter(ground.mark_log, ground.directory, new_metrics()).sweep([shard])
    await MarkWriter(ground.mark_log, ground.directory, new_metrics()).sweep([shard])

    assert await read_by_ann(ground) == 1
