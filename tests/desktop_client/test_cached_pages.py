"""Scrolling back through what is kept: without a hole, as new as may be, and bounded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.network.cache import FILE_NAME, Cache
from desktop_client.network.memory import Memory
from desktop_client.state.history import LATEST, After, Around, Before, Place
from desktop_client.update import events
from parley.client import (
    HistoryPage,
    MessageHidden,
    Retracted,
    RoomRestarted,
)
from tests.desktop_client.parts import ANN, BOB, LOBBY, NOON, PLANS, deleted, edited, page, said

LIMIT = 10


def span(first: int, last: int) -> HistoryPage:
    return page(*(said(seq, f"words {seq}") for seq in range(first, last + 1)), more=first > 1)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache.open(tmp_path, ANN.id)
    cache.note(events.GotRooms((LOBBY, PLANS)))
    cache.note(events.GotHistory(span(81, 100), LATEST))
    yield cache
    cache.close()


def seqs(cache: Cache, place: Place) -> list[int] | None:
    found = cache.page(LOBBY.id, place, LIMIT)
    return None if found is None else [entry.seq for entry in found.stretch.entries]


def test_what_was_fetched_is_there_when_one_scrolls_back(cache: Cache) -> None:
    cache.note(events.GotHistory(span(61, 80), Before(81)))

    assert seqs(cache, Before(81)) == list(range(71, 81))
    assert seqs(cache, Before(66)) == list(range(61, 66))
    assert seqs(cache, After(75)) == list(range(76, 86))
    assert seqs(cache, Around(80)) == list(range(75, 85))


def test_what_was_not_fetched_is_not_there(cache: Cache) -> None:
    assert seqs(cache, Before(81)) is None
    assert seqs(cache, Around(40)) is None


def test_a_page_ends_where_something_is_missing(cache: Cache) -> None:
    cache.note(events.GotHistory(span(31, 40), Around(35)))

    assert seqs(cache, After(36)) == [37, 38, 39, 40]
    found = cache.page(LOBBY.id, After(36), LIMIT)
    assert found is not None
    assert (found.stretch.last, found.stretch.more_after) == (40, True)


def test_the_first_message_of_a_room_is_known_to_be_the_first(cache: Cache) -> None:
    cache.note(events.GotHistory(span(1, 80), Before(81)))

    found = cache.page(LOBBY.id, Before(5), LIMIT)

    assert found is not None
    assert not found.stretch.more_before


def test_what_comes_live_goes_on_where_the_page_ended(cache: Cache) -> None:
    for seq in range(101, 131):
        cache.note(events.Happened(said(seq), NOON))

    assert seqs(cache, Before(105)) == list(range(95, 105))


def test_what_came_before_the_latest_page_hides_no_hole(tmp_path: Path, cache: Cache) -> None:
    cache.close()
    again = Cache.open(tmp_path, ANN.id)
    again.note(events.Happened(said(150), NOON))
    again.note(events.GotHistory(span(141, 149), LATEST))

    assert seqs(again, Before(151)) == list(range(141, 151))
    assert seqs(again, Before(141)) is None
    assert seqs(again, Before(101)) == list(range(91, 101))
    again.close()


def test_only_what_this_run_has_heard_of_needs_no_asking(tmp_path: Path, cache: Cache) -> None:
    now = cache.page(LOBBY.id, Before(95), LIMIT)
    cache.close()

    again = Cache.open(tmp_path, ANN.id)
    later = again.page(LOBBY.id, Before(95), LIMIT)
    again.close()

    assert now is not None
    assert later is not None
    assert (now.is_sure, later.is_sure) == (True, False)


def test_what_has_become_of_messages_comes_with_them(cache: Cache) -> None:
    cache.note(events.Happened(edited(101, said(85), "other words"), NOON))

    found = cache.page(LOBBY.id, Before(90), LIMIT)

    assert found is not None
    assert [state.text for state in found.states] == ["other words"]


def test_a_message_that_is_answered_comes_with_its_answer(cache: Cache) -> None:
    first = replace(said(101, "a question"), cmid="01920000-0000-7000-8000-000000000001")
    cache.note(events.Happened(first, NOON))
    cache.note(events.Happened(replace(said(121), reply_to=first.target), NOON))

    found = cache.page(LOBBY.id, After(110), LIMIT)

    assert found is not None
    assert [(state.target, state.text) for state in found.states] == [(first.target, "a question")]


def test_nothing_of_a_deleted_text_is_in_the_file(tmp_path: Path, cache: Cache) -> None:
    # So long that it fills pages of the file, which are given free.
    secret = said(101, "a very secret word " * 800)
    cache.note(events.Happened(secret, NOON))
    assert b"secret" in (tmp_path / FILE_NAME).read_bytes()

    cache.note(events.Happened(deleted(102, secret), NOON))

    assert b"secret" not in (tmp_path / FILE_NAME).read_bytes()


def test_what_the_server_tells_takes_the_place_of_what_was_kept(cache: Cache) -> None:
    told = span(81, 90)
    fewer = tuple(entry for entry in told.entries if entry.seq != 85)

    cache.note(events.GotHistory(page(*fewer, more=True), Before(91)))

    assert seqs(cache, Before(88)) == [81, 82, 83, 84, 86, 87]


@pytest.mark.parametrize(
    ("event", "left"),
    [
        (MessageHidden(LOBBY.id, 99, BOB.id, said(99).cmid), [97, 98, 100]),
        (Retracted(LOBBY.id, 2, 98, ()), [97, 98]),
        (RoomRestarted(LOBBY.id, 1, 900), None),
    ],
    ids=["hidden", "retracted", "restarted"],
)
def test_what_was_taken_away_is_not_scrolled_to(
    cache: Cache, event: MessageHidden | Retracted | RoomRestarted, left: list[int] | None
) -> None:
    cache.note(events.Happened(event, NOON))

    assert seqs(cache, After(96)) == left


def test_what_was_lost_with_the_servers_memory_is_a_hole(cache: Cache) -> None:
    cache.note(events.Happened(Retracted(LOBBY.id, 2, 98, ()), NOON))

    found = cache.page(LOBBY.id, After(96), LIMIT)

    assert found is not None
    assert (found.stretch.last, found.is_sure) == (98, False)


def test_beyond_the_bound_the_earliest_of_the_longest_room_goes(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path, BOB.id, kept_entries=100)
    cache.note(events.GotRooms((LOBBY, PLANS)))
    cache.note(events.Happened(said(1, room=PLANS), NOON))
    for seq in range(1, 201):
        cache.note(events.Happened(said(seq), NOON))

    latest = cache.page(LOBBY.id, Before(201), 1000)

    assert latest is not None
    assert len(latest.stretch.entries) <= 100
    assert latest.stretch.entries[-1].seq == 200
    assert latest.stretch.more_before
    assert cache.page(LOBBY.id, Before(50), LIMIT) is None
    assert cache.page(PLANS.id, Around(1), LIMIT) is not None
    cache.close()


async def test_a_file_that_is_found_damaged_later_is_begun_anew(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path, ANN.id)
    cache.note(events.GotRooms((LOBBY,)))
    cache.note(events.GotHistory(span(1, 900), LATEST))
    cache.close()
    memory = Memory(tmp_path, ANN.id)
    await memory.recall()
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xaa" * 4096 * 20)

    for seq in range(900, 0, -10):
        await memory.page(LOBBY.id, Before(seq), LIMIT)
    memory.note(events.GotRooms((LOBBY,)))
    memory.note(events.Happened(said(901), NOON))

    recalled = await memory.recall()
    assert recalled is not None
    assert [entry.seq for entry in recalled.entries] == [901]
    assert (tmp_path / f"{FILE_NAME}.damaged-1").exists()
    await memory.close()


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 12)), max_size=12), st.integers(1, 60))
def test_what_is_kept_is_told_without_a_hole(
    tmp_path_factory: pytest.TempPathFactory, fetched: list[tuple[int, int]], seq: int
) -> None:
    cache = Cache.open(tmp_path_factory.mktemp("cache"), ANN.id)
    known: set[int] = set()
    for first, more in fetched:
        cache.note(events.GotHistory(span(first, first + more), Around(first)))
        known |= set(range(first, first + more + 1))

    told = seqs(cache, Before(seq)) or []

    run = [each for each in range(seq - 1, 0, -1) if set(range(each, seq)) <= known]
    assert told == sorted(run[:LIMIT])
    cache.close()
