"""What a page is made of.

Owns: one value for each kind of part. A choice carries the event that it emits.
Never: colours, sizes, Dear PyGui.
"""

from collections.abc import Callable

from msgspec import Struct

from desktop_client.update.events import Event


class Heading(Struct, frozen=True):
    """Begins a section."""

    text: str


class Note(Struct, frozen=True):
    """Words to be read."""

    text: str
    is_fault: bool = False


def coming(*, online: bool) -> Note:
    """Return what stands where an answer has not come yet."""
    return Note("One moment …" if online else "This comes once there is a connection")


class Button(Struct, frozen=True):
    """A choice. Without `width` it takes the whole line."""

    label: str
    emits: Event
    name: str = ""
    """By which tests find it."""
    is_main: bool = False
    """Whether it is meant to be pressed."""
    icon: str = ""
    """The icon before it, where there are icons; empty: none."""


class Copy(Struct, frozen=True):
    """Puts a text on the clipboard."""

    label: str
    text: str


class Field(Struct, frozen=True):
    """Something to be typed. `value` is what stands there at first."""

    name: str
    label: str
    value: str = ""
    is_secret: bool = False


class Submit(Struct, frozen=True):
    """Sends fields: `event` makes the event of what was typed, in the order of `fields`."""

    label: str
    event: Callable[..., Event]
    fields: tuple[str, ...]
    name: str = ""


class Choice(Struct, frozen=True):
    """One of several; each with the event of choosing it."""

    name: str
    options: tuple[tuple[str, Event], ...]
    chosen: str


class Row(Struct, frozen=True):
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


class Shortcut(Struct, frozen=True):
    """A key, and what it does."""

    key: str
    does: str


Part = Heading | Note | Button | Copy | Field | Submit | Choice | Row | Shortcut


class Page(Struct, frozen=True):
    """A page. `back` leads to the one before."""

    title: str
    parts: tuple[Part, ...]
    back: Event | None = None
