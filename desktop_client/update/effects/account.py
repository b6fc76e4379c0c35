"""One's own account: profile, devices, password, second factor, settings."""

from dataclasses import dataclass, field

from msgspec import Struct

from parley.client import Quiet


class LoadSettings(Struct, frozen=True):
    """Read how one wants to be told and seen."""


class EditSettings(Struct, frozen=True):
    """Change that; what is None stays. `no_quiet` ends the quiet hours."""

    read_receipts: bool | None = None
    show_last_seen: bool | None = None
    quiet: Quiet | None = None
    no_quiet: bool = False


class EditProfile(Struct, frozen=True):
    """Change what others see of oneself."""

    display_name: str
    about: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Change the password. Every other device is signed out."""

    password: str = field(repr=False)
    new: str = field(repr=False)


class LoadDevices(Struct, frozen=True):
    """Read which devices are signed in."""


class RevokeDevice(Struct, frozen=True):
    """Sign a device out."""

    session: str


class RevokeOthers(Struct, frozen=True):
    """Sign out every device but this one."""


@dataclass(frozen=True, slots=True)
class StartTotp:
    """Begin to set up a second factor."""

    password: str = field(repr=False)


class ConfirmTotp(Struct, frozen=True):
    """Turn the second factor on."""

    code: str


@dataclass(frozen=True, slots=True)
class DisableTotp:
    """Turn the second factor off."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeleteAccount:
    """Delete the account, for good."""

    password: str = field(repr=False)


AccountEffect = (
    LoadSettings
    | EditSettings
    | EditProfile
    | ChangePassword
    | LoadDevices
    | RevokeDevice
    | RevokeOthers
    | StartTotp
    | ConfirmTotp
    | DisableTotp
    | DeleteAccount
)
