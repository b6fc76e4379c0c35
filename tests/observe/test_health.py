"""Health over HTTP: what is answered, and to whom."""

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from prometheus_client import CollectorRegistry, Gauge

from parley.observe import health, metrics
from parley.observe.health import Answer, Check, HealthServer, respond

SECRET = "redis://:canary@redis"


async def answers() -> None:
    """A part that is there."""


async def is_away() -> None:
    raise ConnectionRefusedError(SECRET)


async def hangs() -> None:
    await asyncio.Event().wait()


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("parley_connections", "Open connections", registry=registry).set(3)
    return registry


async def ready(**checks: Check) -> Answer:
    return await respond("/readyz", checks, CollectorRegistry())


async def test_a_process_that_runs_is_alive_whatever_it_lacks(registry: CollectorRegistry) -> None:
    answer = await respond("/healthz", {"redis": is_away}, registry)

    assert (answer.status, answer.body) == (HTTPStatus.OK, b"ok\n")


async def test_a_service_whose_parts_answer_is_ready() -> None:
    answer = await ready(redis=answers, database=answers)

    assert answer.status == HTTPStatus.OK
    assert json.loads(answer.body) == {"redis": "ok", "database": "ok"}


async def test_a_part_that_is_away_is_named() -> None:
    answer = await ready(redis=is_away, database=answers)

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert json.loads(answer.body) == {"redis": "unavailable", "database": "ok"}


async def test_a_part_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0)

    answer = await ready(redis=hangs, database=hangs)

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert json.loads(answer.body) == {"redis": "no answer", "database": "no answer"}


async def test_what_a_check_raised_is_not_shown() -> None:
    assert b"canary" not in (await ready(redis=is_away)).body


async def test_the_metrics_are_those_of_the_registry(registry: CollectorRegistry) -> None:
    answer = await respond("/metrics", {}, registry)

    assert answer.content_type == metrics.CONTENT_TYPE
    assert b"parley_connections 3.0\n" in answer.body


@pytest.mark.parametrize("path", ["/", "/ws", "/healthz/", "/../metrics", ""])
async def test_an_unknown_path_is_not_found(path: str, registry: CollectorRegistry) -> None:
    assert (await respond(path, {}, registry)).status == HTTPStatus.NOT_FOUND


async def test_a_query_makes_no_difference(registry: CollectorRegistry) -> None:
    assert (await respond("/healthz?now=1", {}, registry)).status == HTTPStatus.OK


# Over a socket.


@pytest.fixture
async def server(registry: CollectorRegistry) -> AsyncIterator[HealthServer]:
    async with HealthServer("127.0.0.1", 0, {"redis": is_away}, registry) as server:
        yield server


async def request(server: HealthServer, text: str) -> tuple[int, dict[str, str], str]:
    """Return the status, the headers and the body that the server answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"{text}\r\nHost: parley\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    status, *lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


async def test_a_get_is_answered_and_the_connection_closed(server: HealthServer) -> None:
    status, headers, body = await request(server, "GET /healthz HTTP/1.1")

    assert (status, body) == (200, "ok\n")
    assert headers["content-length"] == "3"
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"


async def test_what_is_missing_is_answered_as_json(server: HealthServer) -> None:
    status, headers, body = await request(server, "GET /readyz HTTP/1.1")

    assert (status, json.loads(body)) == (503, {"redis": "unavailable"})
    assert headers["content-type"] == "application/json"


async def test_another_method_is_refused(server: HealthServer) -> None:
    assert (await request(server, "DELETE /healthz HTTP/1.1"))[0] == 405


async def test_a_websocket_finds_nobody_here(server: HealthServer) -> None:
    upgrade = (
        "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    )

    assert (await request(server, upgrade))[0] == 404


async def test_a_port_in_use_is_an_os_error(server: HealthServer) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with HealthServer("127.0.0.1", server.port, {}, CollectorRegistry()):
            pass


async def test_a_server_that_has_stopped_takes_no_requests(registry: CollectorRegistry) -> None:
    async with HealthServer("127.0.0.1", 0, {}, registry) as server:
        port = server.port

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
