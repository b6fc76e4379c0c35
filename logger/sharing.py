"""Which part of the shards is a logger's.

Owns: the division of the shards among the loggers that are at work: from names to numbers.
Never: a lease. The rows alone say who has a shard; loggers that do not yet know of one another
divide wrongly for a moment, and harm nothing.
"""

from collections.abc import Collection


def fair_share(logger: str, at_work: Collection[str], shards: int) -> int:
    """Return how many of the shards are this logger's.

    Everybody's shares differ by one at most, and are all shards together.
    """
    names = sorted({*at_work, logger})
    each, left_over = divmod(shards, len(names))
    return each + (names.index(logger) < left_over)
