"""The gateway's port: who may connect, whence a client is taken to come, and what HTTP is told."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State
from websockets.typing import Origin, Subprotocol

from gateway.limits import Limiter, Rates
from gateway.server import SUBPROTOCOL, Door, GatewayServer, Socket
from parley.protocol import codec, limits
from parley.protocol.commands import Hello, ListRooms
from parley.protocol.events import Error, Event, Ok, Reconnect
from parley.protocol.refusals import CloseCode
from parley.stream.rate_limits import RateLimits
from parley.stream.rates import Rate
from tests.gateway.parts import gateway_on, no_limits
from tests.gateway.parts import message as a_message
from tests.recovery.ground import Ground, token_of
from tests.store.samples import rows
from tests.stream.homes import PATIENCE

NOBODY = ipaddress.ip_network("192.0.2.255")
HERE = ipaddress.ip_network("127.0.0.1")
PASSWORD = "correct horse battery"


class Listening:
    """A gateway's port, and ways to it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect(
        self,
        *,
        subprotocol: str | None = SUBPROTOCOL,
        origin: str | None = None,
        **headers: str,
    ) -> connect:
        return connect(
            f"ws://127.0.0.1:{self.port}/ws",
            subprotocols=None if subprotocol is None else [Subprotocol(subprotocol)],
            origin=None if origin is None else Origin(origin),
            additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
            proxy=None,
        )

    async def status(self, **how: str | None) -> int:
        """Return how a handshake is answered: 101, or the status of the refusal."""
        try:
            async with self.connect(**how):  # type: ignore[arg-type]
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    async def http(self, request: str) -> tuple[int, str]:
        """Return the status and the body of the answer to an HTTP request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request.replace("\n", "\r\n").encode())
        answer = (await asyncio.wait_for(reader.read(), PATIENCE)).decode()
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return int(head.split()[1]), body

    async def get(self, path: str) -> tuple[int, str]:
        return await self.http(f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{self.port}\n\n")


@asynccontextmanager
async def listening_on(
    ground: Ground,
    *,
    origins: tuple[str, ...] = (),
    proxies: tuple[str, ...] = (),
    hello_seconds: float = PATIENCE,
    sockets: int = 100,
    sockets_per_address: int = 100,
    entering: int = 100,
    limiter: Limiter | None = None,
) -> AsyncIterator[Listening]:
    trusted = [ipaddress.ip_network(proxy) for proxy in proxies]

    async def answers() -> None:
        await ground.logs.shards()

    async with gateway_on(ground) as gateway:
        server = GatewayServer(
            gateway,
            Door(
                frozenset(origins), trusted, hello_seconds, sockets, sockets_per_address, entering
            ),
            limiter or no_limits(),
            {"database": answers},
            CollectorRegistry(),
        )
        async with server.listening("127.0.0.1", 0) as port:
            yield Listening(port)


@pytest.fixture
async def listening(ground: Ground) -> AsyncIterator[Listening]:
    """A gateway that takes browsers from its own host, and trusts no proxy."""
    await ground.sign_up("ann")
    async with listening_on(ground) as listening:
        yield listening


async def hello(socket: ClientConnection) -> None:
    await socket.send(codec.encode(Hello(ref=1, token=token_of("ann"))).decode())
    assert isinstance(codec.decode_server_message(await socket.recv()), Ok)


async def closing(socket: ClientConnection) -> int | None:
    """Return the code with which the gateway closes."""
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code


# --- the handshake -------------------------------------------------------------------------


async def test_a_client_and_the_gateway_agree_on_the_protocol(listening: Listening) -> None:
    async with listening.connect() as socket:
        assert socket.subprotocol == "parley.v1"


@pytest.mark.parametrize("subprotocol", [None, "parley.v2", "PARLEY.V1", "chat"])
async def test_a_client_of_another_protocol_is_refused(
    listening: Listening, subprotocol: str | None
) -> None:
    assert await listening.status(subprotocol=subprotocol) == 400


async def test_messages_are_not_compressed(listening: Listening) -> None:
    async with listening.connect() as socket:
        assert socket.protocol.extensions == []


async def test_a_client_that_is_no_browser_needs_no_origin(listening: Listening) -> None:
    assert await listening.status() == 101


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_browser_from_the_server_s_own_host_is_let_in(
    listening: Listening, scheme: str
) -> None:
    assert await listening.status(origin=f"{scheme}://127.0.0.1:{listening.port}") == 101


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.com",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil.com",
        "http://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}@evil.com",
        "HTTP://127.0.0.1:{port}",
        "ftp://127.0.0.1:{port}",
        "127.0.0.1:{port}",
        "",
    ],
)
async def test_a_browser_from_elsewhere_is_refused(listening: Listening, origin: str) -> None:
    assert await listening.status(origin=origin.format(port=listening.port)) == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://chat.example", 101),
        ("https://other.example", 101),
        ("http://chat.example", 403),
        ("https://chat.example.evil.com", 403),
        ("https://evilchat.example", 403),
        ("https://chat.example:444", 403),
        ("https://CHAT.example", 403),
        ("https://chat.example https://evil.com", 403),
        ("null", 403),
        ("http://127.0.0.1:{port}", 403),
    ],
)
async def test_listed_origins_are_let_in_and_no_others(
    ground: Ground, origin: str, status: int
) -> None:
    allowed = ("https://chat.example", "https://other.example")
    async with listening_on(ground, origins=allowed) as listening:
        assert await listening.status(origin=origin.format(port=listening.port)) == status


async def test_of_two_origins_both_must_be_allowed(listening: Listening) -> None:
    own = f"http://127.0.0.1:{listening.port}"
    status, _ = await listening.http(
        f"GET /ws HTTP/1.1\nHost: 127.0.0.1:{listening.port}\nConnection: Upgrade\n"
        "Upgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Protocol: parley.v1\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\nOrigin: {own}\nOrigin: https://evil.com\n\n"
    )

    assert status == 403


async def test_who_is_in_costs_nothing_of_what_was_said_at_the_door(listening: Listening) -> None:
    async with listening.connect(X_Long="a header " * 100) as socket:
        await hello(socket)

        sockets = (each for each in gc.get_objects() if type(each) is Socket)
        (here,) = (each for each in sockets if each.state is State.OPEN)
        assert here.request is not None
        assert not here.request.headers
        assert here.response is None
        assert here.turn is None


# --- whence a client comes -----------------------------------------------------------------


async def seen_address(listening: Listening, ground: Ground, **headers: str) -> str:
    """Return the address that is kept of a session that was signed up for."""
    async with listening.connect(**headers) as socket:
        await socket.send(
            json.dumps({"type": "sign_up", "ref": 1, "user_name": "carol", "password": PASSWORD})
        )
        assert isinstance(codec.decode_server_message(await socket.recv()), Ok)
    found = await rows(
        ground.database,
        "SELECT address FROM sessions JOIN accounts ON accounts.id = account_id "
        "WHERE user_name = 'carol'",
    )
    return str(found[0][0])


async def test_a_client_s_own_word_for_its_address_is_not_believed(
    listening: Listening, ground: Ground
) -> None:
    address = await seen_address(listening, ground, X_Forwarded_For="203.0.113.9")

    assert address == "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9,10.1.2.3 , 10.9.9.9", "203.0.113.9"),
        ("2001:db8::7", "2001:db8::7"),
        ("10.1.2.3", "10.1.2.3"),
        ("", "127.0.0.1"),
        ("not an address, 10.1.2.3", "not an address"),
        ("x" * 500, "x" * 64),
    ],
    ids=["one", "spoofed", "two proxies", "many", "IPv6", "only proxies", "none", "no IP", "long"],
)
async def test_a_client_is_where_the_nearest_proxy_that_is_trusted_says(
    ground: Ground, forwarded: str, address: str
) -> None:
    async with listening_on(ground, proxies=("127.0.0.1", "10.0.0.0/8")) as listening:
        assert await seen_address(listening, ground, X_Forwarded_For=forwarded) == address


# --- how many ------------------------------------------------------------------------------


async def reason(socket: ClientConnection) -> tuple[int | None, str]:
    await closing(socket)
    assert socket.close_reason is not None
    return socket.close_code, socket.close_reason


async def test_an_address_has_so_many_connections_and_the_next_is_told_to_come_later(
    ground: Ground,
) -> None:
    await ground.sign_up("ann")
    async with (
        listening_on(ground, sockets_per_address=1) as listening,
        listening.connect() as first,
        listening.connect() as second,
    ):
        await hello(first)

        assert await reason(second) == (1013, "too many connections from this address")


async def test_a_gateway_has_so_many_connections_from_all_addresses(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with (
        listening_on(ground, sockets=1, proxies=("127.0.0.1",)) as listening,
        listening.connect(X_Forwarded_For="192.0.2.1") as first,
        listening.connect(X_Forwarded_For="192.0.2.2") as second,
    ):
        await hello(first)

        assert (await reason(second))[0] == CloseCode.TRY_LATER


async def test_clients_behind_one_proxy_are_counted_apart(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with (
        listening_on(ground, sockets_per_address=1, proxies=("127.0.0.1",)) as listening,
        listening.connect(X_Forwarded_For="192.0.2.1") as first,
        listening.connect(X_Forwarded_For="192.0.2.2") as second,
    ):
        await hello(first)
        await hello(second)


async def test_who_has_gone_makes_room(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with listening_on(ground, sockets_per_address=1) as listening:
        for _ in range(3):
            async with listening.connect() as socket:
                await hello(socket)


async def test_sockets_that_say_nothing_are_turned_away_as_soon_as_they_are_too_many(
    ground: Ground,
) -> None:
    async with listening_on(ground, sockets_per_address=1) as listening:
        opened = [await asyncio.open_connection("127.0.0.1", listening.port) for _ in range(18)]
        reader, _ = opened[-1]

        answer = await asyncio.wait_for(reader.read(), PATIENCE)

        assert answer.startswith(b"HTTP/1.1 503 ")
        for _, writer in opened:
            writer.close()


async def test_sockets_that_have_gone_make_room_for_any_number_of_others(ground: Ground) -> None:
    async with listening_on(ground, sockets_per_address=1) as listening:
        for _ in range(40):  # more than an address may have open at one time
            status, _ = await listening.get("/")
            assert status == 200


async def test_an_address_may_connect_so_often(ground: Ground) -> None:
    await ground.sign_up("ann")
    limiter = Limiter(Rates(connections=Rate(1, 60.0)), cast(RateLimits, None), lambda: 0.0)
    async with listening_on(ground, limiter=limiter) as listening:
        async with listening.connect() as first:
            await hello(first)
        async with listening.connect() as second:
            code, why = await reason(second)

    assert code == CloseCode.TRY_LATER
    assert "60000 ms" in why


# --- talking -------------------------------------------------------------------------------


async def test_a_client_is_answered_over_its_socket(listening: Listening) -> None:
    async with listening.connect() as socket:
        await hello(socket)
        await socket.send(codec.encode(ListRooms(ref=2)).decode())

        answer = codec.decode_server_message(await socket.recv())

    assert isinstance(answer, Ok)
    assert answer.ref == 2


async def test_the_server_says_nothing_before_the_client(ground: Ground) -> None:
    async with listening_on(ground, hello_seconds=0.05) as listening, listening.connect() as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert socket.close_code == CloseCode.HELLO_TIMEOUT


async def test_a_binary_frame_is_the_end(listening: Listening) -> None:
    async with listening.connect() as socket:
        await hello(socket)
        await socket.send(b"{}")

        assert await closing(socket) == CloseCode.BINARY_FRAME


@pytest.mark.parametrize("size", [limits.FRAME_BYTES + 1, 10 * limits.FRAME_BYTES])
async def test_a_frame_that_is_too_great_is_the_end(listening: Listening, size: int) -> None:
    async with listening.connect() as socket:
        await hello(socket)
        await socket.send("x" * size)

        assert await closing(socket) == CloseCode.TOO_BIG


async def test_a_message_in_many_fragments_is_as_great_as_they_are_together(
    listening: Listening,
) -> None:
    async with listening.connect() as socket:
        await hello(socket)
        with suppress(ConnectionClosed):
            await socket.send(["x" * 8192] * 100)

        assert await closing(socket) == CloseCode.TOO_BIG


async def test_the_greatest_frame_is_read(listening: Listening) -> None:
    async with listening.connect() as socket:
        await hello(socket)
        await socket.send("x" * limits.FRAME_BYTES)

        answer = codec.decode_server_message(await socket.recv())

    assert isinstance(answer, Error)
    assert answer.code == "not_understood"


async def test_who_is_turned_away_reads_why(listening: Listening) -> None:
    async with listening.connect() as socket:
        await socket.send(codec.encode(Hello(ref=1, token="x" * 43)).decode())

        refused = codec.decode_server_message(await socket.recv())

        assert isinstance(refused, Error)
        assert refused.code == "token_refused"
        assert await closing(socket) == CloseCode.SIGN_IN_REFUSED


async def test_one_client_s_end_is_not_another_s(listening: Listening) -> None:
    async with listening.connect() as good, listening.connect() as bad:
        await hello(good)
        await bad.send("nonsense")
        assert await closing(bad) == CloseCode.NOT_UNDERSTOOD

        await good.send(codec.encode(ListRooms(ref=2)).decode())
        assert isinstance(codec.decode_server_message(await good.recv()), Ok)


async def test_a_server_that_stops_says_goodbye(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with listening_on(ground) as listening:
        socket = await listening.connect()
        await hello(socket)
        await socket.send(codec.encode(a_message(1)).decode())
        assert isinstance(codec.decode_server_message(await socket.recv()), Ok)

    goodbye = codec.decode_server_message(await socket.recv())
    assert isinstance(goodbye, Reconnect)
    assert await closing(socket) == CloseCode.RESTARTING


async def test_events_cross_from_client_to_client(listening: Listening, ground: Ground) -> None:
    async with listening.connect() as one, listening.connect() as two:
        await hello(one)
        await hello(two)
        await two.send('{"type":"resume","ref":2,"rooms":[{"room":"lobby"}]}')
        assert isinstance(codec.decode_server_message(await two.recv()), Ok)

        await one.send(codec.encode(a_message(1, "\N{SNOWMAN}")).decode())

        event = codec.decode_server_message(await two.recv())
        assert isinstance(event, Event)
        assert event.content == a_message(1, "\N{SNOWMAN}").content


# --- HTTP ----------------------------------------------------------------------------------


async def test_a_browser_is_told_how_to_join(listening: Listening) -> None:
    status, body = await listening.get("/")

    assert status == 200
    assert "parley chat" in body


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/other", 404)]
)
async def test_pages_are_answered(listening: Listening, path: str, status: int) -> None:
    assert (await listening.get(path))[0] == status


async def test_readiness_tells_of_each_part(listening: Listening) -> None:
    _, body = await listening.get("/readyz")

    assert json.loads(body) == {"database": "ok"}


@pytest.mark.parametrize(
    "request_", ["nonsense\n\n", "GET / HTTP/1.1\nbad header\n\n", "POST /ws HTTP/1.1\n\n"]
)
async def test_what_is_no_request_is_refused_and_does_no_harm(
    listening: Listening, request_: str
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    writer.write(request_.replace("\n", "\r\n").encode())
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()

    assert b"Traceback" not in answer
    assert not answer.startswith(b"HTTP/1.1 2")
    assert (await listening.get("/healthz"))[0] == 200
