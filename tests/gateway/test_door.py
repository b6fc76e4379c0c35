"""A crowd at the door holds nobody up who is inside."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gateway import passwords
from parley.protocol.commands import Hello, SignIn
from parley.protocol.events import Error, Event
from parley.protocol.refusals import CloseCode
from tests.gateway.parts import Client, client, gateway_on
from tests.recovery.ground import Ground, token_of
from tests.stream.homes import until

SIGN_INS = 200
# Those that find a place in the line, with one thread.
IN_LINE = 1 + passwords.WAITING_PER_THREAD


async def test_two_hundred_sign_ins_at_once_do_not_stall_delivery(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every hash waits until the message has come: by the order of events, not by time."""
    await ground.sign_up("ann", "bob")
    has_come = threading.Event()

    def slow(stored: str, password: str) -> bool:
        assert has_come.wait(timeout=60)
        return False

    monkeypatch.setattr(passwords, "_matches", slow)
    async with gateway_on(ground) as gateway:
        ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
        await bob.resume()
        crowd = [Client(gateway) for _ in range(SIGN_INS)]
        signing_in = [
            asyncio.create_task(each.say(SignIn(ref=0, user_name="ann", password="wrong one")))
            for each in crowd
        ]

        await until(lambda: sum(bool(each.peer.closed) for each in crowd) == SIGN_INS - IN_LINE)
        await ann.send(1)
        await bob.hears(Event)

        answered = [error.code for each in crowd for error in each.heard(Error)]
        has_come.set()
        await asyncio.gather(*signing_in)

    assert "sign_in_refused" not in answered
    codes = [each.heard(Error)[0].code for each in crowd]
    assert {*codes} == {"sign_in_refused", "too_many_requests"}
    assert codes.count("sign_in_refused") == IN_LINE


async def test_an_account_has_so_many_connections_and_the_next_is_told_to_come_later(
    ground: Ground,
) -> None:
    await ground.sign_up("ann", "bob")
    async with gateway_on(ground, sockets_per_user=2) as gateway:
        await client(gateway, "ann")
        second = await client(gateway, "ann")
        third = Client(gateway)

        answer = await third.ask(Hello(ref=0, token=token_of("ann")))

        assert isinstance(answer, Error)
        assert (answer.code, answer.retry) == ("too_many_requests", True)
        assert third.peer.closed is not None
        assert third.peer.closed[0] == CloseCode.TRY_LATER
        await client(gateway, "bob")
        await gateway.disconnect(second.connection)
        await client(gateway, "ann")
