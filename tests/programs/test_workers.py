"""Several workers on one port are one gateway, whichever of them a client comes to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import parley
from parley.protocol.refusals import CloseCode
from tests.databases import copy_of
from tests.integration.deployment import PASSWORD, Someone
from tests.programs.gateways import Gateway, gateway, program
from tests.programs.programs import PATIENCE, run
from tests.servers import RedisServer

WORKERS = (1, 2)
# Chance decides who serves whom: so many connections are all at one worker once in a billion times.
ENOUGH = 30


@pytest.fixture
def places(redis_server: RedisServer, template: Path, tmp_path: Path) -> dict[str, str]:
    """A Redis and a database, as settings, and everybody is let in at once."""
    redis_server.reset()
    return {
        "PARLEY_REDIS_URL": redis_server.url,
        "PARLEY_DATABASE_URL": copy_of(template, tmp_path),
        "PARLEY_SHARDS": "1",
        "PARLEY_CONNECTION_RATE": "none",
        "PARLEY_SIGN_UP_RATE": "none",
        "PARLEY_DRAIN_SECONDS": "2",
    }


async def person(stack: AsyncExitStack, running: Gateway, name: str) -> Someone:
    """Sign somebody up, whichever worker takes them."""
    chat = parley.connect(running.url, user=name, password=PASSWORD, sign_up=True, rooms=["lobby"])
    someone = Someone(name, await stack.enter_async_context(chat))
    await someone.until(parley.RoomLive)
    return someone


@asynccontextmanager
async def people_at_every_worker(running: Gateway) -> AsyncIterator[list[Someone]]:
    """As many people as it takes until each worker has somebody."""
    async with AsyncExitStack() as stack:
        people: list[Someone] = []
        while not all(running.clients_of(worker) for worker in WORKERS):
            assert len(people) < ENOUGH
            people.append(await person(stack, running, f"person{len(people)}"))
        yield people


@asynccontextmanager
async def sockets_at_every_worker(running: Gateway) -> AsyncIterator[list[ClientConnection]]:
    """As many connections, of nobody in particular, as it takes until each worker has one."""
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        while not all(running.clients_of(worker) for worker in WORKERS):
            assert len(sockets) < ENOUGH
            url = f"ws://127.0.0.1:{running.port}/ws"
            connecting = connect(url, subprotocols=["parley.v1"])  # type: ignore[list-item]
            sockets.append(await stack.enter_async_context(connecting))
        yield sockets


def get(running: Gateway, path: str) -> str:
    with urllib.request.urlopen(running.url + path, timeout=PATIENCE) as answer:
        return str(answer.read().decode())


async def metric(running: Gateway, name: str) -> set[float]:
    """What a metric is, asked for so often that every worker has answered."""
    pages = [await asyncio.to_thread(get, running, "/metrics") for _ in range(ENOUGH)]
    lines = [line for page in pages for line in page.splitlines() if line.startswith(f"{name} ")]
    assert len(lines) == ENOUGH
    return {float(line.rsplit(" ", 1)[1]) for line in lines}


async def test_people_at_different_workers_hear_each_other(places: dict[str, str]) -> None:
    async with (
        program("logger", PARLEY_LOGGER_PORT="0", **places) as logger,
        gateway(**places) as running,
        people_at_every_worker(running) as people,
    ):
        for speaker in people:
            await speaker.says(f"from {speaker.name}")
        for hearer in people:
            await hearer.hears_all([f"from {speaker.name}" for speaker in people])
        assert logger.pid


async def test_a_killed_worker_is_replaced_and_its_clients_come_back_with_nothing_lost(
    places: dict[str, str],
) -> None:
    async with (
        program("logger", PARLEY_LOGGER_PORT="0", **places),
        gateway(**places) as running,
        people_at_every_worker(running) as people,
    ):
        said = [f"{speaker.name} {n}" for n in range(3) for speaker in people]
        saying = asyncio.gather(
            *(
                speaker.says(*(t for t in said if t.startswith(f"{speaker.name} ")))
                for speaker in people
            )
        )
        first = running.workers()[2]
        os.kill(first, signal.SIGKILL)
        await running.logs("worker_ended", worker=2, code=-signal.SIGKILL)
        await running.logs("worker_listening", worker=2)
        await saying
        for hearer in people:
            heard = [await hearer.until(parley.Message) for _ in said]
            assert sorted(message.text for message in heard) == sorted(said)
        assert running.workers()[2] != first


async def test_what_a_killed_worker_has_counted_stays_in_the_sums(places: dict[str, str]) -> None:
    async with gateway(**places) as running:
        async with people_at_every_worker(running) as people:
            assert await metric(running, "parley_connections") == {float(len(people))}
            resumes = await metric(running, 'parley_resumes_total{outcome="recovered"}')
        os.kill(running.workers()[2], signal.SIGKILL)
        await running.logs("worker_listening", worker=2)

        assert await metric(running, 'parley_resumes_total{outcome="recovered"}') >= resumes
        assert await metric(running, "parley_connections") == {0.0}


async def test_a_stop_lets_the_clients_of_all_workers_go(places: dict[str, str]) -> None:
    async with gateway(**places) as running, sockets_at_every_worker(running) as sockets:
        assert await running.end() == 0

        assert [await last_words(each) for each in sockets] == [
            ("reconnect", CloseCode.RESTARTING)
        ] * len(sockets)


async def test_a_second_signal_ends_what_hangs(places: dict[str, str]) -> None:
    patient = places | {"PARLEY_DRAIN_SECONDS": "300"}
    async with gateway(**patient) as running:
        os.kill(running.workers()[1], signal.SIGSTOP)
        try:
            running.send(signal.SIGTERM)
            await running.logs("gateway_stops")

            running.send(signal.SIGTERM)

            await running.logs("workers_killed")
            await running.rest()
        finally:
            with suppress(ProcessLookupError):  # a failed test leaves no frozen process behind
                os.kill(running.workers()[1], signal.SIGCONT)


async def test_a_parent_that_is_killed_leaves_no_worker(places: dict[str, str]) -> None:
    """Who still had the log open would keep `rest` from its end."""
    async with gateway(**places) as running:
        running.send(signal.SIGKILL)

        assert {record["worker"] for record in await running.rest()} == set(WORKERS)


async def test_a_worker_that_is_asked_to_stop_is_replaced(places: dict[str, str]) -> None:
    async with gateway(**places) as running:
        os.kill(running.workers()[1], signal.SIGTERM)

        await running.logs("worker_ended", worker=1, code=0)
        await running.logs("worker_listening", worker=1)


async def test_all_workers_are_ready_before_the_gateway_is(places: dict[str, str]) -> None:
    async with gateway(**places) as running:
        assert set(running.workers()) == set(WORKERS)
        answer = await asyncio.to_thread(get, running, "/readyz")
        assert json.loads(answer) == {"redis": "ok", "database": "ok", "workers": "ok"}


@asynccontextmanager
async def a_stranger(_: dict[str, str]) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@asynccontextmanager
async def another_gateway(places: dict[str, str]) -> AsyncIterator[int]:
    """Its workers share their port with one another, and with nobody else."""
    async with gateway(**places) as running:
        yield running.port


@pytest.mark.parametrize("holder", [a_stranger, another_gateway], ids=lambda it: it.__name__)
async def test_a_port_in_use_is_named_with_what_to_do(
    places: dict[str, str],
    holder: Callable[[dict[str, str]], AbstractAsyncContextManager[int]],
) -> None:
    async with holder(places) as port:
        outcome = await run("gateway", PARLEY_WORKERS="2", PARLEY_PORT=str(port), **places)

    assert outcome.code == 2
    assert str(port) in outcome.err
    assert "PARLEY_PORT" in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_what_keeps_every_worker_from_starting_is_said_once(places: dict[str, str]) -> None:
    wrong = places | {"PARLEY_SHARDS": "7"}

    outcome = await run("gateway", PARLEY_WORKERS="4", PARLEY_PORT="0", **wrong)

    assert outcome.code == 2
    assert "7" in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_parley_admin_is_answered_by_one_worker(
    places: dict[str, str], tmp_path: Path
) -> None:
    own = {"PARLEY_ADMIN_SOCKET": str(tmp_path / "admin.sock")}
    async with gateway(**places, **own):
        made = await run("admin", "users", "create", "ann", PARLEY_PASSWORD=PASSWORD, **own)

        assert (made.code, made.err) == (0, "")


async def test_a_worker_without_a_parent_says_who_starts_it(places: dict[str, str]) -> None:
    outcome = await run("worker", **places)

    assert (outcome.code, outcome.err) == (
        2,
        "parley: a worker is started by its gateway: parley gateway\n",
    )


async def last_words(client: ClientConnection) -> tuple[str, int | None]:
    """Return the type of the last message to a client, and with which code it was let go."""
    last = ""
    try:
        async with asyncio.timeout(PATIENCE):
            async for message in client:
                last = json.loads(message)["type"]
    except ConnectionClosed:
        pass
    return last, client.close_code
