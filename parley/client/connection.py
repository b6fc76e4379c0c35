"""The thin shell around a session: sockets, the vault, and the event loop's clock.

Owns: one connection at a time, the task that saves, the timer, and carrying out every output.
Never: decisions; the session makes them. What is told goes to the `Listener`.

Two orders are kept. What is saved is saved before anything later is transmitted. And a frame goes
out on the connection that it was made for, or not at all.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Protocol

from parley.client.errors import ClientFault, ConnectionFailed, ParleyError
from parley.client.events import ChatEvent
from parley.client.outputs import Close, Emit, Output, Reconnect, Resolve, Save, Stop, Transmit
from parley.client.session import Session
from parley.client.transport import Transport, TransportClosed
from parley.client.vault import Vault

Dial = Callable[[str], Awaitable[Transport]]


class Listener(Protocol):
    """Who is told what the session has to say."""

    def emitted(self, event: ChatEvent) -> None:
        """Something happened."""

    def resolved(self, resolve: Resolve) -> None:
        """A command was answered."""

    def stopped(self, error: ParleyError) -> None:
        """There will be no further connection."""


class _Link:
    """One connection: what is to go out on it, and how it ended."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        # None: the session gave it up.
        self.ended: asyncio.Future[TransportClosed | None] = (
            asyncio.get_running_loop().create_future()
        )
        self.reason = ""

    def end(self, closed: TransportClosed | None, reason: str = "") -> None:
        if not self.ended.done():
            self.reason = reason
            self.ended.set_result(closed)

    async def send_all(self) -> None:
        # The reader reports the end: it may have frames to read that came before it.
        with contextlib.suppress(TransportClosed):
            while True:
                await self.transport.send(await self.frames.get())


class Connection:
    """Keeps a session connected until it stops or is closed."""

    def __init__(
        self,
        url: str,
        session: Session,
        vault: Vault,
        listener: Listener,
        *,
        dial: Dial,
        random: Random,
    ) -> None:
        self._url, self._session, self._vault = url, session, vault
        self._listener, self._dial, self._random = listener, dial, random
        self._loop = asyncio.get_running_loop()
        self._link: _Link | None = None
        self._stopped = self._closed = False
        self._retry_in = 0.0
        self._timer: asyncio.TimerHandle | None = None
        # What waits for the saver: outputs with the link they were made for, and who waits.
        self._unsaved: list[tuple[Save | Transmit, _Link | None]] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._has_work = asyncio.Event()
        self._failure: ParleyError | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to connect."""
        self._tasks = [self._watched(self._keep_saving()), self._watched(self._keep_connected())]

    def _watched(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._fail_with)
        return task

    def _fail_with(self, task: asyncio.Task[None]) -> None:
        # A task that dies unnoticed would leave everyone waiting for ever.
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fail(error if isinstance(error, ParleyError) else ClientFault(error))

    @property
    def now(self) -> float:
        """The event loop's clock, in seconds."""
        return self._loop.time()

    def apply(self, outputs: list[Output]) -> None:
        """Carry out what the session asks for."""
        for output in outputs:
            self._carry_out(output)
        self._set_timer()

    def _carry_out(self, output: Output) -> None:
        match output:
            case Save() | Transmit():
                self._unsaved.append((output, self._link))
                self._has_work.set()
            case Emit(event=event):
                self._listener.emitted(event)
            case Resolve():
                self._listener.resolved(output)
            case Close(reason=reason):
                if self._link is not None:
                    self._link.end(None, reason)
                    self._link = None
            case Reconnect(after=after):
                self._retry_in = after
            case Stop(error=error):
                self._stopped = True
                self._listener.stopped(error)

    async def saved(self) -> None:
        """Return once everything until now is durable. Raises what the vault raised."""
        if self._failure is not None:
            raise self._failure
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        self._has_work.set()
        await waiter

    async def close(self) -> None:
        """Save what is to be saved, and let go of the connection; once."""
        if self._closed:
            return
        self._closed = self._stopped = True
        with contextlib.suppress(ParleyError):
            await self.saved()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()

    # --- time ------------------------------------------------------------------------------

    def _set_timer(self) -> None:
        deadline = self._session.deadline()
        if deadline is None or self._stopped:
            return
        # A timer that is too early does no harm, and is cheaper than a new one for every frame.
        if self._timer is not None and self._timer.when() <= deadline:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.apply(self._session.tick(self.now, self._random.random()))

    # --- saving ----------------------------------------------------------------------------

    async def _keep_saving(self) -> None:
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            batch, self._unsaved = self._unsaved, []
            waiters = len(self._waiters)
            await self._save(batch)
            for waiter in self._waiters[:waiters]:
                _tell(waiter, None)
            del self._waiters[:waiters]

    async def _save(self, batch: list[tuple[Save | Transmit, _Link | None]]) -> None:
        changes = [output.change for output, _ in batch if isinstance(output, Save)]
        if changes:
            await self._vault.write(changes)
        for output, link in batch:
            if isinstance(output, Transmit) and link is not None and link is self._link:
                link.frames.put_nowait(output.frame)

    def _fail(self, error: ParleyError) -> None:
        # What cannot be kept must not be sent: the chat ends here, and says why.
        self._failure = error
        self.apply([Close(str(error)), Stop(error)])
        for waiter in self._waiters:
            _tell(waiter, error)
        self._waiters.clear()

    # --- connecting ------------------------------------------------------------------------

    async def _keep_connected(self) -> None:
        while not self._stopped:
            await asyncio.sleep(self._retry_in)
            try:
                transport = await self._dial(self._url)
            except ConnectionFailed as error:
                self._disconnected(None, error.reason)
            else:
                await self._serve(_Link(transport))

    def _disconnected(self, code: int | None, reason: str) -> None:
        self.apply(self._session.disconnected(code, reason, self.now, self._random.random()))

    async def _serve(self, link: _Link) -> None:
        self._link = link
        self.apply(self._session.connected(self.now))
        tasks = [self._watched(self._read(link)), self._watched(link.send_all())]
        try:
            closed = await link.ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._link = None
            await link.transport.close(link.reason)
        if closed is not None:
            self._disconnected(closed.code, closed.reason)

    async def _read(self, link: _Link) -> None:
        try:
            while not link.ended.done():
                frame = await link.transport.receive()
                self.apply(self._session.received(frame, self.now, self._random.random()))
        except TransportClosed as closed:
            link.end(closed)


def _tell(waiter: asyncio.Future[None], error: ParleyError | None) -> None:
    if waiter.done():
        return
    if error is None:
        waiter.set_result(None)
    else:
        waiter.set_exception(error)
