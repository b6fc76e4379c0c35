"""Where a message is, as an operator is told."""

from __future__ import annotations

import asyncio

from typer.testing import CliRunner

from gateway.service import Gateway
from parley.cli import app
from parley.protocol.commands import Mark, RoomMark
from tests.admin.conftest import Operator, Outcome
from tests.gateway.parts import client
from tests.logger.parts import logger_on
from tests.recovery.ground import LOBBY, Ground
from tests.stream.homes import PATIENCE, cmid


async def trace(operator: Operator, *arguments: str) -> Outcome:
    """Run `parley trace` beside the gateway."""
    command = ["trace", "--data-dir", str(operator.data), *arguments]
    result = await asyncio.to_thread(CliRunner().invoke, app, command)
    return Outcome(result.exit_code, result.stdout, result.stderr)


async def until_read(ground: Ground) -> None:
    """Return once the logger has written that the message was read."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await ground.directory.trace(cmid(1))
            if found and found[0].read:
                return
            await asyncio.sleep(0.05)


async def test_a_message_is_followed_from_its_gateway_to_its_reader(
    operator: Operator, gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    resumed = (await bob.resume()).rooms[0]
    async with logger_on(ground):
        sent = await ann.send(1, "a secret")
        await bob.ask(Mark(ref=0, rooms=[RoomMark(LOBBY, resumed.generation, read=sent.seq)]))

        await until_read(ground)
    outcome = await trace(operator, f"https://chat.example/lobby/{cmid(1)}")

    steps = [line.split()[2] for line in outcome.out.splitlines()[1:]]
    assert steps == ["accepted", "appended", "published", "stored", "delivered", "read"]
    assert "bob" in outcome.out
    assert "laptop" in outcome.out
    assert "a secret" not in outcome.out


async def test_an_unknown_message_is_said_to_be_so(operator: Operator) -> None:
    outcome = await trace(operator, cmid(9))

    assert outcome.code == 1
    assert "no message" in outcome.err


async def test_what_is_no_name_is_refused(operator: Operator) -> None:
    outcome = await trace(operator, "hello")

    assert outcome.code == 1
    assert "is no message's name" in outcome.err
