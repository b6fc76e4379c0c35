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


async def test_a_mark_in_a_room_that_leaves_redis_again_is_to_be_made_again() -> None:
    busy = cast(Any, BusyLog())
    marking = Marking(busy, busy, busy, busy, busy, lambda _: 4)
    who = cast(Any, SimpleNamespace(person=SimpleNamespace(id="ann"), session="phone"))

    with pytest.raises(LogUnavailable):
        await marking.mark(who, [RoomMark("lobby", 1, 4, 4)])
