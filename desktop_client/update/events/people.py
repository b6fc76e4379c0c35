"""Other people: finding, knowing and blocking them."""

from dataclasses import dataclass

from parley.client import Person, Presence


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """Somebody is looked for, to chat with."""

    text: str


@dataclass(frozen=True, slots=True)
class ChosePerson:
    """Somebody to chat with was chosen."""

    person: str


@dataclass(frozen=True, slots=True)
class PressedBlock:
    """One wants nothing to do with the other of the open direct room, or again."""

    is_blocked: bool


@dataclass(frozen=True, slots=True)
class GotFound:
    """The people who were found; `query` is what was asked for."""

    query: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class GotPeople:
    """Who some people are."""

    people: dict[str, Person]


@dataclass(frozen=True, slots=True)
class GotPresences:
    """How people are who are on the screen."""

    people: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class GotBlocks:
    """Whom one has blocked."""

    people: frozenset[str]


PeopleEvent = (
    TypedPerson | ChosePerson | PressedBlock | GotFound | GotPeople | GotPresences | GotBlocks
)
