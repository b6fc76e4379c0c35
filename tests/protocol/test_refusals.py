"""The one list of refusals, and the close codes: complete, and each with its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.protocol import codec, refusals
from parley.protocol.events import Error
from parley.protocol.refusals import REFUSALS, CloseCode, Refusal

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for folder in ("parley", "gateway", "logger") for path in (ROOT / folder).rglob("*.py")
]
EVERY = pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())


def raised(source: str) -> Iterator[tuple[str, int]]:
    """Yield each refusal that a module makes, and the number of values it gives it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, len(node.args)


def wanted(refusal: type[Refusal]) -> int:
    """Return how many values the explanation shows."""
    return len(set(re.findall(r"\{(\d)", refusal.explanation)))


def test_every_refusal_of_the_module_is_in_the_list() -> None:
    declared = {
        each
        for each in vars(refusals).values()
        if isinstance(each, type) and issubclass(each, Refusal) and each is not Refusal
    }

    assert set(REFUSALS.values()) == declared


@EVERY
def test_a_refusal_is_found_by_its_code(refusal: type[Refusal]) -> None:
    assert REFUSALS[refusal.code] is refusal
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    assert refusal.code.replace("_", "") == refusal.__name__.lower()


@EVERY
def test_a_refusal_says_what_happened_with_the_offending_value(refusal: type[Refusal]) -> None:
    values = [f"value{number}" for number in range(wanted(refusal))]

    said = str(refusal(*values))

    assert said
    assert "{" not in said
    assert all(value in said for value in values)


@EVERY
def test_a_refusal_says_on_the_wire_whether_to_try_again(refusal: type[Refusal]) -> None:
    values = ["x"] * wanted(refusal)

    answer = codec.decode_server_message(codec.encode_error(7, refusal(*values)))

    assert answer == Error(7, refusal.code, str(refusal(*values)), refusal.retry)


def test_only_what_may_pass_by_itself_is_worth_another_try() -> None:
    assert {code for code, refusal in REFUSALS.items() if refusal.retry} == {
        "generation_changed",
        "internal_error",
        "overloaded",
        "rights_changed",
        "too_many_requests",
        "unavailable",
    }


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_refusal_is_given_the_values_that_its_words_show(source: Path) -> None:
    names = {refusal.__name__: refusal for refusal in REFUSALS.values()}
    wrong = [
        (name, given)
        for name, given in raised(source.read_text(encoding="utf-8"))
        if name in names and given != wanted(names[name])
    ]

    assert wrong == []


def test_values_with_braces_are_shown_as_they_are() -> None:
    assert "'{0}'" in str(refusals.UnknownRoom("{0}"))


@pytest.mark.parametrize("code", CloseCode)
def test_a_close_code_is_one_that_may_be_sent(code: CloseCode) -> None:
    """RFC 6455, 7.4: 1005, 1006 and 1015 are never on the wire, 4000 to 4999 are one's own."""
    assert code in range(4000, 5000) or code in (1000, 1003, 1009, 1011, 1012, 1013)
