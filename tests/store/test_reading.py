"""Reading what is stored: seeds, pages, survivors, and single messages."""

from typing import Any

import pytest

from parley.protocol.content import Text
from parley.protocol.entry import Entry, content_digest, decode_body, encode_content
from parley.store.api import Directory, Logs
from parley.store.database import Database
from parley.store.records import Found, RoomSeed
from tests.store.samples import change, cmid, said, sign_up, with_bad_body, write

PLENTY = 1 << 20


async def page(
    logs: Logs, after: int | None = None, before: int | None = None, limit: int = 10
) -> list[int]:
    """Return the seqs of a page."""
    entries = await logs.page("room1", after=after, before=before, limit=limit, max_bytes=PLENTY)
    return [entry.seq for entry in entries]


# --- seeds ---------------------------------------------------------------------------------


async def test_a_room_without_a_log_is_seeded_with_nothing(
    directory: Directory, logs: Logs
) -> None:
    [ann] = await sign_up(directory, "ann")
    await directory.create_channel("room1", "Night shift", ann, cmid(1))

    assert await logs.seed("room1") == RoomSeed(seq=0, n=0, authority=1, generation=0)


async def test_a_room_is_seeded_where_its_log_ends(directory: Directory, logs: Logs) -> None:
    [ann] = await sign_up(directory, "ann")
    await directory.create_channel("room1", "Night shift", ann, cmid(1))
    await directory.leave(ann, "room1", cmid(2))
    await write(logs, said(1, n=1), said(2, n=1))

    assert await logs.seed("room1") == RoomSeed(seq=2, n=1, authority=2, generation=1)


async def test_a_room_that_is_not_there_or_closed_is_not_seeded(
    directory: Directory, logs: Logs, database: Database
) -> None:
    await write(logs, said(1))
    assert await logs.seed("room1") is None

    await change(database, "UPDATE rooms SET closed_at = 1")
    assert await logs.seed("lobby") is None


# --- pages ---------------------------------------------------------------------------------


@pytest.fixture
async def ten(logs: Logs) -> Logs:
    await write(logs, *(said(seq) for seq in range(1, 11)))
    return logs


@pytest.mark.parametrize(
    ("after", "before", "seqs"),
    [
        (0, None, [1, 2, 3]),
        (4, None, [5, 6, 7]),
        (9, None, [10]),
        (10, None, []),
        (None, 4, [1, 2, 3]),
        (None, 9, [6, 7, 8]),
        (None, 1, []),
        (None, 99, [8, 9, 10]),
        (None, None, [8, 9, 10]),
        (4, 7, [5, 6]),
        (4, 99, [5, 6, 7]),
    ],
)
async def test_a_page_holds_those_nearest_to_where_it_was_asked_for_in_order(
    ten: Logs, after: int | None, before: int | None, seqs: list[int]
) -> None:
    assert await page(ten, after, before, limit=3) == seqs


async def test_a_page_of_an_unknown_room_is_empty(logs: Logs) -> None:
    assert await page(logs) == []


async def test_a_stored_entry_comes_back_as_it_was_logged(logs: Logs) -> None:
    original = said(1, "häßlich \u0000 \U0001f600", generation=3, n=1)
    await write(logs, original)

    [entry] = await logs.page("room1", limit=1, max_bytes=PLENTY)

    assert b"%d %d %d %d %b" % entry == original.record


async def test_a_page_is_cut_to_the_bytes_asked_for_but_never_to_nothing(ten: Logs) -> None:
    [first] = await ten.page("room1", after=0, limit=1, max_bytes=PLENTY)
    two = 2 * len(first.body)

    async def seqs(max_bytes: int, **where: Any) -> list[int]:
        entries: list[Entry] = await ten.page("room1", limit=9, max_bytes=max_bytes, **where)
        return [entry.seq for entry in entries]

    assert await seqs(two, after=0) == [1, 2]
    assert await seqs(two - 1, after=0) == [1]
    assert await seqs(1, after=0) == [1]
    assert await seqs(two, before=10) == [8, 9]
    assert await seqs(1, before=10) == [9]


# --- what survived -------------------------------------------------------------------------


async def test_what_survived_of_a_generation_ends_where_the_next_begins(logs: Logs) -> None:
    await write(logs, said(1, generation=1), said(2, generation=1))
    await write(logs, said(3, generation=2))
    await write(logs, said(4, generation=5), said(5, generation=5))

    survived = [await logs.survived("room1", generation) for generation in range(7)]

    assert survived == [0, 2, 3, 3, 3, 5, 5]


async def test_nothing_survived_of_a_room_that_never_was(logs: Logs) -> None:
    assert await logs.survived("room1", 3) == 0


# --- single messages -----------------------------------------------------------------------


async def test_a_message_is_found_by_its_author_and_cmid(logs: Logs) -> None:
    await write(logs, said(1, "hello", generation=2, n=1, author="ann", name=7))

    assert await logs.find("ann", cmid(7)) == Found(
        "room1", generation=2, seq=1, n=1, time=1001, digest=digest_of("hello")
    )
    assert await logs.find("bob", cmid(7)) is None
    assert await logs.find("ann", cmid(8)) is None


def digest_of(text: str) -> str:
    return content_digest(encode_content(Text(text)))


async def test_a_refused_message_is_found_by_its_reason_and_a_stored_one_is_not(
    logs: Logs,
) -> None:
    await write(logs, said(1), with_bad_body(said(2)))

    reason = await logs.set_aside_reason("ann", cmid(2))

    assert reason is not None
    assert reason.startswith("its body cannot be read")
    assert await logs.set_aside_reason("ann", cmid(1)) is None


async def test_a_body_is_rebuilt_with_its_author_and_cmid(logs: Logs) -> None:
    await write(logs, said(1, author="ann", name=7))

    [entry] = await logs.page("room1", limit=1, max_bytes=PLENTY)

    body = decode_body(entry.body)
    assert (body.author, body.cmid) == ("ann", cmid(7))
