"""Values to test with, and a way past the store to see or change what it holds."""

from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from parley.protocol.content import Content, Notice, Stone, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import (
    Entry,
    IngestEntry,
    encode_body,
    encode_content,
    encode_derived,
    format_record,
)
from parley.store.api import Directory, Logs
from parley.store.database import Database
from parley.store.records import NewAccount, NewSession, Written

HOUR_MS = 3_600_000


async def rows(database: Database, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return what a query of the test's own finds."""
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(sql), values)]


async def change(database: Database, sql: str, **values: Any) -> None:
    """Change rows as only the test may."""
    async with database.write() as connection:
        await connection.execute(sa.text(sql), values)


# --- people and rooms ----------------------------------------------------------------------


def cmid(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def new_account(name: str) -> NewAccount:
    return NewAccount(f"id{name}", name, name, name.title(), f"hash of {name}'s password")


def new_session(name: str) -> NewSession:
    return NewSession(f"ses{name}", token_hash(name), device="laptop", address="192.0.2.1")


def token_hash(name: str) -> bytes:
    return sha256(f"token of {name}".encode()).digest()


async def sign_up(directory: Directory, *names: str) -> list[str]:
    """Make accounts, and return their ids."""
    for name in names:
        await directory.sign_up(new_account(name), new_session(name))
    return [new_account(name).id for name in names]


# --- entries -------------------------------------------------------------------------------


def entry(
    seq: int,
    content: Content | bytes,
    *,
    room: str = "room1",
    author: str | None = "ann",
    name: int | None = None,
    generation: int = 1,
    n: int | None = None,
    ingest_id: int | None = None,
    derived: Derived | None = None,
) -> IngestEntry:
    """Return an ingest entry at `seq`; `name` is its cmid's number, by default the seq."""
    content = content if isinstance(content, bytes) else encode_content(content)
    its_cmid = cmid(name or seq)
    body = encode_body(author, its_cmid, content, encode_derived(derived or Derived()))
    n = seq if n is None else n
    record = format_record(Entry(generation, seq, n, time=1000 + seq, body=body))
    return IngestEntry(ingest_id or seq, room, author, its_cmid, record)


def said(seq: int, text: str = "", **where: Any) -> IngestEntry:
    return entry(seq, Text(text or f"message {seq}"), **where)


def noticed(seq: int, **where: Any) -> IngestEntry:
    return entry(seq, Notice("joined", "ann"), **where)


def with_record(sample: IngestEntry, record: bytes) -> IngestEntry:
    return IngestEntry(sample.ingest_id, sample.room, sample.author, sample.cmid, record)


def with_bad_body(sample: IngestEntry) -> IngestEntry:
    place = sample.record.split(b" ", 4)[:4]
    return with_record(sample, b" ".join([*place, b"{not json"]))


async def write(logs: Logs, *entries: IngestEntry, shard: int = 0) -> Written:
    """Write a batch in a transaction of its own."""
    async with logs.hold(shard) as held:
        return await held.write(entries)


STONES = {reason: encode_content(Stone(reason)).decode() for reason in ("duplicate", "set_aside")}


async def log_of(database: Database, room: str = "room1") -> list[tuple[int, str]]:
    """Return the seqs and contents of a room's stored log, in order."""
    found = await rows(
        database, "SELECT seq, content FROM messages WHERE room_id = :room ORDER BY seq", room=room
    )
    return [(seq, content) for seq, content in found]


async def seqs_of(database: Database, room: str = "room1") -> list[int]:
    return [seq for seq, _ in await log_of(database, room)]
