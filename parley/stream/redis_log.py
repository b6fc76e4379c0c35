"""The room log over a Redis server, or over an embedded one.

Owns: the calls of the function library that change and read a room's log.
Never: a retry of an append: whether the first took effect is unknown, and only the sender's
outbox may decide to send again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from parley.protocol.entry import IngestEntry, parse_record
from parley.stream import keys
from parley.stream.fence import Fence, ShardState, parse_fence
from parley.stream.functions import Call, Functions, Mode, library, reaching_redis, unavailable
from parley.stream.log import (
    Appended,
    Batch,
    BatchOutcome,
    Conflicting,
    Draft,
    Fenced,
    Gone,
    InLog,
    LogUnavailable,
    Outcome,
    Recent,
    RoomPosition,
    Seed,
    ShardPositions,
    Stale,
    Unseeded,
)

__all__ = ["Mode", "RedisLog", "library"]

# Keys removed by one UNLINK while a closed generation is purged.
_PURGE_KEYS = 500


class RedisLog:
    """The room log of `shards` shards; implements `parley.stream.log.RoomLog`.

    `recent_entries` stored entries are kept for each live room, for quick resumes.
    `client` must not retry commands; `reader` may block, and serves the ingest streams alone.
    `name` is this process's, noted with each entry that it appends.
    """

    def __init__(
        self,
        client: Any,
        reader: Any,
        *,
        shards: int,
        mode: Mode,
        recent_entries: int,
        name: str = "",
    ) -> None:
        self._client, self._reader = client, reader
        self.shards = shards
        self._functions = Functions(client, mode)
        self._call = self._functions.call
        self._recent_entries = recent_entries
        self._name = name

    async def load_library(self) -> None:
        """Give the server the function library. Safe at any time, by any number of processes."""
        await self._functions.load()

    async def state(self, shard: int) -> ShardState:
        fence, identity = await self._call("state", _fence_keys(shard))
        return ShardState(parse_fence(fence.decode()), identity.decode())

    async def begin(self, shard: int, fence: Fence) -> bool:
        return bool(await self._call("begin", _fence_keys(shard), str(fence)) == 1)

    async def append(
        self, shard: int, fence: Fence, batches: Sequence[Batch], now: int
    ) -> list[BatchOutcome]:
        calls = [self._append_call(shard, fence, batch, now) for batch in batches]
        try:
            answers = await self._functions.call_all(calls)
        except LogUnavailable as error:
            return [error for _ in batches]
        return [_batch_outcome(shard, fence, answer) for answer in answers]

    async def seed(self, room: str, fence: Fence, seed: Seed) -> bool:
        shard = keys.shard_of(room, self.shards)
        answer = await self._call(
            "seed",
            [
                *_fence_keys(shard),
                keys.counters(shard, fence.generation),
                keys.live(shard, fence.generation),
                keys.room(shard, fence.generation, room),
            ],
            *(str(fence), room, seed.drops, seed.seq, seed.n, seed.authority),
        )
        _check_fence(answer, shard, fence)
        return bool(answer == b"ok")

    async def positions(self, shard: int, fence: Fence, rooms: Sequence[str]) -> ShardPositions:
        generation = fence.generation
        answer = await self._call(
            "positions",
            [
                *_fence_keys(shard),
                keys.counters(shard, generation),
                keys.ingest(shard, generation),
                *(keys.room(shard, generation, room) for room in rooms),
            ],
            str(fence),
        )
        _check_fence(answer[0], shard, fence)
        found = (RoomPosition(*map(int, held)) if held else None for held in answer[3:])
        return ShardPositions(int(answer[1]), int(answer[2]), dict(zip(rooms, found, strict=True)))

    async def recent(self, room: str, fence: Fence, after: int, limit: int) -> Recent | Unseeded:
        shard = keys.shard_of(room, self.shards)
        answer = await self._call(
            "recent",
            [
                *_fence_keys(shard),
                keys.room(shard, fence.generation, room),
                keys.recent(shard, fence.generation, room),
                keys.redacted(shard, fence.generation, room),
            ],
            *(str(fence), after, limit),
        )
        _check_fence(answer[0], shard, fence)
        if answer[0] == b"unseeded":
            return Unseeded()
        position = RoomPosition(int(answer[1]), int(answer[2]), int(answer[3]))
        return Recent(position, [parse_record(record) for record in answer[4]])

    async def find(self, room: str, fence: Fence, author: str, cmid: str) -> InLog | None:
        shard = keys.shard_of(room, self.shards)
        answer = await self._call(
            "find",
            [*_fence_keys(shard), keys.sent(shard, fence.generation, room)],
            *(str(fence), f"{author}:{cmid}"),
        )
        _check_fence(answer[0], shard, fence)
        if answer[0] == b"unknown":
            return None
        return InLog(int(answer[1]), int(answer[2]), int(answer[3]), answer[4].decode())

    async def read_ingest(
        self, after: Mapping[int, tuple[int, int]], count: int, block_ms: int
    ) -> dict[int, list[IngestEntry]]:
        streams = {
            keys.ingest(shard, generation): f"{ingest_id}-0"
            for shard, (generation, ingest_id) in after.items()
        }
        shards = dict(zip(streams, after, strict=True))
        async with reaching_redis():
            answer = await self._reader.xread(streams, count=count, block=block_ms or None)
        return {
            shards[stream.decode()]: [_ingest_entry(*item) for item in items]
            for stream, items in answer or ()
        }

    async def stored(
        self, shard: int, fence: Fence, through: int, rooms: Mapping[str, int]
    ) -> None:
        touched = [*_fence_keys(shard), keys.ingest(shard, fence.generation)]
        args: list[str | int] = [str(fence), through, self._recent_entries]
        for room, seq in rooms.items():
            touched += keys.room_keys(shard, fence.generation, room)
            args += [keys.room_channel(shard, room), seq]
        _check_fence(await self._call("stored", touched, *args), shard, fence)

    async def live_rooms(self, shard: int, generation: int) -> set[str]:
        async with reaching_redis():
            rooms = await self._client.smembers(keys.live(shard, generation))
        return {room.decode() for room in rooms}

    async def drop(self, room: str, fence: Fence) -> bool:
        shard = keys.shard_of(room, self.shards)
        answer = await self._call(
            "drop",
            [
                *_fence_keys(shard),
                keys.counters(shard, fence.generation),
                keys.live(shard, fence.generation),
                *keys.room_keys(shard, fence.generation, room),
            ],
            *(str(fence), room),
        )
        _check_fence(answer, shard, fence)
        return bool(answer == b"ok")

    async def purge(self, shard: int, generation: int) -> None:
        names = [
            key
            for room in await self.live_rooms(shard, generation)
            for key in keys.room_keys(shard, generation, room)
        ]
        names += [keys.ingest(shard, generation), keys.counters(shard, generation)]
        names.append(keys.unwritten_marks(shard, generation))
        # The set goes last: it is how an interrupted purge finds its work again.
        names.append(keys.live(shard, generation))
        async with reaching_redis():
            for first in range(0, len(names), _PURGE_KEYS):
                await self._client.unlink(*names[first : first + _PURGE_KEYS])

    async def publish(self, channel: str, message: bytes) -> None:
        async with reaching_redis():
            await self._client.execute_command("SPUBLISH", channel, message)

    async def memory(self) -> float:
        if self._functions.mode == "embedded":
            return 0.0
        async with reaching_redis():
            info = await self._client.info("memory")
        limit = info["maxmemory"]
        return info["used_memory"] / limit if limit else 0.0

    def _append_call(self, shard: int, fence: Fence, batch: Batch, now: int) -> Call:
        touched = [
            *_fence_keys(shard),
            keys.counters(shard, fence.generation),
            keys.ingest(shard, fence.generation),
            *keys.room_keys(shard, fence.generation, batch.room),
        ]
        channel = keys.room_channel(shard, batch.room)
        args: list[Any] = [str(fence), batch.room, channel, now, self._name]
        for draft in batch.drafts:
            args += _draft_args(draft)
        return "append", touched, args


def _fence_keys(shard: int) -> list[str]:
    return [keys.fence(shard), keys.identity(shard)]


def _draft_args(draft: Draft) -> list[Any]:
    return [
        draft.authority,
        int(draft.counts),
        int(draft.fact),
        draft.kind,
        draft.target,
        f"{draft.author}:{draft.cmid}",
        draft.digest,
        draft.body,
    ]


def _batch_outcome(shard: int, fence: Fence, answer: Any) -> BatchOutcome:
    if isinstance(answer, Exception):
        return unavailable(answer)
    match answer[0]:
        case b"fence":
            return Fenced(shard, fence)
        case b"unseeded":
            return Unseeded()
        case _:
            return [_outcome(item) for item in answer[1:]]


def _outcome(item: Sequence[bytes]) -> Outcome:
    match item:
        case [b"new" | b"seen" as kind, seq, n, time]:
            return Appended(int(seq), int(n), int(time), kind == b"new")
        case [b"stale", authority]:
            return Stale(int(authority))
        case [b"gone"]:
            return Gone()
        case _:
            return Conflicting()


def _check_fence(answer: Any, shard: int, fence: Fence) -> None:
    if answer == b"fence":
        raise Fenced(shard, fence)


def _ingest_entry(stream_id: bytes, fields: Mapping[bytes, bytes]) -> IngestEntry:
    author, _, cmid = fields[b"k"].decode().partition(":")
    return IngestEntry(
        int(stream_id.split(b"-")[0]),
        fields[b"m"].decode(),
        author,
        cmid,
        fields[b"r"],
        fields.get(b"g", b"").decode(),
    )
