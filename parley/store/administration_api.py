"""What the server's operator may ask of a store.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: how it is done, and what is said in a room.

Ids, codes and hashes are made by the caller. Times are Unix milliseconds by the store's own clock.
"""

from collections.abc import Mapping
from typing import Protocol

from parley.protocol.commands import Person
from parley.store.records import (
    AccountRow,
    AuditRow,
    Invitation,
    NewAccount,
    NoticeRow,
    RoomRow,
)


class Administration(Protocol):
    """Accounts, rooms and invitations as a whole, and the record of what happened to them.

    Rooms are closed, and members removed, by `RoomDirectory` with None as the actor; sessions are
    listed and ended, and passwords set, by `SessionDirectory` and `Directory`.
    """

    async def account(self, user_name: str) -> AccountRow | None:
        """Return the account of that name, disabled or not; None if there is none."""

    async def accounts(self, query: str = "", *, after: str, limit: int) -> list[AccountRow]:
        """Return a page of accounts, by user name, disabled ones included. `after` is a name."""

    async def add_account(self, account: NewAccount) -> Person:
        """Make an account without a session. Raises UserNameTaken."""

    async def set_disabled(self, account_id: str, disabled: bool) -> None:
        """Shut an account out, with all its sessions, or let it in again. Raises UnknownPerson."""

    async def set_admin(
        self, account_id: str, is_admin: bool, notice_id: str
    ) -> tuple[NoticeRow, ...]:
        """Make somebody an administrator of the server, or take that back.

        They then own the lobby, or are a member of it; return what is to be told there. Raises
        UnknownPerson.
        """

    async def all_rooms(self, query: str = "", *, after: str, limit: int) -> list[RoomRow]:
        """Return a page of rooms, by id, direct ones and closed ones included. `after` is an id."""

    async def any_room(self, room_id: str) -> RoomRow | None:
        """Return a room, closed or not."""

    # --- ways to sign up -------------------------------------------------------------------

    async def offer_administrator_code(self, code_hash: bytes) -> bool:
        """Keep the hash of the code that makes the first administrator, unless one was kept before.

        Return whether this one was kept: then, and only then, show the code. Nothing is kept once
        there is an administrator.
        """

    async def add_invitation(
        self, invitation_id: str, code_hash: bytes, *, made_by: str | None, lasts_ms: int, uses: int
    ) -> Invitation:
        """Make a way for so many to sign up. `lasts_ms` 0: it never expires."""

    async def invitations(self) -> list[Invitation]:
        """Return the invitations that are still valid, the latest first."""

    async def revoke_invitation(self, invitation_id: str) -> bool:
        """Make an invitation void; False if there is none that is valid by that id."""

    # --- audit -----------------------------------------------------------------------------

    async def record(
        self,
        event: str,
        *,
        actor: str | None = None,
        subject: str | None = None,
        address: str = "",
        detail: Mapping[str, str | int | bool | None] | None = None,
    ) -> None:
        """Write down what happened. No secret belongs here; control characters are escaped."""

    async def audit(
        self, *, before: int | None = None, limit: int, subject: str | None = None
    ) -> list[AuditRow]:
        """Return a page of the record, the latest first: all, or what concerns one id."""
