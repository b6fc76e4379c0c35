"""Looking for what was said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Search:
    """Look for messages."""

    query: str


SearchingEffect = Search
