"""What people and rooms may be called."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain import names
from parley.protocol import limits
from parley.protocol.refusals import (
    InvalidDisplayName,
    InvalidPassword,
    InvalidRoomName,
    InvalidUserName,
)

odd_names = st.text(
    st.sampled_from("aAé\u0301ＡßİiſК \t\x00\x85\u200d\u202e\u200bǅ한ﷺ\ud800𝒜"), max_size=8
)
raw_names = st.one_of(st.text(max_size=20), odd_names)


def accepted(rule: Callable[[str], str], raw: str) -> str | None:
    try:
        return rule(raw)
    except (InvalidUserName, InvalidRoomName, InvalidDisplayName):
        return None


# --- user names ----------------------------------------------------------------------------


@given(raw_names)
def test_an_accepted_user_name_is_its_own_canonical_form(raw: str) -> None:
    name = accepted(names.user_name, raw)

    assert name is None or names.user_name(name) == name


@given(raw_names)
def test_an_accepted_user_name_is_short_and_has_no_white_space_or_control(raw: str) -> None:
    name = accepted(names.user_name, raw) or "x"

    assert len(name) <= limits.USER_NAME_CHARACTERS
    assert not any(letter.isspace() or unicodedata.category(letter) == "Cc" for letter in name)


@pytest.mark.parametrize("raw", ["ann", "ANN", "Ａｎｎ"])
def test_case_and_width_make_no_difference_to_a_user_name(raw: str) -> None:
    assert names.user_name(raw) == "ann"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "it is empty"),
        ("ann lee", "it has a space in it"),
        ("ann\u202e", "the character U+202E is not allowed in it"),
        ("ann\x00", "the character U+0000 is not allowed in it"),
        ("ann\u200b", "the character U+200B is not allowed in it"),
        ("a" * 33, "it is longer than 32 characters"),
    ],
)
def test_a_refused_user_name_comes_back_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(InvalidUserName) as refused:
        names.user_name(raw)

    assert refused.value.values == (raw, reason)


@pytest.mark.parametrize("look_alike", ["josé", "JOSÉ", "jose\u0301", "ｊｏｓｅ"])
def test_a_skeleton_has_no_marks_no_case_and_no_width(look_alike: str) -> None:
    assert names.skeleton(look_alike) == "jose"


@given(raw_names)
def test_a_skeleton_is_its_own_skeleton(raw: str) -> None:
    bare = names.skeleton(raw)

    assert names.skeleton(bare) == bare


# --- display names and room names ----------------------------------------------------------


@given(raw_names)
def test_a_shown_name_is_already_in_its_one_form(raw: str) -> None:
    shown = names.display_name(raw, fallback="")

    assert names.display_name(shown, fallback="") == shown


@given(raw_names)
def test_a_shown_name_has_nothing_that_reorders_hides_or_breaks_the_line(raw: str) -> None:
    shown = names.display_name(raw, fallback="")

    assert " ".join(shown.split()) == shown
    hidden = {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert hidden <= {"\u200c", "\u200d"}


@pytest.mark.parametrize("raw", ["", "  ", "\u202e", "\u200d", "\u3164"])
def test_who_gives_no_visible_name_is_shown_by_the_fallback(raw: str) -> None:
    assert names.display_name(raw, fallback="ann") == "ann"


@pytest.mark.parametrize("raw", ["", "  ", "\u202e", "\u200d", "\u3164"])
def test_a_room_needs_a_visible_name(raw: str) -> None:
    with pytest.raises(InvalidRoomName):
        names.room_name(raw)


def test_white_space_in_a_name_is_one_space_each() -> None:
    assert names.room_name(" Night\t\u00a0 \u200b shift\n") == "Night shift"


def test_the_longest_names_are_taken_and_longer_ones_refused() -> None:
    longest = "n" * limits.ROOM_NAME_CHARACTERS

    assert names.room_name(longest) == longest
    assert names.display_name(longest, fallback="") == longest
    with pytest.raises(InvalidRoomName):
        names.room_name(longest + "n")
    with pytest.raises(InvalidDisplayName):
        names.display_name(longest + "n", fallback="")


def test_a_long_device_name_is_cut() -> None:
    assert names.device_name("phone " * 20) == ("phone " * 20)[: limits.DEVICE_CHARACTERS].rstrip()


@pytest.mark.parametrize("same", ["Straße", "STRASSE", "ｓtrasse", "straſſe"])
def test_room_names_that_differ_in_case_or_width_have_one_key(same: str) -> None:
    assert names.room_key(same) == "strasse"


@given(raw_names)
def test_a_room_key_is_its_own_key(raw: str) -> None:
    key = names.room_key(raw)

    assert names.room_key(key) == key


@given(raw_names)
def test_case_makes_no_difference_to_a_room_key(raw: str) -> None:
    assert names.room_key(raw.upper().casefold()) == names.room_key(raw.upper())


# --- passwords -----------------------------------------------------------------------------


def test_a_password_is_not_changed() -> None:
    assert names.password("  pass WORD\u0301 ") == "  pass WORD\u0301 "


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("a" * (limits.PASSWORD_MIN_CHARACTERS - 1), "it is shorter than 8 characters"),
        ("a" * (limits.PASSWORD_MAX_CHARACTERS + 1), "it is longer than 256 characters"),
        (" \u3000" * 8, "it is nothing but spaces"),
    ],
)
def test_a_refused_password_is_named_by_its_reason_alone(raw: str, reason: str) -> None:
    with pytest.raises(InvalidPassword) as refused:
        names.password(raw)

    assert refused.value.values == (reason,)


# --- what looks like another name ----------------------------------------------------------


@pytest.mark.parametrize(
    "raw", ["admin", "all", "ADMIN", "аdmin", "раrlеy", "system", "ѕystem", "pаrley"]
)
def test_the_names_of_the_server_itself_are_kept(raw: str) -> None:
    with pytest.raises(InvalidUserName, match="kept for the server itself"):
        names.user_name(raw)


@pytest.mark.parametrize(
    ("name", "look_alike"),
    [
        ("ann", "аnn"),
        ("scope", "ѕсоре"),
        ("paul1", "paull"),
        ("bob", "b0b"),
        ("tom", "том"),
        ("burn", "bum"),
        ("ανα", "ava"),
    ],
)
def test_two_names_that_look_alike_have_one_skeleton(name: str, look_alike: str) -> None:
    assert name != look_alike
    assert names.skeleton(name) == names.skeleton(look_alike)


@pytest.mark.parametrize(
    ("name", "other"), [("ann", "anna"), ("かき", "がき"), ("иван", "игорь"), ("नमन", "नमनी")]
)
def test_names_that_differ_to_their_readers_have_skeletons_that_do(name: str, other: str) -> None:
    assert names.skeleton(name) != names.skeleton(other)


# --- marks and search ----------------------------------------------------------------------


def test_marks_are_no_more_than_any_script_needs() -> None:
    zalgo = names.display_name("a" + "\u0316" * 40, "ann")

    assert len(zalgo) == 5
    assert names.display_name("Nguyễn Thị Minh", "x") == "Nguyễn Thị Minh"
    assert names.display_name("שָׁלוֹם", "x") == unicodedata.normalize("NFC", "שָׁלוֹם")


@pytest.mark.parametrize("query", ["éLAN", "elan", "ＥＬＡＮ", "e\u0301lan"])
def test_case_accents_and_width_make_no_difference_to_a_search(query: str) -> None:
    assert names.search_key(query) in names.search_key("Vive l'Élan", "vive")


def test_a_search_does_not_reach_from_one_text_into_the_next() -> None:
    assert names.search_key("nb") not in names.search_key("Ann", "bob")
