"""What may be asked of a store about when people were there, and who is kept from whom.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: who is there now; that is never stored.
"""

from collections.abc import Collection
from typing import Protocol


class WhereaboutsDirectory(Protocol):
    """When people were last there, and who keeps away from whom."""

    async def kept_apart(self, account_id: str) -> set[str]:
        """Return whom somebody has blocked, and who has blocked them."""

    async def note_seen(self, session_ids: Collection[str]) -> None:
        """Note that these devices were there just now."""

    async def last_seen(self, account_ids: Collection[str]) -> dict[str, int]:
        """Return when those of the people were last there who let others know."""
