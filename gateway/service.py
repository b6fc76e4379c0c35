"""A gateway: its parts put together, and what it does by itself.

Owns: the wiring, the heartbeat, and the stop.
Never: a socket (`gateway.server`), the environment, or which Redis and which database it has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import structlog

from gateway.accounts import Accounts, Identity
from gateway.appender import Appender
from gateway.commands import Commands
from gateway.commands.tools import Tools
from gateway.connection import Connection, ConnectionLimits, Services
from gateway.frames import message_frame
from gateway.hub import Hub, HubLimits
from gateway.limits import Limiter
from gateway.marking import TELL_SECONDS, Marking
from gateway.passwords import Passwords
from gateway.peer import Peer
from gateway.preparing import Preparer
from gateway.presence import LOOK_SECONDS, Whereabouts
from gateway.pulse import PARTS, Pulse
from gateway.reader import RoomReader
from gateway.roster import Roster
from gateway.sending import Sender
from gateway.tasks import Tasks
from gateway.typing import TypingSignals
from gateway.watching import ROUND_SECONDS, WATCH_SECONDS, Watch
from parley.domain.messages import TimeLimits
from parley.observe.metrics import GatewayMetrics
from parley.protocol.events import Heartbeat, Reconnect
from parley.protocol.ids import new_id
from parley.protocol.refusals import CloseCode
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory, Logs
from parley.store.errors import StoreUnavailable
from parley.store.records import NoticeRow
from parley.stream.feed import Feed
from parley.stream.log import Fenced, LogUnavailable, RoomLog
from parley.stream.marks import MarkLog
from parley.stream.presence import PresenceLog

log = structlog.get_logger()

# How often a gateway tells Redis what its clients have spent.
_SETTLE_SECONDS = 0.5
# Missed events in one answer to `resume`, in bytes, and in the filling of one hole.
_RESUME_BYTES = 256 * 1024
# A stopping gateway's clients come back over this many milliseconds, so as not to come all at once.
_RECONNECT_SPREAD_MS = 3_000


@dataclass(frozen=True)
class GatewayLimits:
    """What a gateway gives its clients. Times are in seconds."""

    heartbeat: float
    drain: float
    batch_window: float
    resume_events: int
    slow_reader_bytes: int
    memory_limit: float
    """Share of Redis's memory beyond which new messages wait, 0 to 1."""
    sign_up: Literal["open", "invite", "closed"]
    sockets_per_user: int
    """Connections of one person to this gateway."""
    times: TimeLimits = field(default_factory=TimeLimits)
    """Until when a message can be changed."""


@dataclass(frozen=True)
class Outside:
    """What a gateway takes from the world as values: a clock and dice."""

    clock: Callable[[], int]
    """Unix milliseconds."""
    random_bits: Callable[[int], int]
    """Unguessable bits."""


class Gateway:
    """One gateway. `connect` takes a client; `run` does what has to be done beside them."""

    def __init__(
        self,
        room_log: RoomLog,
        directory: FullDirectory,
        logs: Logs,
        fences: Fences,
        passwords: Passwords,
        metrics: GatewayMetrics,
        limits: GatewayLimits,
        outside: Outside,
        limiter: Limiter,
        mark_log: MarkLog,
        presence_log: PresenceLog,
    ) -> None:
        self._room_log = room_log
        self._metrics, self._limits, self._outside = metrics, limits, outside
        self._limiter = limiter
        self._redis_full = False
        self._time = asyncio.get_running_loop().time
        self._connections: Pulse[Connection] = Pulse(limits.heartbeat, self._time())
        reader = RoomReader(room_log, logs)
        self._roster = Roster()
        self._watch = Watch(directory, self._roster)
        self._appender = Appender(room_log, logs, fences, metrics, outside.clock)
        self.hub = Hub(
            room_log,
            reader,
            fences,
            metrics,
            HubLimits(limits.batch_window, limits.resume_events, _RESUME_BYTES),
        )

        self._marking = Marking(mark_log, room_log, directory, logs, fences, self.hub.top_of)

        self._whereabouts = Whereabouts(
            presence_log,
            directory,
            new_id(outside.clock(), outside.random_bits(32)),
            outside.clock,
            self._time,
        )
        self._preparer = preparer = Preparer(
            directory, logs, room_log, reader, fences, limits.times, outside.clock
        )

        def new_sender(who: Identity) -> Sender:
            return Sender(
                who,
                directory,
                logs,
                room_log,
                fences,
                self._appender,
                lambda: self._redis_full,
                preparer,
            )

        self._tools = Tools(directory, self._appender, outside.clock, outside.random_bits)
        self._services = Services(
            accounts=Accounts(
                directory,
                passwords,
                limits.sign_up,
                outside.clock,
                outside.random_bits,
                limiter,
                lambda account: self._roster.connections_of(account) < limits.sockets_per_user,
            ),
            commands=Commands(
                directory,
                logs,
                room_log,
                reader,
                fences,
                passwords,
                limiter,
                self._tools,
                self._marking,
                TypingSignals(directory, room_log, metrics, self._time),
                metrics,
            ),
            directory=directory,
            hub=self.hub,
            marking=self._marking,
            roster=self._roster,
            whereabouts=self._whereabouts,
            limiter=limiter,
            new_sender=new_sender,
            metrics=metrics,
            clock=outside.clock,
        )
        self._connection_limits = ConnectionLimits(
            slow_reader_bytes=limits.slow_reader_bytes,
            resume_bytes=_RESUME_BYTES,
            heartbeat_ms=round(limits.heartbeat * 1000),
        )

    def listen_to(self, feed: Feed) -> None:
        """Use this feed, whose messages come to `hub.on_message` and `hub.on_gap`."""
        self.hub.listen_to(feed)

    # --- clients -----------------------------------------------------------------------

    def connect(self, peer: Peer) -> Connection:
        """Take a client; call `disconnect` when its socket has gone."""
        connection = Connection(peer, self._services, self._connection_limits)
        self._connections.add(connection)
        self._metrics.connections.set(len(self._connections))
        return connection

    async def disconnect(self, connection: Connection) -> None:
        """The client's socket has gone."""
        self._connections.discard(connection)
        self._metrics.connections.set(len(self._connections))
        await connection.close()

    def tell(self, notices: Iterable[NoticeRow]) -> None:
        """Tell rooms what has changed in them."""
        self._tools.tell(notices)

    # --- by itself ---------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the heartbeat and the watch until cancelled."""
        tasks = Tasks()
        tasks.spawn(self._every(self._limits.heartbeat / PARTS, self._beat), name="heartbeat")
        tasks.spawn(self._every(self._limits.heartbeat, self._compare), name="compare")
        tasks.spawn(self._every(LOOK_SECONDS, self._whereabouts.look), name="presence")
        tasks.spawn(self._every(WATCH_SECONDS, self._watch.look), name="watch")
        tasks.spawn(self._every(ROUND_SECONDS, self._watch.go_round), name="round")
        tasks.spawn(self._every(TELL_SECONDS, self._marking.tell), name="marks")
        tasks.spawn(self._every(_SETTLE_SECONDS, self._limiter.settle), name="settle")
        try:
            await tasks.join()
        finally:
            await tasks.close()

    async def stop(self) -> None:
        """Let every client go, to come back elsewhere, and finish what they have sent.

        What has no answer within the time to drain is sent again by its outbox.
        """
        try:
            async with asyncio.timeout(self._limits.drain):
                await self._appender.drain()
        except TimeoutError:
            log.warning("stopped_before_all_was_answered")
        for connection in tuple(self._connections):
            after = self._outside.random_bits(32) % _RECONNECT_SPREAD_MS
            goodbye = message_frame(Reconnect(after, "this gateway stops"))
            connection.end(CloseCode.RESTARTING, "this gateway stops", goodbye)
        await self.hub.close()
        await self._appender.close()

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except (LogUnavailable, StoreUnavailable, Fenced) as error:
                log.warning("not_reached", work=work.__name__, error=str(error))
            except Exception:
                # A mistake of ours; but without this work nobody would notice a loss any more.
                log.exception("work_failed", work=work.__name__)

    async def _beat(self) -> None:
        """Show the clients whose turn it is that the gateway is there, whether or not Redis is."""
        heartbeat = message_frame(Heartbeat(self._outside.clock()))
        for connection in self._connections.due(self._time()):
            connection.beat(heartbeat)

    async def _compare(self) -> None:
        """See that nothing was missed, and tell where each room stands."""
        self._redis_full = await self._room_log.memory() > self._limits.memory_limit
        try:
            await self.hub.compare()
        finally:  # a room that could not be compared stands where it was last seen
            await self.hub.beat()
            self._metrics.rooms.set(self.hub.rooms)
