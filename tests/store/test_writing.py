"""What becomes of a batch in the database."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from parley.protocol.entry import content_digest
from parley.store.api import Directory, Logs
from parley.store.database import Database, open_database
from parley.store.errors import StoreUnavailable
from parley.store.logs import SqlLogs
from parley.store.migrate import migrate
from parley.store.records import Alarm, RefusedEntry, Written
from tests.store.samples import (
    STONES,
    change,
    cmid,
    entry,
    log_of,
    noticed,
    rows,
    said,
    seqs_of,
    sign_up,
    with_bad_body,
    with_record,
    write,
)

HEADS = "SELECT room_id, generation, seq, n FROM room_logs ORDER BY room_id"
GENERATIONS = "SELECT room_id, generation, first_seq FROM room_generations ORDER BY 1, 2"
SET_ASIDE = "SELECT ingest_id, room_id, author_id, refused FROM set_aside ORDER BY ingest_id"


async def stones(database: Database, room: str = "room1") -> dict[int, str]:
    """Return the reason of each stone in a room's log, by seq."""
    reasons = {content: reason for reason, content in STONES.items()}
    return {seq: reasons[text] for seq, text in await log_of(database, room) if text in reasons}


# --- the plain case ------------------------------------------------------------------------


async def test_a_batch_of_several_rooms_is_stored_whole(logs: Logs, database: Database) -> None:
    written = await write(
        logs,
        said(1, room="room1", name=1),
        said(1, room="room2", name=2),
        said(2, room="room1", name=3),
    )

    assert written == Written({"room1": 2, "room2": 1}, refused=[], duplicates=0, alarms=[])
    assert await seqs_of(database, "room1") == [1, 2]
    assert await rows(database, HEADS) == [("room1", 1, 2, 2), ("room2", 1, 1, 1)]


async def test_a_row_has_all_that_the_entry_says(logs: Logs, database: Database) -> None:
    content = b'{"kind":"text","text":"hi"}'
    await write(logs, entry(1, content, generation=3, n=1, author="ann"))

    columns = "seq, generation, n, time, author_id, digest, kind, content"
    assert await rows(database, f"SELECT {columns} FROM messages") == [
        (1, 3, 1, 1001, "ann", content_digest(content), "text", content.decode())
    ]


async def test_an_empty_batch_changes_nothing(logs: Logs) -> None:
    assert await write(logs) == Written({}, [], 0, [])


async def test_a_log_goes_on_where_it_ended(logs: Logs, database: Database) -> None:
    await write(logs, said(1), said(2))

    written = await write(logs, said(3), said(4))

    assert written.stored == {"room1": 4}
    assert await seqs_of(database) == [1, 2, 3, 4]


async def test_the_first_seq_of_each_generation_is_kept(logs: Logs, database: Database) -> None:
    await write(logs, said(1, generation=2), said(2, generation=2), said(3, generation=3))
    await write(logs, said(4, generation=3), said(5, generation=7))

    assert await rows(database, GENERATIONS) == [("room1", 2, 1), ("room1", 3, 3), ("room1", 7, 5)]
    assert await rows(database, HEADS) == [("room1", 7, 5, 5)]


async def test_content_of_a_kind_that_only_a_later_version_knows_is_stored(
    logs: Logs, database: Database
) -> None:
    await write(logs, entry(1, b'{"kind":"poll","question":"?"}'))

    assert await rows(database, "SELECT kind, content FROM messages") == [
        ("poll", '{"kind":"poll","question":"?"}')
    ]


async def test_a_batch_of_very_many_rooms_is_stored_and_read_again(
    logs: Logs, database: Database
) -> None:
    rooms = [f"room{number}" for number in range(1200)]
    entries = [said(1, room=room, name=number) for number, room in enumerate(rooms)]

    await write(logs, *entries)
    again = await write(logs, *entries)

    assert again == Written(dict.fromkeys(rooms, 1), [], 0, [])
    assert await rows(database, "SELECT count(*) FROM messages") == [(1200,)]


# --- reading again -------------------------------------------------------------------------


async def test_reading_entries_again_is_harmless(logs: Logs, database: Database) -> None:
    batch = [said(1), with_bad_body(said(2)), said(3, name=1), said(4)]
    first = await write(logs, *batch)
    before = await log_of(database)

    again = await write(logs, *batch, said(5))

    assert first.stored == {"room1": 4}
    assert again == Written({"room1": 5}, refused=[], duplicates=0, alarms=[])
    assert (await log_of(database))[:4] == before
    assert await rows(database, "SELECT count(*) FROM set_aside") == [(1,)]


async def test_an_entry_that_comes_twice_in_a_batch_is_stored_once(
    logs: Logs, database: Database
) -> None:
    written = await write(logs, said(1), said(2), said(1), said(2), said(3))

    assert written == Written({"room1": 3}, [], 0, [])
    assert await seqs_of(database) == [1, 2, 3]


# --- duplicates ----------------------------------------------------------------------------


async def test_the_same_message_under_a_later_seq_is_a_stone(
    logs: Logs, database: Database
) -> None:
    await write(logs, said(1, name=1), said(2, name=2))

    written = await write(logs, said(3, name=1), said(4, name=4), said(5, name=2))

    assert (written.stored, written.duplicates, written.alarms) == ({"room1": 5}, 2, [])
    assert await stones(database) == {3: "duplicate", 5: "duplicate"}
    assert await rows(
        database, "SELECT seq FROM messages WHERE author_id IS NULL AND cmid IS NULL ORDER BY seq"
    ) == [(3,), (5,)]


async def test_the_same_message_twice_in_a_batch_is_stored_first_and_a_stone_then(
    logs: Logs, database: Database
) -> None:
    names = {3: 70, 8: 70}

    written = await write(logs, *(said(seq, name=names.get(seq)) for seq in range(1, 10)))

    assert written.duplicates == 1
    assert await stones(database) == {8: "duplicate"}


async def test_the_same_message_in_another_room_is_a_stone_there(
    logs: Logs, database: Database
) -> None:
    await write(logs, said(1, room="room1", name=1))

    await write(logs, said(1, room="room2", name=1))

    assert await stones(database, "room2") == {1: "duplicate"}


async def test_two_people_may_use_the_same_cmid(logs: Logs, database: Database) -> None:
    written = await write(logs, said(1, author="ann", name=1), said(2, author="bob", name=1))

    assert written.duplicates == 0
    assert await stones(database) == {}


async def test_a_stone_keeps_the_number_of_messages_that_redis_counted(
    logs: Logs, database: Database
) -> None:
    await write(logs, said(1, name=1, n=1), said(2, name=1, n=2))

    assert await rows(database, HEADS) == [("room1", 1, 2, 2)]


# --- poison --------------------------------------------------------------------------------

UNREADABLE_BODIES = {
    "no JSON": b"{not json",
    "no UTF-8": b'{"author":"ann","cmid":null,"content":{"kind":"text","text":"\xff"}}',
    "no content": b'{"author":"ann","cmid":null}',
    "no kind": b'{"author":"ann","cmid":null,"content":{}}',
    "a text without text": b'{"author":"ann","cmid":null,"content":{"kind":"text"}}',
    "a cmid that is none": b'{"author":"ann","cmid":"x","content":{"kind":"new"}}',
    "an author that is none": b'{"author":"a\\u0000","cmid":null,"content":{"kind":"new"}}',
    "too deep": b'{"author":"ann","cmid":null,"content":' + b"[" * 20_000,
}


@pytest.mark.parametrize("body", UNREADABLE_BODIES.values(), ids=list(UNREADABLE_BODIES))
async def test_an_entry_that_cannot_be_read_leaves_a_stone_and_is_set_aside(
    logs: Logs, database: Database, body: bytes
) -> None:
    poison = with_record(said(2), b"1 2 2 1002 " + body)

    written = await write(logs, said(1), poison, said(3))

    assert written.stored == {"room1": 3}
    assert written.alarms == []
    [refused] = written.refused
    assert refused == RefusedEntry("room1", 1, 2, "ann", cmid(2), refused.reason)
    assert refused.reason.startswith("its body cannot be read: ")
    assert await stones(database) == {2: "set_aside"}
    assert await rows(database, SET_ASIDE) == [(2, "room1", "ann", True)]
    assert await rows(database, "SELECT record FROM set_aside") == [(poison.record,)]


async def test_an_entry_that_the_database_refuses_leaves_a_stone_and_is_set_aside(
    logs: Logs, database: Database
) -> None:
    await refuse_text(database, "no such thing")

    written = await write(logs, said(1), said(2, "no such thing"), said(3))

    [refused] = written.refused
    assert (refused.seq, refused.author, refused.cmid) == (2, "ann", cmid(2))
    assert refused.reason.startswith("the database cannot hold it: ")
    assert await stones(database) == {2: "set_aside"}
    assert await rows(database, SET_ASIDE) == [(2, "room1", "ann", True)]
    await take_text_again(database)


async def refuse_text(database: Database, text: str) -> None:
    """Make the database refuse content with a text, as a limit of its own would."""
    if await is_sqlite(database):
        await change(
            database,
            "CREATE TRIGGER refusal BEFORE INSERT ON messages "
            f"WHEN NEW.content LIKE '%{text}%' BEGIN SELECT RAISE(ABORT, 'not this'); END",
        )
    else:
        await change(
            database,
            f"ALTER TABLE messages ADD CONSTRAINT refusal CHECK (content NOT LIKE '%{text}%')",
        )


async def take_text_again(database: Database) -> None:
    if not await is_sqlite(database):
        await change(database, "ALTER TABLE messages DROP CONSTRAINT refusal")


async def is_sqlite(database: Database) -> bool:
    async with database.read() as connection:
        return connection.dialect.name == "sqlite"


UNREADABLE_RECORDS = {
    "nothing": b"",
    "no numbers": b"one two three four {}",
    "a negative seq": b"1 -2 2 1002 {}",
    "seq nought": b"1 0 2 1002 {}",
    "a number beyond all limits": b"1 2 2 99999999999999999999 {}",
}


@pytest.mark.parametrize("record", UNREADABLE_RECORDS.values(), ids=list(UNREADABLE_RECORDS))
async def test_an_entry_of_which_not_even_the_seq_can_be_read_is_a_hole(
    logs: Logs, database: Database, record: bytes
) -> None:
    written = await write(logs, said(1), with_record(said(2), record), said(3))

    assert written.stored == {"room1": 1}
    [alarm] = written.alarms
    assert (alarm.room, alarm.seq) == ("room1", None)
    assert alarm.reason.startswith("its record cannot be read: ")
    assert await seqs_of(database) == [1]
    assert await rows(database, SET_ASIDE) == [
        (2, "room1", "ann", False),
        (3, "room1", "ann", False),
    ]


async def test_what_no_database_could_hold_is_set_aside_in_a_form_that_it_can(
    logs: Logs, database: Database
) -> None:
    odd = said(1)._replace(room="room\x00" + "x" * 100, author="a\x00\ud800", cmid="no uuid")

    written = await write(logs, odd, said(1))

    assert written.stored == {"room1": 1}
    assert await rows(database, "SELECT room_id, author_id, cmid FROM set_aside") == [
        ("room\ufffd" + "x" * 59, "a\ufffd?", None)
    ]


# --- clashes and holes ---------------------------------------------------------------------


async def test_a_different_message_at_a_stored_seq_is_an_alarm_and_not_ignored(
    logs: Logs, database: Database
) -> None:
    await write(logs, said(1), said(2))
    before = await log_of(database)

    written = await write(
        logs, said(2, "something else", name=9, ingest_id=3), said(3, ingest_id=4)
    )

    reason = "a different message is stored in its place"
    assert written == Written({"room1": 2}, [], 0, [Alarm("room1", 2, reason)])
    assert await log_of(database) == before
    assert await rows(database, SET_ASIDE) == [
        (3, "room1", "ann", False),
        (4, "room1", "ann", False),
    ]


async def test_the_same_cmid_with_other_content_at_a_stored_seq_is_an_alarm(logs: Logs) -> None:
    await write(logs, said(1, "one"))

    assert (await write(logs, said(1, "other"))).alarms != []


async def test_a_different_message_in_the_place_of_a_stone_is_an_alarm(logs: Logs) -> None:
    await write(logs, with_bad_body(said(1)))

    assert [alarm.seq for alarm in (await write(logs, said(1))).alarms] == [1]


async def test_a_hole_is_an_alarm_and_nothing_is_stored_beyond_it(
    logs: Logs, database: Database
) -> None:
    written = await write(logs, said(1), said(3), said(4), said(1, room="room2", name=7))

    assert written.stored == {"room1": 1, "room2": 1}
    assert [(alarm.room, alarm.seq) for alarm in written.alarms] == [("room1", 3)]
    assert await seqs_of(database) == [1]
    assert await seqs_of(database, "room2") == [1]
    assert await rows(database, SET_ASIDE) == [
        (3, "room1", "ann", False),
        (4, "room1", "ann", False),
    ]


async def test_an_older_generation_after_a_newer_one_is_an_alarm(
    logs: Logs, database: Database
) -> None:
    await write(logs, said(1, generation=2))

    written = await write(logs, said(2, generation=1))

    assert [alarm.seq for alarm in written.alarms] == [2]
    assert await seqs_of(database) == [1]


async def test_what_was_set_aside_by_an_alarm_is_no_refusal(logs: Logs) -> None:
    await write(logs, said(2))

    assert await logs.set_aside_reason("ann", cmid(2)) is None


# --- notices -------------------------------------------------------------------------------


async def notice_of(directory: Directory, number: int) -> None:
    """Put a notice into the outbox for the room `room1`, under the cmid of that number."""
    await sign_up(directory, "ann")
    await directory.create_channel("room1", "Night shift", "idann", cmid(number))


async def waiting(directory: Directory) -> list[str]:
    return [notice.id for notice in await directory.due_notices(older_than_ms=0, limit=9)]


async def test_a_stored_notice_leaves_the_outbox(directory: Directory, logs: Logs) -> None:
    await notice_of(directory, 1)
    assert await waiting(directory) == [cmid(1)]

    await write(logs, noticed(1, author="idann"))

    assert await waiting(directory) == []


async def test_a_notice_that_can_never_be_stored_leaves_the_outbox_too(
    directory: Directory, logs: Logs
) -> None:
    await notice_of(directory, 1)

    await write(logs, with_bad_body(noticed(1)))

    assert await waiting(directory) == []


async def test_a_message_under_a_notices_name_does_not_remove_it(
    directory: Directory, logs: Logs
) -> None:
    await notice_of(directory, 1)

    await write(logs, noticed(1, room="room2", author="eve"))
    await write(logs, said(1, room="room1", author="zoe", name=1))

    assert await waiting(directory) == [cmid(1)]


async def test_a_notice_in_a_batch_that_was_undone_stays_in_the_outbox(
    directory: Directory, logs: Logs
) -> None:
    await notice_of(directory, 1)

    async def write_and_fail() -> None:
        async with logs.hold(0) as held:
            await held.write([noticed(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert await waiting(directory) == [cmid(1)]


# --- a disk that is full -------------------------------------------------------------------


async def test_a_full_disk_is_an_outage_and_stores_nothing(tmp_path: Path) -> None:
    """SQLite then undoes the whole transaction by itself, savepoints and all."""
    database = open_database(f"sqlite:///{tmp_path / 'parley.db'}", clock=lambda: 0)
    await migrate(database)
    logs = SqlLogs(database)
    await logs.fix_shards(1)
    async with database.write() as connection:
        pages = (await connection.execute(sa.text("PRAGMA page_count"))).scalar_one()
        await connection.execute(sa.text(f"PRAGMA max_page_count={pages}"))

    with pytest.raises(StoreUnavailable, match="full"):
        await write(logs, *[said(seq, "x" * 3000) for seq in range(1, 40)])

    assert await rows(database, "SELECT * FROM messages") == []
    await database.close()
