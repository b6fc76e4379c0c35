"""One run from its beginning to its end: set up, let things happen and break, heal, check.

Owns: the order of a run, and when it counts as settled.
Never: what breaks (`scenario.py`), what is right (`checker.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.simulation.checker import Checker
from tests.simulation.clock import Deadlock, OutOfTime, StandsStill, virtual_loop
from tests.simulation.faults import heal, schedule
from tests.simulation.marks_checker import MarksChecker
from tests.simulation.reading import Broken
from tests.simulation.scenario import CHAOS_SECONDS, Plan, Step
from tests.simulation.words import named, shortened
from tests.simulation.world import World

# Healing takes at most so long, in virtual seconds: the longest waits of a client are 20 s for the
# next connection and 30 s for an answer.
HEALING_SECONDS = 120.0
_LOOK_SECONDS = 0.5
# It has to stay settled for so many heartbeats, and a little more.
_STILL_HEARTBEATS, _STILL_SECONDS = 2.0, 0.5
_SETUP_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    plan: Plan
    broken: list[Broken]
    lines: list[str]
    """The trace, if one was kept."""
    steps: int
    seconds: float
    """Virtual."""

    @property
    def is_good(self) -> bool:
        return not self.broken


def run(plan: Plan, *, keeps_trace: bool = False, runs_lua: bool = False) -> Outcome:
    """Carry out a plan in a world of its own, on the twin of the function library or on itself."""
    loop = virtual_loop()
    world = World(
        loop,
        plan.seed,
        pace=plan.pace,
        keeps_trace=keeps_trace,
        runs_lua=runs_lua,
    )
    simulation = Simulation(world, plan)
    with world.observed():
        try:
            broken = loop.run(simulation.carry_out(), deadline=1000.0)
        except (Deadlock, OutOfTime, StandsStill) as error:
            broken = [Broken("it goes on", f"{type(error).__name__} {error}")]
        broken += [Broken("no program fails", fault) for fault in world.faults]
    for each in broken:
        world.trace("BROKEN", str(each))
    return simulation.outcome(broken)


class Simulation:
    """One plan carried out in one world."""

    def __init__(self, world: World, plan: Plan) -> None:
        self._world, self._plan = world, plan
        self._rooms = {"lobby": "lobby"}
        self._posts = 0
        self.began = 0.0
        """When the plan's time begins: after the setting up."""

    async def carry_out(self) -> list[Broken]:
        world = self._world
        await self._set_up()
        self.began = world.loop.time()
        for step in self._plan.steps:
            world.loop.world_later(step.at, partial(self._do, step))
        for fault in self._plan.faults:
            schedule(world, fault)
        longest = max((f.at + f.seconds for f in self._plan.faults), default=0.0)
        await asyncio.sleep(max(CHAOS_SECONDS, longest) + 1.1)
        heal(world)
        heartbeats = _STILL_HEARTBEATS * self._plan.pace.heartbeat
        await self._settled(HEALING_SECONDS, still=heartbeats + _STILL_SECONDS)
        self._look()
        checkers = (Checker(world.record, world.data), MarksChecker(world.record, world.data))
        broken = [each for checker in checkers for each in checker.broken()]
        return [*broken, *self._unsettled()]

    def outcome(self, broken: list[Broken]) -> Outcome:
        """Return what came of it, told with names in the place of ids."""
        world, names = self._world, self._names()
        told = [Broken(each.promise, named(each.how, names)) for each in broken]
        lines = [
            f"{at - self.began:9.4f}  {who:10}  {named(shortened(what), names)}"
            for at, who, what in world.lines
        ]
        return Outcome(self._plan, told, lines, world.loop.steps, world.loop.time())

    def _names(self) -> dict[str, str]:
        """Return what stands for each id: a room's name, a person's, a message's text."""
        record = self._world.record
        names = {room: name for name, room in self._rooms.items()}
        for device in self._world.devices.values():
            names[device.witness.person or device.user] = device.user
        for post in record.posts:
            if post.cmid is not None:
                names[post.cmid] = repr(shortened(post.text))
        return names

    # --- setting up ------------------------------------------------------------------------

    async def _set_up(self) -> None:
        world, plan = self._world, self._plan
        for name in plan.gateways:
            world.add_gateway(name)
        for name in plan.loggers:
            world.add_logger(name)
        for name, user in plan.devices:
            world.add_device(name, user)
        for name in (*plan.loggers, *plan.gateways):
            world.hosts[name].start()
        firsts = [name for name, _ in plan.devices if name.endswith("1")]
        await self._come_online(firsts)
        await self._make_rooms(firsts[0])
        for name in firsts:
            await self._join(name)
        others = [name for name, _ in plan.devices if name not in firsts]
        await self._come_online(others)
        if not await self._settled(_SETUP_SECONDS, still=0.0):
            raise OutOfTime("the set-up does not settle")

    async def _come_online(self, names: Iterable[str]) -> None:
        for name in names:
            self._world.hosts[name].start()
        for name in names:
            await self._world.devices[name].online.wait()

    async def _make_rooms(self, device: str) -> None:
        maker = self._world.devices[device]
        for room in self._plan.rooms:
            process = self._world.hosts[device].process
            assert process is not None
            self._rooms[room] = await process.spawn(maker.create(room))

    async def _join(self, device: str) -> None:
        user = self._world.devices[device].user
        process = self._world.hosts[device].process
        assert process is not None
        for member, room in self._plan.members:
            if member == user:
                await process.spawn(self._world.devices[device].change("join", self._rooms[room]))

    # --- people ----------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        host, device = self._world.hosts[step.device], self._world.devices[step.device]
        if host.process is None or not host.is_running:
            return
        room = self._rooms[step.room]
        if step.do == "post":
            self._posts += 1
            text = f"{step.device} says {self._posts}{'.' * step.size}"
            host.process.spawn(device.post(room, text))
        elif step.do in ("edit", "delete", "react"):
            host.process.spawn(device.alter(step.do, room))
        elif step.do == "sign out":
            host.process.spawn(device.sign_out())
        elif step.do == "read":
            host.process.spawn(device.read(room))
        else:
            host.process.spawn(device.change(step.do, room))

    # --- settling --------------------------------------------------------------------------

    async def _settled(self, seconds: float, *, still: float) -> bool:
        """Return whether all is as it has to be within this time, and is so for `still` seconds."""
        loop = self._world.loop
        deadline, since = loop.time() + seconds, loop.time()
        while loop.time() < deadline:
            await asyncio.sleep(_LOOK_SECONDS)
            self._look()
            if not self._is_quiet():
                since = loop.time()
            elif loop.time() - since >= still:
                return True
        return False

    def _is_quiet(self) -> bool:
        world = self._world
        if not all(device.online.is_set() for device in world.devices.values()):
            return False
        if world.redis.primary.data.backlog:
            return False
        return next(self._unsettled(), None) is None

    def _unsettled(self) -> Iterator[Broken]:
        record, data = self._world.record, self._world.data
        yield from Checker(record, data).unsettled()
        yield from MarksChecker(record, data).unsettled()

    def _look(self) -> None:
        record = self._world.record
        for device in self._world.devices.values():
            device.look()
        for link in self._world.network.links:
            record.most_buffered = max(record.most_buffered, link.peer.most_buffered)
