"""Entries of the logs, out of rows of the table `messages`.

Owns: the way from a row back to the entry that was stored, as a gateway keeps it or as a client
receives it.
Never: a query.
"""

from typing import Any

import sqlalchemy as sa

from parley.protocol.content import Content
from parley.protocol.derived import Derived
from parley.protocol.entry import Entry, decode_content, decode_derived, encode_body
from parley.protocol.events import Event


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return the entry of a row that has the columns of one."""
    derived = (row.derived or "").encode()
    body = encode_body(row.author_id, row.cmid, row.content.encode(), derived)
    return Entry(row.generation, row.seq, row.n, row.time, body)


def event_of_row(room: str, row: sa.Row[Any]) -> Event:
    """Return the entry of a row, which need not have the room's column.

    Raises msgspec.DecodeError if it is of a kind that this version does not know.
    """
    place = (room, row.generation, row.seq, row.n, row.time, row.author_id, row.cmid)
    return Event(*place, *said(row.content, row.derived))


def said(content: str, derived: str | None) -> tuple[Content, Derived | None]:
    """Return what two columns say."""
    return decode_content(content.encode()), decode_derived((derived or "").encode()) or None
