"""Formatted text, quotes, reactions: from the server's tree to where it is drawn."""

from dataclasses import replace

import pytest

from desktop_client.layout.bubble import draw, measure
from desktop_client.layout.chips import place_chips
from desktop_client.layout.found import runs_of_hit
from desktop_client.layout.marks import Box, LinkHit, QuoteHit, ReactionHit, Words
from desktop_client.layout.prose import Part, Run, Style, parts_of
from desktop_client.layout.rows import BubbleRow, Chip, UnreadRow, rows_of
from desktop_client.state.changes import with_change
from desktop_client.state.talk import Talk
from parley.client import Hit, Message
from parley.domain.formatting import formatted
from parley.protocol.derived import Derived
from tests.desktop_client.parts import (
    ANN,
    BOB,
    LOBBY,
    METRICS,
    NOON,
    SCENE,
    deleted,
    reacted,
    said,
    with_entries,
)


def parts(text: str) -> tuple[Part, ...]:
    return parts_of(text, formatted(text, {}).tree)


def shaped(text: str) -> Message:
    return replace(said(1, text), derived=Derived(tree=formatted(text, {}).tree))


def bubble(talk: Talk, at: int = -1) -> BubbleRow:
    return [row for row in rows_of(talk, SCENE) if isinstance(row, BubbleRow)][at]


def room(*entries: Message) -> Talk:
    return with_entries(Talk(LOBBY), entries)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("*so*", Style(bold=True)),
        ("_so_", Style(italic=True)),
        ("~so~", Style(strike=True)),
        ("`so`", Style(code=True)),
        ("*_so_*", Style(bold=True, italic=True)),
    ],
)
def test_a_mark_becomes_a_style(text: str, style: Style) -> None:
    assert parts(text) == (Part((Run("so", style),)),)


def test_quotes_lists_and_code_are_parts_of_their_own() -> None:
    shown = parts("> said\n- one\n```\n  code\n```")

    assert [(part.depth, part.marker, part.is_code) for part in shown] == [
        (1, "", False),
        (0, "•", False),
        (0, "", True),
    ]


def test_a_link_with_words_of_its_own_leads_to_its_address() -> None:
    talk = room(shaped("see [this](https://example.org) now"))

    drawing = draw(measure(bubble(talk), 700, METRICS), METRICS)

    assert [zone.hit for zone in drawing.zones] == [LinkHit("https://example.org")]


@pytest.mark.parametrize("width", [340.0, 700.0])
@pytest.mark.parametrize("text", ["> " * 4 + "x" * 900, "```\n" + "y" * 900 + "\n```", "- z" * 300])
def test_formatted_text_stays_within_the_conversation(text: str, width: float) -> None:
    drawing = draw(measure(bubble(room(shaped(text))), width, METRICS), METRICS)

    assert max(m.x + m.width for m in drawing.marks if isinstance(m, Box)) <= width
    words = [m for m in drawing.marks if isinstance(m, Words)]
    assert max(m.x + METRICS.width(m.text, m.size) for m in words) <= width


def test_the_spaces_that_a_line_of_code_begins_with_are_kept() -> None:
    drawing = draw(measure(bubble(room(shaped("```\na\n    b\n```"))), 700, METRICS), METRICS)

    places = {m.text: m.x for m in drawing.marks if isinstance(m, Words) and m.text in ("a", "b")}
    assert places["b"] > places["a"]


# --- quotes --------------------------------------------------------------------------------


def test_an_answer_shows_the_message_as_it_is_now_and_leads_to_it() -> None:
    first = said(1, "when?", by=ANN)
    talk = room(first, replace(said(2, "now"), reply_to=first.target))

    row = bubble(talk)

    assert row.quoted is not None
    assert (row.quoted.name, row.quoted.text) == ("You", "when?")
    drawing = draw(measure(row, 700, METRICS), METRICS)
    assert [zone.hit for zone in drawing.zones] == [QuoteHit()]


def test_an_answer_to_a_deleted_message_says_so() -> None:
    first = said(1, "when?", by=ANN)
    talk = room(first, replace(said(2, "now"), reply_to=first.target))

    quoted = bubble(with_change(talk, deleted(3, first, by=ANN))).quoted

    assert quoted is not None
    assert quoted.text == "This message was deleted"


def test_a_deleted_message_leaves_its_place_and_none_of_its_words() -> None:
    row = bubble(with_change(room(said(1, "secret")), deleted(2, said(1))))

    assert (row.is_deleted, row.text, "secret" in str(row)) == (True, "", False)


# --- reactions -----------------------------------------------------------------------------


def test_reactions_stand_below_their_message_and_can_be_clicked() -> None:
    talk = with_change(room(said(1)), reacted(2, said(1), "🔥", by=ANN))
    talk = with_change(talk, reacted(3, said(1), "🔥", by=BOB))

    row = bubble(talk)

    assert row.chips == (Chip("🔥", 2, is_mine=True),)
    drawing = draw(measure(row, 700, METRICS), METRICS)
    assert [zone.hit for zone in drawing.zones] == [ReactionHit("🔥")]


def test_five_hundred_reactions_stay_small() -> None:
    chips = tuple(Chip(chr(0x1F400 + n), 1, is_mine=False) for n in range(500))

    placed, height = place_chips(chips, 300, METRICS)

    assert placed[-1].count == "+480"
    assert max(chip.x + chip.width for chip in placed) <= 300
    assert height < 200


# --- the rest ------------------------------------------------------------------------------


def test_a_line_stands_before_the_first_message_of_others_that_was_not_read() -> None:
    talk = room(said(1), said(2, by=ANN), said(3), said(4))

    rows = rows_of(talk, replace(SCENE, unread_after=1))

    after = rows[rows.index(UnreadRow()) + 1]
    assert isinstance(after, BubbleRow)
    assert after.seq == 3


def test_what_was_looked_for_stands_out_in_what_was_found() -> None:
    hit = Hit(LOBBY.id, 1, 1, NOON, BOB.id, "cmid", "the plan", [(4, 8)], before=True, after=False)

    runs = runs_of_hit(hit)

    assert [(run.text, run.style.bold) for run in runs] == [
        ("…", False),
        ("the ", False),
        ("plan", True),
    ]
