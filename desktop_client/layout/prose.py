"""What a message says, as parts: paragraphs, quotes, code, the entries of lists.

Owns: runs of text in one style, and turning a server's tree, or a plain text, into parts of them.
Never: where they stand (`desktop_client.layout.blocks`).
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from parley.protocol.formatting import (
    Block,
    Bold,
    Code,
    CodeBlock,
    Everyone,
    Inline,
    Italic,
    Link,
    ListBlock,
    Mention,
    Paragraph,
    Quote,
    Strike,
    TextRun,
)

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# What ends a sentence behind a link is not a part of it.
_AFTER_LINK = ".,;:!?)]}'"


class Style(Struct, frozen=True):
    """How a run of text looks, and where a click on it leads."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    named: bool = False
    """Whether it names somebody."""
    url: str = ""


PLAIN = Style()


class Run(Struct, frozen=True):
    """Text in one style."""

    text: str
    style: Style = PLAIN


class Part(Struct, frozen=True):
    """Runs that stand together; `depth` counts the quotes around them."""

    runs: tuple[Run, ...]
    depth: int = 0
    marker: str = ""
    """What stands before an entry of a list."""
    is_code: bool = False


def parts_of(text: str, tree: Iterable[Block] = ()) -> tuple[Part, ...]:
    """Return the parts of a message; without a tree its text is one of them."""
    return tuple(_parts(tree, 0)) or (Part(runs_of(text)),)


def runs_of(text: str) -> tuple[Run, ...]:
    """Return a plain text as runs: its links, and what stands between them."""
    runs: list[Run] = []
    place = 0
    for link in _LINK.finditer(text):
        url = link.group().rstrip(_AFTER_LINK)
        runs += [Run(text[place : link.start()]), Run(url, Style(url=url))]
        place = link.start() + len(url)
    return tuple(run for run in (*runs, Run(text[place:])) if run.text) or (Run(""),)


def _parts(tree: Iterable[Block], depth: int) -> Iterator[Part]:
    for block in tree:
        match block:
            case Paragraph(inside):
                yield Part(tuple(_runs(inside, PLAIN)), depth)
            case Quote(quoted):
                yield from _parts(quoted, depth + 1)
            case CodeBlock(text):
                yield Part((Run(text, Style(code=True)),), depth, is_code=True)
            case ListBlock(items, style, start):
                for number, item in enumerate(items, start):
                    marker = "•" if style == "bullets" else f"{number}."
                    yield Part(tuple(_runs(item.inside, PLAIN)), depth, marker)


def _runs(inside: Iterable[Inline], style: Style) -> Iterator[Run]:
    for node in inside:
        match node:
            case TextRun(text):
                yield Run(text, style)
            case Bold(inner):
                yield from _runs(inner, replace(style, bold=True))
            case Italic(inner):
                yield from _runs(inner, replace(style, italic=True))
            case Strike(inner):
                yield from _runs(inner, replace(style, strike=True))
            case Code(text):
                yield Run(text, replace(style, code=True))
            case Link(url, inner):
                yield from _runs(inner, replace(style, url=url))
            case Mention(text=text) | Everyone(text=text):
                yield Run(text, replace(style, named=True))
