"""Looking for what was said."""

from dataclasses import dataclass

from parley.client import Hit


@dataclass(frozen=True, slots=True)
class OpenedSearch:
    """Something that was said is looked for."""


@dataclass(frozen=True, slots=True)
class TypedSearch:
    """What is looked for."""

    text: str


@dataclass(frozen=True, slots=True)
class ChoseHit:
    """A message that was found is to be shown."""

    hit: Hit
    draft: str = ""


@dataclass(frozen=True, slots=True)
class GotHits:
    """The messages that were found; `query` is what was asked for."""

    query: str
    hits: tuple[Hit, ...]


SearchingEvent = OpenedSearch | TypedSearch | ChoseHit | GotHits
