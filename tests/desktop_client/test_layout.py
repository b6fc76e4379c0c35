"""Rows, bubbles, cards and panes: what is drawn where, without a window."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.bubble import draw, measure
from desktop_client.layout.card import Card, draw_card
from desktop_client.layout.heights import stacked
from desktop_client.layout.marks import Box, Disc, Drawing, Ink, LinkHit, Words
from desktop_client.layout.rows import BubbleRow, DayRow, NoteRow, TypingRow, rows_of
from desktop_client.layout.screen import HEADER, arrange, composer_height
from desktop_client.state.talk import Outgoing, Progress, Standing, Talk
from parley.client import NoticeShown, UnsupportedShown
from tests.desktop_client.parts import ANN, BOB, LOBBY, METRICS, NOON, SCENE, said, with_entries

MINUTE = 60_000


def bubbles(talk: Talk) -> list[BubbleRow]:
    return [row for row in rows_of(talk, SCENE) if isinstance(row, BubbleRow)]


def room(*entries: object) -> Talk:
    return with_entries(Talk(LOBBY), entries)  # type: ignore[arg-type]


def bubble_box(drawing: Drawing, ink: Ink) -> Box:
    return next(mark for mark in drawing.marks if isinstance(mark, Box) and mark.ink is ink)


def test_who_is_typing_has_a_bubble_where_their_words_will_stand() -> None:
    (said_row,) = bubbles(room(said(1)))
    typing_row = TypingRow(BOB.id, "bob")

    words, dots = (draw(measure(row, 700, METRICS), METRICS) for row in (said_row, typing_row))

    assert bubble_box(dots, Ink.OTHER).x == bubble_box(words, Ink.OTHER).x
    assert [type(mark) for mark in dots.marks[-3:]] == [Disc] * 3


# --- rows ----------------------------------------------------------------------------------


def test_messages_of_one_author_stand_together() -> None:
    firsts = [row.is_first for row in bubbles(room(said(1), said(2), said(3, by=ANN), said(4)))]

    assert firsts == [True, False, True, True]


def test_a_pause_parts_messages_of_one_author() -> None:
    late = replace(said(2), time=NOON + 6 * MINUTE)

    assert [row.is_first for row in bubbles(room(said(1), late))] == [True, True]


def test_each_day_begins_with_its_name() -> None:
    yesterday = replace(said(1), time=NOON - 24 * 60 * MINUTE)

    days = [row.text for row in rows_of(room(yesterday, said(2)), SCENE) if isinstance(row, DayRow)]

    assert days == ["Yesterday", "Today"]


def test_what_waits_stands_at_the_end_and_has_the_clock() -> None:
    talk = replace(room(said(1)), outgoing=(Outgoing("cmid", "on its way", NOON),))

    last = bubbles(talk)[-1]

    assert (last.text, last.is_own, last.progress) == ("on its way", True, Progress.WAITING)


def test_messages_of_others_have_no_tick() -> None:
    assert bubbles(room(said(1)))[0].progress is None


def test_a_notice_is_a_sentence() -> None:
    joined = NoticeShown(LOBBY.id, 1, 1, NOON, BOB.id, "joined", BOB.id)

    assert NoteRow("bob joined") in rows_of(room(joined), SCENE)


def test_what_a_newer_version_has_sent_is_said_to_be_there() -> None:
    newer = UnsupportedShown(LOBBY.id, 1, 1, NOON, BOB.id, "poll")

    notes = [row for row in rows_of(room(newer), SCENE) if isinstance(row, NoteRow)]
    assert "cannot show" in notes[0].text


# --- bubbles -------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [340.0, 700.0, 1200.0])
@pytest.mark.parametrize("text", ["hi", "long " * 80, "x" * 16_384, "🔥👋", "a\nb\nc", "界" * 400])
def test_a_bubble_stays_within_the_conversation(text: str, width: float) -> None:
    for by, ink in ((ANN, Ink.OWN), (BOB, Ink.OTHER)):
        (row,) = bubbles(room(said(1, text, by=by)))

        box = bubble_box(draw(measure(row, width, METRICS), METRICS), ink)

        assert box.x >= 0
        assert box.x + box.width <= width


def test_ones_own_are_right_and_others_left() -> None:
    own, other = bubbles(room(said(1, by=ANN), said(2)))

    right = bubble_box(draw(measure(own, 900, METRICS), METRICS), Ink.OWN)
    left = bubble_box(draw(measure(other, 900, METRICS), METRICS), Ink.OTHER)

    assert left.x < 450 < right.x


@given(st.text(max_size=300), st.integers(300, 1400))
def test_the_height_that_was_measured_holds_the_drawing(text: str, width: int) -> None:
    for row in rows_of(room(said(1, text or "x")), SCENE):
        drawing = draw(measure(row, width, METRICS), METRICS)

        lowest = max(m.y + m.height for m in drawing.marks if isinstance(m, Box))
        assert lowest <= drawing.height + 2
        assert drawing.height == int(drawing.height), "Dear PyGui draws whole pixels"


def test_a_refused_message_shows_its_reason() -> None:
    talk = replace(room(), outgoing=(Outgoing("cmid", "no", NOON, reason="you may not"),))
    (row,) = bubbles(talk)

    drawing = draw(measure(row, 700, METRICS), METRICS)

    drawn = " ".join(mark.text for mark in drawing.marks if isinstance(mark, Words))
    assert "Not sent: you may not" in drawn


def test_a_link_can_be_clicked_where_it_is_drawn() -> None:
    (row,) = bubbles(room(said(1, "https://example.org")))

    drawing = draw(measure(row, 700, METRICS), METRICS)

    (zone,) = drawing.zones
    assert drawing.hit_at(zone.x + 1, zone.y + 1) == LinkHit("https://example.org")
    assert drawing.hit_at(zone.x - 5, zone.y) is None


def test_an_author_of_64_wide_characters_stays_in_the_bubble() -> None:
    people = {BOB.id: msgspec.structs.replace(BOB, display_name="界" * 64)}
    rows = rows_of(room(said(1)), replace(SCENE, people=people))
    (row,) = [row for row in rows if isinstance(row, BubbleRow)]

    drawing = draw(measure(row, 380, METRICS), METRICS)

    box = bubble_box(drawing, Ink.OTHER)
    ends = [m.x + METRICS.width(m.text, m.size) for m in drawing.marks if isinstance(m, Words)]
    assert max(ends) <= box.x + box.width


# --- cards ---------------------------------------------------------------------------------


def words_on_card(talk: Talk, draft: str = "") -> list[str]:
    drawing = draw_card(Card(talk, is_open=False, draft=draft), 320, SCENE, METRICS)
    return [mark.text for mark in drawing.marks if isinstance(mark, Words)]


def test_a_card_shows_who_spoke_last_and_how_much_is_unread() -> None:
    talk = replace(room(said(1), said(2, "news")), standing=Standing(unread=2))

    drawn = words_on_card(talk)

    assert drawn[-1] == "bob: news"
    assert "2" in drawn


def test_a_card_says_that_a_room_is_empty_once_that_is_known() -> None:
    unknown = words_on_card(Talk(LOBBY))
    empty = words_on_card(Talk(LOBBY, more=False))

    assert set(empty) - set(unknown) == {"Nothing was said here yet"}


def test_a_card_shows_a_draft_before_anything_else() -> None:
    assert words_on_card(room(said(1)), draft="half")[-1] == "Draft: half"


def test_a_room_name_of_wide_characters_stays_on_its_card() -> None:
    talk = Talk(msgspec.structs.replace(LOBBY, name="界" * 64))

    drawing = draw_card(Card(talk, is_open=True), 260, SCENE, METRICS)

    ends = [m.x + METRICS.width(m.text, m.size) for m in drawing.marks if isinstance(m, Words)]
    assert max(ends) <= 260


# --- lists and panes -----------------------------------------------------------------------


@given(st.lists(st.integers(1, 90), max_size=40), st.integers(0, 3000), st.integers(1, 500))
def test_the_rows_in_view_are_those_that_lie_there(
    heights: list[int], top: int, height: int
) -> None:
    places = stacked(map(float, heights))

    view = places.within(top, top + height)

    lying = [
        index
        for index in range(len(heights))
        if places.tops[index] < top + height and places.tops[index + 1] > top
    ]
    assert list(view) == lying


def test_a_narrow_window_shows_the_list_or_the_conversation() -> None:
    assert arrange(400, 300, has_room=False).talk is None
    assert arrange(400, 300, has_room=True).side is None


def test_a_wide_window_shows_both_side_by_side() -> None:
    panes = arrange(1280, 800, has_room=False)

    assert panes.side is not None
    assert panes.talk is not None
    assert panes.side.right == panes.talk.x


def test_the_composer_grows_with_its_lines_and_leaves_room_to_read() -> None:
    assert composer_height(1, 19, 800) < composer_height(3, 19, 800)
    assert composer_height(500, 19, 300) < 200


def test_the_composer_of_a_low_window_leaves_room_to_read_with_a_quote_above_it() -> None:
    window = 216

    assert window - HEADER - composer_height(9, 18, window, above=54) > 40
