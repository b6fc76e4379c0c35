"""Selecting over several messages: what is taken of each, and how it is copied.

Owns: the messages between two places, and the line that each is copied as.
Never: places within one message (`desktop_client.layout.selecting`), and the mouse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_client.layout.metrics import Metrics
from desktop_client.layout.selecting import Caret, DrawnLine, Selected, selected

_BEGIN = Caret(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of which something can be selected: who has said it, when, and its lines."""

    who: str
    clock: str
    lines: tuple[DrawnLine, ...]

    @property
    def end(self) -> Caret:
        """Return the place behind its last character."""
        pieces = self.lines[-1].line.pieces
        return Caret(len(self.lines) - 1, len(pieces), 0)


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in one of several messages, which are numbered."""

    message: int
    caret: Caret


def taken(
    messages: Mapping[int, Spoken], one: Spot, other: Spot, metrics: Metrics
) -> dict[int, Selected]:
    """Return what lies between two places of these messages, by their numbers, in their order.

    The places may lie in messages that are not among them.
    """
    begin, end = min(one, other), max(one, other)
    parts: dict[int, Selected] = {}
    for number, each in messages.items():
        if not begin.message <= number <= end.message:
            continue
        first = begin.caret if number == begin.message else _BEGIN
        last = end.caret if number == end.message else each.end
        parts[number] = selected(each.lines, first, last, metrics)
    return parts


def copied(messages: Mapping[int, Spoken], parts: dict[int, Selected]) -> str:
    """Return what is put on the clipboard: of several messages, who has said each, and when."""
    said = [(messages[number], part.text) for number, part in parts.items() if part.text]
    if len(said) == 1:
        return said[0][1]
    return "\n".join(f"{each.who}, {each.clock}: {text}" for each, text in said)
