"""Other people: finding, knowing and blocking them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FindPeople:
    """Look for people by a part of their names."""

    query: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Read who some people are."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """Hear how people are."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadBlocks:
    """Read whom one has blocked."""


@dataclass(frozen=True, slots=True)
class Block:
    """Have nothing to do with somebody, or again."""

    person: str
    on: bool


PeopleEffect = FindPeople | LookUp | Watch | LoadBlocks | Block
