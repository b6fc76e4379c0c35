"""What `parley admin` prints: tables for a person, an object a line for a program.

Owns: both forms. Times are shown as they are here.
Never: what is asked of the server.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from parley.admin.wire import Event, Step
from parley.protocol.commands import SessionInfo
from parley.store.records import AccountRow, Invitation, RoomRow

# Wide enough for any row, where there is no terminal whose width is known.
_WIDE = 1000

USERS = ("user name", "display name", "state", "since", "id")
ROOMS = ("id", "kind", "name", "people", "since", "state")
SESSIONS = ("id", "device", "address", "since", "last seen")
INVITATIONS = ("id", "uses left", "made", "until")
STEPS = ("time", "step", "by", "where")
EVENTS = ("time", "event", "who", "whom or what", "address", "more")


def show(rows: Iterable[Any], columns: Sequence[str], *, as_json: bool) -> None:
    """Print what a server has listed."""
    if as_json:
        for row in rows:
            typer.echo(msgspec.json.encode(row).decode())
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in _cells(row)))
    width = None if sys.stdout.isatty() else _WIDE
    Console(width=width, highlight=False).print(table)


def _cells(row: Any) -> tuple[str, ...]:
    match row:
        case AccountRow(person=person):
            since = _time(row.created_at)
            return (person.user_name, person.display_name, _state(row), since, person.id)
        case RoomRow():
            state = "open" if row.closed_at is None else f"closed {_time(row.closed_at)}"
            since = _time(row.created_at)
            return (row.id, row.kind, row.name, str(row.members), since, state)
        case SessionInfo():
            times = (_time(row.created_at), _time(row.last_seen_at))
            return (row.id, row.device, row.address, *times)
        case Invitation():
            until = _time(row.expires_at) if row.expires_at else "for ever"
            return (row.id, str(row.uses_left), _time(row.made_at), until)
        case Event():
            who = (row.event, row.actor, row.subject, row.address, row.detail)
            return (_time(row.time), *who)
        case Step():
            return (_moment(row.time), row.step, row.by, row.detail)
    raise AssertionError(f"no way to print {row!r}")


def _state(account: AccountRow) -> str:
    words = ["disabled" if account.disabled_at is not None else "active"]
    if account.person.is_admin:
        words.append("administrator")
    if account.has_totp:
        words.append("second factor")
    return ", ".join(words)


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000):%Y-%m-%d %H:%M}"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _printable(text: str) -> str:
    """Return the text without anything that steers a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
