"""Looking for what was said."""

from msgspec import Struct


class Search(Struct, frozen=True):
    """Look for messages."""

    query: str


SearchingEffect = Search
