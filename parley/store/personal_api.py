"""What may be asked of a store about what is one person's alone.

Owns: the interface. Every method may raise `StoreUnavailable`. A change is one transaction with
the account's `personal_version`, so that all devices hear of it; but for a draft, which is written
at each pause: it would have all devices read all rooms again.
Never: how it is done; and whether the asker is in the room, which the gateway has found out.
"""

from typing import Protocol

from parley.protocol.personal_commands import Quiet, Settings
from parley.protocol.shapes import Draft
from parley.store.mark_records import StarredEntry


class Personal(Protocol):
    """Drafts, stars, what was deleted for oneself, and settings."""

    async def save_draft(self, account_id: str, draft: Draft) -> Draft:
        """Keep a draft, if the one that is there has its `version`; return what is then there."""

    async def drafts(self, account_id: str) -> list[Draft]:
        """Return what somebody has begun to write, the latest first."""

    async def star(self, account_id: str, room_id: str, seq: int, on: bool) -> None:
        """Star a message, or take that back."""

    async def starred(
        self, account_id: str, room_id: str | None, *, after: str, limit: int
    ) -> list[StarredEntry]:
        """Return starred messages, the latest star first, after the `cursor` of another.

        Of rooms that the person is in, and nothing that was deleted. Raises NotUnderstood for an
        `after` that is none.
        """

    async def hide(self, account_id: str, room_id: str, seq: int) -> None:
        """Delete a message for one person."""

    async def hidden(self, account_id: str, room_id: str, first: int, last: int) -> set[int]:
        """Return what somebody has hidden of a part of a room."""

    async def settings(self, account_id: str) -> Settings:
        """Return how somebody wants to be told and seen."""

    async def edit_settings(
        self,
        account_id: str,
        *,
        read_receipts: bool | None,
        quiet: Quiet | None,
        no_quiet: bool,
        show_last_seen: bool | None = None,
    ) -> Settings:
        """Change that; what is None stays as it is."""
