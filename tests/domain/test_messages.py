"""What may be said about a message, and until when."""

import pytest

from parley.domain.messages import normalised, require_in_time
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Target, Text
from parley.protocol.refusals import EmptyText, InvalidEmoji, TooLate

TARGET = Target("0000000000ann", "00000000-0000-7000-8000-000000000001")
HOUR = 3_600_000


@pytest.mark.parametrize(
    "content",
    [
        Text("one :+1:\r\n", TARGET, forwarded=True),
        Edit(TARGET.cmid, "e\u0301 "),
        React(TARGET, "❤", on=False),
        Delete(TARGET),
        Pin(TARGET),
    ],
)
def test_what_is_in_its_form_stays_as_it_is(content: Sendable) -> None:
    logged = normalised(content)

    assert normalised(logged) == logged


def test_a_text_keeps_what_it_answers_and_how_it_was_said() -> None:
    logged = normalised(Text(" :+1: ", TARGET, forwarded=True, silent=True))

    assert logged == Text(" 👍", TARGET, forwarded=True, silent=True)


def test_a_reaction_is_one_emoji() -> None:
    with pytest.raises(InvalidEmoji):
        normalised(React(TARGET, "yes"))


def test_an_edit_leaves_words() -> None:
    with pytest.raises(EmptyText):
        normalised(Edit(TARGET.cmid, " "))


@pytest.mark.parametrize("age", [0, 24 * HOUR])
def test_a_message_can_be_changed_for_its_hours(age: int) -> None:
    require_in_time("edited", 1000, 1000 + age, 24, resend=False)


@pytest.mark.parametrize(("hours", "age"), [(24, 24 * HOUR + 1), (0, 0)])
def test_after_that_it_cannot_and_with_no_hours_never(hours: int, age: int) -> None:
    with pytest.raises(TooLate):
        require_in_time("edited", 1000, 1000 + age, hours, resend=False)


def test_what_was_sent_in_time_may_be_sent_again_a_little_later() -> None:
    require_in_time("deleted", 0, 48 * HOUR + 60_000, 48, resend=True)
    with pytest.raises(TooLate):
        require_in_time("deleted", 0, 49 * HOUR, 48, resend=True)
