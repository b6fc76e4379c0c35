"""The whole of what the client knows: who we are, the rooms, and what is open on the screen.

Owns: `State`, from which alone the view draws.
Never: Dear PyGui, sockets, the clock.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from desktop_client.state.talk import Talk
from parley.client import Person, Room

ThemeName = Literal["dark", "light"]


class Stage(Enum):
    """Which screen is shown."""

    ENTRY = auto()
    """Nobody is signed in: the server's address, a name, a password."""
    MAIN = auto()


class Dialog(Enum):
    """What lies over the main screen."""

    NONE = auto()
    NEW_ROOM = auto()
    EMOJI = auto()


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The first screen. What is typed there stays with the view until it is sent."""

    url: str
    user: str = ""
    sign_up: bool = False
    busy: bool = False
    error: str = ""
    found: str = ""
    """A server that was found on this computer."""


@dataclass(frozen=True, slots=True)
class Link:
    """The connection, as a person is told of it."""

    online: bool = False
    reason: str = ""
    """Why there is none; empty: it is being made for the first time."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is shown, and everything that decides what happens next."""

    form: EntryForm
    stage: Stage = Stage.ENTRY
    theme: ThemeName = "dark"
    me: Person | None = None
    link: Link = field(default_factory=Link)
    talks: dict[str, Talk] = field(default_factory=dict)
    """By room. Never changed in place."""
    reads: dict[str, int] = field(default_factory=dict)
    """The last message that an earlier start has seen, by room."""
    people: dict[str, Person] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    """Whose names were asked for already."""
    opened: str | None = None
    """The room on the right; None: none is chosen."""
    filter: str = ""
    dialog: Dialog = Dialog.NONE
    public: tuple[Room, ...] = ()
    """The channels that are open to all, for the dialogue that joins them."""
    notice: str = ""
    """A sentence for the person, until the next one or until it is clicked away."""
    drafts: dict[str, str] = field(default_factory=dict)
    """What was typed and not sent, by room."""
    recent_emoji: tuple[str, ...] = ()
    busy_with_rooms: bool = True
    """Whether the list of rooms has not come yet."""

    @property
    def talk(self) -> Talk | None:
        """The room on the right."""
        return self.talks.get(self.opened) if self.opened is not None else None

    @property
    def my_id(self) -> str:
        """Our own id; empty before we are known."""
        return self.me.id if self.me is not None else ""
