"""How large everything is drawn: the screen's scale, and the text size that a person chooses."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from desktop_client.launch import first_state
from desktop_client.layout.bubble import draw, lines_in
from desktop_client.layout.conversation import Conversation
from desktop_client.layout.marks import Box, Disc, Ink, Mark, Picture, Ring, Stroke, Wedge, Words
from desktop_client.layout.metrics import BODY
from desktop_client.layout.scale import Scale, enlarged, scale_of
from desktop_client.options import DesktopOptions
from desktop_client.pages import page_of
from desktop_client.pages.parts import Choice
from desktop_client.profile import Kept, Place, Profile, remembering, within
from desktop_client.screen_scale import scale_of_display, scale_of_environment
from desktop_client.state.model import Dialog, State, TextSize
from desktop_client.state.talk import Talk
from desktop_client.update import update
from desktop_client.update.effects import Remember
from desktop_client.update.events import ChoseTextSize, SteppedTextSize
from desktop_client.update.text_size import TEXT_SIZES
from tests.desktop_client.parts import (
    ANN,
    LOBBY,
    METRICS,
    SCENE,
    TODAY,
    said,
    signed_in,
    with_entries,
)

SCALES = [scale_of(screen, size) for screen in (1.0, 1.25, 2.0) for size in TEXT_SIZES]


# --- the screen's scale --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "scale"),
    [
        ({"QT_SCALE_FACTOR": "1.5"}, 1.5),
        ({"GDK_SCALE": "2"}, 2.0),
        ({"GDK_SCALE": "2", "QT_SCALE_FACTOR": "1.75"}, 1.75),
        ({"GDK_SCALE": "2", "QT_SCALE_FACTOR": "large"}, 2.0),
        ({"GDK_SCALE": "0"}, None),
        ({"GDK_SCALE": "nan"}, None),
        ({}, None),
    ],
)
def test_the_environment_tells_the_scale_if_it_makes_sense(
    environment: dict[str, str], scale: float | None
) -> None:
    assert scale_of_environment(environment) == scale


@pytest.mark.parametrize(
    ("told", "scale"), [(1.0, 1.0), (97 / 96, 1.0), (1.5, 1.5), (2.0, 2.0), (0.0, 1.0), (90.0, 1.0)]
)
def test_what_the_display_tells_is_taken_in_steps_if_it_makes_sense(
    told: float, scale: float
) -> None:
    assert scale_of_display(told) == scale


def test_a_window_that_is_larger_than_the_screen_is_made_to_fit() -> None:
    screens = [Place(0, 30, 1920, 1050)]

    assert within(Place(0, 0, 2560, 1600), screens) == Place(0, 30, 1920, 1050)
    assert within(Place(5, 5, 1280, 800), screens) == Place(5, 5, 1280, 800)
    assert within(Place(0, 0, 2560, 1600), []) == Place(0, 0, 2560, 1600)


# --- the text size -------------------------------------------------------------------------


def sized(size: TextSize) -> State:
    return signed_in(text_size=size)


@pytest.mark.parametrize(("size", "by", "then"), [("small", 1, "normal"), ("larger", -1, "large")])
def test_a_step_leads_to_the_next_size_which_is_kept(
    size: TextSize, by: int, then: TextSize
) -> None:
    state, done = update(sized(size), SteppedTextSize(by))

    assert (state.text_size, done) == (then, [Remember(text_size=then)])


@pytest.mark.parametrize(("size", "by"), [("small", -1), ("larger", 1)])
def test_beyond_the_last_size_there_is_none(size: TextSize, by: int) -> None:
    assert update(sized(size), SteppedTextSize(by)) == (sized(size), [])


def test_a_size_is_chosen_at_once() -> None:
    state, done = update(sized("larger"), ChoseTextSize("normal"))

    assert (state.text_size, done) == ("normal", [Remember(text_size="normal")])


def test_the_page_about_oneself_offers_every_size_and_shows_which_one_it_is() -> None:
    page = page_of(replace(sized("large"), dialog=Dialog.ACCOUNT), TODAY)

    assert page is not None
    choice = next(part for part in page.parts if isinstance(part, Choice))
    assert [event for _, event in choice.options] == [ChoseTextSize(size) for size in TEXT_SIZES]
    assert dict(choice.options)[choice.chosen] == ChoseTextSize("large")


def test_the_size_is_there_at_the_next_start_of_this_profile_alone(tmp_path: Path) -> None:
    ann, bob = Profile(tmp_path, "ann"), Profile(tmp_path, "bob")
    ann.keep(remembering(Kept(theme="light"), Remember(text_size="larger")))

    assert first_state(DesktopOptions(tmp_path), ann.load()).text_size == "larger"
    assert first_state(DesktopOptions(tmp_path), bob.load()).text_size == "normal"
    assert ann.load().theme == "light"


def test_a_size_that_this_version_does_not_know_counts_as_the_usual_one(tmp_path: Path) -> None:
    assert first_state(DesktopOptions(tmp_path), Kept(text_size="huge")).text_size == "normal"


# --- from the layout to the screen ---------------------------------------------------------


def test_each_size_is_larger_than_the_one_before_and_the_usual_one_is_the_screen_s_own() -> None:
    factors = [scale_of(1.5, size).factor for size in TEXT_SIZES]

    assert factors == sorted(set(factors))
    assert scale_of(1.5, "normal").factor == 1.5


@pytest.mark.parametrize("size", TEXT_SIZES)
def test_a_line_of_a_field_is_as_high_as_the_layout_takes_it_for(size: TextSize) -> None:
    scale = scale_of(1.0, size)

    assert scale.px(BODY) == BODY * scale.factor
    assert scale.field_stretch == 1.0


def test_a_field_whose_text_is_rounded_up_holds_less_of_it() -> None:
    assert Scale(1.25).field_stretch == pytest.approx(22 / 22.5)


@pytest.mark.parametrize("scale", SCALES)
def test_where_the_mouse_is_on_the_screen_is_where_it_is_in_the_layout(scale: Scale) -> None:
    for place in (0.0, 11.0, 333.0, 1279.0):
        assert abs(scale.length(scale.px(place)) - place) <= 0.5 / scale.factor + 1e-9


@pytest.mark.parametrize("scale", SCALES)
def test_rows_that_follow_each_other_touch_on_the_screen_and_none_drifts(scale: Scale) -> None:
    rows = Conversation(METRICS)
    messages = [said(seq, "words " * seq) for seq in range(1, 60)]
    talk = with_entries(Talk(LOBBY, first=1, more=False), messages)
    rows.lay_out(talk, SCENE, 500, 400)
    tops = rows.heights.tops

    heights = [scale.px(low) - scale.px(top) for top, low in pairwise(tops)]

    assert scale.px(tops[0]) + sum(heights) == scale.px(rows.heights.total)
    for slot, high in zip(rows.slots, heights, strict=True):
        assert abs(high - slot.height * scale.factor) <= 1


@pytest.mark.parametrize("scale", SCALES)
def test_a_line_that_is_drawn_larger_stays_within_its_bubble(scale: Scale) -> None:
    rows = Conversation(METRICS)
    talk = with_entries(Talk(LOBBY, first=1, more=False), [said(1, "some words " * 30, by=ANN)])
    rows.lay_out(talk, SCENE, 500, 400)
    shape = rows.shape_of(rows.slots[-1])
    drawing = draw(shape, METRICS)

    marks = [enlarged(mark, scale.factor) for mark in drawing.marks]

    bubble = max((m for m in marks if isinstance(m, Box)), key=lambda m: m.width)
    texts = [mark for mark in marks if isinstance(mark, Words)]
    assert len(texts) > len(lines_in(shape, METRICS)) > 1  # the time stands there besides
    for words in texts:
        width = METRICS.width(words.text, words.size, bold=words.bold)
        assert bubble.x <= words.x
        assert words.x + width <= bubble.x + bubble.width + 0.01


@pytest.mark.parametrize(
    ("mark", "larger"),
    [
        (Box(1, 2, 3, 4, Ink.BAR, 5), Box(2, 4, 6, 8, Ink.BAR, 10)),
        (Words(1, 2, "a", 18, Ink.TEXT, bold=True), Words(2, 4, "a", 36, Ink.TEXT, bold=True)),
        (Picture(1, 2, "🔥", 17), Picture(2, 4, "🔥", 34)),
        (Disc(1, 2, 3, Ink.BAD), Disc(2, 4, 6, Ink.BAD)),
        (Ring(1, 2, 3, Ink.BAD, 1.5), Ring(2, 4, 6, Ink.BAD, 3)),
        (Stroke(((1, 2), (3, 4)), Ink.BAD, 1.5), Stroke(((2, 4), (6, 8)), Ink.BAD, 3)),
        (Wedge(((1, 2), (3, 4), (5, 6)), Ink.BAD), Wedge(((2, 4), (6, 8), (10, 12)), Ink.BAD)),
    ],
)
def test_every_kind_of_mark_grows_as_a_whole(mark: Mark, larger: Mark) -> None:
    assert enlarged(mark, 2) == larger
