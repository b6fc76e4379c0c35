"""The values that go into the store and come out of it.

Owns: one small record for each question and each answer. All times are Unix milliseconds.
Never: SQL, and what travels to clients (`parley.protocol`), which some answers reuse as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.protocol.commands import Person, Role, Room

# --- accounts ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. `user_name` is canonical; `skeleton` is what it looks like."""

    id: str
    user_name: str
    skeleton: str
    display_name: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A device's session to be made. The token itself is never stored: `token_hash` is SHA-256."""

    id: str
    token_hash: bytes = field(repr=False)
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    person: Person
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose token it was, and the session that it opened."""

    session_id: str
    person: Person


@dataclass(frozen=True, slots=True)
class Changes:
    """What open connections must hear of, as ids.

    `changed_accounts`: their rooms, or the account itself, have changed; with the
    `directory_version` that they have now.
    `disabled_accounts`: those among them that may no longer be connected.
    """

    revoked_sessions: frozenset[str]
    changed_accounts: Mapping[str, int]
    disabled_accounts: frozenset[str]


# --- rooms ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Membership:
    """That an account is in a room, and the number under which that was true."""

    room_id: str
    role: Role
    authority: int


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


# --- logs ----------------------------------------------------------------------------------


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
