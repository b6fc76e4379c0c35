"""What docs/reliability.md names is there: a test that is renamed takes the page with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS
from tests.simulation.mutants import MUTANTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))
)
CHECKER = (ROOT / "tests" / "simulation" / "checker.py").read_text(encoding="utf-8") + (
    ROOT / "tests" / "simulation" / "marks_checker.py"
).read_text(encoding="utf-8")
# What is quoted between these two headings is a question of the checker, a mutant or a fault.
IN_DETAIL = PAGE[PAGE.index("\n## In detail") : PAGE.index("\n## The simulator")]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_a_test_that_the_page_names_is_there(name: str) -> None:
    assert re.search(rf"def {name}\b", TESTS)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_a_file_that_the_page_names_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", sorted(set(re.findall(r'"([^"`]+)"', IN_DETAIL))))
def test_a_question_a_mutant_or_a_fault_that_the_page_names_is_there(name: str) -> None:
    mutants = {mutant.name for mutant in MUTANTS}

    assert name in mutants | FAULTS.keys() or f'"{name}"' in CHECKER


def test_each_of_the_twenty_statements_has_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \| .* \| (.+) \|$", IN_DETAIL, flags=re.MULTILINE)

    assert [int(number) for number, _ in rows] == list(range(1, 21))
