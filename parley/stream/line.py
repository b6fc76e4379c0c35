"""A line to one Redis server: commands follow one another without waiting for answers.

Owns: the bytes of what is asked all the time, packed and parsed by hiredis; whose each answer is.
Never: how a connection is made: address, TLS, password and keep-alive are redis-py's. And never a
second try: a lost line leaves it unknown whether what was asked took effect.

redis-py's pool and pipeline take the processor some 120 microseconds for one command, and 50 for
each of eight; a line takes 20 and 7, the system's part included. What several ask in one turn of
the loop is written in one call.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import hiredis
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import OutOfMemoryError, ResponseError

from parley.stream.cancellation import keeping_cancellation
from parley.stream.closing import closing_is_loss

Command = Sequence[Any]
"""Words: texts, bytes and numbers."""


class _Asked(NamedTuple):
    """Commands that were asked together, when they were, and their answers so far."""

    commands: int
    since: float
    answers: list[Any]
    answered: asyncio.Future[list[Any]]


class Line:
    """One connection, made when it is first needed, and again after it was lost.

    `new_connection` makes one of redis-py's that is not open yet. An answer that takes longer than
    `seconds` is a lost connection.
    """

    def __init__(self, new_connection: Callable[[], Any], seconds: float) -> None:
        self._new_connection, self._seconds = new_connection, seconds
        self._wire: _Wire | None = None
        self._opening = asyncio.Lock()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Return the answers in order, with exceptions in the place of some.

        Raises what redis-py does for a server that cannot be reached, its ConnectionError for one
        that is lost, and TimeoutError.
        """
        wire = self._wire
        if wire is None or not wire.is_open:
            wire = await self._open()
        return await wire.ask(commands)

    def close(self) -> None:
        """Close the connection; whoever waits for an answer has lost it."""
        if self._wire is not None:
            self._wire.cut()

    async def _open(self) -> "_Wire":
        async with self._opening:  # another may have opened it meanwhile
            if self._wire is None or not self._wire.is_open:
                self._wire = await self._new_wire()
            return self._wire

    async def _new_wire(self) -> "_Wire":
        connection = self._new_connection()
        try:
            with keeping_cancellation(), closing_is_loss():
                await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return _Wire(connection, self._seconds)


class _Wire(asyncio.Protocol):
    """An open connection. Redis answers in the order in which it was asked."""

    def __init__(self, connection: Any, seconds: float) -> None:
        # The connection has said what it has to say, and heard the answers: its transport is ours.
        self._connection = connection
        self._transport: asyncio.Transport = connection._writer.transport
        self._transport.set_protocol(self)
        self._reader = hiredis.Reader(replyError=_error)
        self._asked: deque[_Asked] = deque()
        self._unsent: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        # One timer for all who wait: each of them would have to set and cancel its own.
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self.is_open = not self._transport.is_closing()

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Write the commands, and return their answers."""
        if not self.is_open:
            raise Lost("the connection to Redis was closed")
        packed = [hiredis.pack_command(tuple(each)) for each in commands]
        asked = _Asked(len(packed), self._loop.time(), [], self._loop.create_future())
        if not self._unsent:
            self._loop.call_soon(self._send)
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._watch)
        self._unsent += packed
        self._asked.append(asked)
        return await asked.answered

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        if not self._transport.is_closing():  # or else its loss is told in a moment
            self._transport.write(b"".join(unsent))

    def _watch(self) -> None:
        """Cut the connection if the first of those who wait has waited for too long."""
        self._timer = None
        if not self._asked:
            return
        left = self._asked[0].since + self._seconds - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch)
            return
        # What comes now would be the answer to something that nobody waits for.
        late = self._asked.popleft().answered
        if not late.done():
            late.set_exception(TimeoutError(f"no answer from Redis for {self._seconds:g} s"))
        self.cut()

    def cut(self) -> None:
        """Close it at once."""
        self._transport.abort()
        self._end()

    def data_received(self, data: bytes) -> None:
        """Hand the answers to those who asked."""
        try:
            self._reader.feed(data)
            while (answer := self._reader.gets()) is not False:  # that is: no whole one
                self._take(answer)
        except hiredis.ProtocolError:  # no Redis, or out of step with it
            self.cut()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell those who wait."""
        self._end()

    def _take(self, answer: Any) -> None:
        asked = self._asked[0]
        asked.answers.append(answer)
        if len(asked.answers) == asked.commands:
            self._asked.popleft()
            if not asked.answered.done():  # or else whoever asked has gone
                asked.answered.set_result(asked.answers)

    def _end(self) -> None:
        self.is_open = False
        self._connection._close()
        if self._timer is not None:
            self._timer.cancel()
        while self._asked:
            answered = self._asked.popleft().answered
            if not answered.done():
                answered.set_exception(Lost("the connection to Redis was lost"))


def _error(text: str) -> ResponseError:
    """Return what Redis refuses as redis-py would raise it."""
    return OutOfMemoryError(text) if text.startswith("OOM ") else ResponseError(text)
