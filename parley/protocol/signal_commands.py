"""Signals: what is true for a moment, told to those who look, and never stored.

Owns: that somebody is typing, and who is there.
Never: what is said.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.ids import Id
from parley.protocol.shapes import Command, Nothing

Whereabouts = Literal["online", "away", "offline"]


class Presence(Struct, frozen=True):
    """Whether somebody is there. `last_seen`: Unix milliseconds; 0: not told.

    `away`: connected, and not at any of their devices. Of somebody who has blocked the asker, or
    whom the asker has blocked, nothing is told: they are `offline`.
    """

    person: str
    state: Whereabouts
    last_seen: int = 0


class Presences(Struct, frozen=True):
    """How those people are that exist."""

    people: list[Presence]


class Typing(Command, frozen=True, tag="typing"):
    """Tell a room that one is typing in it, or, with `on` false, no longer.

    Told again within three seconds, it is not passed on. In a room of more than 256 people it is
    never passed on.
    """

    Result: ClassVar = Nothing
    room: Id
    on: bool = True


class Watch(Command, frozen=True, tag="watch"):
    """Ask how people are, and hear of changes from now on: of those who are on the screen.

    Each `watch` of a connection takes the place of the one before; an empty one ends it.
    """

    Result: ClassVar = Presences
    people: Annotated[list[Id], Meta(max_length=limits.WATCHED_PEOPLE)]


class BeAway(Command, frozen=True, tag="be_away"):
    """Tell whether the person is away from this device. A new connection is not away."""

    Result: ClassVar = Nothing
    away: bool = True
