"""Log lines: one for each record, from whoever it comes, with nothing in it that should not be."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from parley.observe import logs

ROOT = Path(__file__).parents[2]


class Log(io.StringIO):
    """What was written, line by line."""

    @property
    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    @property
    def record(self) -> dict[str, Any]:
        (record,) = self.records
        return record


@pytest.fixture(autouse=True)
def unconfigured() -> Iterator[None]:
    """Leave logging as it was found: it belongs to the process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def log() -> Log:
    log = Log()
    logs.configure("gateway", "json", "info", log)
    return log


def failure() -> ValueError:
    try:
        raise ValueError("no such room\n[SQL: SELECT canary]")
    except ValueError as error:
        return error


def test_a_line_has_its_time_level_service_event_and_values(log: Log) -> None:
    structlog.get_logger().info("room opened", room="lobby", readers=3)

    assert list(log.record) == ["time", "level", "service", "event", "room", "readers"]
    assert log.record["time"].endswith("Z")
    assert log.record["level"] == "info"
    assert log.record["service"] == "gateway"
    assert log.record["event"] == "room opened"
    assert (log.record["room"], log.record["readers"]) == ("lobby", 3)


def test_a_line_below_the_level_is_not_written(log: Log) -> None:
    structlog.get_logger().debug("noise")

    assert log.lines == []


def test_what_is_bound_to_the_task_is_in_its_lines(log: Log) -> None:
    with structlog.contextvars.bound_contextvars(connection="c1"):
        structlog.get_logger().info("frame")

    assert log.record["connection"] == "c1"


# Exceptions.


def test_an_exception_is_one_line_that_says_what_and_where(log: Log) -> None:
    structlog.get_logger().error("command failed", exc_info=failure())

    assert log.record["error"] == "ValueError: no such room"
    assert log.record["at"].startswith("observe/test_logs.py:")
    assert "traceback" not in log.record


def test_the_statement_and_the_data_of_a_database_error_are_left_out(log: Log) -> None:
    structlog.get_logger().error("store failed", exc_info=failure(), error=failure())

    assert "canary" not in log.getvalue()


def test_the_exception_being_handled_is_found(log: Log) -> None:
    try:
        raise KeyError("lobby")
    except KeyError:
        structlog.get_logger().exception("command failed")

    assert log.record["error"] == "KeyError: 'lobby'"


def test_a_traceback_is_one_string_and_only_for_those_who_debug() -> None:
    log = Log()
    logs.configure("gateway", "json", "debug", log)

    structlog.get_logger().error("command failed", exc_info=failure())

    assert "in failure" in log.record["traceback"]
    assert log.record["traceback"].isprintable()


def test_an_exception_as_a_value_is_put_into_words(log: Log) -> None:
    group = ExceptionGroup("two", [OSError("refused"), RuntimeError()])

    structlog.get_logger().warning("redis is away", error=group)

    assert log.record["error"] == "OSError: refused; RuntimeError"


# Libraries.


def test_a_library_s_record_is_a_line_like_ours(log: Log) -> None:
    logging.getLogger("sqlalchemy.pool").warning("lost %s", "it", exc_info=failure())

    assert log.record["event"] == "lost it"
    assert log.record["logger"] == "sqlalchemy.pool"
    assert (log.record["level"], log.record["service"]) == ("warning", "gateway")
    assert log.record["error"] == "ValueError: no such room"


@pytest.mark.parametrize("name", ["websockets.server", "asyncio", "aiosqlite", "alembic.runtime"])
def test_what_a_library_says_below_warning_is_dropped_at_any_level(name: str) -> None:
    """At `debug`, websockets shows frames, and tokens with them."""
    log = Log()
    logs.configure("gateway", "json", "debug", log)

    logging.getLogger(name).info("connection open")
    logging.getLogger(name).debug("< TEXT hello")

    assert log.lines == []


def test_a_record_whose_arguments_do_not_fit_is_told_without_them(log: Log) -> None:
    misfit = logging.makeLogRecord({"msg": "%d entries", "args": ("many",), "levelno": 30})

    logs._Libraries().emit(misfit)

    assert log.record["event"] == "%d entries"


def test_a_level_without_a_name_becomes_the_nearest_below(log: Log) -> None:
    logging.getLogger("library").log(35, "odd")

    assert log.record["level"] == "warning"


def test_whatever_a_process_says_is_a_line() -> None:
    """A process of its own, since pytest takes warnings and logs into its own hands."""
    program = """
import asyncio, logging, warnings, structlog
from parley.observe import logs

async def fail():
    raise ValueError("forgotten")

async def main():
    task = asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    del task

logs.configure("gateway", "json", "info")
structlog.get_logger().info("ours")
logging.getLogger("library").error("a library's")
warnings.warn("a warning's")
asyncio.run(main())
"""
    stderr = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stderr

    records = [json.loads(line) for line in stderr.splitlines()]
    ours, library, warning, task = records
    assert (ours["event"], library["event"]) == ("ours", "a library's")
    assert "a warning's" in warning["event"]
    assert task["error"] == "ValueError: forgotten"


async def test_a_failing_websocket_handler_is_one_line(log: Log) -> None:
    async def fail(_: ServerConnection) -> None:
        raise failure()

    async with serve(fail, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}") as client:
            with pytest.raises(ConnectionClosedError):
                await client.recv()

    assert log.record["event"] == "connection handler failed"
    assert log.record["error"] == "ValueError: no such room"


async def test_a_request_that_is_no_http_leaves_no_traceback(log: Log) -> None:
    async def never(_: ServerConnection) -> None: ...

    async with serve(never, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01 canary\r\n\r\n")
        await reader.read()
        writer.close()

    assert "Traceback" not in log.getvalue()
    assert all(record["event"] for record in log.records)


# What somebody else wrote.

FORGERY = 'hi\r\n{"level": "error", "event": "forged"}\x1b[2K\u2028\u202e\x85\x00'


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_text_can_forge_a_line(style: Any) -> None:
    log = Log()
    logs.configure("gateway", style, "info", log)

    structlog.get_logger().info(
        f"said {FORGERY}", text=FORGERY, raw=FORGERY.encode(), several=[{FORGERY: FORGERY}]
    )
    logging.getLogger("library").error(FORGERY, exc_info=ValueError(FORGERY))

    assert len(log.lines) == 2
    assert all(line.isprintable() for line in log.lines)


@pytest.mark.parametrize(
    "key", ["password", "token", "new_password", "Authorization", "client_secret", "Cookie"]
)
def test_a_secret_is_left_out_wherever_it_stands(log: Log, key: str) -> None:
    structlog.get_logger().info("hello", **{key: "canary"}, command={key: ["canary"]})

    assert "canary" not in log.getvalue()
    assert log.record[key] == "[redacted]"


def test_a_password_in_a_url_is_left_out(log: Log) -> None:
    structlog.get_logger().info("connecting", url="redis://parley:canary@redis:6379/0")

    assert log.record["url"] == "redis://parley:***@redis:6379/0"


def test_a_long_value_is_cut(log: Log) -> None:
    structlog.get_logger().info("frame", text="x" * 100_000, rooms=list(range(100_000)))

    assert len(log.record["text"]) == logs.VALUE_CHARACTERS + 1
    assert len(log.record["rooms"]) == logs.VALUE_ITEMS


def test_a_value_within_itself_ends_somewhere(log: Log) -> None:
    loop: list[Any] = []
    loop.append(loop)

    structlog.get_logger().info("loop", value=loop)

    assert log.record["value"]


def test_a_number_that_json_has_not_is_text(log: Log) -> None:
    structlog.get_logger().info("measured", seconds=float("nan"), ratio=0.5, ok=True, none=None)

    assert (log.record["seconds"], log.record["ratio"]) == ("nan", 0.5)
    assert (log.record["ok"], log.record["none"]) == (True, None)


def test_a_stream_that_fails_harms_nobody() -> None:
    log = Log()
    logs.configure("gateway", "json", "info", log)
    log.close()

    structlog.get_logger().info("to nobody")
    logging.getLogger("library").error("to nobody")


def test_words_for_a_person_have_no_colours_off_a_terminal() -> None:
    log = Log()
    logs.configure("serve", "console", "info", log)

    structlog.get_logger().info("room opened", room="lobby")

    assert "room opened" in log.getvalue()
    assert "room='lobby'" in log.getvalue()
    assert "\x1b" not in log.getvalue()
