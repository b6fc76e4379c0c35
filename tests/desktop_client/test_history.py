"""What of a room is at hand: a bounded run without a hole, wherever one reads in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.state.history import (
    AT_HAND,
    LATEST,
    TAIL,
    After,
    Around,
    Before,
    Place,
    Stretch,
    recalled,
    returned,
    with_live,
    with_stretch,
)
from desktop_client.state.talk import Talk
from tests.desktop_client.parts import LOBBY, said

END = 2_000


def part(first: int, last: int, end: int = END) -> Stretch:
    """All that was said from one place to another, in a room that ends at a third."""
    entries = tuple(said(seq) for seq in range(first, last + 1))
    return Stretch(entries, first, last, first > 1, last < end)


def read_back(talk: Talk, to: int) -> Talk:
    """The room after somebody has scrolled back so far."""
    while talk.first is not None and talk.first > to:
        place = Before(talk.first)
        earlier = replace(part(max(1, talk.first - TAIL), talk.first - 1), more_after=True)
        talk = with_stretch(talk, earlier, place)
    return talk


def places(talk: Talk) -> list[int]:
    return [entry.seq for entry in talk.entries]


@pytest.fixture
def latest() -> Talk:
    return with_stretch(Talk(LOBBY), part(END - TAIL + 1, END), LATEST)


def test_an_earlier_page_stands_before_what_is_at_hand(latest: Talk) -> None:
    talk = read_back(latest, END - 3 * TAIL + 1)

    assert places(talk) == list(range(END - 3 * TAIL + 1, END + 1))
    assert (talk.first, talk.more, talk.is_past) == (END - 3 * TAIL + 1, True, False)


def test_no_more_than_the_bound_is_at_hand_however_far_one_scrolls(latest: Talk) -> None:
    talk = read_back(latest, 1)

    assert places(talk) == list(range(1, AT_HAND + 1))
    assert (talk.more, talk.is_past, talk.end) == (False, True, AT_HAND)
    assert [entry.seq for entry in talk.tail] == list(range(END - TAIL + 1, END + 1))


def test_scrolling_on_from_the_past_leads_to_the_end_again(latest: Talk) -> None:
    talk = read_back(latest, 1)

    while talk.is_past:
        begin = talk.end + 1
        talk = with_stretch(talk, part(begin, min(END, begin + TAIL - 1)), After(begin - 1))

    assert places(talk) == list(range(END - AT_HAND + 1, END + 1))
    assert (talk.more, talk.tail) == (True, ())


def test_a_jump_has_what_lies_around_it_at_hand_and_nothing_between(latest: Talk) -> None:
    talk = with_stretch(latest, part(70, 130), Around(100))

    assert (places(talk), talk.is_past) == (list(range(70, 131)), True)
    assert talk.last() == said(END)


def test_a_jump_to_what_touches_what_is_at_hand_joins_it(latest: Talk) -> None:
    talk = with_stretch(latest, part(END - 2 * TAIL, END - TAIL), Around(END - 90))

    assert places(talk) == list(range(END - 2 * TAIL, END + 1))
    assert not talk.is_past


def test_a_room_that_was_in_the_past_is_at_its_end_again(latest: Talk) -> None:
    talk = returned(with_stretch(latest, part(70, 130), Around(100)))

    assert places(talk) == places(latest)
    assert (talk.is_past, talk.first, talk.more) == (False, latest.first, True)


def test_what_is_said_while_one_reads_in_the_past_is_at_the_end(latest: Talk) -> None:
    past = with_stretch(latest, part(70, 130), Around(100))

    talk = with_live(past, said(END + 1))

    assert places(talk) == places(past)
    assert talk.last() == said(END + 1)


def test_what_is_said_at_the_end_pushes_out_the_earliest(latest: Talk) -> None:
    talk = latest
    for seq in range(END + 1, END + 2 * AT_HAND):
        talk = with_live(talk, said(seq))

    assert len(talk.entries) <= AT_HAND + TAIL
    assert (talk.more, talk.first) == (True, talk.entries[0].seq)


def test_nothing_that_is_being_read_is_given_away_for_what_comes(latest: Talk) -> None:
    talk = read_back(latest, END - AT_HAND + 1)
    for seq in range(END + 1, END + AT_HAND):
        talk = with_live(talk, said(seq), stays=True)

    assert talk.first == END - AT_HAND + 1
    assert talk.is_past
    assert talk.last() == said(END + AT_HAND - 1)


def test_the_latest_page_does_not_move_one_who_reads_an_earlier_starts_entries() -> None:
    talk = recalled(Talk(LOBBY), (said(seq) for seq in range(1, 40)))

    talk = with_stretch(talk, part(END - 10, END), LATEST, stays=True)

    assert (places(talk), talk.is_past, talk.end) == (list(range(1, 40)), True, 39)
    assert talk.last() == said(END)


def test_a_page_that_nobody_waits_for_any_more_changes_nothing(latest: Talk) -> None:
    far = replace(part(70, 130), more_after=True)

    assert with_stretch(latest, far, Before(131)).entries == latest.entries


def test_what_the_server_has_takes_the_place_of_what_was_kept(latest: Talk) -> None:
    kept = replace(part(END - 2 * TAIL, END - TAIL), more_after=True)
    talk = with_stretch(latest, kept, Before(END - TAIL + 1))
    told = replace(kept, entries=tuple(e for e in kept.entries if e.seq != END - 70))

    talk = with_stretch(talk, told, Before(END - TAIL + 1))

    assert END - 70 not in places(talk)
    assert len(talk.entries) == 2 * TAIL


@given(st.lists(st.tuples(st.sampled_from([Before, After, Around]), st.integers(1, END))))
def test_what_is_at_hand_never_has_a_hole(asked: list[tuple[type[Place], int]]) -> None:
    talk = with_stretch(Talk(LOBBY), part(END - TAIL + 1, END), LATEST)

    for kind, seq in asked:
        place = kind(seq)  # type: ignore[call-arg]
        match place:
            case Before():
                new = replace(part(max(1, seq - TAIL), seq - 1), more_after=True)
            case After():
                new = part(seq + 1, min(END, seq + TAIL))
            case _:
                new = part(max(1, seq - 30), min(END, seq + 30))
        talk = with_stretch(talk, new, place)

        begin, end = talk.entries[0].seq, talk.entries[-1].seq
        assert places(talk) == list(range(begin, end + 1))
        assert talk.first == begin
        assert talk.is_past == (end < END)
        assert len(talk.entries) <= AT_HAND
