"""The values that go into the store and come out of it.

Owns: one small record for each question and each answer. All times are Unix milliseconds.
Never: SQL, and what travels to clients (`parley.protocol`), which some answers reuse as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.protocol.commands import Person, Role, Room, RoomKind
from parley.protocol.shapes import Notify

# --- accounts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. `user_name` is canonical; `skeleton` is what it looks like.

    `code_hash`: the SHA-256 of the invitation that it is made with, if it is.
    """

    id: str
    user_name: str
    skeleton: str
    display_name: str
    password_hash: str = field(repr=False)
    code_hash: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A device's session to be made. The token itself is never stored: `token_hash` is SHA-256."""

    id: str
    token_hash: bytes = field(repr=False)
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against, and a code, if `totp_secret` is there."""

    person: Person
    password_hash: str = field(repr=False)
    totp_secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose token it was, and the session that it opened.

    `directory_version`: the account's, as `Changes` has it. What is read of the person's rooms
    from now on is of this version or of a later one.
    """

    session_id: str
    person: Person
    directory_version: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What open connections must hear of, as ids.

    `changed_accounts`: their rooms, or the account itself, have changed; with the
    `directory_version` that they have now.
    `disabled_accounts`: those among them that may no longer be connected.
    `changed_profiles`: what others see of them has changed; with the time of the last such change.
    """

    revoked_sessions: frozenset[str]
    changed_accounts: Mapping[str, int]
    disabled_accounts: frozenset[str]
    changed_profiles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is to be changed of what others see of somebody; None stays as it is."""

    display_name: str | None = None
    about: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """What is to be told of an account that is gone: its sessions, and notices in its rooms."""

    sessions: list[str]
    notices: list["NoticeRow"]


@dataclass(frozen=True, slots=True)
class DirectoryLimits:
    """What an operator may choose: people in a group, in a channel, for how many milliseconds
    after an account is deleted nobody else is called so, and how many rooms somebody goes into.
    """

    group_members: int = 1_024
    channel_members: int = 100_000
    name_kept_ms: int = 30 * 24 * 3_600_000
    rooms_per_user: int = 2_000
    """By their own doing: whoever is brought into one more is in it all the same."""


# --- administration ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account, as the server's administrators see it."""

    person: Person
    created_at: int
    disabled_at: int | None
    has_totp: bool


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room, as the server's administrators see it: never what is said in it."""

    id: str
    kind: RoomKind
    name: str
    members: int
    created_by: str | None
    created_at: int
    closed_at: int | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way to sign up on this server. The code itself is never stored.

    `expires_at` 0: never. `made_by` None: the server's operator.
    """

    id: str
    made_by: str | None
    made_at: int
    expires_at: int
    uses_left: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Something that happened to the safety of an account, a room or the server.

    `actor` did `event` to `subject`, from `address`; `detail` holds no secret.
    """

    id: int
    time: int
    event: str
    actor: str | None
    subject: str | None
    address: str
    detail: dict[str, str | int | bool | None]


# --- rooms ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Membership:
    """That an account is in a room, and the number under which that was true.

    `is_mute`: one of the two people of a direct room has blocked the other, or is gone; nobody
    says anything in it.
    `rights`: the authority at which the account last gained a right in the room; 0 if it has had
    them from the room's, or its own, beginning.
    """

    room_id: str
    role: Role
    authority: int
    kind: RoomKind = "channel"
    read_only: bool = False
    is_mute: bool = False
    rights: int = 0


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A channel or a group to be made. `members` enter it together with its owner."""

    id: str
    kind: RoomKind
    name: str
    owner: str
    topic: str = ""
    description: str = ""
    read_only: bool = False
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomEdit:
    """What is to be changed of a room; None stays as it is."""

    name: str | None = None
    topic: str | None = None
    description: str | None = None
    read_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody is to change of how they have a room; None stays as it is."""

    muted_until: int | None = None
    pinned: bool | None = None
    archived: bool | None = None
    notify: Notify | None = None


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invitation to a room, to be made. `expires_in_ms` 0: never; `uses` None: no bound."""

    code: str = field(repr=False)
    room_id: str
    expires_in_ms: int
    uses: int | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice that waits to be appended to its room's log, and is gone once stored there.

    `id` is the entry's cmid; `raises` says that its append raises the room's authority to
    `authority`; `content` is the entry's content as JSON.
    """

    id: str
    room_id: str
    author_id: str
    authority: int
    raises: bool
    content: bytes
    created_at: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A room as it is after a change, and the notice of it. None: there is nothing to tell."""

    room: Room
    notice: NoticeRow | None
    further: tuple[NoticeRow, ...] = ()

    @property
    def notices(self) -> tuple[NoticeRow, ...]:
        """All that is to be told, in order."""
        return (() if self.notice is None else (self.notice,)) + self.further


# --- logs ----------------------------------------------------------------------------------

# No logger asks for a longer lease (PARLEY_LEASE_SECONDS): one that ends later is a mistake of
# some clock.
LONGEST_LEASE_MS = 300_000


@dataclass(frozen=True, slots=True)
class ShardRow:
    """A shard's lease, fence and offset.

    `identity` names the Redis server on which the generation was begun; None before the first.
    `checkpoint` is the id of the last ingest entry that is stored.
    """

    shard: int
    generation: int
    identity: str | None
    checkpoint: int
    owner: str | None
    lease_until: int


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that cannot be stored. A stone is at its `seq`; its sender is to be told."""

    room: str
    generation: int
    seq: int
    author: str | None
    cmid: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that must not happen: a clash with a different message, or a hole in the log.

    The entries concerned are set aside whole. `seq` is None where none could be read.
    """

    room: str
    seq: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch. `stored`: the last stored seq of each of its rooms that has any."""

    stored: dict[str, int]
    refused: list[RefusedEntry]
    duplicates: int
    alarms: list[Alarm]


@dataclass(frozen=True, slots=True)
class RoomSeed:
    """Where a room's log continues: the last stored entry's place, and the room's authority.

    `generation` is that entry's own; 0 if nothing is stored.
    """

    seq: int
    n: int
    authority: int
    generation: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where a message is stored, and the digest of its content."""

    room_id: str
    generation: int
    seq: int
    n: int
    time: int
    digest: str

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted for everyone: a stone is there, which has no digest."""
        return not self.digest

    def is_of(self, digest: str) -> bool:
        """Return whether this is what became of content with that digest."""
        return self.is_deleted or self.digest == digest
