"""The fence: which generation of a shard is open, and on which server it was begun.

Owns: the value, and its form in Redis.
Never: the decision to begin a new generation; that is `parley.recovery`'s.
"""

from typing import NamedTuple


class Fence(NamedTuple):
    """A generation and the server it lives on. Appends under any other are refused.

    `identity` is `run_id:master_replid` of a Redis server: a restart changes the first, a
    fail-over and back only the second. An embedded server has a minted token instead.
    """

    generation: int
    identity: str

    def __str__(self) -> str:
        return f"{self.generation} {self.identity}"


def parse_fence(text: str) -> Fence | None:
    """Return the fence that Redis holds, or None for the empty string of an empty server."""
    if not text:
        return None
    generation, identity = text.split(" ", 1)
    return Fence(int(generation), identity)


class ShardState(NamedTuple):
    """What a Redis server says of a shard: the fence it holds, and who the server is itself."""

    fence: Fence | None
    identity: str

    @property
    def open_fence(self) -> Fence | None:
        """The fence, if it was begun on this very server."""
        if self.fence is not None and self.fence.identity == self.identity:
            return self.fence
        return None
