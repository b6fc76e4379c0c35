"""The load client, against a server that it has not met elsewhere."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from bench.load.client import Connected, LoadClient, LoadClientFailed
from bench.load.plan import CMID, STAMP, Await, Plan, Planned, upgrade

STAMP_SIGN = "#T"
Result = TypeVar("Result")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Hall:
    """A server that says to everybody what one says, and keeps it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._here: set[ServerConnection] = set()

    async def receive(self, connection: ServerConnection) -> None:
        self._here.add(connection)
        with suppress(ConnectionClosed):  # the load client goes without a word
            async for frame in connection:
                assert isinstance(frame, str)
                self.heard.append(frame)
                if frame == "let me in":
                    await connection.send("welcome in")
                else:
                    for each in self._here:
                        await each.send(frame)


@asynccontextmanager
async def hall() -> AsyncIterator[tuple[Hall, int]]:
    made = Hall()
    async with serve(made.receive, "127.0.0.1", 0) as server:
        yield made, server.sockets[0].getsockname()[1]


def plan(port: int | list[int], people: int, template: str) -> Plan:
    connections = [
        Planned(upgrade("/"), ("let me in", Await("welcome")), template if i == 0 else None)
        for i in range(people)
    ]
    return Plan(port, connections)


async def driven(plan: Plan, work: Callable[[LoadClient], object]) -> object:
    def drive() -> object:
        with LoadClient(plan) as client:
            client.connect()
            return work(client)

    return await apart(drive)


async def connected(plan: Plan, owed: int) -> Connected:
    """Open a plan's connections one after the other."""

    def drive() -> Connected:
        with LoadClient(plan) as client:
            return client.connect(1, owed)

    return await apart(drive)


async def apart(drive: Callable[[], Result]) -> Result:
    try:
        return await asyncio.to_thread(drive)
    except LoadClientFailed as failed:
        if "compiler" in str(failed):
            pytest.skip(str(failed))
        raise


async def test_each_delivery_of_each_message_is_counted_once() -> None:
    async with hall() as (made, port):
        ran = await driven(plan(port, 3, STAMP + " hello"), lambda client: client.run(50, 1, 0.5))
        said = len(made.heard) - 3
        assert (ran.sent, ran.deliveries) == (said, 3 * said)  # type: ignore[attr-defined]


async def test_a_stamp_is_the_time_of_its_message() -> None:
    async with hall() as (made, port):
        await driven(plan(port, 1, STAMP), lambda client: client.run(50, 1, 0))
        stamps = [int(frame[2:]) for frame in made.heard[1:]]
        assert stamps == sorted(set(stamps))


async def test_every_message_has_a_name_of_its_own() -> None:
    async with hall() as (made, port):
        await driven(plan(port, 1, CMID), lambda client: client.run(100, 1, 0))
        names = made.heard[1:]
        assert len(set(names)) == len(names)
        assert all(_UUID7.fullmatch(name) for name in names)


async def test_a_run_ends_when_everything_has_come() -> None:
    async with hall() as (_, port):
        ran = await driven(plan(port, 2, STAMP), lambda client: client.run(20, 0.5, 170, 2))
        assert ran.deliveries == 2 * ran.sent  # type: ignore[attr-defined]


async def test_connections_take_turns_among_the_servers() -> None:
    async with hall() as (one, first), hall() as (other, second):
        await driven(plan([first, second], 4, STAMP), lambda _: None)
        assert (len(one.heard), len(other.heard)) == (2, 2)


async def test_connecting_ends_when_what_is_owed_has_come() -> None:
    async with hall() as (_, port):
        connections = plan(port, 3, "").connections
        for each in connections:  # what one says, all who are there hear
            each.script = (*each.script, f"{STAMP_SIGN}{1:016}")
        assert (await connected(Plan(port, connections), owed=6)).deliveries == 6


async def test_who_is_not_let_in_is_told() -> None:
    async with hall() as (_, port):
        refused = Plan(port, [Planned("GET / HTTP/1.1\r\nHost: here\r\n\r\n")])
        with pytest.raises(AssertionError, match="no upgrade"):
            await driven(refused, _all_in)


def _all_in(client: LoadClient) -> None:
    again = client.connect()
    assert again.failed == 0, again.failure


def test_a_line_end_in_a_script_stays_within_its_line() -> None:
    one = Plan(80, [Planned("GET / HTTP/1.1\r\n\r\n", ('{"a": "b\\n"}',))])
    assert one.text().splitlines() == [
        "target 127.0.0.1 80",
        r"connection GET / HTTP/1.1\r\n\r\n",
        r'say {"a": "b\\n"}',
    ]
