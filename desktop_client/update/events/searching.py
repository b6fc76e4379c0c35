"""Looking for what was said."""

from msgspec import Struct

from parley.client import Hit


class OpenedSearch(Struct, frozen=True):
    """Something that was said is looked for."""


class TypedSearch(Struct, frozen=True):
    """What is looked for."""

    text: str


class ChoseHit(Struct, frozen=True):
    """A message that was found is to be shown."""

    hit: Hit
    draft: str = ""


class GotHits(Struct, frozen=True):
    """The messages that were found; `query` is what was asked for."""

    query: str
    hits: tuple[Hit, ...]


SearchingEvent = OpenedSearch | TypedSearch | ChoseHit | GotHits
