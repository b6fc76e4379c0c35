"""Ann at her terminal, in the lobby of the model server."""

from collections.abc import AsyncIterator

import pytest

import parley
from tests.chat.seen import ROOM, Seen
from tests.client.loopback import Loopback, loopback
from tests.client.model import PASSWORD, ModelServer


@pytest.fixture
async def loopback_server() -> AsyncIterator[Loopback]:
    async with loopback(ModelServer(ROOM, "other")) as server:
        yield server


@pytest.fixture
async def seen(loopback_server: Loopback) -> AsyncIterator[Seen]:
    """Ann, in the lobby."""
    async with parley.connect(loopback_server.url, user="ann", password=PASSWORD) as chat:
        seen = Seen(chat, loopback_server)
        await seen.screen.go_to(loopback_server.model.as_listed(ROOM))
        seen.lines.clear()
        yield seen
