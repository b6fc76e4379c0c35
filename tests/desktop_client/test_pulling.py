"""Scrolling while something is selected: time is a value."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.pulling import pulled

HIGH = 400.0
PLACES = st.floats(-3_000, 3_000)


@given(st.floats(0, HIGH), st.floats(0, 60))
def test_within_the_list_nothing_scrolls_however_long_the_mouse_is_held(
    place: float, seconds: float
) -> None:
    assert pulled(place, HIGH, seconds) == 0


def test_above_the_list_it_scrolls_up_and_below_it_down() -> None:
    assert pulled(-10, HIGH, 0.02) < 0 < pulled(HIGH + 10, HIGH, 0.02)


def test_the_further_beyond_the_edge_the_faster() -> None:
    assert pulled(HIGH + 40, HIGH, 0.02) == 4 * pulled(HIGH + 10, HIGH, 0.02)


def test_half_a_frames_time_scrolls_half_as_far() -> None:
    assert pulled(-10, HIGH, 0.01) * 2 == pulled(-10, HIGH, 0.02)


@given(PLACES, st.floats(0, 60))
def test_no_frame_goes_further_than_can_be_followed(place: float, seconds: float) -> None:
    assert abs(pulled(place, HIGH, seconds)) <= 240
