"""What Prometheus is told: each metric once, with what it means.

Owns: the metrics of a gateway, of a logger, and of the shards that both work on. `parley serve`
has all three in one registry. `docs/operations.md` lists them, and a test holds it to that.
Never: a global registry. Whoever starts a service makes one and hands it on.
"""

from contextlib import AbstractContextManager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# Seconds. An append takes about a millisecond; after 5 s the person has noticed.
_APPEND_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# Seconds. A search is to be done before the person wonders; after 5 s most have given up.
_SEARCH_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# Seconds. A commit waits for the disk; after 10 s the logger's lease is in danger.
_COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def new_registry() -> CollectorRegistry:
    """Return a registry that has the memory, time and open files of this process in it."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def render(registry: CollectorRegistry) -> bytes:
    """Return every metric, as text of the type `CONTENT_TYPE`."""
    return generate_latest(registry)


class ShardMetrics:
    """What is known of each shard. Whoever sees one reports it, so take the greatest, not the sum.

    A metric can be registered once, and both services see shards: hence a class of its own.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._backlog = Gauge(
            "parley_backlog",
            "Entries of the shard that are in Redis and not stored yet",
            ["shard"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._generation = Gauge(
            "parley_generation",
            "Generation of the shard, which rises when Redis has lost something",
            ["shard"],
            registry=registry,
            multiprocess_mode="livemax",
        )

    def backlog(self, shard: int, entries: int) -> None:
        """So many entries of the shard are appended and not yet stored."""
        self._backlog.labels(shard).set(entries)

    def generation(self, shard: int, generation: int) -> None:
        """The shard is in this generation."""
        self._generation.labels(shard).set(generation)


class GatewayMetrics:
    """What a gateway does for its clients."""

    def __init__(self, registry: CollectorRegistry, shards: ShardMetrics) -> None:
        self.shards = shards
        self.connections = Gauge(
            "parley_connections",
            "Open connections",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.rooms = Gauge(
            "parley_rooms",
            "Rooms that somebody connected here is in",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.events_in = Counter(
            "parley_events_in",
            "Events that clients have sent and Redis has taken",
            registry=registry,
        )
        self.deliveries = Counter(
            "parley_deliveries", "Events written to connections", registry=registry
        )
        self.bytes_out = Counter(
            "parley_bytes_out", "Bytes written to connections", registry=registry
        )
        self.append_seconds = Histogram(
            "parley_append_seconds",
            "Seconds that a call took by which Redis takes one or more events",
            buckets=_APPEND_BUCKETS,
            registry=registry,
        )
        self.slow_readers = Counter(
            "parley_slow_readers",
            "Connections that took in too little and had to reconnect",
            registry=registry,
        )
        self.refusals = Counter(
            "parley_refusals",
            "Commands refused, by the refusal's code",
            ["code"],
            registry=registry,
        )
        self.sign_ins = Counter(
            "parley_sign_ins",
            "Attempts to sign in or up, by outcome: welcomed, or the refusal's code",
            ["outcome"],
            registry=registry,
        )
        self.resumes = Counter(
            "parley_resumes",
            "Rooms resumed: recovered (exactly what was missed) or restarted (afresh)",
            ["outcome"],
            registry=registry,
        )
        self.search_seconds = Histogram(
            "parley_search_seconds",
            "Seconds that a search for messages took",
            buckets=_SEARCH_BUCKETS,
            registry=registry,
        )
        self.typing_told = Counter(
            "parley_typing_told",
            "Signals of typing passed on to a room",
            registry=registry,
        )
        self.gaps_filled = Counter(
            "parley_gaps_filled",
            "Holes noticed in a room's events and filled before anything later went out",
            registry=registry,
        )

    def delivered(self, events: int, readers: int, size: int) -> None:
        """`events` frames of `size` bytes in all were written to so many readers."""
        self.deliveries.inc(events * readers)
        self.bytes_out.inc(size * readers)

    def append_time(self) -> AbstractContextManager[object]:
        """Measure one call that appends."""
        return self.append_seconds.time()

    def signed_in(self, outcome: str) -> None:
        """An attempt to sign in or up ended so: `welcomed`, or a refusal's code."""
        self.sign_ins.labels(outcome).inc()

    def refused(self, code: str) -> None:
        """A command was refused with this code."""
        self.refusals.labels(code).inc()

    def resumed(self, *, recovered: bool) -> None:
        """A room was resumed, or has to start afresh."""
        self.resumes.labels("recovered" if recovered else "restarted").inc()

    def gap_filled(self) -> None:
        """Entries that were not heard were read instead."""
        self.gaps_filled.inc()

    def backlog(self, shard: int, entries: int) -> None:
        """So many entries of the shard are appended and not yet stored."""
        self.shards.backlog(shard, entries)

    def generation(self, shard: int, generation: int) -> None:
        """The shard is in this generation."""
        self.shards.generation(shard, generation)


class LoggerMetrics:
    """What a logger does with the stream."""

    def __init__(self, registry: CollectorRegistry, shards: ShardMetrics) -> None:
        self.shards = shards
        self.commit_seconds = Histogram(
            "parley_commit_seconds",
            "Seconds that a transaction of the logger took",
            buckets=_COMMIT_BUCKETS,
            registry=registry,
        )
        self.entries_stored = Counter(
            "parley_entries_stored", "Entries stored in the database", registry=registry
        )
        self.marks_written = Counter(
            "parley_marks_written",
            "Marks of what was received and read, written to the database",
            registry=registry,
        )
        self.set_aside = Counter(
            "parley_set_aside",
            "Entries set aside, by reason: refused (cannot be stored) or alarm (contradictory)",
            ["reason"],
            registry=registry,
        )
        self.alarms = Counter(
            "parley_alarms",
            "Entries that contradict what is stored: an operator has to look",
            registry=registry,
        )
        self.shards_held = Gauge(
            "parley_shards_held", "Shards that this logger holds", registry=registry
        )
        self.takeovers = Counter(
            "parley_takeovers", "Shards taken over from another logger", registry=registry
        )
