"""The shell around the session: what goes out on which connection, and when one is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import pytest
from msgspec.structs import replace

import parley
from parley.client.outputs import Change, SaveEntry
from parley.client.transport import TransportClosed
from parley.client.vault import MemoryVault
from parley.protocol.codec import decode_command
from parley.protocol.commands import AnyCommand, Hello, History, LookUp, Send, SignIn, Welcome
from parley.protocol.content import Edit
from parley.protocol.events import Event, PeopleChanged
from tests.client.loopback import loopback
from tests.client.model import ANN, BOB, PASSWORD, TOKEN, ModelServer, ok
from tests.client.talk import cmid
from tests.client.test_connect import Eager, next_of

ROOM = "lobby"


class Wire:
    """A connection in memory: welcomes whoever comes, and keeps what was sent."""

    def __init__(self, heartbeat_ms: int) -> None:
        self.sent: list[AnyCommand] = []
        self.closed_because: str | None = None
        self._heartbeat_ms = heartbeat_ms
        self._incoming: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def send(self, frame: bytes) -> None:
        command = decode_command(frame)
        self.sent.append(command)
        if isinstance(command, Hello | SignIn):
            welcome = Welcome(ANN, "0000000000ses", 0, self._heartbeat_ms, TOKEN)
            self._incoming.put_nowait(ok(command.ref, welcome))

    async def receive(self) -> bytes:
        frame = await self._incoming.get()
        if frame is None:
            raise TransportClosed(None, "cut")
        return frame

    async def close(self, reason: str) -> None:
        self.closed_because = reason

    def cut(self) -> None:
        self._incoming.put_nowait(None)


class Wires:
    """Every connection that was made, in order."""

    def __init__(self, heartbeat_ms: int = 60_000) -> None:
        self.made: list[Wire] = []
        self._heartbeat_ms = heartbeat_ms

    async def dial(self, url: str) -> Wire:
        self.made.append(Wire(self._heartbeat_ms))
        return self.made[-1]


class SlowVault(MemoryVault):
    """A vault that keeps a message only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def write(self, changes: Sequence[Change]) -> None:
        if any(isinstance(change, SaveEntry) for change in changes):
            self.asked.set()
            await self.let.wait()
        await super().write(changes)


class EditedMeanwhile:
    """A connection on which an edit follows a page of history at once."""

    def __init__(self) -> None:
        self.model = ModelServer(ROOM)
        self.model.rooms[ROOM].append(BOB.id, cmid(1), "hello")
        self.model.connect()
        self._incoming: asyncio.Queue[bytes] = asyncio.Queue()

    async def dial(self, url: str) -> EditedMeanwhile:
        return self

    async def send(self, frame: bytes) -> None:
        self.model.receive(frame)
        if isinstance(decode_command(frame), History):
            edit = Edit(cmid(1), "hello all")
            self.model.tell(Event(ROOM, 1, 2, 1, 2, BOB.id, cmid(2), edit))
        for answer in self.model.to_client:
            self._incoming.put_nowait(answer)
        self.model.to_client.clear()

    async def receive(self) -> bytes:
        return await self._incoming.get()

    async def close(self, reason: str) -> None:
        pass


def chat_over(
    wires: Wires | EditedMeanwhile, vault: MemoryVault
) -> AbstractAsyncContextManager[parley.Chat]:
    return parley.connect(
        "http://anywhere",
        user="ann",
        password=PASSWORD,
        dial=wires.dial,
        random=Eager(7),
        vault=vault,
    )


async def test_a_message_is_not_sent_before_it_is_kept() -> None:
    wires, vault = Wires(), SlowVault()
    async with chat_over(wires, vault) as chat:
        posting = asyncio.create_task(chat.post("lobby", "hello"))
        await vault.asked.wait()
        assert [type(command) for command in wires.made[0].sent] == [SignIn]

        vault.let.set()
        await posting


async def test_a_page_of_history_has_what_came_before_the_one_who_asked_goes_on() -> None:
    async with chat_over(EditedMeanwhile(), MemoryVault()) as chat:
        await chat.follow(ROOM)

        page = await chat.history(ROOM)

    assert page.states[1].text == "hello all"


async def test_a_frame_that_was_made_for_a_lost_connection_is_not_sent_on_the_next() -> None:
    wires, vault = Wires(), SlowVault()
    async with chat_over(wires, vault) as chat:
        await next_of(chat, parley.Online)
        posting = asyncio.create_task(chat.post("lobby", "hello"))
        await vault.asked.wait()
        wires.made[0].cut()
        await next_of(chat, parley.Offline)
        vault.let.set()
        await posting
        await next_of(chat, parley.Online)
        await chat.post("lobby", "a second one, behind the first")

        kinds = [type(command) for command in wires.made[1].sent]
        assert kinds == [Hello, Send]
        assert [c.resend for c in wires.made[1].sent if isinstance(c, Send)] == [True]


async def test_a_connection_without_heartbeats_is_closed_and_made_anew() -> None:
    wires = Wires(heartbeat_ms=1)
    async with chat_over(wires, MemoryVault()) as chat:
        await next_of(chat, parley.Offline)
        await next_of(chat, parley.Online)

    assert wires.made[0].closed_because == "no heartbeat from the server"


async def test_a_fault_in_what_the_sdk_was_given_is_told() -> None:
    class Faulty(Wires):
        async def dial(self, url: str) -> Wire:
            raise ZeroDivisionError("by accident")

    with pytest.raises(parley.ClientFault, match="by accident"):
        async with chat_over(Faulty(), MemoryVault()):
            pass


async def test_another_name_of_somebody_is_known_without_asking() -> None:
    renamed = replace(ANN, display_name="Anna")
    async with (
        loopback(ModelServer()) as server,
        parley.connect(server.url, user="ann", password=PASSWORD) as chat,
    ):
        await chat.people([ANN.id])
        server.model.tell(PeopleChanged([renamed]))
        await server.flush()
        await next_of(chat, parley.PeopleChanged)
        assert await chat.people([ANN.id]) == {ANN.id: renamed}

    assert len([c for c in server.commands if isinstance(c, LookUp)]) == 1
