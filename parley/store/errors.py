"""What can go wrong with a database, as typed errors that say what to do next.

Owns: the errors of `parley.store` that are no refusals.
Never: the refusals that a client is told; those are in `parley.protocol.refusals`.
"""

import re

_PASSWORD = re.compile(r"(://[^/@:]*:)[^@]*(?=@)")


class StoreError(Exception):
    """The base of everything that `parley.store` raises on its own account."""


class StoreUnavailable(StoreError):
    """The database did not answer, or not in time. Whether a change was made is not known.

    Every operation may raise it, and every operation may be tried again.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"the database is not available ({self.what}): try again shortly"


class InvalidDatabaseUrl(StoreError):
    """The address of the database cannot be used. A password in it is masked."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = _PASSWORD.sub(r"\1***", url), reason
        super().__init__(self.url, reason)

    def __str__(self) -> str:
        return (
            f"{self.url!r} is no database address ({self.reason}): "
            "expected sqlite:////absolute/path or postgresql://user@host:port/name"
        )


class NewerDatabase(StoreError):
    """The database was made by a later version of Parley, whose tables this one does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision

    def __str__(self) -> str:
        return (
            f"the database is at revision {self.revision!r}, which this version of Parley does "
            "not know: start a version at least as new as the one that last used it"
        )


class ShardCountMismatch(StoreError):
    """The number of shards is fixed when a database is first used, and another was asked for."""

    def __init__(self, recorded: int, asked: int) -> None:
        super().__init__(recorded, asked)
        self.recorded, self.asked = recorded, asked

    def __str__(self) -> str:
        return (
            f"this database was begun with {self.recorded} shards, not {self.asked}: "
            f"set PARLEY_SHARDS={self.recorded}"
        )


class UnknownShard(StoreError):
    """A shard was named that `fix_shards` never made."""

    def __init__(self, shard: int) -> None:
        super().__init__(shard)
        self.shard = shard

    def __str__(self) -> str:
        return f"the database has no shard {self.shard}: was fix_shards called at start?"
