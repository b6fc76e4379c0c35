"""Marks on their way through a gateway."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.marking import Marking
from parley.protocol.commands import RoomMark
from parley.store.records import RoomSeed
from parley.stream.fence import Fence
from parley.stream.log import LogUnavailable, Unseeded
from parley.stream.marks import DeviceMark


class BusyLog:
    """A log that every room leaves as soon as it is seeded; and the marks, logs, fences beside."""

    shards = 1

    async def mark(self, *_: object) -> Unseeded:
        return Unseeded()

    async def current(self, _: int) -> Fence:
        return Fence(1, "server")

    async def seed(self, *_: object) -> Any:
        return RoomSeed(4, 4, 1, 1)

    async def positions(self, *_: object) -> Any:
        return SimpleNamespace(drops=0, rooms={})


class LaterLog(BusyLog):
    """A log in its second generation: of the first, entries up to 3 have survived."""

    def __init__(self) -> None:
        self.marked: list[DeviceMark] = []

    async def mark(self, *asked: Any) -> list[DeviceMark]:  # type: ignore[override]
        self.marked += asked[2]
        return []

    async def current(self, _: int) -> Fence:
        return Fence(2, "server")

    async def survived(self, *_: object) -> int:
        return 3


WHO = cast(Any, SimpleNamespace(person=SimpleNamespace(id="ann"), session="phone"))


@pytest.mark.parametrize(
    ("generation", "taken"),
    [(1, [DeviceMark("ann", "phone", 3, 2)]), (2, [DeviceMark("ann", "phone", 5, 2)]), (3, [])],
)
async def test_of_a_mark_in_an_earlier_generation_counts_what_has_survived(
    generation: int, taken: list[DeviceMark]
) -> None:
    later = LaterLog()
    ways = cast(Any, later)
    marking = Marking(ways, ways, ways, ways, ways, lambda _: 4)

    await marking.mark(WHO, [RoomMark("lobby", generation, read=2, delivered=5)])

    assert later.marked == taken


async def test_a_mark_in_a_room_that_leaves_redis_again_is_to_be_made_again() -> None:
    busy = cast(Any, BusyLog())
    marking = Marking(busy, busy, busy, busy, busy, lambda _: 4)

    with pytest.raises(LogUnavailable):
        await marking.mark(WHO, [RoomMark("lobby", 1, 4, 4)])
