"""From what people have noted and what is in the database to what the checker asks about.

Owns: the record of a round, and the reading of its rooms from a real database.
Never: what is right; that is with the simulator's checker, which is the same here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.records import NoticeRow
from parley.store.schema import members, messages, notices, rooms, set_aside
from tests.chaos.journal import Answered, Asks, Note, Saw, Stands, Writes, Wrote
from tests.simulation.checker import Checker
from tests.simulation.reading import Broken
from tests.simulation.store_data import LogRows, MemberRow, RoomRow, StoreData
from tests.simulation.witness import Change, Post, Record, Seen, Witness

# What a gateway may hold for a client that does not read, in bytes (promise 9).
BUFFER_LIMIT = 1 << 20


class Evidence:
    """What was noted until now, as the checker reads it."""

    def __init__(self) -> None:
        self.record = Record(buffer_limit=BUFFER_LIMIT)
        self.stands: dict[str, Stands] = {}
        """How each device stood at the last look."""
        self._posts: dict[str, Post] = {}
        self._changes: dict[tuple[str, int, int], Change] = {}

    def witness(self, device: str, person: str) -> None:
        """Expect a device of a person."""
        self.record.witnesses[device] = Witness(device, person)

    def add(self, notes: Iterable[Note]) -> None:
        """Take notes; those of one device in their order."""
        for note in notes:
            self._add(note)
        self.record.posts.sort(key=lambda post: post.asked_at)

    def _add(self, note: Note) -> None:
        match note:
            case Writes(device, at, room, text):
                post = self._posts[text] = Post(device, room, text, at)
                self.record.posts.append(post)
            case Wrote(_, text, cmid):
                self._posts[text].cmid = cmid
                self._posts[text].is_impossible = cmid is None
            case Asks(device, at, what, room, number, run):
                person = self.record.witnesses[device].person
                change = Change(device, person, what, room, at)
                self._changes[device, run, number] = change
                self.record.changes.append(change)
            case Answered(device, at, number, run, ok):
                change = self._changes[device, run, number]
                change.answered_at, change.ok = at, ok
            case Saw(device, at, run, event):
                self.record.witnesses[device].seen.append(Seen(at, run, event))
            case Stands(device):
                self.stands[device] = note
                witness = self.record.witnesses[device]
                witness.waiting, witness.screens = dict(note.waiting), dict(note.screens)

    def trouble(self, began: float, ended: float) -> None:
        """Something was broken in between, or still had its consequences."""
        self.record.troubles.append((began, ended))

    def held(self, size: int) -> None:
        """A gateway held so many bytes for one client."""
        self.record.most_buffered = max(self.record.most_buffered, size)


def judge(evidence: Evidence, data: StoreData, holes: list[Broken]) -> list[Broken]:
    """Return every promise that was not kept, once everything should have settled."""
    checker = Checker(evidence.record, data)
    return [*holes, *checker.broken(), *checker.unsettled()]


async def read_rooms(database: Database, ids: Collection[str]) -> tuple[StoreData, list[Broken]]:
    """Return what the database holds of some rooms, and the holes in it."""
    data = StoreData(lambda: 0)
    async with database.read() as connection:
        await _read_messages(connection, ids, data)
        await _read_directory(connection, ids, data)
        alarms = await _read_alarms(connection, ids)
    return data, [*alarms, *_holes(data)]


async def _read_messages(
    connection: AsyncConnection, ids: Collection[str], data: StoreData
) -> None:
    columns = [messages.c[name] for name in MessageRow._fields]
    stored = sa.select(*columns).where(messages.c.room_id.in_(ids)).order_by(messages.c.seq)
    for values in await connection.execute(stored):
        row = MessageRow(*values)
        data.logs.setdefault(row.room_id, LogRows()).messages.append(row)
        if row.author_id is not None and row.cmid is not None:
            data.names[row.author_id, row.cmid] = row


async def _read_directory(
    connection: AsyncConnection, ids: Collection[str], data: StoreData
) -> None:
    found = sa.select(rooms.c.id, rooms.c.name, rooms.c.name_key).where(rooms.c.id.in_(ids))
    for room, name, key in await connection.execute(found):
        data.rooms[room] = RoomRow(room, name, key)
    of_rooms = sa.select(
        members.c.room_id, members.c.account_id, members.c.role, members.c.left_at
    ).where(members.c.room_id.in_(ids))
    for room, account, role, left_at in await connection.execute(of_rooms):
        data.members[room, account] = MemberRow(role, has_left=left_at is not None)
    fields = (field.name for field in dataclasses.fields(NoticeRow))
    waiting = sa.select(*(notices.c[name] for name in fields)).where(notices.c.room_id.in_(ids))
    for values in await connection.execute(waiting):
        notice = NoticeRow(*values)
        data.notices[notice.id] = notice


async def _read_alarms(connection: AsyncConnection, ids: Collection[str]) -> list[Broken]:
    contradicting = sa.select(set_aside.c.room_id, set_aside.c.ingest_id, set_aside.c.reason).where(
        set_aside.c.room_id.in_(ids), set_aside.c.refused.is_(False)
    )
    found = await connection.execute(contradicting)
    return [Broken("no alarm", f"{room} at {number}: {reason}") for room, number, reason in found]


def _holes(data: StoreData) -> Iterable[Broken]:
    for room, log in data.logs.items():
        numbers = [row.seq for row in log.messages]
        if numbers != list(range(1, len(numbers) + 1)):
            missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
            yield Broken("4 no holes", f"the log of {room} lacks {missing[:10]}")
