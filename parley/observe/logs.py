"""One line for each thing worth telling, from our code and from every library alike.

Owns: the form of a log line, as JSON or as words: UTC time, level, service, event, values.
Never: a traceback over several lines, a line that somebody else's text has forged, a secret.
What is worth a line is for those who write it, with `structlog.get_logger()`.
"""

import logging
import math
import re
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from itertools import islice
from typing import Any, Literal, TextIO

import structlog

Record = MutableMapping[str, Any]
Processor = Callable[[Any, str, Record], Record]

# What one value may add to a line. A client's frame can have 64 KiB; its beginning tells enough.
VALUE_CHARACTERS = 2_000
# A traceback is asked for by whoever debugs, and is of use only as a whole.
TRACEBACK_CHARACTERS = 20_000
# How deep, and how far along, a value that holds others is shown.
VALUE_DEPTH = 4
VALUE_ITEMS = 50

_SECRET_KEY = re.compile(r"password|token|secret|authorization|cookie", re.IGNORECASE)
# Bounded and possessive, so that no text takes long to search.
_URL_PASSWORD = re.compile(r"(//[^/@:\s]{0,64}+:)[^@\s]{1,256}+@")
_REDACTED = "[redacted]"
_LEVELS = (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)


def configure(
    service: str,
    style: Literal["json", "console"],
    level: Literal["debug", "info", "warning", "error"],
    stream: TextIO | None = None,
) -> None:
    """Write every log line of this process to `stream` (standard error), in `service`'s name.

    Libraries are heard from `warning` on, whatever the level: below it `websockets` would show
    frames with tokens in them, and `aiosqlite` every statement.
    """
    stream = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _describe_error(with_traceback=level == "debug"),
            _clean_values,
            _order_keys(service),
            _renderer(style, colours=stream.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(stream),
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


class _Lines:
    """Writes a line at a time. A stream that fails loses the line; its writer goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a full disk, a closed pipe, a closed stream
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = write


class _Libraries(logging.Handler):
    """Takes what libraries log to the same lines as our own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the record on, at the nearest level that has a name."""
        if _is_dropped_lookup(record):
            return
        level = next((level for level in _LEVELS if level <= record.levelno), logging.DEBUG)
        values = {"logger": record.name, "exc_info": record.exc_info}
        structlog.get_logger().log(level, "%s", _message(record), **values)


def _is_dropped_lookup(record: logging.LogRecord) -> bool:
    """Tell whether uvloop tells of a name that nobody waits for any more.

    Its `create_connection`, cut off by a time-out, leaves the look-up behind. Who was cut off has
    said so.
    """
    error = record.exc_info[1] if record.exc_info else None
    return record.name == "asyncio" and isinstance(error, socket.gaierror)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # the arguments do not fit: a mistake of the library
        return str(record.msg)


def _describe_error(*, with_traceback: bool) -> Processor:
    """Return a processor that puts an exception into words: `error`, and `at` its place."""

    def describe(_logger: Any, _method: str, record: Record) -> Record:
        error = _exception(record.pop("exc_info", None))
        if error is not None:
            record["error"] = error
            record["at"] = _place(error)
            if with_traceback:
                text = "".join(traceback.format_exception(error))
                record["traceback"] = _printable(text, TRACEBACK_CHARACTERS)
        return record

    return describe


def _exception(info: Any) -> BaseException | None:
    """Return the exception of an `exc_info`, in any of the forms that logging allows."""
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    return info if isinstance(info, BaseException) else None


def _place(error: BaseException) -> str | None:
    """Return the file and line that raised, or None for what was never raised."""
    frame = error.__traceback__
    if frame is None:
        return None
    while frame.tb_next is not None:
        frame = frame.tb_next
    file = "/".join(re.split(r"[/\\]", frame.tb_frame.f_code.co_filename)[-2:])
    return f"{file}:{frame.tb_lineno}"


def _words(error: BaseException) -> str:
    """Return `Type: message`. The first line says what; SQLAlchemy's others show the data."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_words(one) for one in error.exceptions)
    first, *_ = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _clean_values(_logger: Any, _method: str, record: Record) -> Record:
    whole = {"traceback": record.pop("traceback")} if "traceback" in record else {}
    return dict(_clean_items(record, VALUE_DEPTH)) | whole


def _clean_items(values: Mapping[Any, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in islice(values.items(), VALUE_ITEMS):
        name = _printable(str(key))
        yield name, _REDACTED if _SECRET_KEY.search(name) else _clean(value, depth)


def _clean(value: Any, depth: int) -> Any:
    """Return the value as something that JSON has, with text that stays on its line."""
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case BaseException():
            return _printable(_words(value))
        case Mapping() if depth:
            return dict(_clean_items(value, depth - 1))
        case list() | tuple() | set() | frozenset() if depth:
            return [_clean(item, depth - 1) for item in islice(value, VALUE_ITEMS)]
        case bytes() | bytearray() | memoryview():
            return _printable(repr(bytes(value[:VALUE_CHARACTERS])))
        case _:
            return _printable(str(value))


def _printable(text: str, limit: int = VALUE_CHARACTERS) -> str:
    """Return the text without control characters, URL passwords and excess length."""
    if len(text) > limit:
        text = text[:limit] + "…"
    text = _URL_PASSWORD.sub(r"\1***@", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _order_keys(service: str) -> Processor:
    """Return a processor that puts first what every line has."""

    def order(_logger: Any, _method: str, record: Record) -> Record:
        first = {"time": record.pop("time"), "level": record.pop("level"), "service": service}
        return {**first, "event": record.pop("event"), **record}

    return order


def _renderer(style: Literal["json", "console"], *, colours: bool) -> structlog.typing.Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=colours, sort_keys=False, timestamp_key="time", repr_native_str=True
    )
