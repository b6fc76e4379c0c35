"""Signing up, in and out."""

from dataclasses import dataclass, field

from msgspec import Struct

from desktop_client.update.events.talking import Waiting
from parley.client import Person


@dataclass(frozen=True, slots=True)
class PressedEnter:
    """The first screen was sent off."""

    url: str
    user: str
    password: str = field(repr=False)
    code: str = ""
    """Of a second factor, or of an invitation to this server."""


class SwitchedForm(Struct, frozen=True):
    """Sign up in place of sign in, or the other way round."""

    url: str
    user: str


class PressedSignOut(Struct, frozen=True):
    """End this device's session."""


class FoundServer(Struct, frozen=True):
    """There is a server at this address."""

    url: str


class SignedIn(Struct, frozen=True):
    """We are known, if not connected: an earlier session begins without a connection."""

    person: Person
    outbox: tuple[Waiting, ...] = ()
    where: str = ""
    """Where the session is kept, as a sentence."""


class NotSignedIn(Struct, frozen=True):
    """Nobody is signed in, or any more; an empty reason is no fault."""

    reason: str
    asks_code: bool = False
    """Whether a code was missing, or was the wrong one."""


SigningEvent = PressedEnter | SwitchedForm | PressedSignOut | FoundServer | SignedIn | NotSignedIn
