"""Selecting a part of what a message says: where the mouse is in it, and what lies between.

Owns: places within drawn lines, the boxes over what is selected, and its text as it was typed.
Never: the mouse (`desktop_client.view.selecting`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct

from desktop_client.layout.lines import Line, Piece
from desktop_client.layout.marks import Box, Ink
from desktop_client.layout.metrics import Metrics


class DrawnLine(Struct, frozen=True):
    """A line of a message, where it stands in the drawing."""

    x: float
    y: float
    size: float
    line: Line


class Caret(Struct, frozen=True, order=True):
    """A place between two characters: in which line, in which of its pieces, before which one."""

    line: int
    piece: int
    at: int


class Selected(Struct, frozen=True):
    """What lies between two places."""

    boxes: tuple[Box, ...] = ()
    text: str = ""


def caret_at(lines: Sequence[DrawnLine], x: float, y: float, metrics: Metrics) -> Caret | None:
    """Return the place that is nearest to a point; None: nothing is written there."""
    if not lines:
        return None
    below = bisect_right([line.y for line in lines], y)
    index = max(0, below - 1)
    drawn = lines[index]
    pieces = drawn.line.pieces
    if not pieces:
        return Caret(index, 0, 0)
    left = x - drawn.x
    starts = [piece.x for piece in pieces]
    number = max(0, bisect_right(starts, left) - 1)
    return Caret(index, number, _character(pieces[number], left, drawn.size, metrics))


def _character(piece: Piece, left: float, size: float, metrics: Metrics) -> int:
    """Return before which character of a piece a place is."""
    if _is_whole(piece):
        return int(left > piece.x + piece.width / 2)
    ends = _ends(piece, size, metrics)
    middles = [(a + b) / 2 for a, b in zip((0.0, *ends), ends, strict=False)]
    return bisect_right(middles, left - piece.x)


def _is_whole(piece: Piece) -> bool:
    """Return whether it is selected as one: a picture, or what is not drawn as it was typed."""
    return piece.is_emoji or piece.said is not None


def _ends(piece: Piece, size: float, metrics: Metrics) -> Sequence[float]:
    font = piece.font
    return metrics.ends(piece.text, size, bold=font.bold, mono=font.mono)


def selected(lines: Sequence[DrawnLine], one: Caret, other: Caret, metrics: Metrics) -> Selected:
    """Return what lies between two places, in whichever order they were chosen."""
    begin, end = min(one, other), max(one, other)
    boxes: list[Box] = []
    text = ""
    for index in range(begin.line, min(end.line + 1, len(lines))):
        drawn = lines[index]
        inside = _inside(index, drawn, begin, end, metrics)
        boxes += [box for _, _, box in inside]
        text += _read(inside, from_right=drawn.line.from_right)
        if index < end.line:
            text += drawn.line.joint
    return Selected(tuple(boxes), text)


def occurrences(
    lines: Sequence[DrawnLine], words: Sequence[str], metrics: Metrics
) -> tuple[Box, ...]:
    """Return the boxes under each occurrence of some words, in capitals or not."""
    boxes: list[Box] = []
    for drawn in lines:
        for piece in drawn.line.pieces:
            for begin, end in _found(piece.text, words):
                edges = (0.0, *_ends(piece, drawn.size, metrics))
                left, width = drawn.x + piece.x + edges[begin], edges[end] - edges[begin]
                boxes.append(Box(left, drawn.y, width, drawn.size + 2, Ink.SOUGHT, 3))
    return tuple(boxes)


def _found(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    small = text.lower()
    if len(small) != len(text):  # a few letters have small forms of another length
        return
    for word in words:
        place = small.find(word.lower())
        while place >= 0 and word:
            yield place, place + len(word)
            place = small.find(word.lower(), place + len(word))


_Taken = tuple[Piece, str, Box]


def _inside(
    index: int, drawn: DrawnLine, begin: Caret, end: Caret, metrics: Metrics
) -> list[_Taken]:
    """Return the pieces of a line of which something is selected, what of each, and its box."""
    taken: list[_Taken] = []
    for number, piece in enumerate(drawn.line.pieces):
        place, is_whole = (index, number), _is_whole(piece)
        if not (begin.line, begin.piece) <= place <= (end.line, end.piece):
            continue
        length = 1 if is_whole else len(piece.text)
        first = begin.at if place == (begin.line, begin.piece) else 0
        last = min(length, end.at) if place == (end.line, end.piece) else length
        if first >= last:
            continue
        edges = (0.0, piece.width) if is_whole else (0.0, *_ends(piece, drawn.size, metrics))
        left, width = drawn.x + piece.x + edges[first], edges[last] - edges[first]
        said = piece.text if piece.said is None else piece.said
        box = Box(left, drawn.y, width, drawn.size + 2, Ink.SELECTED, 2)
        taken.append((piece, said if is_whole else said[first:last], box))
    return taken


def _read(taken: list[_Taken], *, from_right: bool) -> str:
    """Return the words of a line in the order in which they are read."""
    text, end = "", None
    for piece, words, _ in taken:
        space = " " if end is not None and piece.x > end + 0.5 else ""
        text = words + space + text if from_right else text + space + words
        end = piece.x + piece.width
    return text
