"""Parley's people and rooms, made through the store before anybody measures.

Owns: accounts, their devices' tokens, the rooms, and where those are stored up to.
Never: a password: a token opens a session.
"""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.scene import Scene
from parley.protocol.ids import LOBBY, new_cmid
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.records import NewAccount, NewRoom, NewSession
from parley.store.schema import room_logs

Cursor = dict[str, Any]
"""Where somebody stands in a room, as `resume` takes it."""

# What is made in one transaction: the disk is waited for once.
_AT_ONCE = 50


def name_of(person: int) -> str:
    """Return the name by which somebody signs in."""
    return f"bench{person}"


def token(name: str) -> str:
    """Return the token of somebody's device."""
    return base64.urlsafe_b64encode(sha256(name.encode()).digest()).rstrip(b"=").decode()


def session(name: str) -> NewSession:
    """Return the session that the token opens."""
    hashed = sha256(token(name).encode()).digest()
    return NewSession(f"s{name}", hashed, "bench", "127.0.0.1")


async def mint(url: str, scene: Scene) -> list[str]:
    """Make everybody and every room; return the rooms' ids. One room is the lobby."""
    async with _opened(url) as database:
        people = iter(range(scene.people))
        while some := list(islice(people, _AT_ONCE)):
            async with _at_once(database) as directory:
                for person in some:
                    name = name_of(person)
                    account = NewAccount(_account(person), name, name, name, password_hash="")
                    await directory.sign_up(account, session(name))
        if scene.rooms == 1:
            return [LOBBY]
        rooms = list(_rooms(scene))
        async with _at_once(database) as directory:
            for number, room in enumerate(rooms):
                await directory.create_room(room, new_cmid(0, number + 1))
        return [room.id for room in rooms]


async def cursors(url: str, rooms: Sequence[str]) -> list[Cursor]:
    """Return how far the rooms are stored. Something must have been said in each."""
    async with _opened(url) as database, database.read() as connection:
        found = await connection.execute(sa.select(room_logs))
        places = {row.room_id: row for row in found}
    return [
        {"room": room, "generation": places[room].generation, "seq": places[room].seq}
        for room in rooms
    ]


def _rooms(scene: Scene) -> Iterator[NewRoom]:
    members: list[list[str]] = [[] for _ in range(scene.rooms)]
    for person, room, _ in scene.members():
        members[room].append(_account(person))
    for number, (owner, *others) in enumerate(members):
        name = f"room {number}"
        yield NewRoom(f"r{number:07}", "group", name, owner=owner, members=tuple(others))


def _account(person: int) -> str:
    return f"p{person:07}"


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url, clock=lambda: time.time_ns() // 1_000_000)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _at_once(database: Database) -> AsyncIterator[SqlDirectory]:
    """Lend a directory all of whose changes are one transaction."""
    async with database.write() as connection:
        yield SqlDirectory(_Joined(database, connection))


class _Joined(Database):
    """A database that changes things inside a transaction that is under way."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        super().__init__(database._backend)
        self._connection = connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._connection.begin_nested():
            yield self._connection
