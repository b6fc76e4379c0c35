"""Doing the same for several shards.

Owns: that the trouble of one is not the others'.
Never: what is done.
"""

import asyncio
from collections.abc import Awaitable, Iterable


async def each(works: Iterable[Awaitable[None]]) -> None:
    """Do all of it side by side, then raise the first failure."""
    for failure in await asyncio.gather(*works, return_exceptions=True):
        if failure is not None:
            raise failure
