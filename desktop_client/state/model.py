"""The whole of what the client knows: who we are, the rooms, and what is open on the screen.

Owns: `State`, from which alone the view draws.
Never: Dear PyGui, sockets, the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from desktop_client.state.pages import Pages
from desktop_client.state.talk import Talk
from parley.client import (
    Hit,
    Member,
    MessageReceipts,
    Person,
    Presence,
    Room,
    RoomDetail,
    Settings,
    Target,
)
from parley.domain.typing import Typists

ThemeName = Literal["dark", "light"]
ThemeChoice = Literal["system", "dark", "light"]
TextSize = Literal["small", "normal", "large", "larger"]
Shown = Literal["all", "unread", "direct", "groups", "channels"]
"""Which rooms the list shows."""


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
    DELETE = auto()
    """Whether a message is really to be deleted."""
    FORWARD = auto()
    INFO = auto()
    """Who has received and read a message."""
    ROOM = auto()
    """Who is in the open room, and how one has it."""
    SEARCH = auto()
    KEYS = auto()
    """Which keys do something."""
    EDIT_ROOM = auto()
    MEMBERS = auto()
    INVITES = auto()
    BANS = auto()
    CLOSE_ROOM = auto()
    """Whether the open room is really to be closed."""
    PINS = auto()
    STARRED = auto()
    VERSIONS = auto()
    """What a message has said before."""
    DATE = auto()
    """Which day is to be shown."""
    ACCOUNT = auto()
    """Who one is, and the way to the pages below."""
    PROFILE = auto()
    """What others see of oneself."""
    DEVICES = auto()
    PASSWORD = auto()
    SECOND_FACTOR = auto()
    QUIET = auto()
    """How one wants to be told and seen."""
    DELETE_ACCOUNT = auto()


# They show what a choice on them has come to.
_PAGES = frozenset(Dialog) - {Dialog.NONE, Dialog.NEW_ROOM, Dialog.EMOJI, Dialog.SEARCH}


@dataclass(frozen=True, slots=True)
class Mode:
    """What is written is an answer to a message, or its new words."""

    target: Target
    is_edit: bool = False


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
    asks_code: bool = False
    """Whether the server wants a code besides: of a second factor, or of an invitation."""


@dataclass(frozen=True, slots=True)
class Link:
    """The connection, as a person is told of it."""

    online: bool = False
    reason: str = ""
    """Why there is none; empty: it is being made for the first time."""
    since: int = 0
    """Since when there is none, in Unix milliseconds; 0: there was none yet, or there is one."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is shown, and everything that decides what happens next."""

    form: EntryForm
    stage: Stage = Stage.ENTRY
    theme_choice: ThemeChoice = "system"
    system_theme: ThemeName = "dark"
    """What the desktop has, as far as it tells."""
    text_size: TextSize = "normal"
    me: Person | None = None
    session_kept: str = ""
    """Where this device's session is kept, as a sentence."""
    link: Link = field(default_factory=Link)
    talks: dict[str, Talk] = field(default_factory=dict)
    """By room. Never changed in place."""
    people: dict[str, Person] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    """Whose names were asked for already."""
    opened: str | None = None
    """The room on the right; None: none is chosen."""
    filter: str = ""
    dialog: Dialog = Dialog.NONE
    public: tuple[Room, ...] = ()
    """The channels that are open to all, for the dialogue that joins them."""
    found_people: tuple[Person, ...] = ()
    """Whom the dialogue for a new chat has found."""
    members: tuple[Member, ...] | None = None
    """Who is in the open room; None: that has not come yet."""
    blocked: frozenset[str] = frozenset()
    """Whom one wants nothing to do with."""
    notice: str = ""
    """A sentence for the person, until the next one or until it is clicked away."""
    drafts: dict[str, str] = field(default_factory=dict)
    """What was typed and not sent, by room."""
    modes: dict[str, Mode] = field(default_factory=dict)
    """What is written is besides new words, by room."""
    about: Target | None = None
    """The message of the open room that the dialogue is about."""
    info: MessageReceipts | None = None
    """Who has received and read it; None: that has not come yet."""
    starred: frozenset[Target] = frozenset()
    unread_after: int | None = None
    """The last `seq` that was read when the room was opened; None: there was nothing unread."""
    found: Target | None = None
    """The message that was jumped to."""
    typists: Typists = field(default_factory=Typists)
    presences: Mapping[str, Presence] = field(default_factory=dict)
    """How people are who are on the screen."""
    settings: Settings | None = None
    """How one wants to be told and seen; None: that has not come yet."""
    pages: Pages = field(default_factory=Pages)
    """What was asked for the page that is open."""
    details: Mapping[str, RoomDetail] = field(default_factory=dict)
    """All that there is to see of rooms that were opened."""
    shown: Shown = "all"
    """Which rooms the list shows."""
    at_end: bool = True
    """Whether the end of the open room is in view."""
    is_focused: bool = True
    """Whether the window has the keyboard."""
    query: str = ""
    """What is looked for."""
    hits: tuple[Hit, ...] | None = None
    """What was found; None: nothing was asked yet, or the answer has not come."""
    now: int = 0
    """The time that was told last, in Unix milliseconds."""
    sought_day: int | None = None
    """The beginning of a day to jump to, in Unix milliseconds, while its page is fetched."""
    sought: tuple[Target, int] | None = None
    """A message to jump to, and where it stands, while its page is fetched."""
    seeks_unread: bool = False
    """Whether the first unread message is to be jumped to, while its page is fetched."""
    recent_emoji: tuple[str, ...] = ()
    busy_with_rooms: bool = True
    """Whether the list of rooms has not come yet."""

    @property
    def theme(self) -> ThemeName:
        """How everything looks."""
        return self.system_theme if self.theme_choice == "system" else self.theme_choice

    @property
    def talk(self) -> Talk | None:
        """The room on the right."""
        return self.talks.get(self.opened) if self.opened is not None else None

    @property
    def mode(self) -> Mode | None:
        """What is written in the open room is besides new words."""
        return self.modes.get(self.opened) if self.opened is not None else None

    @property
    def has_page(self) -> bool:
        """Whether one of the pages is open."""
        return self.dialog in _PAGES

    @property
    def my_id(self) -> str:
        """Our own id; empty before we are known."""
        return self.me.id if self.me is not None else ""
