"""What edits, deletions, reactions and pins leave in the database: what the one fold says."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.domain.timeline import MessageState, begin, fold
from parley.protocol.content import Content, Delete, Edit, Pin, React, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import IngestEntry, event_of, parse_record
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from tests.databases import remove_rows
from tests.store.samples import cmid, entry, rows, write

ROOM = "room1"
ANN, BOB, CLEO = "0000000000ann", "0000000000bob", "000000000cleo"
PEOPLE = (ANN, BOB, CLEO)
ENTRIES = 14


some = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def target(seq: int, author: str) -> Target:
    return Target(author, cmid(seq))


def about(seq: int, content: Content, target_seq: int, author: str = ANN) -> IngestEntry:
    return entry(seq, content, author=author, derived=Derived(seq=target_seq))


def text(seq: int, words: str = "hello", author: str = ANN, **derived: object) -> IngestEntry:
    return entry(seq, Text(words), author=author, derived=Derived(**derived))  # type: ignore[arg-type]


@st.composite
def logs_of_a_room(draw: st.DrawFn) -> list[IngestEntry]:
    """A room's log: words, and what becomes of them."""
    log: list[IngestEntry] = []
    authors: dict[int, str] = {}
    for seq in range(1, draw(st.integers(1, ENTRIES)) + 1):
        author = draw(st.sampled_from(PEOPLE))
        kind = draw(st.sampled_from(("text", "edit", "delete", "react", "react", "pin")))
        if kind == "text" or not authors:
            authors[seq] = author
            named = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2))
            log.append(text(seq, f"secret {seq}", author, mentions=named))
            continue
        at = draw(st.sampled_from(sorted(authors)))
        whose = target(at, authors[at])
        on = draw(st.booleans())
        match kind:
            case "edit":
                author = authors[at]
                content: Content = Edit(whose.cmid, f"secret {seq}")
            case "delete":
                content = Delete(whose)
            case "react":
                content = React(whose, draw(st.sampled_from(("👍", "❤️"))), on)
            case _:
                content = Pin(whose, on)
        log.append(about(seq, content, at, author))
    return log


def folded(log: list[IngestEntry]) -> dict[int, MessageState]:
    events = [event_of(ROOM, parse_record(each.record)) for each in log]
    states = {event.seq: begin(event) for event in events}
    return {seq: fold(state, events) for seq, state in states.items() if state is not None}


def comparable(state: MessageState) -> MessageState:
    """Return a state with its reactions in one order."""
    return replace(state, reactions=dict(sorted(state.reactions.items())))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(log=logs_of_a_room(), cut=st.integers(0, ENTRIES))
async def test_the_database_has_what_the_fold_makes_of_the_log(
    database: Database, logs: Logs, log: list[IngestEntry], cut: int
) -> None:
    await remove_rows(database)
    await logs.fix_shards(1)
    for batch in (log[:cut], log[cut:]):
        if batch:
            await write(logs, *batch)

    read = await SqlDirectory(database).states(ROOM, [each.ingest_id for each in log], PEOPLE)

    assert read.as_of == len(log)
    expected = {seq: comparable(state) for seq, state in folded(log).items()}
    assert {seq: comparable(state) for seq, state in read.states.items()} == expected

    seqs = [each.ingest_id for each in log]
    changed = await SqlDirectory(database).states(ROOM, [1], PEOPLE, changed_among=seqs)
    wanted = {seq: state for seq, state in expected.items() if seq == 1 or state.is_changed}
    assert {seq: comparable(state) for seq, state in changed.states.items()} == wanted


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(log=logs_of_a_room(), cut=st.integers(0, ENTRIES))
async def test_of_what_was_deleted_no_word_is_left(
    database: Database, logs: Logs, log: list[IngestEntry], cut: int
) -> None:
    await remove_rows(database)
    await logs.fix_shards(1)
    for batch in (log[:cut], log[cut:]):
        if batch:
            await write(logs, *batch)

    gone = [seq for seq, state in folded(log).items() if state.deleted]
    for seq in gone:
        of_it = await rows(
            database,
            "SELECT content FROM messages WHERE seq = :seq OR target_seq = :seq",
            seq=seq,
        )
        assert not any("secret" in content for (content,) in of_it)
        for table in ("reactions", "pins", "mentions", "search"):
            held = await rows(database, f"SELECT count(*) FROM {table} WHERE seq = :seq", seq=seq)
            assert held == [(0,)]


async def test_a_reaction_that_is_made_again_stands_where_it_stood(
    database: Database, logs: Logs
) -> None:
    thumb = React(target(1, ANN), "👍")
    again = [about(2, thumb, 1, ANN), about(3, thumb, 1, BOB), about(4, thumb, 1, ANN)]
    await write(logs, text(1), *again)

    read = await SqlDirectory(database).states(ROOM, [1], PEOPLE)

    assert read.states[1].reactions["👍"].people == (ANN, BOB)


async def test_a_reaction_that_was_taken_back_and_is_made_again_comes_last(
    database: Database, logs: Logs
) -> None:
    thumb, no_thumb = React(target(1, ANN), "👍"), React(target(1, ANN), "👍", on=False)
    await write(logs, text(1), about(2, thumb, 1, ANN), about(3, thumb, 1, BOB))
    await write(logs, about(4, no_thumb, 1, ANN), about(5, thumb, 1, ANN))

    read = await SqlDirectory(database).states(ROOM, [1], PEOPLE)

    assert read.states[1].reactions["👍"].people == (BOB, ANN)


async def test_a_deleted_message_is_found_by_its_name_and_known_to_be_deleted(logs: Logs) -> None:
    await write(logs, text(1), about(2, Delete(target(1, ANN)), 1, BOB))

    found = await logs.find(ANN, cmid(1))

    assert found is not None
    assert found.is_deleted
    assert found.is_of("any digest at all")


@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_a_deletion_that_points_at_a_second_copy_takes_the_message_that_it_names(
    database: Database, logs: Logs, *, is_one_batch: bool
) -> None:
    copy = entry(2, Text("hello"), author=ANN, name=1)
    deletion = about(3, Delete(target(1, ANN)), 2, BOB)
    batches = [[text(1), copy, deletion]] if is_one_batch else [[text(1)], [copy, deletion]]
    for each in batches:
        await write(logs, *each)

    kept = await rows(database, "SELECT kind, target_seq FROM messages ORDER BY seq")
    assert kept == [("stone", None), ("stone", None), ("delete", 1)]


async def test_an_edit_that_comes_behind_the_deletion_leaves_nothing(
    database: Database, logs: Logs
) -> None:
    await write(logs, text(1), about(2, Delete(target(1, ANN)), 1))
    await write(logs, about(3, Edit(cmid(1), "too late"), 1))

    assert await rows(database, "SELECT content FROM messages WHERE content LIKE '%late%'") == []


async def test_reading_a_deletion_again_changes_nothing(database: Database, logs: Logs) -> None:
    log = [text(1), about(2, Edit(cmid(1), "more"), 1), about(3, Delete(target(1, ANN)), 1)]
    await write(logs, *log)
    before = await rows(database, "SELECT * FROM messages ORDER BY seq")

    written = await write(logs, *log)

    assert written.alarms == []
    assert await rows(database, "SELECT * FROM messages ORDER BY seq") == before


async def test_a_change_that_is_a_second_copy_has_no_effect(logs: Logs, database: Database) -> None:
    put = React(target(1, ANN), "👍")
    await write(logs, text(1), about(2, put, 1, BOB))
    again = entry(3, put, author=BOB, name=2, derived=Derived(seq=1))
    await write(logs, again)

    assert await rows(database, "SELECT account_id, at_seq FROM reactions") == [(BOB, 2)]


async def test_whom_a_message_names_is_kept_and_everyone_is_nobody_s_id(
    logs: Logs, database: Database
) -> None:
    await write(logs, text(1, mentions=[BOB], everyone=True))

    named = await rows(database, "SELECT account_id, seq FROM mentions ORDER BY account_id")
    assert named == [("", 1), (BOB, 1)]


async def test_only_what_there_is_to_read_is_in_pages_of_history(logs: Logs) -> None:
    await write(
        logs,
        text(1),
        about(2, React(target(1, ANN), "👍"), 1),
        text(3),
        about(4, Delete(target(1, ANN)), 1),
    )

    page = await logs.page(ROOM, limit=9, max_bytes=10_000, shown=True)

    assert [each.seq for each in page] == [1, 3]


async def test_who_accepted_an_entry_is_noted_with_when_it_was_stored(
    logs: Logs, database: Database
) -> None:
    await write(logs, text(1)._replace(gateway="gateway-2"))

    [(by, at)] = await rows(database, "SELECT accepted_by, stored_at FROM messages")
    assert by == "gateway-2"
    assert at > 0


async def test_the_people_who_reacted_are_listed_in_pages(
    logs: Logs, directory: FullDirectory
) -> None:
    reacts = [
        about(seq, React(target(1, ANN), "👍"), 1, f"000000person{seq}") for seq in range(2, 7)
    ]
    await write(logs, text(1), *reacts)

    first = await directory.reactors(ROOM, 1, after=0, limit=3)
    rest = await directory.reactors(ROOM, 1, after=first[-1][0], limit=9)

    assert [each.person for _, each in (*first, *rest)] == [f"000000person{n}" for n in range(2, 7)]
