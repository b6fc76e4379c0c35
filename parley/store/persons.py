"""People as others see them, out of rows of the table `accounts`.

Owns: the columns that make a `Person`, and what is left of one whose account is deleted.
Never: a query of its own.
"""

from typing import Any

import sqlalchemy as sa

from parley.domain.names import search_key
from parley.domain.profiles import DELETED_NAME
from parley.protocol.commands import Person
from parley.store.database import Database
from parley.store.schema import accounts

PERSON = (
    accounts.c.id,
    accounts.c.user_name,
    accounts.c.display_name,
    accounts.c.about,
    accounts.c.time_zone,
    accounts.c.is_admin,
    accounts.c.deleted_at,
)
IS_ACTIVE = accounts.c.disabled_at.is_(None) & accounts.c.deleted_at.is_(None)

# Who acts when the server's operator does: an account that nobody signs in to.
SYSTEM = "parley"


def person(row: sa.Row[Any]) -> Person:
    """Return the person of a row that begins with the columns of `PERSON`."""
    *shown, deleted_at = row[: len(PERSON)]
    if deleted_at is not None:
        return Person(row[0], "", DELETED_NAME, is_deleted=True)
    return Person(*shown)


def has_in_name(query: str) -> sa.ColumnElement[bool]:
    """Return the condition that part of an account's names is the query."""
    return accounts.c.search_key.contains(search_key(query.strip()), autoescape=True)


def system_account(database: Database) -> sa.Executable:
    """Return the statement that makes the account of the operator, unless it is there."""
    now = database.now_ms()
    return (
        database.insert(accounts)
        .values(
            id=SYSTEM,
            kind="system",
            user_name=SYSTEM,
            skeleton=SYSTEM,
            display_name="Parley",
            created_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
    )
