"""What may be asked of a store about people, their sessions and their second factor.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: how it is done.

Ids, codes and hashes are made by the caller. Times are Unix milliseconds by the store's own clock.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from parley.protocol.commands import People, Person, SessionInfo
from parley.store.records import Credentials, Departure, Profile


class PeopleDirectory(Protocol):
    """Who there is, and who wants to have nothing to do with whom."""

    async def find_people(self, asker: str, query: str, *, after: str, limit: int) -> People:
        """Return a page of those whose names have the query in them, by display name.

        Letter case and accents make no difference; an empty query finds all. Those who are gone or
        disabled, or have blocked the asker, are left out. Raises NotUnderstood for an `after` that
        is none.
        """

    async def edit_profile(self, account_id: str, profile: Profile) -> Person:
        """Change what others see of somebody, and return it."""

    async def block(self, account_id: str, other_id: str) -> None:
        """Keep the other away. Raises UnknownPerson, and CannotBlock for oneself."""

    async def unblock(self, account_id: str, other_id: str) -> None:
        """Take a block back. Where there is none, nothing changes."""

    async def blocks(self, account_id: str, *, after: str, limit: int) -> People:
        """Return a page of whom somebody has blocked, by display name.

        Raises NotUnderstood for an `after` that is none.
        """

    async def delete_account(self, account_id: str, new_notice_id: Callable[[], str]) -> Departure:
        """Delete an account: its rooms left, its sessions, password and personal rows gone.

        A room of which it was the only owner goes to the longest-serving admin, or else member; a
        group that is empty is closed. Deleting it again changes nothing.
        """


class SessionDirectory(Protocol):
    """Devices, and what they show to prove who they are."""

    async def credentials_of(self, account_id: str) -> Credentials | None:
        """Return what to check somebody's password against who is signed in already."""

    async def sessions_of(self, account_id: str, this: str = "") -> list[SessionInfo]:
        """Return an account's sessions, the one last seen first. `this` is the one that asks."""

    async def revoke_own_session(self, account_id: str, session_id: str) -> None:
        """End a session if it is the account's. Raises UnknownSession."""

    async def change_password(
        self, account_id: str, password_hash: str, *, keep_session: str | None = None
    ) -> list[str]:
        """Set a password, and end every session but one. Return the ids of those that ended."""

    async def standings(self, sessions: Collection[str]) -> Mapping[str, int]:
        """Return those of the sessions that are still good, with their accounts'
        `directory_version`.
        """

    async def start_totp(self, account_id: str, secret: bytes) -> None:
        """Keep a secret until it is confirmed. Raises SecondFactorSet."""

    async def pending_totp(self, account_id: str) -> bytes | None:
        """Return the secret that waits to be confirmed, if there is one."""

    async def confirm_totp(
        self, account_id: str, secret: bytes, step: int, recovery_hashes: Collection[bytes]
    ) -> None:
        """Turn the second factor on, the code of `step` being used up by this.

        Raises NoSecondFactor if that secret does not wait (any more), SecondFactorSet if it is on.
        """

    async def use_totp_step(self, account_id: str, step: int) -> bool:
        """Use up the code of a step. False if it, or a later one, was used before."""

    async def use_recovery_code(self, account_id: str, code_hash: bytes) -> bool:
        """Use up a recovery code. False if it is none, or was used before."""

    async def disable_totp(self, account_id: str) -> None:
        """Turn the second factor off, and forget its recovery codes."""
