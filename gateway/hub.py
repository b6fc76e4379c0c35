"""Which rooms are followed here, and what keeps each of them complete.

Owns: subscriptions, the opening of rooms, the filling of what was missed, and the heartbeat's
comparison with Redis.
Never: who may follow a room, and the commands of a connection.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from gateway.fanout import Pace
from gateway.hub_room import DeliveryMetrics, HubRoom, Joined, Reader
from gateway.reader import Missed, RoomReader
from gateway.room_view import Phase
from gateway.tasks import Tasks
from parley.protocol.entry import Position
from parley.protocol.refusals import UnknownRoom
from parley.recovery.fences import Fences
from parley.store.errors import StoreUnavailable
from parley.stream.feed import Feed
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, LogUnavailable, RoomLog, RoomPosition
from parley.stream.published import parse_published

log = structlog.get_logger()

# Between two attempts to read what was missed, while Redis or the database is away, in seconds.
_RETRY_SECONDS = 0.5
# Rooms whose positions are asked for in one call, so that no call holds Redis up for long.
_POSITIONS = 200


class HubMetrics(DeliveryMetrics, Protocol):
    """What is counted in the hub."""

    def gap_filled(self) -> None:
        """Entries that were not heard were read instead."""
        ...

    def backlog(self, shard: int, entries: int) -> None:
        """So many entries of the shard are appended and not yet stored."""
        ...

    def generation(self, shard: int, generation: int) -> None:
        """The shard is in this generation."""
        ...


@dataclass(frozen=True)
class HubLimits:
    """How events are joined, and how much a reader is given of what it missed."""

    batch_window: float
    """Seconds for which events are joined at most where much is written."""
    resume_events: int
    fill_bytes: int
    """Of what was missed here, before a room's readers are told to start it afresh."""


class Hub:
    """The rooms that somebody here follows."""

    def __init__(
        self,
        room_log: RoomLog,
        reader: RoomReader,
        fences: Fences,
        metrics: HubMetrics,
        limits: HubLimits,
    ) -> None:
        self._room_log, self._reader, self._fences = room_log, reader, fences
        self._metrics, self._limits = metrics, limits
        self._pace = Pace(limits.batch_window)
        self._rooms: dict[str, HubRoom] = {}
        self._by_channel: dict[str, HubRoom] = {}
        self._tasks = Tasks()
        self._is_closed = False
        self._feed: Feed

    def listen_to(self, feed: Feed) -> None:
        """Use this feed, whose messages come to `on_message` and `on_gap`."""
        self._feed = feed

    @property
    def rooms(self) -> int:
        return len(self._rooms)

    def top_of(self, room: str) -> int | None:
        """Return the last seq that was delivered here; None if nobody here follows the room."""
        followed = self._rooms.get(room)
        is_live = followed is not None and followed.view.phase is Phase.LIVE
        return followed.view.seq if followed is not None and is_live else None

    async def close(self) -> None:
        """Stop everything under way; connections have gone, or are about to."""
        self._is_closed = True
        await self._tasks.close()
        for room in self._rooms.values():
            room.close()

    # --- the feed ----------------------------------------------------------------------

    def on_message(self, channel: str, message: bytes) -> None:
        """Take what was published on a channel."""
        room = self._by_channel.get(channel)
        if room is None:
            return
        try:
            published = parse_published(message)
        except ValueError as error:
            log.error("published_not_understood", channel=channel, error=str(error))
            return
        room.dormant = False
        room.receive(published)
        self._mend(room)

    def on_gap(self, channel: str) -> None:
        """The subscription was lost for a while: what was published meanwhile is missing."""
        room = self._by_channel.get(channel)
        if room is not None:
            room.view.doubt()
            self._mend(room)

    # --- readers -----------------------------------------------------------------------

    async def follow(
        self, name: str, reader: Reader, cursor: Position | None, max_bytes: int
    ) -> Joined:
        """Let a reader follow a room, from its cursor or from now on.

        What it had missed is in the answer, if it fits in `max_bytes`; what comes next is delivered
        to it. Call `leave` once for each success. Raises UnknownRoom, Fenced, LogUnavailable and
        StoreUnavailable.
        """
        room = await self._enter(name)
        try:
            while True:
                with room.recording() as tail:
                    missed = None
                    if cursor is not None:
                        missed = await self._missed(room, cursor, max_bytes)
                    joined = room.join(reader, missed, tail)
                if joined is not None:
                    return joined
                if room.filling is not None:
                    await asyncio.shield(room.filling)
        except BaseException:
            self._exit(room)
            raise

    def leave(self, name: str, reader: Reader) -> None:
        """Deliver nothing more of the room to the reader."""
        room = self._rooms.get(name)
        if room is not None:
            room.part(reader)
            self._exit(room)

    async def _enter(self, name: str) -> HubRoom:
        room = self._rooms.get(name) or self._add(name)
        room.users += 1
        try:
            await asyncio.shield(room.opening)
        except BaseException:
            self._exit(room)
            raise
        return room

    def _add(self, name: str) -> HubRoom:
        shard = shard_of(name, self._room_log.shards)
        room = HubRoom(name, shard, self._pace, self._metrics)
        room.opening = asyncio.ensure_future(self._open(room))
        self._rooms[name] = self._by_channel[room.channel] = room
        return room

    def _exit(self, room: HubRoom) -> None:
        room.users -= 1
        if room.users == 0 and self._rooms.get(room.room) is room:
            del self._rooms[room.room], self._by_channel[room.channel]
            room.close()
            if not self._is_closed:  # or else the feed ends with all its subscriptions
                self._tasks.spawn(self._unsubscribe(room.channel), name="unsubscribe")

    async def _unsubscribe(self, channel: str) -> None:
        if channel in self._by_channel:
            return  # somebody has entered the room again
        try:
            await self._feed.unsubscribe(channel)
        except LogUnavailable:
            log.info("unsubscribe_failed", channel=channel)

    # --- what was missed ---------------------------------------------------------------

    async def _open(self, room: HubRoom) -> None:
        # Only what is published after the confirmation is sure to be heard, so read after it.
        await self._feed.subscribe(room.channel)
        fence = await self._fences.current(room.shard)
        try:
            position = await self._reader.position(room.room, fence)
        except Fenced:
            fence = await self._fences.refresh(room.shard)
            position = await self._reader.position(room.room, fence)
        room.open(fence.generation, position)
        self._mend(room)

    async def _missed(self, room: HubRoom, cursor: Position, max_bytes: int) -> Missed:
        fence = await self._fences.current(room.shard)
        if cursor.generation > fence.generation:
            # Another gateway has seen more than this one.
            fence = await self._fences.refresh(room.shard)
        try:
            return await self._read_missed(room, fence, cursor, max_bytes)
        except Fenced:
            fence = await self._fences.refresh(room.shard)
            return await self._read_missed(room, fence, cursor, max_bytes)

    async def _read_missed(
        self, room: HubRoom, fence: Fence, cursor: Position, max_bytes: int
    ) -> Missed:
        if fence.generation > room.view.generation:
            room.view.doubt()
            self._mend(room)
        return await self._reader.missed(
            room.room,
            fence,
            cursor,
            limit=self._limits.resume_events,
            max_bytes=max_bytes,
        )

    def _mend(self, room: HubRoom) -> None:
        if room.view.phase is Phase.FILLING and room.filling is None:
            room.filling = self._tasks.spawn(self._fill(room), name=f"fill {room.room}")

    async def _fill(self, room: HubRoom) -> None:
        try:
            while room.view.phase is Phase.FILLING:
                missed = await self._missed_at_last(room)
                room.fill(missed)
                self._metrics.gap_filled()
        finally:
            room.filling = None

    async def _missed_at_last(self, room: HubRoom) -> Missed:
        while True:
            try:
                return await self._missed(room, room.view.position, self._limits.fill_bytes)
            except (Fenced, LogUnavailable, StoreUnavailable) as error:
                log.info("filling_waits", room=room.room, error=str(error))
            except UnknownRoom:
                log.info("room_has_gone", room=room.room)
            await asyncio.sleep(_RETRY_SECONDS)

    # --- the heartbeat -----------------------------------------------------------------

    async def compare(self) -> None:
        """Compare every room with Redis, so that no loss goes unnoticed, the last entry's included.

        Raises LogUnavailable and StoreUnavailable.
        """
        by_shard = defaultdict(list)
        for room in self._rooms.values():
            if room.view.phase is Phase.LIVE:
                by_shard[room.shard].append(room)
        # Side by side: the server that has one shard may be down, and that of another not.
        compared = await asyncio.gather(
            *(self._compare_shard(shard, rooms) for shard, rooms in by_shard.items()),
            return_exceptions=True,
        )
        for failure in compared:
            if failure is not None:
                raise failure

    async def beat(self) -> None:
        """Tell the readers of each room that has moved since the last heartbeat where it stands."""
        for room in tuple(self._rooms.values()):  # a reader that is too slow takes its rooms along
            room.beat()
            await asyncio.sleep(0)  # others are served between two rooms

    async def _stored_position(self, room: HubRoom, fence: Fence) -> RoomPosition:
        try:
            return await self._reader.position(room.room, fence)
        except UnknownRoom:  # closed: nothing more will come
            return room.view.standing

    async def _compare_shard(self, shard: int, rooms: Sequence[HubRoom]) -> None:
        try:
            for first in range(0, len(rooms), _POSITIONS):
                await self._compare_some(shard, rooms[first : first + _POSITIONS])
        except BaseException:
            # Until the next time a room may come back to Redis, be used and leave it again.
            for room in rooms:
                room.dormant = False
            raise

    async def _compare_some(self, shard: int, rooms: Sequence[HubRoom]) -> None:
        fence = await self._fences.current(shard)
        names = [room.room for room in rooms]
        try:
            positions = await self._room_log.positions(shard, fence, names)
        except Fenced:
            fence = await self._fences.refresh(shard)
            positions = await self._room_log.positions(shard, fence, names)
        self._metrics.backlog(shard, positions.backlog)
        self._metrics.generation(shard, fence.generation)
        for room in rooms:
            position = positions.rooms[room.room]
            if position is None:
                position = room.view.standing
                if not room.dormant:
                    position = await self._stored_position(room, fence)
            room.dormant = positions.rooms[room.room] is None
            if room.view.compare(fence.generation, position):
                room.tell_stored()
            self._mend(room)
