"""What a stranger reads of a run: names and words, not ids and records."""

from __future__ import annotations

from parley.client.events import Message, StoredUpTo
from tests.simulation.screen import Line
from tests.simulation.words import difference, in_words, named, shortened


def test_an_event_is_told_in_words() -> None:
    event = Message("red", 2, 7, 5, 0, "ann", "c1", "hello")

    assert in_words(event) == "'hello' at 2/7 of red"
    assert in_words(StoredUpTo("red", 2, 7)) == "red stored up to 2/7"


def test_what_a_screen_lacks_and_what_it_has_too_much_are_told_apart() -> None:
    first, second, third = (Line(1, seq, "ann", f"c{seq}", f"text {seq}") for seq in (1, 2, 3))

    told = difference(shown=[first, third], stored=[first, second])

    assert "-2 ann: text 2" in told
    assert "+3 ann: text 3" in told


def test_ids_are_told_as_names() -> None:
    assert named("k3 left r9", {"k3": "ann", "r9": "red"}) == "ann left red"


def test_the_padding_of_a_large_message_is_not_told() -> None:
    assert shortened("ann1 says 1" + "." * 5000) == "ann1 says 1…"
