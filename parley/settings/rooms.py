"""The rooms: how they are kept in Redis, and how many people they take.

Owns: what all gateways and loggers of a deployment must be told alike.
Never: what one process may choose for itself.
"""

from dataclasses import dataclass

from parley.settings import variables
from parley.settings.declaring import setting


@dataclass(frozen=True)
class StreamOptions:
    """What gateways and loggers must agree on about the rooms in Redis."""

    shards: int = setting(
        "PARLEY_SHARDS",
        variables.whole(1, 1024),
        "16",
        "Shards that the rooms are divided into (`parley serve`: 1); fixed when the database is "
        "first used",
    )
    recent_events: int = setting(
        "PARLEY_RECENT_EVENTS",
        variables.whole(1, 100_000),
        "256",
        "Stored entries that Redis keeps of a live room, so that a resume is quick",
    )
    room_idle_seconds: float = setting(
        "PARLEY_ROOM_IDLE_SECONDS",
        variables.seconds(1, 604_800),
        "900",
        "Seconds after which a stored, idle room leaves Redis; at least three heartbeats",
    )
    memory_limit_percent: int = setting(
        "PARLEY_MEMORY_LIMIT_PERCENT",
        variables.whole(10, 95),
        "70",
        "Percent of its memory that Redis may have in use before new messages have to wait",
    )


@dataclass(frozen=True)
class DirectoryOptions:
    """How many people a room takes, how many rooms a person, and how long a name is kept."""

    group_members: int = setting(
        "PARLEY_GROUP_MEMBERS",
        variables.whole(2, 100_000),
        "1024",
        "Most people in a group",
    )
    channel_members: int = setting(
        "PARLEY_CHANNEL_MEMBERS",
        variables.whole(2, 10_000_000),
        "100000",
        "Most people in a channel",
    )
    name_kept_days: int = setting(
        "PARLEY_NAME_KEPT_DAYS",
        variables.whole(0, 36_500),
        "30",
        "Days for which nobody else can have the name of an account that was deleted",
    )
    rooms_per_user: int = setting(
        "PARLEY_ROOMS_PER_USER",
        variables.whole(2, 1_000_000),
        "2000",
        "Rooms that one account may be in and make or enter one more; others may still add it",
    )
