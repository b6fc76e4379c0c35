"""`docs/operations.md` says of every setting what the program says, and of no other."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from parley.settings import PROGRAMS, settings_of
from parley.store.schema import metadata

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

Row = tuple[str, ...]


def tables(header: str) -> list[Row]:
    """Return the rows of all tables of the page that have this header."""
    rows: list[Row] = []
    for table in re.findall(rf"^{re.escape(header)}\n\|[ |-]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        rows += [
            tuple(cell.strip() for cell in line[1:-1].split("|")) for line in table.split("\n")
        ]
    return [row for row in rows if len(row) > 1]


def shown(default: str) -> str:
    """Return a default as the page shows it: a sentence, or a value."""
    if not default:
        return "none"
    return default if " " in default else f"`{default}`"


def declared() -> set[Row]:
    readers: dict[str, list[str]] = {}
    settings = {}
    for name, program in PROGRAMS.items():
        for setting in settings_of(program):
            readers.setdefault(setting.env, []).append(name)
            settings[setting.env] = setting
    return {
        (f"`{env}`", shown(setting.default), ", ".join(readers[env]), setting.meaning)
        for env, setting in settings.items()
    }


def test_the_page_tells_each_setting_as_it_is_declared_and_no_other() -> None:
    told = tables("| variable | default | used by | meaning |")

    assert set(told) == declared()
    assert len(told) == len(declared())


def test_the_page_tells_each_variable_of_the_compose_file() -> None:
    told = {row[0].strip("`") for row in tables("| variable | default | meaning |")}

    assert told == set(re.findall(r"\$\{(PARLEY_\w+)", COMPOSE))


@pytest.mark.parametrize(
    "row", tables("| variable | default | meaning |"), ids=lambda row: row[0].strip("`")
)
def test_the_page_tells_a_compose_variable_s_default(row: Row) -> None:
    name, default = row[0].strip("`"), row[1].strip("`")
    in_file = set(re.findall(rf"\$\{{{name}:-([^}}]*)\}}", COMPOSE))

    assert in_file == {"/dev/null" if default == "none" else default}


def test_the_page_names_no_variable_that_there_is_not() -> None:
    known = {row[0].strip("`") for row in declared()} | set(re.findall(r"PARLEY_\w+", COMPOSE))

    assert set(re.findall(r"PARLEY_[A-Z_]*[A-Z]", PAGE)) <= known


@pytest.mark.parametrize("statement", re.findall(r"'((?:UPDATE|SELECT) [^']*)'", PAGE))
def test_the_database_understands_what_the_page_tells_it(statement: str) -> None:
    with sa.create_engine("sqlite://").begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(statement)


def test_every_link_within_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
