"""Entries of the logs, out of rows of the table `messages`.

Owns: the way from a row back to the entry that was stored.
Never: a query.
"""

from typing import Any

import sqlalchemy as sa

from parley.protocol.entry import Entry, encode_body


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return the entry of a row with all columns of the table."""
    derived = (row.derived or "").encode()
    body = encode_body(row.author_id, row.cmid, row.content.encode(), derived)
    return Entry(row.generation, row.seq, row.n, row.time, body)
