"""Redis servers that crash, freeze, forget and are failed over; and the clients of one process.

Owns: which server is the primary, blocking reads, subscriptions, and the clients that
`parley.stream` expects from redis-py.
Never: what a command does (`redis_twin.py`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from parley.stream.clients import COMMAND_SECONDS, CONNECT_SECONDS, READER_SECONDS
from tests.simulation.clock import Process, VirtualLoop
from tests.simulation.redis_lua import LuaRedis
from tests.simulation.redis_twin import Publish, RedisTwin
from tests.simulation.wire import Broken, Call, Machine, TimedOut, Wire

RedisData = RedisTwin | LuaRedis
NewData = Callable[[str, Publish], RedisData]
"""Makes a server's data, given its identity and who is told what it publishes."""

Ask = Callable[[Callable[[RedisData], Any]], Awaitable[Any]]
"""Has work done by the server's twin, and returns what comes of it."""

# One way of a published message, in seconds, at most.
_WAY_SECONDS = 0.003
# TCP keep-alive gives a silent connection up after so many seconds (parley.stream.clients).
_KEEPALIVE_SECONDS = 11.0


class RedisServer(Machine):
    """One server process; its identity is new with every start."""

    def __init__(self, loop: VirtualLoop, dice: Random, new_data: NewData, name: str) -> None:
        super().__init__()
        self.name = name
        self._loop, self._dice, self._new_data = loop, dice, new_data
        self._starts = 0
        self._blocked: list[tuple[Call, BlockingRead]] = []
        self._appends_seen = 0
        self._subscribers: dict[str, list[Subscription]] = {}
        self.data = new_data(self._new_identity(), self._publish)

    def _new_identity(self) -> str:
        self._starts += 1
        return f"{self.name}{self._starts}:{self._dice.getrandbits(40):010x}"

    # --- blocking reads --------------------------------------------------------------------

    def conclude(self, call: Call, result: Any) -> None:
        """Answer, unless it is a read that may wait; and look whether others need wait no more."""
        if isinstance(result, BlockingRead):
            self._blocked.append((call, result))
            self._loop.world_later(result.seconds, self._give_up, call)
        else:
            super().conclude(call, result)
            if self.data.appends != self._appends_seen:
                self._appends_seen = self.data.appends
                self._answer_blocked()

    def _answer_blocked(self) -> None:
        for blocked, read in tuple(self._blocked):
            found = self.data.xread(read.streams, read.count)
            if found or blocked.outcome.done():
                self._unblock(blocked)
                blocked.answer(found)

    def _give_up(self, call: Call) -> None:
        if self.is_frozen:
            self._loop.world_later(0.1, self._give_up, call)
        elif self._unblock(call):
            call.answer(None)

    def _unblock(self, call: Call) -> bool:
        blocked = [other for other in self._blocked if other[0] is not call]
        was_blocked = len(blocked) < len(self._blocked)
        self._blocked = blocked
        return was_blocked

    # --- subscriptions ---------------------------------------------------------------------

    def subscribe(self, channel: str, subscription: Subscription) -> None:
        """Let a connection hear a channel."""
        self.data.hear(channel)
        heard_by = self._subscribers.setdefault(channel, [])
        if subscription not in heard_by:
            heard_by.append(subscription)

    def unsubscribe(self, channel: str, subscription: Subscription) -> None:
        """Let a connection hear a channel no longer."""
        heard_by = self._subscribers.get(channel, [])
        if subscription in heard_by:
            heard_by.remove(subscription)

    def hang_up(self, subscription: Subscription) -> None:
        """Forget a connection."""
        for heard_by in self._subscribers.values():
            if subscription in heard_by:
                heard_by.remove(subscription)

    def _publish(self, channel: str, message: bytes) -> None:
        for subscription in tuple(self._subscribers.get(channel, ())):
            subscription.push("smessage", channel, message)

    # --- faults ----------------------------------------------------------------------------

    def go_down(self) -> None:
        """Crash, and lose every connection."""
        super().go_down()
        self._blocked.clear()
        subscriptions = {sub: None for subs in self._subscribers.values() for sub in subs}
        self._subscribers.clear()
        for subscription in subscriptions:
            subscription.lose()

    def start_with(self, snapshot: dict[str, Any] | None, *, library: bool) -> None:
        """Come up with what a copy holds (None: nothing), under a new identity."""
        identity = self._new_identity()
        self.data = self._new_data(identity, self._publish)
        self.data.restore(snapshot or {})
        self.data.be_another(identity)
        if library:
            self.data.load_library()
        self.come_up()

    def take_new_replication_id(self) -> None:
        """Become the primary again: the run stays, the history is another."""
        self.data.be_another(f"{self.name}{self._starts}:{self._dice.getrandbits(40):010x}")


@dataclass(frozen=True)
class BlockingRead:
    """An XREAD that has found nothing and waits for its first entry."""

    streams: dict[str, str]
    count: int
    seconds: float


class Subscription:
    """One connection that listens: what is on its way over it, in order."""

    def __init__(self, loop: VirtualLoop, dice: Random, server: RedisServer, wire: Wire) -> None:
        self.server = server
        self.is_open = True
        self.inbox: deque[dict[str, Any]] = deque()
        self.news: asyncio.Future[None] | None = None
        self.is_deaf = False
        """Loses what is published, without losing the connection."""
        self._loop, self._dice, self._wire = loop, dice, wire
        self._arrives_at = self._sent_arrives_at = 0.0
        self._held_back: list[dict[str, Any]] = []
        self._commands_held_back: list[Callable[[], None]] = []

    # --- to the server ---------------------------------------------------------------------

    def send(self, command: Callable[[], None]) -> None:
        """Let the server do something, behind everything that was sent before."""
        now = self._loop.time()
        way = self._dice.random() * _WAY_SECONDS * self._wire.slowness
        self._sent_arrives_at = max(self._sent_arrives_at, now + way)
        self._loop.world_later(self._sent_arrives_at - now, self._reach_server, command)

    def _reach_server(self, command: Callable[[], None]) -> None:
        if not self.is_open:
            return
        self._commands_held_back.append(command)
        if len(self._commands_held_back) == 1:
            self._let_through()

    def _let_through(self) -> None:
        """Let the server do what it was sent, in order, as soon as it is reached and awake."""
        while self.is_open and self._commands_held_back:
            if self._wire.is_silent or self.server.is_frozen:
                self._loop.world_later(0.1, self._let_through)
                return
            self._commands_held_back.pop(0)()

    # --- to the client ---------------------------------------------------------------------

    def push(self, kind: str, channel: str, data: bytes | int) -> None:
        """Send something to the client."""
        if self.is_deaf and kind == "smessage":
            return
        message = {"type": kind, "channel": channel.encode(), "data": data}
        way = self._dice.random() * _WAY_SECONDS * self._wire.slowness
        self._arrives_at = max(self._arrives_at, self._loop.time() + way)
        self._loop.world_later(self._arrives_at - self._loop.time(), self._arrive, message)

    def _arrive(self, message: dict[str, Any]) -> None:
        if not self.is_open:
            return
        if self._wire.is_silent:
            if not self._held_back:
                self._loop.world_later(_KEEPALIVE_SECONDS, self._give_up_if_silent)
            self._held_back.append(message)
        else:
            self.inbox.append(message)
            self._wake()

    def _give_up_if_silent(self) -> None:
        if self._held_back:
            self.lose()

    def end_silence(self) -> None:
        """Let through what a partition held back."""
        held_back, self._held_back = self._held_back, []
        if self.is_open:
            self.inbox.extend(held_back)
            self._wake()

    def lose(self) -> None:
        """Break the connection; what is on its way is gone."""
        if self.is_open:
            self.is_open = False
            self._held_back.clear()
            self.server.hang_up(self)
            self._wake()

    def _wake(self) -> None:
        if self.news is not None and not self.news.done():
            self.news.set_result(None)


class RedisHome:
    """The servers, and which of them is the primary."""

    def __init__(self, loop: VirtualLoop, dice: Random, new_data: NewData) -> None:
        self._loop, self._dice, self._new_data = loop, dice, new_data
        self.primary = RedisServer(loop, dice, new_data, "a")
        self.primary.data.load_library()
        self.other: RedisServer | None = None
        """The former primary, if some clients still take it for one."""
        self.strays: set[str] = set()
        """Names of the processes that do."""

    def route(self, process: str) -> RedisServer:
        """Return the server that a process takes for the primary."""
        if self.other is not None and process in self.strays:
            return self.other
        return self.primary

    def fail_over(self, copy: dict[str, Any], strays: set[str]) -> None:
        """Promote a replica that holds `copy`; `strays` still talk to the old primary."""
        old = self.primary
        self.primary = RedisServer(self._loop, self._dice, self._new_data, f"{old.name}'")
        self.primary.start_with(copy, library=True)
        self.other, self.strays = old, strays
        if not strays:
            old.go_down()

    def retire_other(self) -> None:
        """Take the old primary out: it is a replica now, and whoever was connected is not."""
        if self.other is not None:
            self.other.go_down()
            self.strays = set()

    def fail_back(self) -> None:
        """Make the former primary the primary again, with the data of the one after it."""
        former = self.other
        if former is None:
            return
        copy = self.primary.data.snapshot()
        self.primary.go_down()
        former.data.restore(copy)
        former.take_new_replication_id()
        former.come_up()
        self.primary, self.other, self.strays = former, None, set()


class RedisLink:
    """What one process has of Redis: the wire for its commands, and its subscriptions."""

    def __init__(self, loop: VirtualLoop, dice: Random, home: RedisHome, process: Process) -> None:
        self._loop, self._dice, self._home = loop, dice, home
        self.route: Callable[[], RedisServer] = lambda: home.route(process.name)
        self.wire = Wire(loop, dice, self.route, comes_late=True)
        self.subscriptions: list[Subscription] = []
        process.at_death += [self.wire.close, self.lose_subscriptions]

    def client(self) -> RedisClient:
        """Return a client for commands."""
        return RedisClient(partial(self._ask, COMMAND_SECONDS))

    def reader(self) -> RedisClient:
        """Return a client for blocking reads."""
        return RedisClient(partial(self._ask, READER_SECONDS))

    async def _ask(self, timeout: float, work: Callable[[RedisData], Any]) -> Any:
        server = self.route()
        return await asked(self.wire, lambda: work(server.data), timeout)

    def pubsub(self) -> PubSub:
        """Return a connection for subscriptions, not yet open."""
        return PubSub(self)

    async def connect(self) -> Subscription:
        """Open a connection that listens. Raises redis-py's errors."""
        server = self.route()
        await asked(self.wire, lambda: True, CONNECT_SECONDS)
        subscription = Subscription(self._loop, self._dice, server, self.wire)
        self.subscriptions = [sub for sub in self.subscriptions if sub.is_open]
        self.subscriptions.append(subscription)
        if not server.is_up:
            subscription.lose()
        return subscription

    # --- faults ----------------------------------------------------------------------------

    def cut(self) -> None:
        """Lose every connection, and refuse new ones."""
        self.wire.cut()
        self.lose_subscriptions()

    def lose_subscriptions(self) -> None:
        """Lose the connections that listen; new ones can be made."""
        for subscription in list(self.subscriptions):
            subscription.lose()

    def deafen(self) -> None:
        """Lose what is published from now on, without any sign of it."""
        for subscription in self.subscriptions:
            subscription.is_deaf = True

    def mend(self) -> None:
        """End every fault."""
        self.wire.mend()
        for subscription in self.subscriptions:
            subscription.is_deaf = False
            subscription.end_silence()


async def asked(wire: Wire, work: Callable[[], Any], timeout: float) -> Any:
    """Ask, with redis-py's errors."""
    try:
        return await wire.ask(work, timeout)
    except Broken as error:
        raise RedisConnectionError(str(error)) from None
    except TimedOut as error:
        raise RedisTimeoutError(str(error)) from None


class RedisClient:
    """The part of `redis.asyncio.Redis` that `RedisLog` and `RedisMarks` use."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def fcall(self, name: str, count: int, *rest: Any) -> Any:
        return await self._ask(lambda data: data.fcall(name, count, *rest))

    def pipeline(self, *, transaction: bool) -> _Pipeline:
        assert not transaction
        return _Pipeline(self._ask)

    async def function_load(self, source: str, *, replace: bool) -> None:
        assert replace, source
        await self._ask(lambda data: data.load_library())

    async def xread(self, streams: dict[str, str], count: int, block: int | None) -> Any:
        def read(data: RedisData) -> Any:
            found = data.xread(streams, count)
            return found if found or not block else BlockingRead(streams, count, block / 1000)

        return await self._ask(read)

    async def smembers(self, key: str) -> Any:
        return await self._ask(lambda data: data.smembers(key))

    async def hget(self, key: str, field: str) -> Any:
        return await self._ask(lambda data: data.hget(key, field))

    async def hgetall(self, key: str) -> Any:
        return await self._ask(lambda data: data.hgetall(key))

    async def hscan_iter(self, key: str, count: int) -> AsyncIterator[tuple[bytes, bytes]]:
        """Yield all of a hash, which is small enough for one look, whatever `count` is."""
        for item in (await self.hgetall(key)).items():
            yield item

    async def unlink(self, *keys: str) -> Any:
        return await self._ask(lambda data: data.unlink(*keys))

    async def execute_command(self, command: str, channel: str, message: bytes) -> Any:
        assert command == "SPUBLISH"
        return await self._ask(lambda data: data.spublish(channel, message))

    async def info(self, section: str) -> Any:
        assert section == "memory"
        return await self._ask(lambda data: data.info_memory())


class _Pipeline:
    """Several functions in one request; each has its own answer or error."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._calls: list[tuple[Any, ...]] = []

    def fcall(self, *call: Any) -> None:
        self._calls.append(call)

    async def execute(self, *, raise_on_error: bool) -> list[Any]:
        assert not raise_on_error
        answers: list[Any] = await self._ask(self._run)
        return answers

    def _run(self, data: RedisData) -> list[Any]:
        answers = []
        for call in self._calls:
            try:
                answers.append(data.fcall(*call))
            except Exception as error:
                answers.append(error)
        return answers


class PubSub:
    """The part of `parley.stream.feed.Subscriber` that the feed uses, with redis-py's ways.

    A channel is remembered once the command for it was written, and asked for again after each
    reconnect. A read that finds the connection lost reconnects, and raises the loss all the same.
    """

    def __init__(self, link: RedisLink) -> None:
        self.on_reconnect: Callable[[], None] = lambda: None
        self._link = link
        self._connection: Subscription | None = None
        self._channels: dict[str, None] = {}
        self._pending: set[str] = set()
        self._opening = asyncio.Lock()

    async def connect(self) -> None:
        """Open the connection, and subscribe again to what was subscribed to."""
        async with self._opening:
            if self._connection is not None and self._connection.is_open:
                return
            connection = await self._link.connect()
            if self._connection is not None:
                self.on_reconnect()
            self._connection = connection
            self._pending.clear()
            for channel in self._channels:
                connection.send(partial(_subscribe, connection, channel))

    async def ssubscribe(self, channel: str) -> None:
        connection = await self._open()
        connection.send(partial(_subscribe, connection, channel))
        self._channels[channel] = None
        self._pending.discard(channel)

    async def sunsubscribe(self, channel: str) -> None:
        self._pending.add(channel)
        connection = await self._open()
        connection.send(partial(_unsubscribe, connection, channel))

    async def _open(self) -> Subscription:
        await self.connect()
        assert self._connection is not None
        if not self._connection.is_open:
            raise RedisConnectionError("the connection was lost")
        return self._connection

    async def get_message(self, *, timeout: None) -> dict[str, Any] | None:
        assert timeout is None
        connection = await self._open()
        while not connection.inbox:
            if not connection.is_open:
                await self.connect()
                raise RedisConnectionError("the connection was lost")
            connection.news = asyncio.get_running_loop().create_future()
            await connection.news
        message = connection.inbox.popleft()
        if message["type"] == "sunsubscribe":
            self._forget(message["channel"].decode())
        return message

    def _forget(self, channel: str) -> None:
        if channel in self._pending:
            self._pending.discard(channel)
            self._channels.pop(channel, None)


def _subscribe(connection: Subscription, channel: str) -> None:
    connection.server.subscribe(channel, connection)
    connection.push("ssubscribe", channel, 1)


def _unsubscribe(connection: Subscription, channel: str) -> None:
    connection.server.unsubscribe(channel, connection)
    connection.push("sunsubscribe", channel, 0)
