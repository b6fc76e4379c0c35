"""What people and rooms say about themselves."""

from collections.abc import Callable

import pytest

from parley.domain import profiles
from parley.protocol import limits
from parley.protocol.refusals import InvalidProfile, InvalidRoomText, Refusal

Rule = Callable[[str], str]
ONE_LINERS = pytest.mark.parametrize("rule", [profiles.topic, profiles.about])


@ONE_LINERS
def test_what_is_one_line_has_no_line_breaks_and_nothing_that_hides_or_reorders(
    rule: Rule,
) -> None:
    assert rule(" Roses,\r\n mostly\u202e\x00 ") == "Roses, mostly"
    assert rule("\u200b \u2800") == ""


def test_a_description_keeps_its_lines() -> None:
    assert profiles.description("\n What  grows\r\nand\twhat\u202e should.\n\n") == (
        "What grows\nand what should."
    )


@pytest.mark.parametrize(
    ("rule", "most", "refusal"),
    [
        (profiles.topic, limits.TOPIC_CHARACTERS, InvalidRoomText),
        (profiles.description, limits.DESCRIPTION_CHARACTERS, InvalidRoomText),
        (profiles.about, limits.ABOUT_CHARACTERS, InvalidProfile),
    ],
)
def test_what_is_too_long_is_refused_with_the_bound(
    rule: Rule, most: int, refusal: type[Refusal]
) -> None:
    assert rule("x" * most) == "x" * most
    with pytest.raises(refusal, match=f"longer than {most} characters"):
        rule("x" * (most + 1))


@pytest.mark.parametrize("name", ["Europe/Vienna", "America/Argentina/Ushuaia", "UTC", ""])
def test_a_time_zone_is_an_iana_name_or_none(name: str) -> None:
    assert profiles.time_zone(name) == name


@pytest.mark.parametrize("name", ["Mars/Olympus", "europe/vienna", "../../etc/passwd", "+02:00"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidProfile) as refused:
        profiles.time_zone(name)

    assert refused.value.values[0] == name
