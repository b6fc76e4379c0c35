"""Where Redis and the database are.

Owns: their URLs, and the files that hold their passwords.
Never: a connection to either (`parley.stream`, `parley.store`).
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

from dataclasses import dataclass, field

from parley.settings import variables
from parley.settings.declaring import declared, optional
from parley.settings.variables import Secret, Setting


@dataclass(frozen=True)
class RedisSettings:
    """Where Redis is."""

    url: str = field(
        repr=False,  # it may hold a password
        metadata=declared(
            Setting(
                "PARLEY_REDIS_URL",
                variables.REDIS_URL,
                "required; `parley serve`: a Redis of its own, inside the process",
                "Where Redis is, such as `redis://host:6379/0`; a Cluster: "
                "`redis+cluster://host:6379,host:6379`",
            )
        ),
    )
    password: Secret | None = optional(
        "PARLEY_REDIS_PASSWORD_FILE",
        variables.PASSWORD_FILE,
        "A file that holds the password of Redis",
    )


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the database is."""

    url: str = field(
        repr=False,  # it may hold a password
        metadata=declared(
            Setting(
                "PARLEY_DATABASE_URL",
                variables.DATABASE_URL,
                "required; `parley serve`: SQLite in the data folder",
                "Where the database is: `postgresql://user@host:5432/name`, or `sqlite:////path`",
            )
        ),
    )
    password: Secret | None = optional(
        "PARLEY_DATABASE_PASSWORD_FILE",
        variables.PASSWORD_FILE,
        "A file that holds the password of the database",
    )
