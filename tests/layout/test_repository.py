"""What holds for the repository as a whole, whatever its files say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME_PACKAGES = ("parley", "gateway", "logger", "desktop_client")
# The one module that reads the environment; everyone else is given typed settings.
SETTINGS = ROOT / "parley" / "settings" / "reading.py"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Folders that exist on one person's machine only.
HOME_FOLDER = re.compile(r"/(?:home|Users)/\w+|(?<![\w.])/root/")


def files_of_the_repository() -> list[Path]:
    """Everything git keeps, or would keep."""
    # The checkout may be another user's: root runs the tests, or a container does.
    trusted = ["git", "-c", f"safe.directory={ROOT}"]
    listing = [*trusted, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in names.split("\0") if name)
    return [path for path in paths if path.is_file()]


def runtime_modules() -> Iterator[Path]:
    for package in RUNTIME_PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def environment_reads(source: str) -> list[int]:
    """The lines on which a module reaches for the environment."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute | ast.alias)
        and (node.attr if isinstance(node, ast.Attribute) else node.name)
        in {"environ", "environb", "getenv", "getenvb"}
    ]


def test_only_the_settings_read_the_environment() -> None:
    found = [
        f"{module.relative_to(ROOT)}:{line}"
        for module in runtime_modules()
        if module != SETTINGS
        for line in environment_reads(module.read_text())
    ]

    assert found == []


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "from os import getenv", "import os\nos.getenv('A')"]
)
def test_a_read_of_the_environment_is_recognised(source: str) -> None:
    assert environment_reads(source)


def test_no_file_names_a_folder_of_one_machine() -> None:
    here = re.compile(re.escape(f"{ROOT}/"))
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files_of_the_repository()
        if path != Path(__file__)
        for pattern in (here, HOME_FOLDER)
        for match in pattern.finditer(path.read_text(errors="replace"))
    ]

    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_package_index(lock: Path) -> None:
    """Where packages come from is the business of whoever installs them."""
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_its_hashes(lock: Path) -> None:
    requirements = [line for line in lock.read_text().splitlines() if re.match(r"[\w.-]+==", line)]

    assert requirements
    assert all(line.endswith("\\") for line in requirements)


def test_the_command_line_starts_where_there_is_no_desktop_client() -> None:
    # The image of the services has neither the package nor what it needs.
    without = "import sys; sys.modules['desktop_client'] = None; import parley.cli"

    subprocess.run([sys.executable, "-c", without], cwd=ROOT, check=True)
