"""What the SDK tells unasked, and what became of what was asked."""

from msgspec import Struct

from parley.client import ChatEvent


class Happened(Struct, frozen=True):
    """The SDK tells something."""

    event: ChatEvent
    now: int


class Done(Struct, frozen=True):
    """Something that was asked for was done, of which nothing else tells."""

    sentence: str


class Failed(Struct, frozen=True):
    """Something that was asked for had no effect."""

    reason: str


TellingEvent = Happened | Done | Failed
