"""The second factor, against the RFC's own vectors."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain import totp

# RFC 6238, appendix B, SHA-1, cut to the six digits that apps show.
SECRET = b"12345678901234567890"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(SECRET, seconds // 30) == code
    assert totp.matching_step(SECRET, code, seconds) == seconds // 30


@pytest.mark.parametrize(("late", "is_taken"), [(-31, True), (31, True), (-61, False), (61, False)])
def test_a_code_is_taken_half_a_minute_early_or_late_and_no_more(late: int, is_taken: bool) -> None:
    step = 1_000_000
    code = totp.code_at(SECRET, step)

    # From the middle of a step, the bounds are those of whole steps.
    assert (totp.matching_step(SECRET, code, step * 30 + 15 + late) == step) == is_taken


@pytest.mark.parametrize("typed", ["287 082", " 287082 ", "287082\n"])
def test_spaces_in_a_code_make_no_difference(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, 59) == 1


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "٢٨٧٠٨٢", "abcdef", "\ud800"])
def test_what_is_no_code_matches_no_step(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, 59) is None


def test_the_link_is_what_apps_read() -> None:
    assert totp.uri(SECRET, "ann@home", "Parley") == (
        "otpauth://totp/Parley:ann%40home?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Parley"
    )


@given(st.integers(min_value=0, max_value=2**60 - 1))
def test_a_recovery_code_is_known_however_it_is_typed(random: int) -> None:
    code = totp.recovery_code(random)

    assert re.fullmatch(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", code)
    for typed in (code.upper(), code.replace("-", " "), f" {code}\n"):
        assert totp.recovery_hash(typed) == totp.recovery_hash(code)


@given(st.integers(0, 2**60 - 1), st.integers(0, 2**60 - 1))
def test_other_bits_make_another_recovery_code(one: int, other: int) -> None:
    assert (totp.recovery_code(one) == totp.recovery_code(other)) == (one == other)
