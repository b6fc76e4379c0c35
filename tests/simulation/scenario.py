"""What happens in one run, drawn from its seed.

Owns: who there is, what people do, what breaks and when; and that it can be printed and cut down.
Never: doing any of it (`simulation.py`, `faults.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# How long people write and things break, in virtual seconds.
CHAOS_SECONDS = 12.0
# Bytes of a large message: a text may have 16 KiB.
_LARGEST = 15_000
_ROOMS = ("red", "blue")
_USERS = ("ann", "bob", "cid")


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something: `post`, `join`, `leave` or `sign out` and in again.

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
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}",
            f"  gateways {', '.join(self.gateways)}; loggers {', '.join(self.loggers)}",
            f"  devices {', '.join(f'{name} of {user}' for name, user in self.devices)}",
            f"  members {', '.join(f'{user} in {room}' for user, room in self.members)}",
        ]
        happens: list[Step | Fault] = [*self.steps, *self.faults]
        lines += [f"  {item}" for item in sorted(happens, key=lambda item: item.at)]
        return "\n".join(lines)


# Each kind of fault: what it strikes, how often it is drawn, and for how many seconds.
_SERVICE, _DEVICE, _REDIS, _DATABASE, _NET = "service", "device", "redis", "database", "network"
KINDS: dict[str, tuple[str, int, tuple[float, float]]] = {
    # processes
    "kill": (_SERVICE, 3, (0.2, 4.0)),
    "kill at an await": (_SERVICE, 5, (0.0, 0.0)),
    "freeze": (_SERVICE, 3, (0.5, 9.0)),
    "freeze at an await": (_SERVICE, 4, (0.5, 9.0)),
    "stop": (_SERVICE, 2, (0.2, 3.0)),
    "wrong clock": (_SERVICE, 1, (1.0, 8.0)),
    "device kill": (_DEVICE, 3, (0.1, 4.0)),
    "device kill at an await": (_DEVICE, 4, (0.0, 0.0)),
    "device freeze": (_DEVICE, 2, (0.5, 8.0)),
    "device away": (_DEVICE, 2, (2.0, 12.0)),
    # Redis
    "redis flushed": (_REDIS, 3, (0.0, 0.0)),
    "redis restarts": (_REDIS, 2, (0.1, 2.0)),
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
    "database freezes": (_DATABASE, 1, (0.5, 6.0)),
    "database read-only": (_DATABASE, 1, (0.5, 4.0)),
    "database cut off": (_SERVICE, 2, (0.2, 5.0)),
    "database silent": (_SERVICE, 2, (0.5, 14.0)),
    "database answers lost": (_SERVICE, 3, (0.1, 3.0)),
    "database slow": (_SERVICE, 2, (0.5, 6.0)),
    "database clock wrong": (_DATABASE, 1, (1.0, 8.0)),
    # between clients and gateways
    "connection lost": (_NET, 4, (0.0, 0.0)),
    "connection half-open": (_NET, 2, (0.0, 0.0)),
    "partition": (_NET, 3, (0.5, 8.0)),
    "unreachable": (_NET, 2, (0.5, 6.0)),
    "slow connection": (_NET, 2, (0.5, 6.0)),
    "stalled reader": (_NET, 1, (1.0, 8.0)),
}


def plan_of(seed: int) -> Plan:
    """Draw a run."""
    dice = Random(f"plan {seed}")
    users = _USERS[: dice.choice([2, 2, 3])]
    devices = [(f"{user}1", user) for user in users]
    if dice.random() < 0.6:
        devices.append((f"{users[0]}2", users[0]))
    rooms = _ROOMS[: dice.choice([1, 1, 2])]
    members = [(user, room) for user in users for room in rooms if dice.random() < 0.75]
    gateways = tuple(f"gateway{i + 1}" for i in range(dice.choice([1, 2, 2, 3])))
    loggers = tuple(f"logger{i + 1}" for i in range(dice.choice([1, 2, 2])))
    return Plan(
        seed,
        gateways,
        loggers,
        tuple(devices),
        rooms,
        tuple(members),
        tuple(_steps(dice, devices, ("lobby", *rooms))),
        tuple(_faults(dice, (*gateways, *loggers), [name for name, _ in devices])),
    )


def _steps(dice: Random, devices: list[tuple[str, str]], rooms: tuple[str, ...]) -> list[Step]:
    steps = []
    largest = dice.choice([0, 0, 0, 0, _LARGEST])
    for _ in range(dice.randint(8, 24)):
        device, _ = dice.choice(devices)
        at = dice.random() * CHAOS_SECONDS
        do = dice.choices(["post", "join", "leave", "sign out"], [16, 2, 2, 1])[0]
        if do == "post":
            # Several at once now and then: their order is a promise.
            room = dice.choice(rooms)
            count = dice.choice([1, 1, 2, 4])
            size = dice.randint(0, largest)
            steps += [Step(at + i * 0.001, device, "post", room, size) for i in range(count)]
        else:
            steps.append(Step(at, device, do, dice.choice(rooms[1:])))
    return sorted(steps, key=lambda step: step.at)


def _faults(dice: Random, services: tuple[str, ...], devices: list[str]) -> list[Fault]:
    targets = {
        _SERVICE: list(services),
        _DEVICE: devices,
        _NET: devices,
        _REDIS: ["redis"],
        _DATABASE: ["database"],
    }
    # Few kinds in one run, so that the same ones meet again and again.
    kinds = dice.choices(list(KINDS), [weight for _, weight, _ in KINDS.values()], k=4)
    faults = []
    for _ in range(dice.randint(1, 8)):
        kind = dice.choice(kinds)
        target, _, (shortest, longest) = KINDS[kind]
        faults.append(
            Fault(
                dice.random() * CHAOS_SECONDS,
                kind,
                dice.choice(targets[target]),
                dice.uniform(shortest, longest),
                dice.randrange(1000),
            )
        )
    return sorted(faults, key=lambda fault: fault.at)
