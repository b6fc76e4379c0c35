"""Signing up, in and out."""

from dataclasses import dataclass, field

from msgspec import Struct


class FindServer(Struct, frozen=True):
    """Look whether there is a server."""

    url: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Sign in, or up, at a server; without a password, by the session that is kept."""

    url: str
    user: str = ""
    password: str | None = field(default=None, repr=False)
    sign_up: bool = False
    code: str = field(default="", repr=False)


class SignOut(Struct, frozen=True):
    """End this device's session."""


SigningEffect = FindServer | Connect | SignOut
