"""A connection that closes while it is used, as uvloop tells it."""

from __future__ import annotations

import re

import pytest

from parley.stream.clients import embedded_clients
from parley.stream.closing import closing_is_loss
from parley.stream.feed import Subscriber
from parley.stream.log import LogUnavailable
from tests.stream.homes import listening, new_log

CLOSED = "unable to perform operation on <TCPTransport closed=True>; the handler is closed"


DISCONNECTED = "'NoneType' object has no attribute 'writelines'"


@pytest.mark.parametrize("error", [RuntimeError(CLOSED), AttributeError(DISCONNECTED)])
def test_it_is_a_lost_connection(error: Exception) -> None:
    with pytest.raises(ConnectionError, match=re.escape(str(error))), closing_is_loss():
        raise error


@pytest.mark.parametrize(
    "error", [RuntimeError("no running loop"), AttributeError("'Log' object has no attribute 'x'")]
)
def test_another_mistake_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error), match=re.escape(str(error))), closing_is_loss():
        raise error


async def test_a_call_to_the_log_is_then_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def closed(*_: object) -> None:
        raise RuntimeError(CLOSED)

    async with embedded_clients() as clients:
        log = await new_log(clients)
        monkeypatch.setattr(clients.commands, "fcall", closed)

        with pytest.raises(LogUnavailable):
            await log.state(0)


async def test_the_feed_outlives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with embedded_clients() as clients, listening(clients, "{0}:first") as listener:
        get_message = Subscriber.get_message

        async def closed_once(_: Subscriber, **options: object) -> object:
            monkeypatch.setattr(Subscriber, "get_message", get_message)
            raise RuntimeError(CLOSED)

        monkeypatch.setattr(Subscriber, "get_message", closed_once)
        await clients.commands.execute_command("SPUBLISH", "{0}:first", b"1")
        await listener.heard()
        await clients.commands.execute_command("SPUBLISH", "{0}:first", b"2")

        assert await listener.heard() == b"2"
