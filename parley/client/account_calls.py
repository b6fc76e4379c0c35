"""What an application asks about one's own account: profile, devices, password, second factor.

Owns: one method for each of these commands.
Never: who we are on this connection (`parley.client.session`).
"""

from contextlib import suppress

from parley.client.asking import Asking
from parley.client.errors import SignedOut
from parley.protocol.commands import (
    ChangePassword,
    ConfirmTotp,
    DeleteAccount,
    DisableTotp,
    EditProfile,
    ListSessions,
    Nothing,
    Person,
    RecoveryCodes,
    RevokeOtherSessions,
    RevokeSession,
    SessionInfo,
    Sessions,
    SignOut,
    StartTotp,
    TotpSecret,
)


class AccountCalls(Asking):
    """The part of `Chat` that is about one's own account. Every method raises Refused."""

    async def edit_profile(
        self,
        *,
        display_name: str | None = None,
        about: str | None = None,
        time_zone: str | None = None,
    ) -> Person:
        """Change what others see of oneself; what is None stays as it is."""
        command = EditProfile(ref=0, display_name=display_name, about=about, time_zone=time_zone)
        return await self._ask(command, Person)

    async def change_password(self, password: str, new_password: str) -> None:
        """Change the password. Every other session ends."""
        command = ChangePassword(ref=0, password=password, new_password=new_password)
        await self._ask(command, Nothing)

    async def delete_account(self, password: str) -> None:
        """Delete the account, for good; the chat has ended. Its messages stay under no name."""
        with suppress(SignedOut):  # the server may close the connection before it answers
            await self._ask(DeleteAccount(ref=0, password=password), Nothing)

    # --- devices ---------------------------------------------------------------------------

    async def sessions(self) -> list[SessionInfo]:
        """Return the devices that are signed in, the one last seen first."""
        return (await self._ask(ListSessions(ref=0), Sessions)).sessions

    async def revoke_session(self, session: str) -> None:
        """Sign a device out, by its session's id."""
        await self._ask(RevokeSession(ref=0, session=session), Nothing)

    async def revoke_other_sessions(self) -> None:
        """Sign out every device but this one."""
        await self._ask(RevokeOtherSessions(ref=0), Nothing)

    async def sign_out(self) -> None:
        """End this device's session: its token is void, and the chat has ended."""
        with suppress(SignedOut):  # the server may close the connection before it answers
            await self._ask(SignOut(ref=0), Nothing)

    # --- second factor ---------------------------------------------------------------------

    async def start_totp(self, password: str) -> TotpSecret:
        """Begin to set up a second factor (RFC 6238): a secret for an authenticator app."""
        return await self._ask(StartTotp(ref=0, password=password), TotpSecret)

    async def confirm_totp(self, code: str) -> list[str]:
        """Turn the second factor on with a first code of it. Returns the recovery codes."""
        return (await self._ask(ConfirmTotp(ref=0, code=code), RecoveryCodes)).codes

    async def disable_totp(self, password: str) -> None:
        """Turn the second factor off."""
        await self._ask(DisableTotp(ref=0, password=password), Nothing)
