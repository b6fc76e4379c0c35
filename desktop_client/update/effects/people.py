"""Other people: finding, knowing and blocking them."""

from msgspec import Struct


class FindPeople(Struct, frozen=True):
    """Look for people by a part of their names."""

    query: str


class LookUp(Struct, frozen=True):
    """Read who some people are."""

    people: tuple[str, ...]


class Watch(Struct, frozen=True):
    """Hear how people are."""

    people: tuple[str, ...]


class LoadBlocks(Struct, frozen=True):
    """Read whom one has blocked."""


class Block(Struct, frozen=True):
    """Have nothing to do with somebody, or again."""

    person: str
    on: bool


PeopleEffect = FindPeople | LookUp | Watch | LoadBlocks | Block
