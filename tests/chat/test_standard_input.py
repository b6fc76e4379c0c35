"""Lines that are piped in."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.chat.standard_input import LINE_BYTES, Splitter, lines_of


@given(st.lists(st.binary(max_size=20)))
def test_lines_do_not_depend_on_how_the_bytes_arrive(pieces: list[bytes]) -> None:
    splitter = Splitter()
    lines = [line for piece in pieces for line in splitter.feed(piece)]
    lines += splitter.end()

    whole = Splitter()
    assert lines == [*whole.feed(b"".join(pieces)), *whole.end()]


def test_windows_line_ends_are_line_ends() -> None:
    assert list(Splitter().feed(b"one\r\ntwo\n")) == [b"one", b"two"]


def test_a_line_without_an_end_counts_at_the_end() -> None:
    splitter = Splitter()
    assert list(splitter.feed(b"one\ntwo")) == [b"one"]

    assert list(splitter.end()) == [b"two"]


def test_a_line_that_never_ends_is_cut() -> None:
    splitter = Splitter()

    assert list(splitter.feed(b"x" * (LINE_BYTES + 1))) == [b"x" * (LINE_BYTES + 1)]
    assert list(splitter.end()) == []


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


async def test_a_pipe_is_read_as_it_fills(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    lines = lines_of(reading)
    os.write(writing, b"one\n")
    first = await anext(lines)
    os.write(writing, b"two\n")
    os.close(writing)

    assert [first, *[line async for line in lines]] == [b"one", b"two"]


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"".join(b"%d\n" % number for number in range(1000)))
    with (tmp_path / "lines").open("rb") as file:
        lines = [line async for line in lines_of(file.fileno())]

    assert lines == [b"%d" % number for number in range(1000)]


async def test_no_more_is_read_than_is_about_to_be_sent(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"line\n" * 200_000)
    with (tmp_path / "lines").open("rb") as file:
        async with aclosing(lines_of(file.fileno())) as lines:
            for _ in range(1000):
                await anext(lines)
            read = os.lseek(file.fileno(), 0, os.SEEK_CUR)

    assert read < 200_000


async def test_a_reader_that_stops_early_stops_the_reading(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"line\n" * 200_000)
    before = set(threading.enumerate())
    with (tmp_path / "lines").open("rb") as file:
        async with aclosing(lines_of(file.fileno())) as lines:
            await anext(lines)
        for thread in set(threading.enumerate()) - before:
            await asyncio.to_thread(thread.join, 10)

    assert not [t for t in set(threading.enumerate()) - before if t.name.endswith("(_read)")]
