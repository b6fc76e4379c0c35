"""The address that workers share is theirs alone."""

from __future__ import annotations

import asyncio
import socket

import pytest

from parley.services.base import CannotStart
from parley.services.workers.address import held

HOST = "127.0.0.1"


async def test_a_port_left_to_the_system_is_the_same_for_all_workers() -> None:
    async with held(HOST, 0) as port:
        with listening(port), listening(port):
            assert port != 0


async def test_the_parent_s_socket_takes_no_connection() -> None:
    async with held(HOST, 0) as port:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)


async def test_a_port_of_somebody_else_cannot_be_had() -> None:
    taken = socket.create_server((HOST, 0))
    with taken, pytest.raises(OSError, match="address already in use"):
        async with held(HOST, taken.getsockname()[1]):
            pass


async def test_a_port_that_other_workers_share_cannot_be_had() -> None:
    """The kernel would let it in beside them."""
    async with held(HOST, 0) as port:
        with listening(port), pytest.raises(OSError, match="address already in use"):
            async with held(HOST, port):
                pass


async def test_a_held_port_cannot_be_had_by_who_does_not_share() -> None:
    async with held(HOST, 0) as port:
        with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
            other.bind((HOST, port))


async def test_a_system_without_shared_ports_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(socket, "SO_REUSEPORT")

    with pytest.raises(CannotStart, match="set PARLEY_WORKERS to 1"):
        async with held(HOST, 0):
            pass


def listening(port: int) -> socket.socket:
    """A worker's socket."""
    return socket.create_server((HOST, port), reuse_port=True)
