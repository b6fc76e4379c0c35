"""What happens in one run, drawn from its seed.

Owns: who there is, what people do, what breaks and when; and that it can be printed and cut down.
Never: doing any of it (`simulation.py`, `faults.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from random import Random

# How long people write and things break, in virtual seconds.
CHAOS_SECONDS = 8.0
# Faults end by then, unless they last for longer than that less the seconds in which they begin.
_LAST_END = CHAOS_SECONDS + 1.0
_EARLY_SECONDS = 2.0
# The share of the runs in which people change what they have said.
_ALTERING = 0.4
# The share of the runs in which people say that they have read something.
_READING = 0.5
# Bytes of a large message: a text may have 16 KiB.
_LARGEST = 15_000
_ROOMS = ("red", "blue")
_USERS = ("ann", "bob", "cid")
# What happens at one moment happens within so many seconds.
_MOMENT_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something: `post`, `edit` or `delete` what was posted, `react` to or `read`
    what is shown, `join`, `leave`, or `sign out` and in again.

    `size`: bytes that a message has more than its words.
    """

    at: float
    device: str
    do: str
    room: str
    size: int = 0

    def __str__(self) -> str:
        much = f" ({self.size} bytes)" if self.size else ""
        return f"{self.at:7.3f}  {self.device} {self.do} {self.room}{much}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something breaks for so many seconds. What `number` means depends on the kind."""

    at: float
    kind: str
    target: str
    seconds: float
    number: int

    def __str__(self) -> str:
        ends = f"{self.at + self.seconds:.3f}"
        return f"{self.at:7.3f}  {self.kind} of {self.target} until {ends} ({self.number})"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run's services are, in seconds."""

    heartbeat: float
    room_idle: float
    """After which a room that is stored and idle leaves Redis; more than two heartbeats."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    gateways: tuple[str, ...]
    loggers: tuple[str, ...]
    devices: tuple[tuple[str, str], ...]
    """Names, each with its user."""
    rooms: tuple[str, ...]
    members: tuple[tuple[str, str], ...]
    """User and room, of those that are in from the beginning."""
    pace: Pace
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}",
            f"  gateways {', '.join(self.gateways)}; loggers {', '.join(self.loggers)}",
            f"  devices {', '.join(f'{name} of {user}' for name, user in self.devices)}",
            f"  members {', '.join(f'{user} in {room}' for user, room in self.members)}",
            f"  a heartbeat each {self.pace.heartbeat} s; idle rooms leave Redis after "
            f"{self.pace.room_idle} s",
        ]
        happens: list[Step | Fault] = [*self.steps, *self.faults]
        lines += [f"  {item}" for item in sorted(happens, key=lambda item: item.at)]
        return "\n".join(lines)


# A short one lets rooms be dropped and seeded again all the time, and doubles what a run costs.
_SHORT_PACE = Pace(0.4, 0.9)
_PACES = (_SHORT_PACE, Pace(1.0, 2.5), Pace(1.0, 5.0), Pace(1.0, 5.0))


class Mood(Enum):
    """What people do, and what breaks.

    SLEEPY: everybody speaks at a few moments, rooms leave Redis in between, and nothing breaks but
    that much is late. RESTLESS: people leave, and come back, while what they said is on its way.
    """

    USUAL = 0.7
    SLEEPY = 0.2
    RESTLESS = 0.1

    @property
    def share(self) -> float:
        """How many of the runs are of this mood."""
        return self.value


# Each kind of fault: what it strikes, how often it is drawn, and for how many seconds.
_SERVICE, _DEVICE, _REDIS, _DATABASE, _NET = "service", "device", "redis", "database", "network"
KINDS: dict[str, tuple[str, int, tuple[float, float]]] = {
    # processes
    "kill": (_SERVICE, 3, (0.2, 4.0)),
    "kill at an await": (_SERVICE, 5, (0.0, 0.0)),
    "freeze": (_SERVICE, 3, (0.5, 9.0)),
    "freeze at an await": (_SERVICE, 4, (0.5, 9.0)),
    "stop": (_SERVICE, 2, (0.2, 3.0)),
    "wrong clock": (_SERVICE, 2, (1.0, 8.0)),
    "device kill": (_DEVICE, 3, (0.1, 4.0)),
    "device kill at an await": (_DEVICE, 4, (0.0, 0.0)),
    "device freeze": (_DEVICE, 2, (0.5, 8.0)),
    "device away": (_DEVICE, 2, (2.0, 12.0)),
    "device away for a day": (_DEVICE, 1, (2.0, 12.0)),
    "device wrong clock": (_DEVICE, 1, (1.0, 8.0)),
    # Redis
    "redis flushed": (_REDIS, 3, (0.0, 0.0)),
    "redis restarts": (_REDIS, 2, (0.1, 2.0)),
    "redis crashes at a call": (_REDIS, 3, (0.1, 2.0)),
    "redis restarts without the last second": (_REDIS, 3, (0.1, 2.0)),
    "redis restarts empty": (_REDIS, 2, (0.1, 2.0)),
    "redis freezes": (_REDIS, 2, (0.5, 8.0)),
    "redis fails over": (_REDIS, 4, (0.5, 5.0)),
    "redis fails over and back": (_REDIS, 2, (0.5, 4.0)),
    "redis is full": (_REDIS, 1, (0.5, 4.0)),
    "redis cut off": (_SERVICE, 2, (0.2, 5.0)),
    "redis silent": (_SERVICE, 2, (0.5, 14.0)),
    "redis answers lost": (_SERVICE, 3, (0.1, 3.0)),
    "redis slow": (_SERVICE, 4, (0.5, 6.0)),
    "feed lost": (_SERVICE, 3, (0.0, 0.0)),
    "feed deaf": (_SERVICE, 3, (0.2, 5.0)),
    # the database
    "database down": (_DATABASE, 2, (0.1, 4.0)),
    "database crashes at a call": (_DATABASE, 3, (0.1, 4.0)),
    "database freezes": (_DATABASE, 1, (0.5, 6.0)),
    "database read-only": (_DATABASE, 1, (0.5, 4.0)),
    "database cut off": (_SERVICE, 2, (0.2, 5.0)),
    "database silent": (_SERVICE, 2, (0.5, 14.0)),
    "database answers lost": (_SERVICE, 3, (0.1, 3.0)),
    "database slow": (_SERVICE, 2, (0.5, 6.0)),
    "database clock wrong": (_DATABASE, 2, (1.0, 8.0)),
    # between clients and gateways
    "connection lost": (_NET, 4, (0.0, 0.0)),
    "connection lost, frames late": (_NET, 3, (0.1, 6.0)),
    "connection half-open": (_NET, 2, (0.0, 0.0)),
    "partition": (_NET, 3, (0.5, 8.0)),
    "one-way partition": (_NET, 2, (0.5, 8.0)),
    "unreachable": (_NET, 2, (0.5, 6.0)),
    "slow connection": (_NET, 2, (0.5, 6.0)),
    "stalled reader": (_NET, 1, (1.0, 8.0)),
}


# What delays, and loses nothing.
_DELAYS = ("freeze", "freeze at an await", "redis slow", "redis silent", "database slow")
# What holds up a message on its way to the log, so that its sender tries another way.
_HOLDS_UP = ("connection lost, frames late", "freeze", "redis silent", "redis slow")


def plan_of(seed: int) -> Plan:
    """Draw a run."""
    dice = Random(f"plan {seed}")
    mood = _mood(dice.random())
    is_sleepy = mood is Mood.SLEEPY
    users = _USERS[: dice.choice([2, 2, 3])]
    devices = [(f"{user}1", user) for user in users]
    if dice.random() < 0.6:
        devices.append((f"{users[0]}2", users[0]))
    if mood is Mood.RESTLESS:
        devices = [(f"{user}{number}", user) for user in users for number in (1, 2)]
    rooms = _ROOMS[: dice.choice([1, 1, 2])]
    members = [(user, room) for user in users for room in rooms if dice.random() < 0.75]
    gateways = tuple(f"gateway{i + 1}" for i in range(dice.choice([1, 2, 2, 3])))
    loggers = tuple(f"logger{i + 1}" for i in range(dice.choice([1, 1, 2])))
    steps = _steps(dice, devices, ("lobby", *rooms), is_sleepy)
    faults = _faults(dice, (*gateways, *loggers), [name for name, _ in devices], is_sleepy)
    if mood is Mood.RESTLESS:
        steps, faults = _comings_and_goings(dice, users, rooms, gateways)
    steps = _with_alterations(Random(f"alterations {seed}"), steps, devices)
    steps = _with_reads(Random(f"reads {seed}"), steps, devices)
    return Plan(
        seed,
        gateways,
        loggers,
        tuple(devices),
        rooms,
        tuple(members),
        _SHORT_PACE if is_sleepy else dice.choice(_PACES),
        tuple(steps),
        tuple(faults),
    )


def _with_alterations(
    dice: Random, steps: list[Step], devices: list[tuple[str, str]]
) -> list[Step]:
    """Return the steps with some that change what was posted before, in some of the runs."""
    posts = [step for step in steps if step.do == "post"]
    if not posts or dice.random() > _ALTERING:
        return steps
    altering = []
    for _ in range(dice.randint(1, 5)):
        post = dice.choice(posts)
        what = dice.choice(["edit", "delete", "delete", "react", "react"])
        device = dice.choice(devices)[0] if what == "react" else post.device
        altering.append(Step(post.at + dice.uniform(0.05, 3.0), device, what, post.room))
    return sorted([*steps, *altering], key=attrgetter("at"))


def _with_reads(dice: Random, steps: list[Step], devices: list[tuple[str, str]]) -> list[Step]:
    """Return the steps with some that read what was posted before, in some of the runs."""
    posts = [step for step in steps if step.do == "post"]
    if not posts or dice.random() > _READING:
        return steps
    reading = []
    for _ in range(dice.randint(2, 10)):
        post, (device, _) = dice.choice(posts), dice.choice(devices)
        reading.append(Step(post.at + dice.uniform(0.05, 3.0), device, "read", post.room))
    return sorted([*steps, *reading], key=attrgetter("at"))


def _mood(drawn: float) -> Mood:
    if drawn < Mood.SLEEPY.share:
        return Mood.SLEEPY
    return Mood.USUAL if drawn < 1 - Mood.RESTLESS.share else Mood.RESTLESS


def _comings_and_goings(
    dice: Random, users: tuple[str, ...], rooms: tuple[str, ...], gateways: tuple[str, ...]
) -> tuple[list[Step], list[Fault]]:
    """Return who leaves, on another device, while a message is held up, and comes back before it.

    A gateway may die meanwhile, so that nobody is told for a while that somebody has left.
    """
    steps, faults = [], []
    for _ in range(dice.randint(2, 5)):
        user, room, at = dice.choice(users), dice.choice(rooms), dice.random() * CHAOS_SECONDS
        here, there = dice.sample([f"{user}1", f"{user}2"], 2)
        kind, seconds = dice.choice(_HOLDS_UP), dice.uniform(2.0, 6.0)
        held_up = here if KINDS[kind][0] is _NET else dice.choice(gateways)
        faults.append(Fault(at, kind, held_up, seconds, dice.randint(50, 250)))
        left, back = at + dice.uniform(0.05, 0.6), at + seconds * dice.uniform(0.5, 0.9)
        steps.append(Step(at + dice.random() * 0.03, here, "post", room))
        faults.append(Fault(at + dice.uniform(0.05, 0.6), "connection lost", here, 0.0, 0))
        steps += [Step(left, there, "leave", room), Step(back, there, "join", room)]
        if dice.random() < 0.3:
            number = dice.randrange(100)
            faults.append(Fault(left, "kill at an await", dice.choice(gateways), 0.0, number))
    by_time = attrgetter("at")
    return sorted(steps, key=by_time), sorted(faults, key=by_time)


def _steps(
    dice: Random, devices: list[tuple[str, str]], rooms: tuple[str, ...], is_sleepy: bool
) -> list[Step]:
    steps = []
    largest = dice.choice([0, 0, 0, 0, _LARGEST])
    spoken_in = dice.choice([rooms, rooms[:1]]) if is_sleepy else rooms
    # Around a few moments everybody does something, and then nobody for a while.
    count = dice.choice([4, 6] if is_sleepy else [3, 6, 24, 24])
    moments = [dice.random() * CHAOS_SECONDS for _ in range(count)]
    for _ in range(dice.randint(8, 24)):
        device, _ = dice.choice(devices)
        at = dice.choice(moments) + dice.random() * _MOMENT_SECONDS
        do = dice.choices(["post", "join", "leave", "sign out"], [16, 2, 2, 1])[0]
        if do == "post":
            # Several at once now and then: their order is a promise.
            room = dice.choice(spoken_in)
            count = dice.choice([1, 1, 2, 4])
            size = dice.randint(0, largest)
            steps += [Step(at + i * 0.001, device, "post", room, size) for i in range(count)]
        else:
            steps.append(Step(at, device, do, dice.choice(rooms[1:])))
    return sorted(steps, key=lambda step: step.at)


def _faults(
    dice: Random, services: tuple[str, ...], devices: list[str], is_sleepy: bool
) -> list[Fault]:
    targets = {
        _SERVICE: list(services),
        _DEVICE: devices,
        _NET: devices,
        _REDIS: ["redis"],
        _DATABASE: ["database"],
    }
    # Each run has kinds of its own, few or many, so that the same ones meet again and again, and
    # some are never there to hide what another one does (swarm testing).
    drawn_from = _DELAYS if is_sleepy else tuple(KINDS)
    weights = [KINDS[kind][1] for kind in drawn_from]
    kinds = dice.choices(drawn_from, weights, k=dice.choice([1, 2, 3, 4, 4, 6, 12]))
    most = dice.choice([2, 8, 8, 8, 14])
    faults = []
    for _ in range(dice.randint(1, most)):
        kind = dice.choice(kinds)
        target, _, (shortest, longest) = KINDS[kind]
        seconds = dice.uniform(shortest, longest)
        # A long one begins early, so that people still do something while it lasts, and after it.
        begins = dice.random() * min(CHAOS_SECONDS, max(_EARLY_SECONDS, _LAST_END - seconds))
        faults.append(
            Fault(begins, kind, dice.choice(targets[target]), seconds, dice.randrange(1000))
        )
    return sorted(faults, key=lambda fault: fault.at)
