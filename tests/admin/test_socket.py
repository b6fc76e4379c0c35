"""The control socket: who may open it, and what comes of lines that are no requests."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from parley.admin import wire
from parley.admin.asking import NotDone, ServerAway, ask
from parley.admin.listening import control_socket
from parley.store.errors import StoreUnavailable


async def nothing(_: wire.Request) -> wire.Nothing:
    return wire.Nothing()


async def test_nobody_but_its_owner_may_open_the_socket(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    async with control_socket(path, nothing):
        mode = path.stat().st_mode

    assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o600)


async def test_the_socket_goes_with_its_server(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    async with control_socket(path, nothing):
        pass

    with pytest.raises(ServerAway, match="start it"):
        ask(path, wire.ListInvitations(), wire.Nothing)


async def test_the_socket_of_a_server_that_was_killed_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "admin.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))

    async with control_socket(path, nothing):
        answer = await asyncio.to_thread(ask, path, wire.ListInvitations(), wire.Nothing)

    assert answer == wire.Nothing()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello\n", "does not understand"),
        (b'{"do":"sing"}\n', "does not understand"),
        (b'{"do":"list_users","query":7}\n', "does not understand"),
    ],
)
async def test_a_line_that_is_no_request_is_answered(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    async with control_socket(tmp_path / "admin.sock", nothing):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "admin.sock"))
        writer.write(line)
        reply = wire.decode_reply(await reader.readline())
        writer.close()

    assert isinstance(reply, wire.Failed)
    assert reason in reply.reason


async def test_a_line_without_an_end_is_cut_off(tmp_path: Path) -> None:
    async with control_socket(tmp_path / "admin.sock", nothing):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "admin.sock"))
        writer.write(b"x" * 100_000)

        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StoreUnavailable("it is away"), "it is away"),
        (ZeroDivisionError("a mistake"), "the server made a mistake, which is in its log"),
    ],
)
async def test_what_fails_is_said(tmp_path: Path, error: Exception, reason: str) -> None:
    async def fail(_: wire.Request) -> wire.Nothing:
        raise error

    path = tmp_path / "admin.sock"
    async with control_socket(path, fail):
        with pytest.raises(NotDone, match=reason):
            await asyncio.to_thread(ask, path, wire.ListInvitations(), wire.Nothing)
