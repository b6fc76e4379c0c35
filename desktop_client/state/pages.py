"""What was asked for the pages that open over the main screen.

Owns: the answers, as long as a page that shows them may be open.
Never: what stands on a page (`desktop_client.pages`).
"""

from dataclasses import dataclass

from parley.client import BannedPerson, Invite, SessionInfo, Target, TotpSecret, Version


@dataclass(frozen=True, slots=True)
class Listed:
    """A message in a list; `seq` is its place. An empty text: it was deleted."""

    room: str
    target: Target
    seq: int
    time: int
    text: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The answers; None: that has not come yet."""

    done: str = ""
    """What the last choice has come to, in a sentence."""
    invites: tuple[Invite, ...] | None = None
    bans: tuple[BannedPerson, ...] | None = None
    pins: tuple[Listed, ...] | None = None
    starred: tuple[Listed, ...] | None = None
    versions: tuple[Version, ...] | None = None
    """What the message that the page is about has said, the first version first."""
    devices: tuple[SessionInfo, ...] | None = None
    secret: TotpSecret | None = None
    """A second factor that is being set up."""
    codes: tuple[str, ...] = ()
    """Its recovery codes, which are shown once."""
