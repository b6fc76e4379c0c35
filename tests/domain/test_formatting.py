"""What people type, as a tree: every text has one, and it says the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.formatting import formatted, names_in, with_shortcodes_replaced
from parley.domain.plain import plain_text
from parley.protocol.formatting import (
    Block,
    Bold,
    Code,
    CodeBlock,
    Everyone,
    Inline,
    Italic,
    Link,
    ListBlock,
    ListItem,
    Mention,
    Paragraph,
    Quote,
    Strike,
    TextRun,
)

ANN = "0000000000ann"
MARKS = "*_~`>-•.)1 \n"


def tree(text: str) -> list[Block]:
    return formatted(text, {"ann": ANN}).tree


def inside(text: str) -> list[Inline]:
    (block,) = tree(text)
    assert isinstance(block, Paragraph)
    return block.inside


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("*so*", [Bold([TextRun("so")])]),
        ("**so**", [Bold([TextRun("so")])]),
        ("_so_", [Italic([TextRun("so")])]),
        ("~so~", [Strike([TextRun("so")])]),
        ("`*so*`", [Code("*so*")]),
        ("*a _b_*", [Bold([TextRun("a "), Italic([TextRun("b")])])]),
        ("(*so*)", [TextRun("("), Bold([TextRun("so")]), TextRun(")")]),
        ("hi @ann!", [TextRun("hi "), Mention(ANN, "@ann"), TextRun("!")]),
        ("@All", [Everyone("@All")]),
        ("[*so*](https://a.b/c)", [Link("https://a.b/c", [Bold([TextRun("so")])])]),
        (
            "(see https://a.b/c_(d)).",
            [
                TextRun("(see "),
                Link("https://a.b/c_(d)", [TextRun("https://a.b/c_(d)")]),
                TextRun(")."),
            ],
        ),
        ("HTTPS://a.b", [Link("https://a.b", [TextRun("HTTPS://a.b")])]),
    ],
)
def test_a_line_s_marks_become_parts(text: str, parts: list[Inline]) -> None:
    assert inside(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name",
        "2*3*4",
        "x * so *",
        "*never closed",
        "*over\nlines*",
        "****",
        "``",
        "[so](javascript:alert)",
        "[so](data:text/html,x)",
        "mail@ann.org",
        "@nobody",
        "https://",
        "<b>so</b>",
        "just words\n\nand more",
    ],
)
def test_what_is_no_mark_stays_text(text: str) -> None:
    assert tree(text) == []


def test_lines_become_blocks() -> None:
    text = "> quoted\n> > deeper\n- one\n- *two*\n3. three\n4. four\n```\n*code*\n```\nend"

    assert tree(text) == [
        Quote([Paragraph([TextRun("quoted")]), Quote([Paragraph([TextRun("deeper")])])]),
        ListBlock([ListItem([TextRun("one")]), ListItem([Bold([TextRun("two")])])]),
        ListBlock([ListItem([TextRun("three")]), ListItem([TextRun("four")])], "numbers", 3),
        CodeBlock("*code*"),
        Paragraph([TextRun("end")]),
    ]


def test_numbers_are_shown_as_they_were_typed() -> None:
    first, second = tree("1. one\n1. one again")

    assert isinstance(first, ListBlock)
    assert isinstance(second, ListBlock)
    assert (first.start, second.start) == (1, 1)


@given(st.text(st.sampled_from("ab" + MARKS), max_size=60))
def test_a_tree_has_the_words_of_its_text_and_none_besides(text: str) -> None:
    def words(of: str) -> str:
        return "".join(character for character in of if character not in MARKS)

    found = tree(text)

    assert not found or words(plain_text(found)) == words(text)


@given(st.text(max_size=200))
def test_no_text_is_refused(text: str) -> None:
    formatted(with_shortcodes_replaced(text), dict.fromkeys(names_in(text), ANN))


def test_a_tree_that_would_be_far_larger_than_its_text_is_left_out() -> None:
    assert tree("*a* " * 2000) == []
    assert formatted("*a* " * 2000 + "@ann", {"ann": ANN}).mentions == [ANN]


def test_who_is_named_more_than_once_is_named_once() -> None:
    assert formatted("@ann, @Ann and @ANN.", {"ann": ANN}).mentions == [ANN]


def test_a_name_in_code_names_nobody() -> None:
    assert names_in("`@ann` and ```\n@bob\n```") == set()


def test_only_names_that_may_be_meant_are_asked_for() -> None:
    assert names_in("@ann. @Bob_ a@c.org @") == {"ann", "ann.", "bob", "bob_", "c.org"} - {"c.org"}


@pytest.mark.parametrize(
    ("typed", "logged"),
    [
        (":+1: yes", "👍 yes"),
        (":Smile:", "😄"),
        ("`:+1:`", "`:+1:`"),
        ("10:30:45", "10:30:45"),
        (":no_such_emoji:", ":no_such_emoji:"),
        ("https://a.b/:+1:", "https://a.b/:+1:"),
    ],
)
def test_a_shortcode_becomes_an_emoji_where_it_is_one(typed: str, logged: str) -> None:
    assert with_shortcodes_replaced(typed) == logged
