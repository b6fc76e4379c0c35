"""What a page is made of.

Owns: one value for each kind of part. A choice carries the event that it emits.
Never: colours, sizes, Dear PyGui.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop_client.update.events import Event


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Words to be read."""

    text: str
    is_fault: bool = False


def coming(*, online: bool) -> Note:
    """Return what stands where an answer has not come yet."""
    return Note("One moment …" if online else "This comes once there is a connection")


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. Without `width` it takes the whole line."""

    label: str
    emits: Event
    name: str = ""
    """By which tests find it."""
    is_main: bool = False
    """Whether it is meant to be pressed."""
    icon: str = ""
    """The icon before it, where there are icons; empty: none."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Puts a text on the clipboard."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something to be typed. `value` is what stands there at first."""

    name: str
    label: str
    value: str = ""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """Sends fields: `event` makes the event of what was typed, in the order of `fields`."""

    label: str
    event: Callable[..., Event]
    fields: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; each with the event of choosing it."""

    name: str
    options: tuple[tuple[str, Event], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody or something in a list, and what can be done with it.

    `avatar` is the id whose disc stands before it; empty: none.
    """

    id: str
    title: str
    below: str = ""
    avatar: str = ""
    emits: Event | None = None
    """What a click on it does."""
    does: tuple[Button | Copy, ...] = ()


Part = Heading | Note | Button | Copy | Field | Submit | Choice | Row


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `back` leads to the one before."""

    title: str
    parts: tuple[Part, ...]
    back: Event | None = None
