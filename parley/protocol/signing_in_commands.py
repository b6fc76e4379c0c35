"""Commands about who a connection is, and their result.

Owns: the form of each.
Never: what is done with an account (`account_commands.py`).
"""

from typing import ClassVar

from msgspec import Struct

from parley.protocol.shapes import (
    Code,
    Command,
    DeviceName,
    DisplayName,
    Nothing,
    Password,
    Person,
    Token,
    UserName,
)

# --- results -------------------------------------------------------------------------------


class Welcome(Struct, frozen=True):
    """Who the connection now is. `token` comes with sign_up and sign_in alone: keep it secret."""

    person: Person
    session: str
    time: int
    """The gateway's clock, Unix milliseconds."""
    heartbeat_ms: int
    """Expect a heartbeat this often; after three without one, reconnect."""
    token: str | None = None


# --- commands ------------------------------------------------------------------------------


class Hello(Command, frozen=True, tag="hello"):
    """Continue a device's session by its token."""

    Result: ClassVar = Welcome
    token: Token


class SignUp(Command, frozen=True, tag="sign_up"):
    """Make an account, and a session for this device."""

    Result: ClassVar = Welcome
    user_name: UserName
    password: Password
    display_name: DisplayName = ""
    device: DeviceName = ""
    code: Code = ""
    """An invitation, where the server asks for one."""


class SignIn(Command, frozen=True, tag="sign_in"):
    """Make a session for this device."""

    Result: ClassVar = Welcome
    user_name: UserName
    password: Password
    device: DeviceName = ""
    code: Code = ""
    """Of an account with a second factor: its current code, or one of its recovery codes."""


class SignOut(Command, frozen=True, tag="sign_out"):
    """End this device's session: its token is void and its sockets are closed."""

    Result: ClassVar = Nothing
