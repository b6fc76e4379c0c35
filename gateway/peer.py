"""One client's socket, as the gateway uses it.

Owns: the interface (`gateway.server` implements it over `websockets`, the simulator in memory).
Never: what the bytes say.
"""

from typing import Protocol

from parley.protocol.refusals import CloseCode


class Peer(Protocol):
    """The other end of a connection. Nothing here waits or raises: a lost peer takes no more."""

    @property
    def address(self) -> str:
        """Where the client is, as far as the gateway may believe it."""
        ...

    def write(self, frames: bytes) -> None:
        """Queue whole frames, one or many, as `gateway.frames` makes them."""
        ...

    def buffered(self) -> int:
        """Return how many bytes the peer has not taken yet."""
        ...

    def ping(self) -> None:
        """Ask for a sign of life; a peer that gives none for too long is cut off."""
        ...

    def close(self, code: CloseCode, reason: str) -> None:
        """Say goodbye behind what is queued; give a peer that does not read it a few seconds."""
        ...
