"""Notes outlive whoever wrote them."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.journal import Journal, JournalReader, Writes


def note(number: int) -> Writes:
    return Writes("phone", float(number), "red", f"text {number}")


def write(path: Path, *numbers: int) -> None:
    with closing(Journal(path)) as journal:
        for number in numbers:
            journal.add(note(number))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def test_notes_are_read_in_their_order(path: Path) -> None:
    write(path, 1, 2)

    assert [*JournalReader(path).new()] == [note(1), note(2)]


def test_only_what_is_new_is_read(path: Path) -> None:
    write(path, 1)
    reader = JournalReader(path)
    assert [*reader.new()] == [note(1)]

    write(path, 2)

    assert [*reader.new()] == [note(2)]


@pytest.mark.parametrize("lacking", [1, 10, 40])
def test_a_note_that_is_half_written_is_none_until_it_is_whole(path: Path, lacking: int) -> None:
    write(path, 1)
    whole = path.stat().st_size
    write(path, 2)
    data = path.read_bytes()
    path.write_bytes(data[:-lacking])
    assert path.stat().st_size > whole
    reader = JournalReader(path)
    assert [*reader.new()] == [note(1)]

    path.write_bytes(data)

    assert [*reader.new()] == [note(2)]
