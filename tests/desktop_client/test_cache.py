"""What was seen at an earlier start is shown at once, and replaced by what the server says."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_client.network.cache import FILE_NAME, Cache
from desktop_client.state.history import LATEST, TAIL
from desktop_client.state.talk import Standing
from desktop_client.update import effects, events, update
from parley.client import (
    DeletedMessage,
    PeopleChanged,
    Person,
    Retracted,
    RoomLive,
    RoomRestarted,
    StoredUpTo,
    UnreadChanged,
    Withdrawn,
)
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    NOON,
    PLANS,
    deleted,
    edited,
    page,
    said,
    signed_in,
    texts,
)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    cache = Cache.open(tmp_path, ANN.id)
    cache.note(events.GotRooms((LOBBY, PLANS)))
    yield cache
    cache.close()


def kept(cache: Cache) -> list[int]:
    return [entry.seq for entry in cache.recall().entries]


def test_rooms_entries_and_people_are_there_at_the_next_start(tmp_path: Path) -> None:
    cache = Cache.open(tmp_path, ANN.id)
    for event in (
        events.GotRooms((LOBBY,)),
        events.GotHistory(page(said(1), said(2)), LATEST),
        events.Happened(said(3), NOON),
        events.Happened(StoredUpTo(LOBBY.id, 1, 2), NOON),
        events.GotPeople({BOB.id: BOB}),
    ):
        cache.note(event)
    cache.close()

    again = Cache.open(tmp_path, ANN.id)

    recalled = events.Recalled(((LOBBY, (1, 2)),), (said(1), said(2), said(3)), (BOB,))
    assert again.recall() == recalled
    again.close()


def test_another_name_is_kept_for_the_next_start(cache: Cache) -> None:
    cache.note(events.GotPeople({BOB.id: BOB}))
    bobby = Person(BOB.id, "bob", "Bobby")

    cache.note(events.Happened(PeopleChanged((bobby,)), NOON))

    assert cache.recall().people == (bobby,)


def test_what_was_unread_is_there_at_the_next_start(cache: Cache) -> None:
    cache.note(events.Happened(UnreadChanged(LOBBY.id, 3, 1, 7, False), NOON))

    assert cache.recall().standings == {LOBBY.id: Standing(7, 3, 1)}
    state, _ = update(signed_in(talks={}), cache.recall())
    assert state.talks[LOBBY.id].standing.unread == 3


def test_what_has_become_of_a_message_is_there_at_the_next_start(cache: Cache) -> None:
    cache.note(events.Happened(said(1, "frist", by=BOB), NOON))

    cache.note(events.Happened(edited(2, said(1, by=BOB), "first"), NOON))

    ((room, state),) = cache.recall().states
    assert (room, state.text, state.edited_at) == (LOBBY.id, "first", NOON + 2000)


def test_nothing_of_a_deleted_message_stays_on_the_disk(tmp_path: Path, cache: Cache) -> None:
    message = said(1, "a secret", by=BOB)
    cache.note(events.Happened(message, NOON))
    cache.note(events.Happened(edited(2, message, "a secret, edited"), NOON))

    cache.note(events.Happened(deleted(3, message), NOON))

    cache.close()
    again = Cache.open(tmp_path, ANN.id)
    assert isinstance(again.recall().entries[0], DeletedMessage)
    assert "secret" not in str(again.recall())
    again.close()


def test_a_change_that_was_lost_is_not_recalled(cache: Cache) -> None:
    cache.note(events.Happened(said(1, "first"), NOON))
    cache.note(events.Happened(edited(5, said(1), "other"), NOON))

    cache.note(events.Happened(Retracted(LOBBY.id, 2, 4, ()), NOON))

    assert cache.recall().states == ()


def test_what_lies_before_a_hole_is_not_recalled(cache: Cache) -> None:
    cache.note(events.GotHistory(page(said(1)), LATEST))

    cache.note(events.GotHistory(page(said(501), said(502), more=True), LATEST))

    assert kept(cache) == [501, 502]


def test_what_came_while_the_page_was_on_its_way_stays(cache: Cache) -> None:
    cache.note(events.Happened(said(3), NOON))

    cache.note(events.GotHistory(page(said(1), said(2)), LATEST))

    assert kept(cache) == [1, 2, 3]


def test_no_more_than_a_page_of_a_room_is_recalled(cache: Cache) -> None:
    for seq in range(1, TAIL + 11):
        cache.note(events.Happened(said(seq), NOON))

    assert kept(cache) == list(range(11, TAIL + 11))


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (Retracted(LOBBY.id, 2, 1, ()), [1]),
        (Withdrawn(LOBBY.id, 1, 2, BOB.id, "cmid", "odd"), [1, 3]),
        (RoomRestarted(LOBBY.id, 1, 900), []),
    ],
    ids=["retracted", "withdrawn", "restarted"],
)
def test_what_was_taken_back_is_not_recalled(
    cache: Cache, change: Retracted | Withdrawn | RoomRestarted, left: list[int]
) -> None:
    for seq in (1, 2, 3):
        cache.note(events.Happened(said(seq), NOON))

    cache.note(events.Happened(change, NOON))

    assert kept(cache) == left


def test_a_room_that_one_is_not_in_any_more_is_forgotten(cache: Cache) -> None:
    cache.note(events.Happened(said(1), NOON))

    cache.note(events.GotRooms((PLANS,)))

    assert cache.recall() == events.Recalled(((PLANS, (0, 0)),), (), ())


def test_another_persons_cache_is_not_shown(tmp_path: Path, cache: Cache) -> None:
    cache.note(events.Happened(said(1), NOON))
    cache.close()

    other = Cache.open(tmp_path, BOB.id)

    assert other.recall() == events.Recalled((), (), ())
    other.close()


def test_nothing_is_left_after_signing_out(cache: Cache) -> None:
    cache.note(events.Happened(said(1), NOON))

    cache.erase()

    assert cache.recall() == events.Recalled((), (), ())


def test_only_the_owner_may_read_it(tmp_path: Path, cache: Cache) -> None:
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("at", [0, 24, 4096, 8192])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, cache: Cache, at: int
) -> None:
    for seq in range(1, 90):
        cache.note(events.Happened(said(seq, "x" * 200), NOON))
    cache.close()
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.seek(at)
        file.write(b"\xaa" * 4096)

    again = Cache.open(tmp_path, ANN.id)

    assert again.recall() == events.Recalled((), (), ())
    assert (tmp_path / f"{FILE_NAME}.damaged-1").exists()
    again.close()


# --- on the screen -------------------------------------------------------------------------

RECALLED = events.Recalled(((LOBBY, (1, 3)),), (said(1, "old one"), said(3, "old three")), (BOB,))


def test_what_is_recalled_is_on_the_screen_without_a_connection() -> None:
    state, asked = update(signed_in(talks={}, people={}), RECALLED)

    assert (texts(state.talks[LOBBY.id]), asked) == (["old one", "old three"], [])
    assert state.people == {BOB.id: BOB}


def test_the_servers_latest_page_replaces_what_was_recalled() -> None:
    state, _ = update(signed_in(talks={}), RECALLED)
    state, _ = update(state, events.GotRooms((LOBBY,)))
    state, asked = update(state, events.Happened(RoomLive(LOBBY.id, 1, 9, 9), NOON))
    assert effects.LoadHistory(LOBBY.id) in asked
    state, _ = update(state, events.Happened(said(10, "news"), NOON))

    latest = page(said(8, "eight"), said(9, "nine"), more=True)
    state, _ = update(state, events.GotHistory(latest, LATEST))

    assert texts(state.talks[LOBBY.id]) == ["eight", "nine", "news"]
    assert state.talks[LOBBY.id].first == 8


def test_a_recalled_room_is_followed_like_any_other() -> None:
    state, _ = update(signed_in(talks={}), RECALLED)

    assert effects.Follow(LOBBY.id) in update(state, events.GotRooms((LOBBY,)))[1]


def test_what_waits_in_the_outbox_stays_below_what_is_recalled() -> None:
    waiting = events.Waiting(LOBBY.id, "cmid", "typed offline", NOON)
    state = replace(signed_in(), talks={})
    state, _ = update(state, events.SignedIn(ANN, (waiting,)))

    state, _ = update(state, RECALLED)

    talk = state.talks[LOBBY.id]
    assert (texts(talk), talk.outgoing[0].text) == (["old one", "old three"], "typed offline")
