"""Selecting with the mouse: what is copied is what was typed."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.bubble import lines_in, measure
from desktop_client.layout.conversation import Conversation
from desktop_client.layout.excerpt import Spoken, Spot, copied, taken
from desktop_client.layout.rows import BubbleRow, rows_of
from desktop_client.layout.selecting import Caret, DrawnLine, caret_at, occurrences, selected
from desktop_client.state.talk import Talk
from tests.desktop_client.parts import LOBBY, METRICS, SCENE, said, with_entries

# In the made-up font a character is half as wide as the text is high.
HALF = 9.0


def lines(text: str, width: float = 700) -> tuple[DrawnLine, ...]:
    talk = with_entries(Talk(LOBBY), [said(1, text)])
    (row,) = [row for row in rows_of(talk, SCENE) if isinstance(row, BubbleRow)]
    return lines_in(measure(row, width, METRICS), METRICS)


def dragged(drawn: tuple[DrawnLine, ...], begin: tuple[int, float], end: tuple[int, float]) -> str:
    """What is selected from one place to another: a line, and so many characters into it."""
    carets = [
        caret_at(drawn, drawn[line].x + at * HALF, drawn[line].y + 5, METRICS)
        for line, at in (begin, end)
    ]
    assert carets[0] is not None
    assert carets[1] is not None
    return selected(drawn, carets[0], carets[1], METRICS).text


def everything(drawn: tuple[DrawnLine, ...]) -> str:
    last = len(drawn) - 1
    end = max(0, len(drawn[last].line.pieces) - 1)
    return selected(drawn, Caret(0, 0, 0), Caret(last, end, 99_999), METRICS).text


def test_the_characters_between_two_places_are_selected() -> None:
    assert dragged(lines("one two three"), (0, 4.1), (0, 7.1)) == "two"


def test_dragging_back_selects_the_same() -> None:
    assert dragged(lines("one two three"), (0, 7.1), (0, 4.1)) == "two"


def test_a_click_selects_nothing() -> None:
    assert dragged(lines("one two three"), (0, 4.1), (0, 4.1)) == ""


def test_a_line_feed_is_copied_and_a_wrapped_line_is_one() -> None:
    text = "a line that is much longer than this narrow window is wide\nand a second one"
    drawn = lines(text, width=380)

    assert len(drawn) > 2
    assert everything(drawn) == text


def test_a_word_that_was_cut_is_whole_when_it_is_copied() -> None:
    assert everything(lines("x" * 400, width=380)) == "x" * 400


def test_an_emoji_is_copied_as_its_characters() -> None:
    assert everything(lines("hello 👋 there")) == "hello 👋 there"


def test_hebrew_is_copied_as_it_was_typed() -> None:
    assert everything(lines("שלום עולם")) == "שלום עולם"


def test_the_boxes_lie_over_what_is_selected() -> None:
    drawn = lines("one two three")

    (box,) = selected(drawn, Caret(0, 0, 4), Caret(0, 0, 7), METRICS).boxes

    assert (box.x - drawn[0].x, box.width) == (4 * HALF, 3 * HALF)


def spoken(*texts: str) -> dict[int, Spoken]:
    """Messages as they follow each other: Ann and Bob in turn, a minute apart."""
    names = ("Ann", "Bob")
    said = (Spoken(names[i % 2], f"12:0{i}", lines(text)) for i, text in enumerate(texts))
    return dict(enumerate(said))


def copied_from(messages: dict[int, Spoken], begin: Spot, end: Spot) -> str:
    return copied(messages, taken(messages, begin, end, METRICS))


def test_over_several_messages_it_is_copied_who_has_said_what_and_when() -> None:
    messages = spoken("lunch at one?", "gladly\nwhere?", "at Luigi's")

    text = copied_from(messages, Spot(0, Caret(0, 0, 9)), Spot(2, Caret(0, 0, 2)))

    assert text == "Ann, 12:00: one?\nBob, 12:01: gladly\nwhere?\nAnn, 12:02: at"


def test_dragging_up_over_messages_selects_the_same() -> None:
    messages = spoken("lunch at one?", "gladly")
    one, other = Spot(0, Caret(0, 0, 9)), Spot(1, Caret(0, 0, 3))

    assert copied_from(messages, other, one) == copied_from(messages, one, other)


def test_a_part_of_one_message_is_copied_without_its_author() -> None:
    messages = spoken("lunch at one?", "gladly")

    assert copied_from(messages, Spot(0, Caret(0, 0, 9)), Spot(1, Caret(0, 0, 0))) == "one?"


def test_of_what_is_not_drawn_nothing_is_shown_and_what_lies_between_is_taken_whole() -> None:
    messages = spoken("lunch at one?", "gladly", "at Luigi's")
    drawn = {1: messages[1]}

    parts = taken(drawn, Spot(0, Caret(0, 0, 9)), Spot(2, Caret(0, 0, 2)), METRICS)

    assert {number: part.text for number, part in parts.items()} == {1: "gladly"}


def test_what_lies_before_and_after_is_not_taken() -> None:
    messages = spoken("one", "lunch at one?", "gladly", "four")

    parts = taken(messages, Spot(1, Caret(0, 0, 9)), Spot(2, Caret(0, 0, 3)), METRICS)

    assert {number: part.text for number, part in parts.items()} == {1: "one?", 2: "gla"}


def test_what_is_said_in_rows_far_away_is_known_without_drawing_them() -> None:
    conversation = Conversation(METRICS)
    talk = with_entries(Talk(LOBBY), [said(seq, f"number {seq}") for seq in range(1, 200)])
    conversation.lay_out(talk, SCENE, 600, 400)
    first, last = (conversation.row_of(said(seq).cmid) for seq in (2, 198))
    assert first is not None
    assert last is not None

    messages = conversation.spoken(first, last)

    end = Spot(last, messages[last].end)
    text = copied(messages, taken(messages, Spot(first, Caret(0, 0, 0)), end, METRICS))
    assert [line.split(": ")[1] for line in text.splitlines()] == [
        f"number {seq}" for seq in range(2, 199)
    ]


def test_each_word_that_was_looked_for_is_marked_in_capitals_or_not() -> None:
    drawn = lines("Lunch? No lunch, just a launch.")

    boxes = occurrences(drawn, ("lunch",), METRICS)

    assert [(box.x - drawn[0].x) / HALF for box in boxes] == [0, 10]
    assert {box.width for box in boxes} == {5 * HALF}


@given(st.text(alphabet="ab \n", min_size=1, max_size=200), st.integers(300, 500))
def test_all_of_a_text_is_copied_however_it_is_wrapped(text: str, width: int) -> None:
    copied = everything(lines(text, width))

    # Spaces at the end of a line are not drawn.
    assert copied.split() == text.split()
