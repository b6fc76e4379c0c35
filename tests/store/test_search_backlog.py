"""Messages that were stored before there was a search become findable."""

from __future__ import annotations

import pytest

from parley.protocol.content import Delete, Edit, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.ids import LOBBY
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.search.api import SearchQuery
from parley.store.search.backlog import SqlSearchBacklog
from tests.store.samples import change, cmid, rows, said, sign_up, write
from tests.store.samples import entry as entry_at

ANN = "idann"


def backlog(database: Database) -> SqlSearchBacklog:
    """Return it as a process does that has just begun."""
    return SqlSearchBacklog(database, lambda room: 0)


async def index_all(database: Database, entries: int = 2) -> None:
    beginning = backlog(database)
    while await beginning.index_some(entries) is not None:
        pass


async def found(directory: FullDirectory, text: str, *, mentions_me: bool = False) -> list[int]:
    query = SearchQuery(ANN, text, room_id=LOBBY, mentions_me=mentions_me)
    return [message.seq for message in (await directory.search(query)).messages]


@pytest.fixture
async def directory(directory: FullDirectory) -> FullDirectory:
    await sign_up(directory, "ann")
    return directory


async def forget(database: Database) -> None:
    """Make the database one that was filled before there was a search."""
    await change(database, "DELETE FROM search")


async def test_what_was_stored_before_is_found_the_last_of_a_room_first(
    database: Database, directory: FullDirectory, logs: Logs
) -> None:
    await write(logs, *(said(seq, f"tea {seq}", room=LOBBY) for seq in range(1, 6)))
    await write(logs, *(said(seq, "tea", room="room2", name=50 + seq) for seq in range(1, 3)))
    await forget(database)

    assert [await backlog(database).index_some(2) for _ in range(2)] == [2, 2]
    assert await found(directory, "tea") == [5, 4, 3, 2]

    await index_all(database)
    assert await found(directory, "tea") == [5, 4, 3, 2, 1]
    assert await rows(database, "SELECT count(*) FROM search") == [(7,)]


async def test_what_is_found_already_is_left_as_it_is(
    database: Database, directory: FullDirectory, logs: Logs
) -> None:
    await write(logs, *(said(seq, f"tea {seq}", room=LOBBY) for seq in range(1, 4)))
    await forget(database)
    await write(logs, said(4, "more tea", room=LOBBY))

    await index_all(database)

    assert await found(directory, "tea") == [4, 3, 2, 1]


async def test_an_edited_message_is_found_by_its_present_words_and_whom_it_named_first(
    database: Database, directory: FullDirectory, logs: Logs
) -> None:
    named, about = Derived(mentions=[ANN]), Derived(seq=1)
    await write(
        logs,
        entry_at(1, Text("@ann tea"), room=LOBBY, author="bob", derived=named),
        entry_at(2, Edit(cmid(1), "@ann coffee"), room=LOBBY, author="bob", derived=about),
        entry_at(3, Edit(cmid(1), "@ann cocoa"), room=LOBBY, author="bob", derived=about),
    )
    await forget(database)

    await index_all(database)

    assert await found(directory, "tea") == []
    assert await found(directory, "coffee") == []
    assert await found(directory, "cocoa", mentions_me=True) == [1]


async def test_what_was_deleted_stays_gone(
    database: Database, directory: FullDirectory, logs: Logs
) -> None:
    deletion = Delete(Target(ANN, cmid(1)))
    await write(
        logs,
        said(1, "secret tea", room=LOBBY, author=ANN),
        entry_at(2, deletion, room=LOBBY, derived=Derived(seq=1)),
    )
    await forget(database)

    await index_all(database)

    assert await found(directory, "tea") == []


async def test_it_is_done_once_and_for_all(
    database: Database, directory: FullDirectory, logs: Logs
) -> None:
    await index_all(database)
    await write(logs, said(1, "tea", room=LOBBY))
    await forget(database)

    assert await backlog(database).index_some(10) is None

    assert await found(directory, "tea") == []
