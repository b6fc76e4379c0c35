"""What the SDK tells unasked, and what became of what was asked."""

from dataclasses import dataclass

from parley.client import ChatEvent


@dataclass(frozen=True, slots=True)
class Happened:
    """The SDK tells something."""

    event: ChatEvent
    now: int


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was asked for was done, of which nothing else tells."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that was asked for had no effect."""

    reason: str


TellingEvent = Happened | Done | Failed
