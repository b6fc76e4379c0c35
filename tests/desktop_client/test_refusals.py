"""What a person is told of a refusal."""

import pytest

from desktop_client.refusals import in_words
from parley.protocol.refusals import REFUSALS

# Whose own words hold an id, which nobody can read. The others hold what the person typed, or a
# number; a conflict of ids is a fault of the client's, and generations are the SDK's affair.
_ID = "38g9sga4pknnt"
_NOT_SHOWN = {"conflict", "generation_changed", "rights_changed", "unknown_person"}
NAMING = {code for code, refusal in REFUSALS.items() if "room {" in refusal.explanation} | {
    "banned",
    "cannot_leave",
    "cannot_message",
    "unknown_message",
    "unknown_session",
}


@pytest.mark.parametrize("code", sorted(NAMING - _NOT_SHOWN))
def test_a_person_is_shown_no_ids(code: str) -> None:
    words = str(REFUSALS[code](_ID, _ID))
    assert _ID in words

    assert _ID not in in_words(code, words)


def test_other_refusals_speak_for_themselves() -> None:
    assert in_words("invalid_emoji", "'x' is not one emoji") == "'x' is not one emoji"
