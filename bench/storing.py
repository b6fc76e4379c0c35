"""The logger alone: a stream that is full, and nobody else at work.

Owns: filling the stream, and the watch on how fast it is stored.
Never: a gateway; it is stopped before.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.contenders.parley import Parley
from bench.measure import cpu_seconds
from bench.scene import WORDS, many_rooms
from parley.protocol.content import Text
from parley.protocol.entry import content_digest, encode_body, encode_content
from parley.protocol.ids import new_cmid
from parley.recovery.seeding import seed_room
from parley.services.base import Foundation, clock, foundation
from parley.settings import DatabaseSettings, StreamOptions
from parley.stream.clients import server_clients
from parley.stream.keys import shard_of
from parley.stream.log import Batch, Draft

# Of one call that fills the stream.
_BATCH = 200
_POLL_SECONDS = 0.02
_LONGEST_SECONDS = 120.0


class NotStored(Exception):
    """The logger did not come to the end of the stream."""


@dataclass(frozen=True)
class Stored:
    """Entries that the logger has stored, from its first commit to its last."""

    contender: str
    entries: int
    seconds: float
    cpu: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.entries / self.seconds

    def cpu_us(self, role: str) -> float:
        """Return the processor's microseconds for each entry."""
        return self.cpu.get(role, 0.0) * 1e6 / self.entries


def storing(contender: Parley, entries: int) -> Stored:
    """(g) So many texts, in 100 rooms, stored by a logger that finds them. Raises NotStored."""
    contender.plan(many_rooms(100, 10))
    for role in ("gateway", "logger"):
        for server in contender.servers(role):
            server.stop()
    return asyncio.run(_store(contender, entries))


async def _store(contender: Parley, entries: int) -> Stored:
    database, redis = DatabaseSettings(url=contender.url), server_clients(contender.redis.url)
    async with foundation(database, redis, StreamOptions()) as parts:
        await _fill(parts, contender.rooms, entries)
        (logger,) = contender.servers("logger")
        goal = await _ingested(parts)
        starting = asyncio.create_task(asyncio.to_thread(logger.start))
        try:
            return await _watch(parts, contender, goal)
        finally:
            await starting


async def _fill(parts: Foundation, rooms: list[str], entries: int) -> None:
    """Append texts, room after room, until there are so many."""
    content = encode_content(Text(WORDS))
    digest = content_digest(content)
    for first in range(0, entries, _BATCH):
        room = rooms[first // _BATCH % len(rooms)]
        now, author = clock(), f"p{first % 1000:07}"
        cmids = [new_cmid(now, first + number + 1) for number in range(_BATCH)]
        drafts = [
            Draft(author, cmid, 0, True, True, digest, encode_body(author, cmid, content))
            for cmid in cmids
        ]
        shard = shard_of(room, parts.room_log.shards)
        fence = await parts.fences.current(shard)
        await seed_room(parts.room_log, parts.logs, room, fence)
        (outcome,) = await parts.room_log.append(shard, fence, [Batch(room, drafts)], now)
        if not isinstance(outcome, list):
            raise NotStored(f"the stream was not filled: {outcome}")


async def _ingested(parts: Foundation) -> int:
    """Return the sum of the shards' checkpoints when everything will have been stored."""
    goal = 0
    for row in await parts.logs.shards():
        fence = await parts.fences.current(row.shard)
        positions = await parts.room_log.positions(row.shard, fence, ())
        goal += row.checkpoint + positions.backlog
    return goal


async def _checkpoints(parts: Foundation) -> int:
    return sum(row.checkpoint for row in await parts.logs.shards())


async def _watch(parts: Foundation, contender: Parley, goal: int) -> Stored:
    """Measure from the first progress on: what starting takes is not storing."""
    ends, begun = time.monotonic() + _LONGEST_SECONDS, await _checkpoints(parts)
    while (first := await _checkpoints(parts)) == begun:
        if time.monotonic() > ends:
            raise NotStored("the logger stored nothing")
        await asyncio.sleep(_POLL_SECONDS)
    began, before = time.monotonic(), cpu_seconds(contender.processes())
    while await _checkpoints(parts) < goal:
        if time.monotonic() > ends:
            raise NotStored(f"{goal - await _checkpoints(parts)} entries were left")
        await asyncio.sleep(_POLL_SECONDS)
    seconds, after = time.monotonic() - began, cpu_seconds(contender.processes())
    cost = {role: after[role] - before[role] for role in before if role in after}
    return Stored(contender.name, goal - first, seconds, cost)
