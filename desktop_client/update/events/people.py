"""Other people: finding, knowing and blocking them."""

from msgspec import Struct

from parley.client import Person, Presence


class TypedPerson(Struct, frozen=True):
    """Somebody is looked for, to chat with."""

    text: str


class ChosePerson(Struct, frozen=True):
    """Somebody to chat with was chosen."""

    person: str


class PressedBlock(Struct, frozen=True):
    """One wants nothing to do with the other of the open direct room, or again."""

    is_blocked: bool


class GotFound(Struct, frozen=True):
    """The people who were found; `query` is what was asked for."""

    query: str
    people: tuple[Person, ...]


class GotPeople(Struct, frozen=True):
    """Who some people are."""

    people: dict[str, Person]


class GotPresences(Struct, frozen=True):
    """How people are who are on the screen."""

    people: tuple[Presence, ...]


class GotBlocks(Struct, frozen=True):
    """Whom one has blocked."""

    people: frozenset[str]


PeopleEvent = (
    TypedPerson | ChosePerson | PressedBlock | GotFound | GotPeople | GotPresences | GotBlocks
)
