"""`parley serve` keeps what it has told people is stored, however it ends."""

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.programs.programs import PASSWORD, Outcome, run, serving


class Ann:
    """Ann, who has a password, and a folder in which her client keeps her session."""

    def __init__(self, folder: Path) -> None:
        self._home = {"PARLEY_PASSWORD": PASSWORD, "XDG_DATA_HOME": str(folder)}

    async def says(self, url: str, *lines: str, sign_up: bool = False) -> Outcome:
        """Say something through `parley chat` in a pipe."""
        arguments = ["chat", url, "--user", "ann", "--room", "lobby"]
        if sign_up:
            arguments.append("--sign-up")
        return await run(*arguments, typed="".join(f"{line}\n" for line in lines), **self._home)

    async def reads(self, url: str) -> list[str]:
        """What the lobby's last lines say."""
        arguments = ["chat", url, "--user", "ann", "--room", "lobby", "--history", "50", "--json"]
        outcome = await run(*arguments, **self._home)
        assert outcome.code == 0, outcome.err
        return [json.loads(line)["text"] for line in outcome.out.splitlines()]


@pytest.fixture
def ann(tmp_path: Path) -> Ann:
    """Somebody who talks through `parley chat`."""
    return Ann(tmp_path / "ann")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
async def test_what_was_stored_is_there_after_the_end(
    ann: Ann, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    data = tmp_path / "data"
    async with serving(data) as server:
        assert (await ann.says(server.url, "one", "zwei 😀", sign_up=True)).code == 0
        assert await server.end(number) == code

    async with serving(data) as server:
        assert await ann.reads(server.url) == ["one", "zwei 😀"]
        assert (await ann.says(server.url, "three")).code == 0
        assert await ann.reads(server.url) == ["one", "zwei 😀", "three"]


async def test_a_second_server_on_the_same_data_says_why_it_cannot_start(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        second = await run("serve", "--port", "0", "--data-dir", str(tmp_path / "data"))

    assert second.code == 2
    assert "another server is using the data folder" in second.err
    assert "Traceback" not in second.err


async def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        outcome = await run("serve", "--port", port, "--data-dir", str(tmp_path / "data"))

    assert outcome.code == 2
    assert port in outcome.err
    assert "--port" in outcome.err
    assert "Traceback" not in outcome.err


async def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    outcome = await run("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data"))

    assert outcome.code == 2
    assert "--data-dir" in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("program", ["serve", "gateway", "logger"])
async def test_a_bad_variable_is_named_with_what_was_expected(program: str, tmp_path: Path) -> None:
    outcome = await run(
        program,
        PARLEY_DATA_DIR=str(tmp_path),
        PARLEY_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        PARLEY_REDIS_URL="redis://127.0.0.1:1/0",
        PARLEY_SHARDS="many",
    )

    assert outcome.code == 2
    assert outcome.err == (
        "parley: PARLEY_SHARDS is 'many': expected a whole number from 1 to 1024\n"
    )


async def test_another_number_of_shards_than_the_first_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data):
        pass

    outcome = await run("serve", "--port", "0", "--data-dir", str(data), PARLEY_SHARDS="7")

    assert outcome.code == 2
    assert "7" in outcome.err
    assert "Traceback" not in outcome.err


async def test_chat_says_why_a_line_was_refused(ann: Ann, tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server:
        outcome = await ann.says(server.url, "x" * 16_385, sign_up=True)

    assert outcome.code == 1
    assert "at most 16384" in outcome.err
    assert "Traceback" not in outcome.err


async def test_chat_ends_with_2_where_nobody_answers(ann: Ann) -> None:
    outcome = await ann.says("http://127.0.0.1:1", "hello", sign_up=True)

    assert outcome.code == 2
    assert "127.0.0.1:1" in outcome.err
    assert "Traceback" not in outcome.err
