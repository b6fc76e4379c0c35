"""How each kind of fault begins and ends.

Owns: the table from a fault's kind to what is done to the world, and the healing of everything.
Never: which faults there are in a run (`scenario.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.scenario import KINDS, Fault
from tests.simulation.services import Service
from tests.simulation.world import World

Act = Callable[[World, Fault], None]

# A slow wire is slower by so much, at most: some messages take longer than anybody waits.
_SLOW_WIRE = 3000.0
_SLOW_LINK = 30.0
# A clock steps by so many milliseconds: an hour, a day, what a time server corrects.
_STEPS_MS = (3_600_000, -3_600_000, 86_400_000, -86_400_000, 5_000, -5_000)
# A server that crashes at a call does so within so many calls.
_CALLS = 30
# So long after its end a fault may still be felt, in seconds: a reconnect, a late crash.
_AFTERMATH = 10.0
# What the database has stamped wrongly is found by the gateways' rounds alone (gateway.watching).
_STAMPS_AFTERMATH = 40.0
_OF_STAMPS = frozenset({"database clock wrong", "device away for a day"})
# A stale copy is at most so many seconds old; so is what an append-only file has lost.
_STALE_SECONDS = 1.0


def _nothing(_: World, __: Fault) -> None:
    pass


def _service(world: World, fault: Fault) -> Service:
    return world.services[fault.target]


# --- processes -----------------------------------------------------------------------------


def _kill(world: World, fault: Fault) -> None:
    world.hosts[fault.target].kill()


def _start(world: World, fault: Fault) -> None:
    world.hosts[fault.target].start()


def _kill_at_an_await(world: World, fault: Fault) -> None:
    world.hosts[fault.target].kill_after(fault.number)


def _freeze(world: World, fault: Fault) -> None:
    process = world.hosts[fault.target].process
    if process is not None and not process.is_dead:
        process.freeze()


def _freeze_at_an_await(world: World, fault: Fault) -> None:
    process = world.hosts[fault.target].process
    if process is None:
        return

    def freeze() -> None:
        process.freeze()
        world.trace("FAULT", f"{fault.target} freezes at an await")
        world.loop.world_later(fault.seconds, thaw_process)

    def thaw_process() -> None:
        if process.is_frozen:
            process.thaw()

    process.after_steps(fault.number, freeze)


def _thaw(world: World, fault: Fault) -> None:
    thaw(world, fault.target)


def thaw(world: World, name: str) -> None:
    """Let a frozen process go on, and read what has come for it."""
    process = world.hosts[name].process
    if process is not None and process.is_frozen:
        process.thaw()
        for link in world.network.of(name):
            link.transport.read_on()


def _stop(world: World, fault: Fault) -> None:
    world.hosts[fault.target].stay_away()
    _service(world, fault).stop()


def _step_ms(fault: Fault) -> int:
    return _STEPS_MS[fault.number % len(_STEPS_MS)]


def _wrong_clock(world: World, fault: Fault) -> None:
    _service(world, fault).clock_offset = _step_ms(fault)


def _right_clock(world: World, fault: Fault) -> None:
    _service(world, fault).clock_offset = 0


def _device_wrong_clock(world: World, fault: Fault) -> None:
    world.devices[fault.target].clock_offset = _step_ms(fault)


def _device_right_clock(world: World, fault: Fault) -> None:
    world.devices[fault.target].clock_offset = 0


def _go_away(world: World, fault: Fault) -> None:
    world.hosts[fault.target].stay_away()
    world.devices[fault.target].close()


def _return_next_day(world: World, fault: Fault) -> None:
    """For everything else it is as if it had been suspended for the day."""
    world.days += 1
    _start(world, fault)


# --- Redis ---------------------------------------------------------------------------------


def _flush(world: World, _: Fault) -> None:
    world.redis.primary.data.flush()


def _redis_down(world: World, _: Fault) -> None:
    world.redis.primary.go_down()


def _redis_up_with_data(world: World, _: Fault) -> None:
    server = world.redis.primary
    if not server.is_up:
        server.start_with(server.data.snapshot(), library=True)


def _redis_up_empty(world: World, _: Fault) -> None:
    if not world.redis.primary.is_up:
        world.redis.primary.start_with(None, library=False)


def _redis_down_soon(world: World, fault: Fault) -> None:
    """Take what the file holds now; the crash comes a little later."""
    server = world.redis.primary
    copy = server.data.snapshot()
    age = _STALE_SECONDS * fault.number / 1000

    def crash() -> None:
        if server.is_up:
            server.go_down()
            world.loop.world_later(fault.seconds, come_up)

    def come_up() -> None:
        if not server.is_up and server is world.redis.primary:
            server.start_with(copy, library=True)

    world.loop.world_later(age, crash)


def _crash_number(fault: Fault) -> tuple[int, bool]:
    """Return at which call a server crashes, and whether that one is still done."""
    return 1 + fault.number % _CALLS, fault.number % 2 == 0


def _redis_crashes_at_a_call(world: World, fault: Fault) -> None:
    """Its file keeps all that it has done: it is written before the answer (appendfsync always)."""
    server = world.redis.primary

    def come_up() -> None:
        if not server.is_up and server is world.redis.primary:
            server.start_with(server.data.snapshot(), library=True)

    def then() -> None:
        world.trace("FAULT", "redis crashes")
        world.loop.world_later(fault.seconds, come_up)

    calls, is_done = _crash_number(fault)
    server.crash_at(calls, then, is_done=is_done)


def _redis_freezes(world: World, _: Fault) -> None:
    world.redis.primary.freeze()


def _redis_thaws(world: World, _: Fault) -> None:
    world.redis.primary.thaw()


def _fail_over_soon(world: World, fault: Fault) -> None:
    """Take what the replica holds now; it is promoted a little later."""
    server = world.redis.primary
    copy = server.data.snapshot()
    names = sorted(world.services)
    strays = {name for i, name in enumerate(names) if fault.number >> i & 1}

    def promote() -> None:
        if server.is_up and server is world.redis.primary and world.redis.other is None:
            world.redis.fail_over(copy, strays)

    world.loop.world_later(_STALE_SECONDS * fault.number / 1000, promote)


def _retire(world: World, _: Fault) -> None:
    world.redis.retire_other()


def _fail_back(world: World, _: Fault) -> None:
    world.redis.retire_other()
    world.redis.fail_back()


def _redis_full(world: World, _: Fault) -> None:
    world.redis.primary.data.is_full = True


def _redis_not_full(world: World, _: Fault) -> None:
    world.redis.primary.data.is_full = False


def _redis_cut(world: World, fault: Fault) -> None:
    _service(world, fault).redis.cut()


def _redis_silent(world: World, fault: Fault) -> None:
    _service(world, fault).redis.wire.silence()


def _redis_answers_lost(world: World, fault: Fault) -> None:
    _service(world, fault).redis.wire.loses_answers = True


def _redis_slow(world: World, fault: Fault) -> None:
    _service(world, fault).redis.wire.slowness = _SLOW_WIRE * fault.number / 1000


def _feed_lost(world: World, fault: Fault) -> None:
    _service(world, fault).redis.lose_subscriptions()


def _feed_deaf(world: World, fault: Fault) -> None:
    _service(world, fault).redis.deafen()


def _redis_mended(world: World, fault: Fault) -> None:
    _service(world, fault).redis.mend()


# --- the database --------------------------------------------------------------------------


def _database_down(world: World, _: Fault) -> None:
    world.database.go_down()


def _database_up(world: World, _: Fault) -> None:
    world.database.come_up()


def _database_crashes_at_a_call(world: World, fault: Fault) -> None:
    def then() -> None:
        world.trace("FAULT", "database crashes")
        world.loop.world_later(fault.seconds, world.database.come_up)

    calls, is_done = _crash_number(fault)
    world.database.crash_at(calls, then, is_done=is_done)


def _database_freezes(world: World, _: Fault) -> None:
    world.database.freeze()


def _database_thaws(world: World, _: Fault) -> None:
    world.database.thaw()


def _read_only(world: World, _: Fault) -> None:
    world.database.is_read_only = True


def _writable(world: World, _: Fault) -> None:
    world.database.is_read_only = False


def _database_cut(world: World, fault: Fault) -> None:
    _service(world, fault).store.cut()


def _database_silent(world: World, fault: Fault) -> None:
    _service(world, fault).store.wire.silence()


def _database_answers_lost(world: World, fault: Fault) -> None:
    _service(world, fault).store.wire.loses_answers = True


def _database_slow(world: World, fault: Fault) -> None:
    _service(world, fault).store.wire.slowness = _SLOW_WIRE * fault.number / 1000


def _database_mended(world: World, fault: Fault) -> None:
    _service(world, fault).store.wire.mend()


def _database_clock_wrong(world: World, fault: Fault) -> None:
    world.database_offset = _step_ms(fault)


def _database_clock_right(world: World, _: Fault) -> None:
    world.database_offset = 0


# --- between clients and gateways ----------------------------------------------------------


def _lose_connection(world: World, fault: Fault) -> None:
    for link in world.network.of(fault.target):
        link.lose()


def _lose_connection_late(world: World, fault: Fault) -> None:
    """What is sent waits on its way; the client sends it again elsewhere before it arrives."""
    for link in world.network.of(fault.target):
        link.silence("server")
        world.loop.world_later(fault.seconds * fault.number / 1000, link.reset_client)


def _half_open(world: World, fault: Fault) -> None:
    for link in world.network.of(fault.target):
        link.silence("client", "server")
        link.is_dead = True


def _partition(world: World, fault: Fault) -> None:
    world.network.unreachable.add(fault.target)
    for link in world.network.of(fault.target):
        link.silence("client", "server")


def _one_way_partition(world: World, fault: Fault) -> None:
    for link in world.network.of(fault.target):
        link.silence("client" if fault.number % 2 else "server")


def _unreachable(world: World, fault: Fault) -> None:
    world.network.unreachable.add(fault.target)
    _lose_connection(world, fault)


def _slow_connection(world: World, fault: Fault) -> None:
    for link in world.network.of(fault.target):
        link.slowness = _SLOW_LINK


def _stall(world: World, fault: Fault) -> None:
    for link in world.network.of(fault.target):
        link.is_stalled = True


def _network_mended(world: World, fault: Fault) -> None:
    world.network.unreachable.discard(fault.target)
    for link in world.network.of(fault.target):
        link.mend()


ACTS: dict[str, tuple[Act, Act]] = {
    "kill": (_kill, _start),
    "kill at an await": (_kill_at_an_await, _nothing),
    "freeze": (_freeze, _thaw),
    "freeze at an await": (_freeze_at_an_await, _nothing),
    "stop": (_stop, _start),
    "wrong clock": (_wrong_clock, _right_clock),
    "device kill": (_kill, _start),
    "device kill at an await": (_kill_at_an_await, _nothing),
    "device freeze": (_freeze, _thaw),
    "device away": (_go_away, _start),
    "device away for a day": (_go_away, _return_next_day),
    "device wrong clock": (_device_wrong_clock, _device_right_clock),
    "redis flushed": (_flush, _nothing),
    "redis restarts": (_redis_down, _redis_up_with_data),
    "redis crashes at a call": (_redis_crashes_at_a_call, _nothing),
    "redis restarts without the last second": (_redis_down_soon, _nothing),
    "redis restarts empty": (_redis_down, _redis_up_empty),
    "redis freezes": (_redis_freezes, _redis_thaws),
    "redis fails over": (_fail_over_soon, _retire),
    "redis fails over and back": (_fail_over_soon, _fail_back),
    "redis is full": (_redis_full, _redis_not_full),
    "redis cut off": (_redis_cut, _redis_mended),
    "redis silent": (_redis_silent, _redis_mended),
    "redis answers lost": (_redis_answers_lost, _redis_mended),
    "redis slow": (_redis_slow, _redis_mended),
    "feed lost": (_feed_lost, _nothing),
    "feed deaf": (_feed_deaf, _redis_mended),
    "database down": (_database_down, _database_up),
    "database crashes at a call": (_database_crashes_at_a_call, _nothing),
    "database freezes": (_database_freezes, _database_thaws),
    "database read-only": (_read_only, _writable),
    "database cut off": (_database_cut, _database_mended),
    "database silent": (_database_silent, _database_mended),
    "database answers lost": (_database_answers_lost, _database_mended),
    "database slow": (_database_slow, _database_mended),
    "database clock wrong": (_database_clock_wrong, _database_clock_right),
    "connection lost": (_lose_connection, _nothing),
    "connection lost, frames late": (_lose_connection_late, _network_mended),
    "connection half-open": (_half_open, _nothing),
    "partition": (_partition, _network_mended),
    "one-way partition": (_one_way_partition, _network_mended),
    "unreachable": (_unreachable, _network_mended),
    "slow connection": (_slow_connection, _network_mended),
    "stalled reader": (_stall, _network_mended),
}
assert ACTS.keys() == KINDS.keys()


def schedule(world: World, fault: Fault) -> None:
    """Let a fault begin and end in its time."""
    begin, end = ACTS[fault.kind]
    now = world.loop.time()
    aftermath = _STAMPS_AFTERMATH if fault.kind in _OF_STAMPS else _AFTERMATH
    world.record.troubles.append((now + fault.at, now + fault.at + fault.seconds + aftermath))

    def begins() -> None:
        world.trace("FAULT", f"{fault.kind} of {fault.target} ({fault.number})")
        begin(world, fault)

    def ends() -> None:
        if end is not _nothing:
            world.trace("FAULT", f"ends: {fault.kind} of {fault.target}")
            end(world, fault)

    world.loop.world_later(fault.at, begins)
    world.loop.world_later(fault.at + fault.seconds, ends)


def heal(world: World) -> None:
    """End every fault: everything runs, and everything reaches everything."""
    world.trace("world", "heals")
    world.redis.retire_other()
    primary = world.redis.primary
    if not primary.is_up:
        primary.start_with(primary.data.snapshot(), library=True)
    primary.thaw()
    primary.crash_no_more()
    primary.data.is_full = False
    world.database.come_up()
    world.database.thaw()
    world.database.crash_no_more()
    world.database.is_read_only = False
    world.database_offset = 0
    world.network.unreachable.clear()
    for name, service in world.services.items():
        thaw(world, name)
        service.clock_offset = 0
        if service.runs:
            service.redis.mend()
            service.store.wire.mend()
    for name, device in world.devices.items():
        thaw(world, name)
        device.clock_offset = 0
        for link in world.network.of(name):
            link.mend()
    for host in world.hosts.values():
        host.start()
