"""Whatever a client sends gets a typed answer or a close with a code, and harms nobody else.

All of it is sent to one gateway: what one test did to it, the next would feel.
"""

import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from parley.protocol.ids import new_cmid
from parley.protocol.limits import FIRST_FRAME_BYTES, FRAME_BYTES
from tests.integration.deployment import PASSWORD, Deployment, Process
from tests.integration.sockets import answer, asked, socket_to

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(shared_deployment: Deployment) -> Process:
    """A gateway whose messages are stored."""
    await shared_deployment.logger()
    return await shared_deployment.gateway()


@asynccontextmanager
async def signed_in(gateway: Process, name: str = "") -> AsyncIterator[ClientConnection]:
    """A bare WebSocket of somebody with an account."""
    name = name or f"mallory{secrets.token_hex(4)}"
    async with socket_to(gateway) as socket:
        command = {"type": "sign_up", "ref": 0, "user_name": name, "password": PASSWORD}
        await socket.send(json.dumps(command))
        assert json.loads(await socket.recv())["type"] == "ok"
        yield socket


async def seqs(socket: ClientConnection) -> list[int]:
    """What is in the lobby by now."""
    history = await asked(socket, type="history", room="lobby")
    return [event["seq"] for event in history["result"]["events"]]


async def stored(socket: ClientConnection, seq: int) -> None:
    """Return once the lobby is stored up to here."""
    while True:
        message = json.loads(await socket.recv())
        if message["type"] == "stored" and message["seq"] >= seq:
            return


async def close_code(socket: ClientConnection) -> int:
    """The code with which the server closes the connection."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


def said(text: str = "hi", **other: Any) -> dict[str, Any]:
    """A `send` that is as it should be, but for what is changed."""
    cmid = new_cmid(time.time_ns() // 1_000_000, secrets.randbits(80))
    content = {"kind": "text", "text": text}
    return {"type": "send", "room": "lobby", "cmid": cmid, "content": content, **other}


@pytest.mark.parametrize(
    ("frame", "code", "ref"),
    [
        ("", "not_understood", None),
        ("{", "not_understood", None),
        ("[]", "not_understood", None),
        ("null", "not_understood", None),
        ("[" * 60_000, "not_understood", None),
        ('{"type":"send","ref":5', "not_understood", None),
        ('{"ref":5}', "not_understood", 5),
        ('{"type":"send","ref":5}', "not_understood", 5),
        ('{"type":"send","ref":NaN}', "not_understood", None),
        ('{"type":"send","ref":-1}', "not_understood", None),
        ('{"type":"send","ref":' + "9" * 10_000 + "}", "not_understood", None),
        ('{"type":"history","ref":5,"room":"\\ud800"}', "not_understood", None),
        ('{"type":"history","ref":5,"room":17}', "not_understood", 5),
        ('{"type":"history","ref":5,"room":"lobby","limit":201}', "not_understood", 5),
        ('{"type":"resume","ref":5,"rooms":[]}', "not_understood", 5),
        ('{"type":"teleport","ref":5}', "unknown_type", 5),
        ('{"type":"hello","ref":5,"token":"aaaaaaaaaaaaaaaaaaaa"}', "already_signed_in", 5),
        ('{"type":"history","ref":5,"room":"nowhere"}', "unknown_room", 5),
        ('{"type":"join_room","ref":5,"room":"nowhere"}', "unknown_room", 5),
        ('{"type":"leave_room","ref":5,"room":"lobby"}', "cannot_leave", 5),
        ('{"type":"create_room","ref":5,"name":" "}', "invalid_room_name", 5),
        ('{"type":"create_room","ref":5,"name":"LOBBY"}', "room_name_taken", 5),
    ],
)
async def test_a_bad_command_is_refused_and_the_connection_goes_on(
    gateway: Process, frame: str, code: str, ref: int | None
) -> None:
    async with signed_in(gateway) as socket:
        await socket.send(frame)

        error = await answer(socket, ref)

        assert (error["type"], error["code"]) == ("error", code)
        assert (await asked(socket, type="list_rooms"))["type"] == "ok"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (said(""), "not_understood"),
        (said(" \n\u200b "), "empty_text"),
        (said("ä" * 8_193), "text_too_long"),
        (said(room="nowhere"), "unknown_room"),
        (said(cmid="not-a-uuid"), "not_understood"),
        (said(content={"kind": "poll"}), "not_understood"),
    ],
)
async def test_a_message_that_cannot_be_sent_leaves_nothing(
    gateway: Process, command: dict[str, Any], code: str
) -> None:
    async with signed_in(gateway) as socket:
        before = await seqs(socket)

        error = await asked(socket, **command)

        assert error["code"] == code
        assert await seqs(socket) == before


async def test_a_resend_of_something_stored_gets_the_first_answer(gateway: Process) -> None:
    command = said("once")
    async with signed_in(gateway) as socket:
        await asked(socket, type="resume", rooms=[{"room": "lobby"}])
        before = await seqs(socket)
        first = await asked(socket, **command)
        await stored(socket, first["result"]["seq"])
        again = await asked(socket, **command, resend=True)

        assert again["result"] == {**first["result"], "stored": again["result"]["stored"]}
        assert await seqs(socket) == [*before, first["result"]["seq"]]


async def test_another_text_under_a_used_id_is_a_conflict(gateway: Process) -> None:
    command = said("one")
    async with signed_in(gateway) as socket:
        await asked(socket, **command)

        error = await asked(socket, **{**command, "content": {"kind": "text", "text": "two"}})

        assert error["code"] == "conflict"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        ('{"type":"history","ref":1,"room":"lobby"}', 4002),
        ('{"type":"teleport","ref":1}', 4002),
        (b"\x00\x01", 1003),
        ('{"type":"hello","ref":1,"token":"' + "a" * 64 + '"}', 4003),
        ("x" * (FIRST_FRAME_BYTES + 1), 1009),
        ("x" * (FRAME_BYTES + 1), 1009),
    ],
)
async def test_who_does_not_say_who_they_are_is_shown_out(
    gateway: Process, frame: str | bytes, code: int
) -> None:
    async with socket_to(gateway) as socket:
        await socket.send(frame)

        assert await close_code(socket) == code


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "not_understood"),
        ('{"type":"history","ref":1,"room":"lobby"}', "not_signed_in"),
        ('{"type":"teleport","ref":1}', "unknown_type"),
        ('{"type":"hello","ref":1,"token":"' + "a" * 64 + '"}', "token_refused"),
    ],
)
async def test_who_is_shown_out_is_told_why(gateway: Process, frame: str, code: str) -> None:
    async with socket_to(gateway) as socket:
        await socket.send(frame)

        assert json.loads(await socket.recv())["code"] == code


@pytest.mark.parametrize(("frame", "code"), [(b"\x00", 1003), ("x" * (FRAME_BYTES + 1), 1009)])
async def test_what_is_no_text_of_parley_ends_a_connection(
    gateway: Process, frame: str | bytes, code: int
) -> None:
    async with signed_in(gateway) as socket:
        await socket.send(frame)

        assert await close_code(socket) == code


async def test_a_client_that_never_makes_sense_is_shown_out(gateway: Process) -> None:
    async with signed_in(gateway) as socket:
        for _ in range(20):
            await socket.send("{")

        assert await close_code(socket) == 4002


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(gateway: Process) -> None:
    async with signed_in(gateway, "ann"):
        pass
    answers = []
    for name in ("ann", "nobody", "no body"):
        async with socket_to(gateway) as socket:
            answers.append(
                await asked(socket, type="sign_in", user_name=name, password="wrong password")
            )
            assert await close_code(socket) == 4003

    assert answers[0]["code"] == "sign_in_refused"
    assert answers == [answers[0]] * 3


async def test_a_user_name_is_given_once_however_it_is_written(gateway: Process) -> None:
    async with signed_in(gateway, "zoe"), socket_to(gateway) as socket:
        error = await asked(socket, type="sign_up", user_name="ＺＯＥ", password=PASSWORD)

    assert error["code"] == "user_name_taken"


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"subprotocols": None}, 400),
        ({"subprotocols": ["parley.v2"]}, 400),
        ({"origin": "https://chat.example.evil.com"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_a_handshake_that_is_not_ours_is_refused(
    gateway: Process, how: dict[str, Any], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket_to(gateway, **how):
            pass

    assert refused.value.response.status_code == status
