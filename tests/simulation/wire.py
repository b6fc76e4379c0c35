"""Between a process and a server that it asks: requests and answers, and what becomes of them.

Owns: delays, time-outs, cuts, partitions, lost answers, and requests that arrive very late.
Never: what a request does (`redis_twin.py`, `store_data.py`).

Whoever asks gets the answer, or Broken or TimedOut; after these nobody knows whether the request
was carried out. That is so on purpose, and both do happen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.simulation.clock import VirtualLoop

# One way of a message, in seconds: anything up to this, evenly.
_WAY_SECONDS = 0.002


class Broken(Exception):
    """The connection was refused, or lost before the answer."""


class TimedOut(Exception):
    """No answer came in time."""


@dataclass(eq=False, slots=True)
class Call:
    """A request under way. `work` is carried out by the server, at once."""

    wire: Wire
    work: Callable[[], Any]
    asked_at: float
    timeout: float
    outcome: asyncio.Future[Any]
    is_void: bool = False
    """It was lost on its way, with the process that sent it or the server that it was for."""

    def answer(self, result: Any) -> None:
        """Send the answer, or an exception, back over the wire."""
        self.wire.answer(self, result)

    def fail(self, error: Exception) -> None:
        """Give up: the server's side has gone."""
        self.wire.settle(self, error)


@dataclass(slots=True)
class _Fuse:
    """A crash at a call to come, and what follows it."""

    calls: int
    is_done: bool
    """Whether the call is still carried out."""
    then: Callable[[], None]


class Machine:
    """A server that is up, down or frozen. What reaches a frozen one waits for it."""

    def __init__(self) -> None:
        self.is_up, self.is_frozen = True, False
        self._fuse: _Fuse | None = None
        self._waiting: list[Call] = []
        self._wires: list[Wire] = []

    def attach(self, wire: Wire) -> None:
        """Let a wire know when the machine goes down."""
        if wire not in self._wires:
            self._wires.append(wire)

    def receive(self, call: Call) -> None:
        """Take a request that has arrived."""
        if call.is_void:
            return
        if not self.is_up:
            call.fail(Broken("nothing listens there"))
        elif self.is_frozen:
            self._waiting.append(call)
            call.wire.expire(call)
        else:
            self.carry_out(call)

    def crash_at(self, calls: int, then: Callable[[], None], *, is_done: bool) -> None:
        """Crash at the last of so many calls, before or right after it is done; no answer comes."""
        self._fuse = _Fuse(calls, is_done, then)

    def crash_no_more(self) -> None:
        """Take back `crash_at`."""
        self._fuse = None

    def carry_out(self, call: Call) -> None:
        """Do what is asked, and conclude."""
        if self._fuse is not None and self._burns_down(self._fuse):
            self._crash_at(call, self._fuse)
            return
        try:
            result = call.work()
        except Exception as error:
            result = error
        self.conclude(call, result)

    def _burns_down(self, fuse: _Fuse) -> bool:
        fuse.calls -= 1
        return fuse.calls <= 0

    def _crash_at(self, call: Call, fuse: _Fuse) -> None:
        if fuse.is_done:
            with suppress(Exception):
                call.work()
        self.go_down()
        fuse.then()

    def conclude(self, call: Call, result: Any) -> None:
        """Answer a request that was carried out."""
        call.answer(result)

    def freeze(self) -> None:
        """Do nothing for a while."""
        self.is_frozen = True

    def thaw(self) -> None:
        """Do now what has arrived meanwhile."""
        self.is_frozen = False
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            self.receive(call)

    def go_down(self) -> None:
        """Crash: what is under way gets no answer, and what has only arrived is forgotten."""
        self.is_up = self.is_frozen = False
        self._fuse = None
        self._waiting.clear()
        for wire in self._wires:
            wire.break_calls_to(self)

    def come_up(self) -> None:
        """Start again."""
        self.is_up = True


class Wire:
    """One process's way to one service; `route` says which machine that is at the moment.

    With `comes_late`, a request that a partition held back may still arrive when it ends. (A change
    of the database does not: it takes several messages, and the last one is never sent.)
    """

    def __init__(
        self,
        loop: VirtualLoop,
        dice: Random,
        route: Callable[[], Machine],
        *,
        comes_late: bool,
    ) -> None:
        self._loop, self._dice, self._route = loop, dice, route
        self._comes_late = comes_late
        self.is_cut = False
        """Refused at once."""
        self.is_silent = False
        """Partitioned: nothing comes through, and nobody says so."""
        self.loses_answers = False
        self.slowness = 1.0
        self._open: dict[Call, Machine] = {}
        self._held_back: list[tuple[Call, Machine]] = []

    async def ask(self, work: Callable[[], Any], timeout: float) -> Any:
        """Have something done by the machine; `timeout` is in seconds.

        Raises Broken, TimedOut, and what the work raises.
        """
        loop = self._loop
        call = Call(self, work, loop.time(), timeout, loop.create_future())
        machine = self._route()
        machine.attach(self)
        self._open[call] = machine
        if self.is_cut:
            loop.world_later(self._way(), self.settle, call, Broken("unreachable"))
        else:
            loop.world_later(self._way(), self._arrive, call, machine)
        return await call.outcome

    def _way(self) -> float:
        return self._dice.random() * _WAY_SECONDS * self.slowness

    def _arrive(self, call: Call, machine: Machine) -> None:
        if self.is_silent:
            self._held_back.append((call, machine))
            self.expire(call)
        else:
            machine.receive(call)

    def answer(self, call: Call, result: Any) -> None:
        """Carry an answer back, unless it gets lost."""
        way = self._way()
        if self.loses_answers:
            self._loop.world_later(way, self.settle, call, Broken("lost before the answer"))
        elif self.is_silent or self._loop.time() + way > call.asked_at + call.timeout:
            self.expire(call)
        else:
            self._loop.world_later(way, self.settle, call, result)

    def settle(self, call: Call, result: Any) -> None:
        """End a call with its answer or an error."""
        self._open.pop(call, None)
        if call.outcome.done():
            return
        if isinstance(result, Exception):
            call.outcome.set_exception(result)
        else:
            call.outcome.set_result(result)

    def expire(self, call: Call) -> None:
        """Let a call that gets no answer time out when its time is over."""
        left = max(0.0, call.asked_at + call.timeout - self._loop.time())
        self._loop.world_later(left, self.settle, call, TimedOut(f"after {call.timeout} s"))

    # --- faults ----------------------------------------------------------------------------

    def cut(self) -> None:
        """Lose the connection, and refuse new ones. What is under way may still arrive."""
        self.is_cut = True
        for call in list(self._open):
            self.settle(call, Broken("the connection was lost"))

    def silence(self) -> None:
        """Let nothing through in either direction."""
        self.is_silent = True
        for call in list(self._open):
            self.expire(call)

    def mend(self) -> None:
        """End every fault. What a partition held back arrives now, or never."""
        self.is_cut = self.is_silent = self.loses_answers = False
        self.slowness = 1.0
        held_back, self._held_back = self._held_back, []
        for call, machine in held_back:
            if self._comes_late and self._dice.random() < 0.5:
                machine.receive(call)

    def close(self) -> None:
        """The process has died. What it had just sent may still arrive."""
        for call in self._open:
            call.is_void = self._dice.random() < 0.5

    def break_calls_to(self, machine: Machine) -> None:
        """The machine has crashed: what was on its way to it does not reach what starts later."""
        for call, asked in list(self._open.items()):
            if asked is machine:
                call.is_void = True
                self.settle(call, Broken("the server has crashed"))
