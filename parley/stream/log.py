"""The room log as the services use it: what can be asked of it, and what it answers.

Owns: the interface, which Redis (`parley.stream.redis_log`) and the simulator implement.
Never: an implementation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from parley.protocol.entry import Entry, IngestEntry
from parley.stream.fence import Fence, ShardState


class LogUnavailable(Exception):
    """Redis could not be reached, or did not answer. Whether a write took effect is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LogFull(LogUnavailable):
    """Redis is at its memory limit and takes nothing new until the logger has caught up."""


class Fenced(Exception):
    """The fence that the caller holds is not the one that is open: nothing was done."""

    def __init__(self, shard: int, fence: Fence) -> None:
        super().__init__(shard, fence)
        self.shard, self.fence = shard, fence

    def __str__(self) -> str:
        return f"shard {self.shard} is not in generation {self.fence.generation} (any more)"


class Draft(NamedTuple):
    """An entry that has no number yet.

    `kind` and `target` say which entry it changes, if it changes one: `target` is that one's seq.
    An edit is withdrawn with what it changes; a deletion withdraws its target, in the same call.
    `authority` is the room's number under which its author was authorised. `fact` marks a change
    that the database has made already: it is never stale. `digest` tells a resend from a conflict.
    """

    author: str
    cmid: str
    authority: int
    counts: bool
    fact: bool
    digest: str
    body: bytes
    kind: Literal["entry", "edit", "delete", "change"] = "entry"
    target: int = 0


class Appended(NamedTuple):
    """The entry is in the log; `new` is false if it was there already."""

    seq: int
    n: int
    time: int
    new: bool


class Conflicting(NamedTuple):
    """The cmid names a different entry."""


class Stale(NamedTuple):
    """The author was authorised under an older number than the room's: authorise afresh."""

    authority: int


class Gone(NamedTuple):
    """What the entry would change is deleted."""


Outcome = Appended | Conflicting | Stale | Gone


class Unseeded(NamedTuple):
    """The room is not in Redis: seed it from the database, then ask again."""


BatchOutcome = list[Outcome] | Unseeded | Fenced | LogUnavailable
"""What became of one batch: an outcome for each draft, or the reason why it had no effect.

After LogUnavailable the effect is unknown; after LogFull there was none.
"""


@dataclass(frozen=True)
class Batch:
    """Drafts for one room, appended in their order by one atomic call."""

    room: str
    drafts: Sequence[Draft]


class Seed(NamedTuple):
    """What a room is begun with in Redis. `drops` was read before the database was."""

    drops: int
    seq: int
    n: int
    authority: int


class RoomPosition(NamedTuple):
    """Where a seeded room stands."""

    seq: int
    n: int
    stored: int


class ShardPositions(NamedTuple):
    """One answer of a heartbeat; None for a room that is not seeded."""

    drops: int
    backlog: int
    rooms: Mapping[str, RoomPosition | None]


class Recent(NamedTuple):
    """A room's position and the entries kept in Redis after the one asked for, in order.

    The first may be later than expected: what lies between is in the database.
    """

    position: RoomPosition
    entries: Sequence[Entry]


class InLog(NamedTuple):
    """Where a message is, among the unstored and the latest, and the digest of its content."""

    seq: int
    n: int
    time: int
    digest: str


class RoomLog(Protocol):
    """An ordered, replayable record of each room, in generations.

    Every method may raise LogUnavailable; those that take a fence may raise Fenced.
    """

    shards: int

    async def state(self, shard: int) -> ShardState:
        """Return the fence that the server holds, and its identity."""
        ...

    async def begin(self, shard: int, fence: Fence) -> bool:
        """Open a generation. False if a later one is open, or this is not the fence's server."""
        ...

    async def append(
        self, shard: int, fence: Fence, batches: Sequence[Batch], now: int
    ) -> list[BatchOutcome]:
        """Append and publish drafts: each batch atomically, and in order. Never retried inside.

        Raises nothing: what fails is the outcome of each batch that it concerns.
        """
        ...

    async def seed(self, room: str, fence: Fence, seed: Seed) -> bool:
        """Begin a room; of one that is begun, raise the authority to the seed's.

        False if a room was dropped since `seed.drops` was read.
        """
        ...

    async def positions(self, shard: int, fence: Fence, rooms: Sequence[str]) -> ShardPositions:
        """Return where the rooms stand, in one call."""
        ...

    async def recent(self, room: str, fence: Fence, after: int, limit: int) -> Recent | Unseeded:
        """Return the room's position, and the entries kept in Redis after `after`."""
        ...

    async def find(self, room: str, fence: Fence, author: str, cmid: str) -> InLog | None:
        """Return where a message is, among the unstored and the latest; None if it is not."""
        ...

    async def read_ingest(
        self, after: Mapping[int, tuple[int, int]], count: int, block_ms: int
    ) -> dict[int, list[IngestEntry]]:
        """Return up to `count` entries a shard, given (generation, last ingest id) for each.

        Waits up to `block_ms` for the first; 0 does not wait.
        """
        ...

    async def stored(
        self, shard: int, fence: Fence, through: int, rooms: Mapping[str, int]
    ) -> None:
        """Forget what is stored: ingest up to `through`, and publish each room's watermark."""
        ...

    async def live_rooms(self, shard: int, generation: int) -> set[str]:
        """Return the rooms that are seeded."""
        ...

    async def drop(self, room: str, fence: Fence) -> bool:
        """Take an idle room out of Redis. False if it has entries that are not stored."""
        ...

    async def purge(self, shard: int, generation: int) -> None:
        """Remove what is left of a closed generation."""
        ...

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens; a message that is lost must be noticed in another way."""
        ...

    async def memory(self) -> float:
        """Return the fullest server's share of its memory limit, 0 to 1; 0 without a limit."""
        ...
