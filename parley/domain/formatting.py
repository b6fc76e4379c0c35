"""From a text, as people type it, to the tree that clients show.

Owns: the lines that are a quote (`> `), a list (`- `, `1. `) or a block of code; who is named.
`inline.py` has what is within a line.
Never: a refusal: what is no mark is text.

Quotes nest to a bound, and everything else is one pass: the time is linear in the text's length.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parley.domain import inline
from parley.domain.code_spans import code_spans
from parley.domain.emoji import with_emoji
from parley.domain.names import user_name
from parley.protocol.formatting import (
    Block,
    CodeBlock,
    Everyone,
    Inline,
    ListBlock,
    ListItem,
    Mention,
    Paragraph,
    Quote,
    TextRun,
)
from parley.protocol.refusals import InvalidUserName

# Deeper, `>` is text.
_QUOTES = 4
# Parts in one tree: beyond that its JSON would be many times the text, which is then shown plain.
_NODES = 1_000
# People whom one text can name.
MENTIONS = 100

_QUOTED = re.compile(r"> ?")
_BULLET = re.compile(r"[-•] +(?=\S)|\* +(?=[^\s*])")
_NUMBER = re.compile(r"(\d{1,3})[.)] +(?=\S)")
# Without any of these, anywhere or at the beginning of a line, a text has no formatting and names
# nobody; most have none.
_SIGN = re.compile(r"[*_~`\[@:>•]")
_SIGN_OF_LINE = re.compile(r" *[-\d]")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text's tree (empty if it has no formatting), and whom it names."""

    tree: list[Block]
    mentions: list[str]
    everyone: bool


def with_shortcodes_replaced(text: str) -> str:
    """Return the text with emoji in the place of `:shortcodes:`, code left as it is."""
    if ":" not in text:
        return text
    parts, place = [], 0
    for span in code_spans(text):
        parts += [with_emoji(text[place : span.start]), text[span.start : span.end]]
        place = span.end
    return "".join((*parts, with_emoji(text[place:])))


def names_in(text: str) -> set[str]:
    """Return the canonical user names that a text may be naming; at most `MENTIONS`."""
    if "@" not in text:
        return set()
    found: set[str] = set()

    def note(typed: str) -> None:
        name = _canonical(typed)
        if name is not None and len(found) < MENTIONS:
            found.add(name)

    _blocks(text.split("\n"), note, _QUOTES)
    return found


def formatted(text: str, people: Mapping[str, str], *, everyone: bool = True) -> Formatted:
    """Return a text's tree, with those of `people` (ids by canonical user name) whom it names.

    `everyone`: whether its author may name all at once; `@all` is plain words if not.
    """
    if not _SIGN.search(text) and not any(map(_SIGN_OF_LINE.match, text.split("\n"))):
        return Formatted([], [], everyone=False)

    def resolve(typed: str) -> str | None:
        if typed.casefold() == inline.EVERYONE:
            return inline.EVERYONE if everyone else None
        name = _canonical(typed)
        return None if name is None else people.get(name)

    tree = _blocks(text.split("\n"), resolve, _QUOTES)
    nodes = list(_inlines(tree))
    mentions = list(dict.fromkeys(node.person for node in nodes if isinstance(node, Mention)))
    names_all = any(isinstance(node, Everyone) for node in nodes)
    return Formatted([] if _is_plain(tree, len(nodes)) else tree, mentions, names_all)


def _canonical(typed: str) -> str | None:
    try:
        return user_name(typed)
    except InvalidUserName:
        return None


def _is_plain(tree: Sequence[Block], nodes: int) -> bool:
    if nodes > _NODES:
        return True
    match tree:
        case [] | [Paragraph(inside=[TextRun()])]:
            return True
        case _:
            return False


# --- blocks --------------------------------------------------------------------------------


def _blocks(lines: list[str], resolve: Callable[[str], str | None], quotes: int) -> list[Block]:
    blocks: list[Block] = []
    text = "\n".join(lines)
    place = 0
    for span in code_spans(text):
        # Only what has lines of its own is a block.
        begins = text[:0] if span.start == 0 else text[span.start - 1]
        ends = text[span.end : span.end + 1]
        if span.is_fenced and begins in ("", "\n") and ends in ("", "\n"):
            blocks += _lines(text[place : span.start], resolve, quotes)
            blocks.append(CodeBlock(span.code(text).strip("\n")))
            place = span.end + 1
    return [*blocks, *_lines(text[place:], resolve, quotes)]


def _lines(text: str, resolve: Callable[[str], str | None], quotes: int) -> Iterator[Block]:
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        kind = _kind(lines[place], quotes)
        end = place + 1
        while end < len(lines) and _kind(lines[end], quotes) == kind:
            end += 1
        yield from _block(kind, lines[place:end], resolve, quotes)
        place = end


def _kind(line: str, quotes: int) -> str:
    if quotes and _QUOTED.match(line):
        return "quote"
    if _BULLET.match(line):
        return "bullets"
    return "numbers" if _NUMBER.match(line) else "text"


def _block(
    kind: str, lines: list[str], resolve: Callable[[str], str | None], quotes: int
) -> Iterator[Block]:
    match kind:
        case "quote":
            yield Quote(
                _blocks([_QUOTED.sub("", line, count=1) for line in lines], resolve, quotes - 1)
            )
        case "bullets":
            yield ListBlock(_items(lines, _BULLET, resolve))
        case "numbers":
            for first, numbered in _counted(lines):
                yield ListBlock(_items(numbered, _NUMBER, resolve), "numbers", first)
        case _:
            words = "\n".join(lines).strip("\n")
            if words:
                yield Paragraph(inline.parse_inline(words, resolve))


def _items(
    lines: Iterable[str], mark: re.Pattern[str], resolve: Callable[[str], str | None]
) -> list[ListItem]:
    return [ListItem(inline.parse_inline(mark.sub("", line, count=1), resolve)) for line in lines]


def _counted(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Part numbered lines where the numbers do not go on: what is typed is what is shown."""
    run: list[str] = []
    first = 0
    for line in lines:
        found = _NUMBER.match(line)
        number = int(found.group(1)) if found else 0
        if run and number != first + len(run):
            yield first, run
            run = []
        first = first if run else number
        run.append(line)
    yield first, run


def _inlines(blocks: Iterable[Block]) -> Iterator[Inline]:
    for block in blocks:
        match block:
            case Paragraph(inside=inside):
                yield from inline.walk(inside)
            case Quote(inside=quoted):
                yield from _inlines(quoted)
            case ListBlock(items=items):
                for item in items:
                    yield from inline.walk(item.inside)
            case CodeBlock():
                pass
