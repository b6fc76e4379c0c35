"""`parley chat` from its options to its exit code, against a server on loopback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parley.chat.app import run_chat
from parley.chat.options import ChatOptions
from tests.client.loopback import LoopbackThread
from tests.client.model import ANN, BOB, PASSWORD, ModelServer

ROOM = "lobby"


@dataclass(frozen=True)
class Ended:
    """What a run left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def model() -> ModelServer:
    return ModelServer(ROOM, "other")


@pytest.fixture
def server(model: ModelServer) -> Iterator[LoopbackThread]:
    with LoopbackThread(model) as server:
        yield server


@pytest.fixture
def run(
    server: LoopbackThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Runs `parley chat` in a pipe with these lines; options may be given."""

    def run(lines: bytes = b"", **options: Any) -> Ended:
        reading, writing = os.pipe()
        os.write(writing, lines)
        os.close(writing)
        chosen: dict[str, Any] = {"user": "ann", "password": PASSWORD, "data_dir": tmp_path}
        chosen |= options
        with os.fdopen(reading) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            code = run_chat(ChatOptions(**{"url": server.url, **chosen}))
        return Ended(code, *capfd.readouterr())

    return run


def texts(model: ModelServer) -> list[str]:
    return [entry.text for entry in model.rooms[ROOM].entries]


def test_it_ends_with_0_once_every_line_is_stored(run: Run, model: ModelServer) -> None:
    assert run(b"hello\nworld\n", sign_up=True) == Ended(0, "", "")
    assert texts(model) == ["hello", "world"]
    assert model.rooms[ROOM].stored == 2


def test_blank_lines_are_not_sent(run: Run, model: ModelServer) -> None:
    run(b"\n  \nhello\n\n")

    assert texts(model) == ["hello"]


def test_a_room_can_be_named_in_any_case(run: Run, model: ModelServer) -> None:
    run(b"hello\n", room="OTHER")

    assert model.rooms["other"].top == 1


def test_a_room_that_one_is_not_in_is_joined(run: Run, model: ModelServer) -> None:
    model.joined.discard("other")
    run(b"hello\n", room="other")

    assert "other" in model.joined


def test_it_talks_to_one_person_alone(run: Run, model: ModelServer) -> None:
    assert run(b"psst\n", dm="bob").code == 0

    assert [entry.text for entry in model.rooms[BOB.id].entries] == ["psst"]
    assert texts(model) == []


def test_nobody_of_that_name_ends_with_1(run: Run) -> None:
    ended = run(b"psst\n", dm="nobody")

    assert (ended.code, ended.err) == (1, "parley: there is nobody with the user name 'nobody'\n")


def test_a_code_that_is_asked_for_is_given_as_an_option(run: Run, model: ModelServer) -> None:
    model.code = "123456"

    without = run(b"hello\n")
    assert (without.code, "--code" in without.err) == (2, True)
    assert run(b"hello\n", code="123456").code == 0


def test_a_refused_line_is_named_with_its_reason_and_the_others_go_on(
    run: Run, model: ModelServer
) -> None:
    model.next_refusals.append(False)

    ended = run(b"one\ntwo\n")

    assert (ended.code, ended.err) == (1, "parley: line 1 was refused: no\n")
    assert texts(model) == ["two"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [(b"\xff\xfe\n", "it is not UTF-8"), (b"x" * 20_000, "send it in parts")],
)
def test_a_line_that_cannot_be_sent_is_named(run: Run, lines: bytes, reason: str) -> None:
    ended = run(lines)

    assert ended.code == 1
    assert reason in ended.err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"url": "http://127.0.0.1:1"}, "nothing listens there"),
        ({"url": "nowhere"}, "expected an address like"),
        ({"password": "wrong password"}, "wrong password"),
        ({"user": "a b"}, "cannot be a user name"),
        ({"user": None}, "--user"),
        ({"password": None}, "PARLEY_PASSWORD"),
    ],
)
def test_what_cannot_begin_ends_with_2_and_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: dict[str, str | None], reason: str
) -> None:
    monkeypatch.setattr("parley.chat.asking._TERMINAL", Path("/nowhere/tty"))

    ended = run(b"hello\n", **options)

    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err
    assert ended.err.startswith("parley: ")
    assert ended.err.count("\n") == 1


def test_a_room_that_is_not_there_ends_with_1(run: Run) -> None:
    ended = run(b"hello\n", room="cellar")

    assert (ended.code, ended.err) == (
        1,
        "parley: there is no room 'cellar' that is open to you\n",
    )


def test_a_second_start_needs_no_password_and_no_user(run: Run, model: ModelServer) -> None:
    run(b"first\n")

    assert run(b"second\n", user=None, password=None).code == 0
    assert texts(model) == ["first", "second"]


def test_a_session_that_is_void_is_replaced_with_the_password(
    run: Run, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(b"first\n")
    monkeypatch.setattr("tests.client.model.TOKEN", "another-token-altogether")

    assert run(b"second\n").code == 0
    assert texts(model) == ["first", "second"]


def test_history_prints_the_last_entries_and_sends_nothing(run: Run, model: ModelServer) -> None:
    for number in range(5):
        model.someone_says(model.rooms[ROOM], f"cmid-{number}", is_heard=False)

    ended = run(b"not sent\n", history=2)

    assert ended.code == 0
    assert [line.split(" ", 1)[1] for line in ended.out.splitlines()[1:]] == [
        "Bob bob cmid-3",
        "Bob bob cmid-4",
    ]
    assert len(texts(model)) == 5


def test_history_reaches_beyond_a_page(run: Run, model: ModelServer) -> None:
    for number in range(450):
        model.someone_says(model.rooms[ROOM], f"cmid-{number}", is_heard=False)

    ended = run(history=420, json=True)

    numbers = [json.loads(line)["seq"] for line in ended.out.splitlines()]
    assert numbers == list(range(31, 451))


def test_json_names_the_room_and_the_author(run: Run, model: ModelServer) -> None:
    model.someone_says(model.rooms[ROOM], "cmid-1", is_heard=False)

    (line,) = run(history=1, json=True).out.splitlines()

    said = json.loads(line)
    assert (said["room_name"], said["user_name"], said["author"]) == ("Lobby", "bob", BOB.id)


def test_follow_prints_what_arrives_until_it_is_stopped(
    run: Run, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own lines arrive as well; the last one stops it, as Ctrl-C would."""
    printed: list[str] = []

    def stop_after(line: str) -> None:
        printed.append(line)
        if "last" in line:
            os.kill(os.getpid(), 2)

    monkeypatch.setattr("parley.chat.pipe._out", stop_after)

    assert run(b"first\nlast\n", follow=True, json=True).code == 0
    assert [json.loads(line)["text"] for line in printed] == ["first", "last"]
    assert {json.loads(line)["author"] for line in printed} == {ANN.id}
