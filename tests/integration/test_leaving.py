"""Who leaves, signs out or is too slow gets nothing more; everyone else goes on."""

import asyncio
import json
import socket as sockets
from typing import Any

import pytest

import parley
from tests.integration.deployment import PASSWORD, PATIENCE, Deployment
from tests.integration.places import each_kind

pytestmark = each_kind


async def test_who_has_left_a_room_hears_nothing_more_of_it_on_any_device(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    room = (await ann.chat.create_room("plans")).id
    await ann.chat.follow(room)
    phone = await deployment.person(first.url, "bob")
    laptop = await deployment.person(second.url, "bob", sign_up=False)
    await phone.chat.join(room)
    for device in (phone, laptop):
        await device.chat.follow(room)

    await phone.chat.leave(room)
    lost = await laptop.until(parley.RoomLost)

    assert lost.room == room
    with pytest.raises(parley.Refused) as refused:
        await phone.chat.send(room, "one last thing")
    assert refused.value.code == "not_a_member"


async def test_a_message_that_races_with_its_authors_leaving_is_logged_before_it_or_refused(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    room = (await ann.chat.create_room("plans")).id
    phone = await deployment.person(first.url, "bob")
    laptop = await deployment.person(second.url, "bob", sign_up=False)
    await phone.chat.join(room)

    racing = [await laptop.chat.post(room, f"message {i}") for i in range(20)]
    await phone.chat.leave(room)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(each.stored() for each in racing), return_exceptions=True)

    page = await ann.chat.history(room, limit=200)
    shown = [getattr(entry, "what", "message") for entry in page.entries]
    assert "left" in shown
    assert "message" not in shown[shown.index("left") :]


async def test_signing_out_ends_every_connection_of_the_device(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    connecting = parley.connect(first.url, user="ann", password=PASSWORD, sign_up=True)
    async with connecting as chat:
        token = chat._session._token
        async with parley.connect(second.url, token=token) as same_device:
            await chat.sign_out()

            with pytest.raises(parley.SignedOut):
                await last_event(same_device)

    with pytest.raises(parley.SignedOut):
        async with parley.connect(first.url, token=token):
            pass


async def test_a_reader_that_stalls_is_told_to_come_back_and_costs_the_others_nothing(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway(slow_reader_bytes=65_536, heartbeat_seconds=5)
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    async with parley.connect(gateway.url, user="sid", password=PASSWORD, sign_up=True) as chat:
        token = chat._session._token
    stalled = await stalled_reader(gateway.url, str(token))

    said = [f"{i:03} " + "x" * 8_000 for i in range(150)]
    await ann.says(*said)

    await bob.hears_all(said)
    with stalled:
        assert await last_close_code(stalled) == 4008


async def last_event(chat: parley.Chat) -> None:
    """Listen until there is nothing more to hear."""
    async with asyncio.timeout(PATIENCE):
        async for _ in chat.events():
            pass


async def stalled_reader(url: str, token: str) -> sockets.socket:
    """A client that follows the lobby and then reads nothing; its buffers are small."""
    host, port = url.removeprefix("http://").split(":")
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    await loop.sock_sendall(
        raw,
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: parley.v1\r\n\r\n".encode(),
    )
    await received(raw, b"\r\n\r\n")
    commands: list[dict[str, Any]] = [
        {"type": "hello", "token": token},
        {"type": "resume", "rooms": [{"room": "lobby"}]},
    ]
    for ref, command in enumerate(commands):
        payload = json.dumps({"ref": ref, **command}).encode()
        await loop.sock_sendall(raw, client_frame(payload))
        await received(raw, b'"ref":%d' % ref)
    return raw


def client_frame(payload: bytes) -> bytes:
    """A text frame, masked with zeros (RFC 6455, 5.3)."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2)
    return head + bytes(4) + payload


async def received(raw: sockets.socket, end: bytes) -> None:
    """Read until something has come."""
    loop = asyncio.get_running_loop()
    heard = b""
    async with asyncio.timeout(PATIENCE):
        while end not in heard:
            heard += await loop.sock_recv(raw, 4_096)


async def last_close_code(raw: sockets.socket) -> int:
    """Read everything at last, and return the code of the close frame at its end."""
    loop = asyncio.get_running_loop()
    heard = b""
    async with asyncio.timeout(PATIENCE):
        while b"\x88" not in heard[-200:]:
            chunk = await loop.sock_recv(raw, 1 << 20)
            assert chunk, "the connection ended without a close frame"
            heard = heard[-200:] + chunk
    at = heard.rindex(b"\x88")
    return int.from_bytes(heard[at + 2 : at + 4])
