"""Commands about people, one's own account and its sessions, and their results.

Owns: the form of each.
Never: who somebody is: signing up and in are in `commands.py`.
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.ids import Id
from parley.protocol.shapes import (
    About,
    After,
    Code,
    Command,
    DisplayName,
    Nothing,
    PageSize,
    Password,
    People,
    Person,
    Query,
    TimeZone,
)

# --- results -------------------------------------------------------------------------------


class SessionInfo(Struct, frozen=True):
    """A device that is signed in. Times are in Unix milliseconds, the last one to the minute."""

    id: str
    device: str
    address: str
    created_at: int
    last_seen_at: int
    is_this: bool
    """It is the session that asks."""


class Sessions(Struct, frozen=True):
    """One's sessions, the one last seen first."""

    sessions: list[SessionInfo]


class TotpSecret(Struct, frozen=True):
    """A second factor that is being set up (RFC 6238): secret in base32, and as a link."""

    secret: str
    uri: str
    """What authenticator apps read, as a picture or typed: `otpauth://totp/...`."""


class RecoveryCodes(Struct, frozen=True):
    """Each stands in for a code of the second factor, once. They are shown this once."""

    codes: list[str]


# --- people --------------------------------------------------------------------------------


class LookUp(Command, frozen=True, tag="people"):
    """Ask for the names of people by their ids."""

    Result: ClassVar = People
    ids: Annotated[list[Id], Meta(min_length=1, max_length=limits.PAGE_PEOPLE)]


class FindPeople(Command, frozen=True, tag="find_people"):
    """Find people by part of a name; letter case and accents make no difference."""

    Result: ClassVar = People
    query: Query = ""
    after: After = ""
    limit: PageSize = 50


class Block(Command, frozen=True, tag="block"):
    """Have nothing to do with somebody: no direct messages, no groups that they make."""

    Result: ClassVar = Nothing
    person: Id


class Unblock(Command, frozen=True, tag="unblock"):
    """Take a block back."""

    Result: ClassVar = Nothing
    person: Id


class ListBlocks(Command, frozen=True, tag="list_blocks"):
    """List whom one has blocked, by name."""

    Result: ClassVar = People
    after: After = ""
    limit: PageSize = 50


# --- one's own account ---------------------------------------------------------------------


class EditProfile(Command, frozen=True, tag="edit_profile"):
    """Change what others see of oneself. What is null stays as it is."""

    Result: ClassVar = Person
    display_name: DisplayName | None = None
    about: About | None = None
    time_zone: TimeZone | None = None


class ChangePassword(Command, frozen=True, tag="change_password"):
    """Change the password. Every other session ends."""

    Result: ClassVar = Nothing
    password: Password
    new_password: Password


class DeleteAccount(Command, frozen=True, tag="delete_account"):
    """Delete one's account, for good. Its messages stay, under nobody's name."""

    Result: ClassVar = Nothing
    password: Password


class ListSessions(Command, frozen=True, tag="list_sessions"):
    """List one's sessions."""

    Result: ClassVar = Sessions


class RevokeSession(Command, frozen=True, tag="revoke_session"):
    """End one of one's sessions: its token is void and its sockets are closed."""

    Result: ClassVar = Nothing
    session: Id


class RevokeOtherSessions(Command, frozen=True, tag="revoke_other_sessions"):
    """End all of one's sessions but this one."""

    Result: ClassVar = Nothing


class StartTotp(Command, frozen=True, tag="start_totp"):
    """Begin to set up a second factor. It is not asked for before it is confirmed."""

    Result: ClassVar = TotpSecret
    password: Password


class ConfirmTotp(Command, frozen=True, tag="confirm_totp"):
    """Turn the second factor on, with a first code of it."""

    Result: ClassVar = RecoveryCodes
    code: Code


class DisableTotp(Command, frozen=True, tag="disable_totp"):
    """Turn the second factor off."""

    Result: ClassVar = Nothing
    password: Password
