"""The SDK over a real WebSocket, from `connect` to the end of the block."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

import parley
from parley.client.outputs import Change
from parley.client.transport import websocket_url
from parley.client.vault import MemoryVault
from parley.protocol import events
from parley.protocol.refusals import CloseCode
from tests.client.loopback import Loopback, loopback
from tests.client.model import ANN, BOB, PASSWORD, ModelServer
from tests.client.talk import cmid

ROOM = "lobby"
Kind = TypeVar("Kind")


@pytest.fixture
def model() -> ModelServer:
    return ModelServer(ROOM, "other")


@pytest.fixture
async def server(model: ModelServer) -> AsyncIterator[Loopback]:
    async with loopback(model) as server:
        yield server


class Eager(random.Random):
    """Chance without the waiting: every jittered delay is its shortest."""

    def random(self) -> float:
        return 0.0


def as_ann(server: Loopback, **more: Any) -> AbstractAsyncContextManager[parley.Chat]:
    return parley.connect(server.url, user="ann", password=PASSWORD, random=Eager(7), **more)


async def next_of(chat: parley.Chat, kind: type[Kind]) -> Kind:
    """The next event of a kind; others are passed over."""
    async with asyncio.timeout(10):
        async for event in chat.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind.__name__}")


# --- talking -------------------------------------------------------------------------------


async def test_send_returns_once_the_message_is_stored(server: Loopback) -> None:
    async with as_ann(server) as chat:
        delivery = await chat.send(ROOM, "hello")

    log = server.model.rooms[ROOM]
    assert (delivery.seq, log.stored) == (1, 1)
    assert [entry.text for entry in log.entries] == ["hello"]


async def test_every_frame_is_text(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await chat.send(ROOM, "hello")

    assert all(server.text_frames)


async def test_a_message_can_be_awaited_in_two_steps(model: ModelServer) -> None:
    async with loopback(model, stores=False) as server, as_ann(server, rooms=[ROOM]) as chat:
        outgoing = await chat.post(ROOM, "hello")
        accepted = await outgoing.accepted()
        model.store(model.rooms[ROOM], 1, is_heard=True)
        await server.flush()

        assert await outgoing.stored() == accepted


async def test_a_refused_message_raises_and_leaves_the_outbox(server: Loopback) -> None:
    server.model.next_refusals.append(False)
    async with as_ann(server) as chat:
        with pytest.raises(parley.Refused) as refused:
            await chat.send(ROOM, "hello")

        assert (refused.value.code, chat.outbox()) == ("no", [])


@pytest.mark.parametrize(
    ("room", "text", "code"),
    [
        (ROOM, " \n ", "empty_text"),
        (ROOM, "x" * 20_000, "text_too_long"),
        ("No Room!", "hello", "not_understood"),
    ],
)
async def test_what_no_server_can_take_is_refused_at_once(
    server: Loopback, room: str, text: str, code: str
) -> None:
    async with as_ann(server) as chat:
        with pytest.raises(parley.Refused) as refused:
            await chat.post(room, text)

        assert (refused.value.code, chat.outbox()) == (code, [])


# --- listening -----------------------------------------------------------------------------


async def test_what_others_say_comes_as_events(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await chat.follow(ROOM)
        server.model.someone_says(server.model.rooms[ROOM], cmid(1), is_heard=True)
        await server.flush()

        message = await next_of(chat, parley.Message)

    assert (message.author, message.text) == (BOB.id, f"bob {cmid(1)}")


async def test_following_a_room_that_is_not_there_is_refused(server: Loopback) -> None:
    async with as_ann(server) as chat:
        with pytest.raises(parley.Refused, match="no such room"):
            await chat.follow("nowhere")


async def test_a_name_that_is_no_id_cannot_be_followed(server: Loopback) -> None:
    async with as_ann(server) as chat:
        with pytest.raises(parley.RoomNotFound, match="'Tea Room'"):
            await chat.follow("Tea Room")
    with pytest.raises(parley.RoomNotFound):
        async with as_ann(server, rooms=[ROOM, "Tea Room"]):
            pass


async def test_events_end_when_the_chat_is_closed(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await chat.close()

        assert [event async for event in chat.events()][-1:] == [parley.Online(ANN)]


async def test_events_raise_what_ended_the_chat(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await server.close_client(CloseCode.SIGNED_OUT, "signed out on another device")
        with pytest.raises(parley.SignedOut, match="another device"):
            await next_of(chat, parley.Message)


async def test_after_the_end_every_call_says_why(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await chat.sign_out()
        with pytest.raises(parley.SignedOut):
            await chat.send(ROOM, "too late")


async def test_who_waits_when_the_chat_is_closed_is_told(model: ModelServer) -> None:
    async with loopback(model, stores=False) as server, as_ann(server) as chat:
        waiting = await chat.post(ROOM, "hello")
        await chat.close()

        with pytest.raises(parley.ChatClosed):
            await waiting.stored()


# --- coming back ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [CloseCode.SLOW_READER, CloseCode.RESTARTING])
async def test_a_closed_connection_is_made_again(server: Loopback, code: CloseCode) -> None:
    async with as_ann(server) as chat:
        await next_of(chat, parley.Online)
        await server.close_client(code, "come back")

        offline = await next_of(chat, parley.Offline)
        await next_of(chat, parley.Online)

    assert offline.reason == "come back"


async def test_who_is_watched_is_watched_on_the_next_connection_too(server: Loopback) -> None:
    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        await chat.watch([BOB.id])
        await chat.be_away()
        server.cut_client()

        changed = await next_of(chat, parley.PresenceChanged)

    assert [each.person for each in changed.people] == [BOB.id]
    asked = [type(command).__name__ for command in server.commands]
    assert (asked.count("Watch"), asked.count("BeAway")) == (2, 2)


async def test_a_message_outlives_a_cut_connection(server: Loopback) -> None:
    async with as_ann(server) as chat:
        server.silent = True
        outgoing = await chat.post(ROOM, "hello")
        await server.unanswered.get()
        server.silent = False
        server.cut_client()

        await outgoing.stored()

    assert server.connections == 2


async def test_what_was_missed_meanwhile_is_shown(server: Loopback) -> None:
    async with as_ann(server, rooms=[ROOM]) as chat:
        await next_of(chat, parley.RoomLive)
        server.cut_client()
        await next_of(chat, parley.Offline)
        server.model.someone_says(server.model.rooms[ROOM], cmid(1), is_heard=False)

        assert (await next_of(chat, parley.Message)).cmid == cmid(1)


# --- beginning -----------------------------------------------------------------------------


async def test_nothing_listening_is_said_at_once() -> None:
    async with loopback(ModelServer()) as server:
        url = server.url
    with pytest.raises(parley.ConnectionFailed, match="nothing listens there"):
        async with parley.connect(url, user="ann", password=PASSWORD):
            pass


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://chat", "http://", "http://host:http"])
async def test_an_address_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(parley.ConnectionFailed, match="expected an address like"):
        async with parley.connect(url, user="ann", password=PASSWORD):
            pass


async def test_a_web_server_that_is_no_parley_is_said_at_once() -> None:
    def not_found(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.NOT_FOUND, "no such page")

    async with serve(
        ServerConnection.wait_closed, "127.0.0.1", 0, process_request=not_found
    ) as other:
        port = next(iter(other.sockets)).getsockname()[1]
        with pytest.raises(parley.ConnectionFailed, match="HTTP status 404"):
            async with parley.connect(f"http://127.0.0.1:{port}", user="ann", password=PASSWORD):
                pass


async def test_a_websocket_that_is_no_parley_is_said_at_once() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for frame in connection:
            await connection.send(frame)

    async with serve(echo, "127.0.0.1", 0) as other:
        port = next(iter(other.sockets)).getsockname()[1]
        with pytest.raises(parley.ConnectionFailed, match="does not speak parley"):
            async with parley.connect(f"http://127.0.0.1:{port}", user="ann", password=PASSWORD):
                pass


async def test_without_an_account_there_is_no_chat(server: Loopback) -> None:
    with pytest.raises(parley.SignInFailed, match="give a user name"):
        async with parley.connect(server.url):
            pass


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
        ("https://chat.example.org/", "wss://chat.example.org/ws"),
        ("http://host/chat", "ws://host/chat/ws"),
        ("ws://host:1/ws", "ws://host:1/ws"),
        ("wss://host", "wss://host/ws"),
        ("http://[::1]:8080", "ws://[::1]:8080/ws"),
    ],
)
def test_the_websocket_is_found_from_the_servers_address(url: str, expected: str) -> None:
    assert websocket_url(url) == expected


# --- what a folder keeps -------------------------------------------------------------------


async def test_a_folder_keeps_the_session(server: Loopback, tmp_path: Path) -> None:
    async with as_ann(server, folder=tmp_path):
        pass

    async with parley.connect(server.url, folder=tmp_path, wait=True) as chat:
        assert chat.person.user_name == "ann"


async def test_a_message_posted_without_a_connection_is_sent_after_a_restart(
    model: ModelServer, tmp_path: Path
) -> None:
    async with loopback(model) as server, as_ann(server, folder=tmp_path):
        url = server.url
    async with parley.connect(url, folder=tmp_path) as chat:
        await chat.post(ROOM, "said in a tunnel")

    async with loopback(model) as server, parley.connect(server.url, folder=tmp_path) as chat:
        await next_of(chat, parley.Stored)

    assert [entry.text for entry in model.rooms[ROOM].entries] == ["said in a tunnel"]


async def test_after_a_restart_only_what_was_not_read_comes_again(
    server: Loopback, tmp_path: Path
) -> None:
    async with as_ann(server, folder=tmp_path) as chat:
        await chat.follow(ROOM)
        for number in (1, 2):
            server.model.someone_says(server.model.rooms[ROOM], cmid(number), is_heard=True)
        await server.flush()
        async for event in chat.events():
            if isinstance(event, parley.Message) and event.cmid == cmid(2):
                break

    async with parley.connect(server.url, folder=tmp_path, rooms=[ROOM]) as chat:
        assert (await next_of(chat, parley.Message)).cmid == cmid(2)


async def test_a_wrong_address_is_waited_for_when_there_is_a_session(
    model: ModelServer, tmp_path: Path
) -> None:
    async with loopback(model) as server, as_ann(server, folder=tmp_path):
        url = server.url
    with pytest.raises(parley.ConnectionFailed):
        async with parley.connect(url, folder=tmp_path, wait=True):
            pass


async def test_two_chats_cannot_share_a_folder(server: Loopback, tmp_path: Path) -> None:
    async with as_ann(server, folder=tmp_path):
        with pytest.raises(parley.FolderInUse, match="has it open"):
            async with parley.connect(server.url, folder=tmp_path):
                pass


async def test_a_damaged_file_is_told(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "vault.db").write_bytes(b"not a database at all, but long enough " * 20)
    async with as_ann(server, folder=tmp_path) as chat:
        renewed = await next_of(chat, parley.FolderRenewed)

    assert renewed.path.exists()


async def test_a_vault_of_the_programs_own_tells_of_a_damaged_file_too(server: Loopback) -> None:
    vault = MemoryVault()
    vault.set_aside = Path("vault.db.damaged-1")
    async with as_ann(server, vault=vault) as chat:
        renewed = await next_of(chat, parley.FolderRenewed)

    assert renewed.path == vault.set_aside


class FullDisk(MemoryVault):
    """A vault whose disk is full once the chat is connected."""

    full = False

    async def write(self, changes: Sequence[Change]) -> None:
        if self.full:
            raise parley.FolderUnusable(Path("folder"), "database or disk is full")
        await super().write(changes)


async def test_what_cannot_be_kept_is_not_sent(server: Loopback) -> None:
    vault = FullDisk()
    async with as_ann(server, vault=vault) as chat:
        vault.full = True
        with pytest.raises(parley.FolderUnusable):
            await chat.post(ROOM, "hello")
        with pytest.raises(parley.FolderUnusable):
            await next_of(chat, parley.Message)

    assert server.model.rooms[ROOM].entries == []


async def test_a_heartbeat_is_no_event(server: Loopback) -> None:
    async with as_ann(server) as chat:
        await next_of(chat, parley.Online)
        server.model.tell(events.Heartbeat(0))
        server.model.tell(events.DirectoryChanged())
        await server.flush()

        assert await next_of(chat, object) == parley.DirectoryChanged()
