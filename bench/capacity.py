"""What so many people need: `python -m bench.capacity --people 100000`.

Owns: the arithmetic from what each step costs (`bench.costs`) to servers.
Never: a measurement. docs/capacity.md explains the formula and where it ends.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from bench.costs import MEASURED, Costs

PEOPLE = (10_000, 100_000, 1_000_000, 10_000_000)
ROOMS = (10, 100, 1_000, 10_000, 100_000)
# Of one core: beyond it, what comes in bursts waits too long.
USABLE = 0.6
# Of one gateway process, so that one that is lost sends not too many to the others.
CONNECTIONS = 20_000
_CORE = 1e6 * USABLE
_ROWS = {
    "messages": "messages/s in the busiest hour",
    "deliveries": "deliveries/s",
    "gateways": "gateway processes, a core each",
    "gateway_memory_gb": "their memory for connections, GB",
    "redis_shards": "Redis masters, a core each",
    "loggers": "loggers, a core each",
    "database_cores": "PostgreSQL, cores",
    "database_tb_a_year": "PostgreSQL, TB a year",
    "network_gbit": "network to the people, Gbit/s",
    "return_seconds": "all cut off and back, s",
}


@dataclass(frozen=True)
class Load:
    """How much is said, and to how many.

    `per_day`: messages of one person a day. `busy_hour`: the share of a day's messages that is said
    in its busiest hour. `room`: how many connected people an average message goes to.
    """

    people: int
    per_day: float = 50.0
    busy_hour: float = 0.12
    room: float = 20.0

    @property
    def messages(self) -> float:
        """Messages a second in the busiest hour."""
        return self.people * self.per_day * self.busy_hour / 3600


@dataclass(frozen=True)
class Needs:
    """Processor is in cores of the machine that was measured, each used up to `USABLE`."""

    people: int
    messages: float
    deliveries: float
    gateways: int
    redis_shards: int
    loggers: int
    database_cores: int
    gateway_memory_gb: float
    network_gbit: float
    database_tb_a_year: float
    return_seconds: float
    """Until everybody is back, if all are cut off at once."""


def reached(gateways: int, room: float) -> float:
    """Return on how many gateways a room's people are, on average, if they fall at random."""
    nobody: float = (1 - 1 / gateways) ** room
    return gateways * (1 - nobody)


def gateway_work(load: Load, gateways: int, costs: Costs = MEASURED) -> float:
    """Return the microseconds that all gateways work in a second of the busiest hour."""
    each = costs.accept + reached(gateways, load.room) * costs.receive + load.room * costs.deliver
    return load.messages * each


def gateways_for(load: Load, costs: Costs = MEASURED) -> int:
    """Return how many gateway processes are enough, each with a core of its own.

    The more there are, the more of them take each message: so it is sought from below.
    """
    least = max(1, ceil(load.people / CONNECTIONS))
    while gateway_work(load, least, costs) > least * _CORE:
        least += max(1, least // 100)
    return least


def needs(load: Load, costs: Costs = MEASURED) -> Needs:
    """Return what a load needs. Where a message falls, in which shard and gateway, is chance."""
    gateways = gateways_for(load, costs)
    redis = costs.append + reached(gateways, load.room) * costs.publish
    deliveries = load.messages * load.room
    return Needs(
        people=load.people,
        messages=load.messages,
        deliveries=deliveries,
        gateways=gateways,
        redis_shards=_cores(load.messages * redis),
        loggers=_cores(load.messages * costs.log),
        database_cores=_cores(load.messages * costs.store),
        gateway_memory_gb=load.people * costs.connection_bytes / 1e9,
        network_gbit=deliveries * costs.delivery_bytes * 8 / 1e9,
        database_tb_a_year=load.people * load.per_day * 365 * costs.stored_bytes / 1e12,
        return_seconds=load.people * costs.come_back / (gateways * _CORE),
    )


def most_in_room(people: int, gateways: int, costs: Costs = MEASURED) -> tuple[float, str]:
    """Return how many messages a second one room carries, and the part that ends first.

    A room has one shard, so one Redis and one logger; its people are spread over the gateways.
    """
    here = reached(gateways, people)
    gateway = costs.accept / gateways + costs.receive + costs.deliver * people / here
    limits = {
        "gateways": _CORE / gateway,
        "Redis": _CORE / (costs.append + costs.publish * here),
        "logger": _CORE / costs.log,
        "PostgreSQL": _CORE / costs.store,
    }
    part = min(limits, key=lambda name: limits[name])
    return limits[part], part


def saturation(room: float, costs: Costs = MEASURED) -> dict[str, float]:
    """Return how many messages a second one core of each part carries, in rooms of a size."""
    return {
        "a gateway": _CORE / (costs.accept + costs.receive + room * costs.deliver),
        "a Redis": _CORE / (costs.append + costs.publish),
        "a logger": _CORE / costs.log,
        "PostgreSQL, each core": _CORE / costs.store,
    }


def _cores(work_us: float) -> int:
    return max(1, ceil(work_us / _CORE))


def report(loads: Sequence[Load], costs: Costs = MEASURED) -> str:
    """Return the tables of docs/capacity.md."""
    columns = [needs(load, costs) for load in loads]
    largest = max(columns, key=lambda column: column.people)
    lines = [_line("", (f"{column.people:,} people" for column in columns)), _rule(len(columns))]
    for name, unit in _ROWS.items():
        values = (_figure(getattr(column, name)) for column in columns)
        lines.append(_line(unit, values))
    lines += ["", _line("one core of", ["messages/s at most"]), _rule(1)]
    room = loads[0].room
    lines += [_line(part, [_figure(most)]) for part, most in saturation(room, costs).items()]
    lines += ["", _line("connected people in one room", ["messages/s", "ended by"]), _rule(2)]
    for size in ROOMS:
        most, part = most_in_room(size, largest.gateways, costs)
        lines.append(_line(f"{size:,}", [_figure(most), part]))
    return "\n".join(lines)


def main() -> None:
    """Print what the options ask for."""
    options = _options()
    loads = [
        Load(each, options.per_day, options.busy_hour, options.room) for each in options.people
    ]
    print(report(loads))


def _options() -> argparse.Namespace:
    usual = Load(1)
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE, help="connected at once")
    parser.add_argument("--per-day", type=float, default=usual.per_day, help="messages of each")
    parser.add_argument(
        "--busy-hour", type=float, default=usual.busy_hour, help="its share of a day's messages"
    )
    parser.add_argument(
        "--room", type=float, default=usual.room, help="connected people a message goes to"
    )
    return parser.parse_args()


def _line(head: str, cells: Iterable[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _line("---", ["---:"] * columns)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


if __name__ == "__main__":
    main()
