"""One's own account: profile, devices, password, second factor, and how one wants to be told."""

from dataclasses import dataclass, field

from msgspec import Struct

from parley.client import Person, SessionInfo, Settings, TotpSecret


class EditedProfile(Struct, frozen=True):
    """Others are to see something else of oneself."""

    display_name: str
    about: str
    time_zone: str


class GotProfile(Struct, frozen=True):
    """What others see of oneself now."""

    person: Person


class EditedSettings(Struct, frozen=True):
    """How one wants to be seen; what is None stays."""

    read_receipts: bool | None = None
    show_last_seen: bool | None = None


class TypedQuiet(Struct, frozen=True):
    """The hours of not being disturbed, as they were typed: 22:00. Two empty ones end them."""

    since: str
    until: str


class GotSettings(Struct, frozen=True):
    """How one wants to be told and seen."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class TypedPasswords:
    """The password is to be another one."""

    password: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)


class GotDevices(Struct, frozen=True):
    """The devices that are signed in."""

    devices: tuple[SessionInfo, ...]


class RevokedDevice(Struct, frozen=True):
    """A device is to be signed out."""

    session: str


class RevokedOthers(Struct, frozen=True):
    """Every device but this one is to be signed out."""


@dataclass(frozen=True, slots=True)
class BeganSecondFactor:
    """A second factor is to be set up."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GotSecret:
    """Its secret, for the app that shows the codes."""

    secret: TotpSecret = field(repr=False)


class TypedCode(Struct, frozen=True):
    """Its first code."""

    code: str


@dataclass(frozen=True, slots=True)
class GotCodes:
    """It is on; these stand in for its codes, each once."""

    codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndedSecondFactor:
    """It is to be off."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeletedAccount:
    """The account is to be deleted, for good."""

    password: str = field(repr=False)


AccountEvent = (
    EditedProfile
    | GotProfile
    | EditedSettings
    | TypedQuiet
    | GotSettings
    | TypedPasswords
    | GotDevices
    | RevokedDevice
    | RevokedOthers
    | BeganSecondFactor
    | GotSecret
    | TypedCode
    | GotCodes
    | EndedSecondFactor
    | DeletedAccount
)
