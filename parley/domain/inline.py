"""The parts of a line: what is bold, a link, somebody's name.

Owns: the marks within a line, and what they enclose. A mark opens where a word begins and closes
where one ends, as in WhatsApp, so that `snake_case` and `2*3*4` stay as they are; nothing reaches
beyond its line. A mark that is never closed is text.
Never: lines that are a quote, a list or code (`formatting.py`).

One pass, with at most three open marks at a time: the time is linear in the text's length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from parley.domain.code_spans import CodeSpan, code_spans
from parley.protocol.formatting import (
    Bold,
    Code,
    Everyone,
    Inline,
    Italic,
    Link,
    Mention,
    Strike,
    TextRun,
)

Resolve = Callable[[str], str | None]
"""Returns the id of the person of a user name, as it was typed, who may be named; `EVERYONE` if it
stands for all, and all may be named."""

EVERYONE = "all"
_MARKS: dict[str, type[Bold] | type[Italic] | type[Strike]] = {
    "*": Bold,
    "**": Bold,
    "_": Italic,
    "~": Strike,
    "~~": Strike,
}
_TOKEN = re.compile(
    r"(?P<mark>\*+|_+|~+)"
    r"|(?P<named>\[(?P<label>[^\[\]\n]{1,1000})\]\((?P<to>(?:https?://|mailto:)[^\s()<>]{1,2000})\))"
    r"|(?P<bare>(?<!\w)(?:https?://|mailto:)[^\s<>\"]{1,2000})"
    r"|(?P<at>(?<![\w@])@[\w.+-]{1,34})"
    r"|(?P<line>\n)",
    re.IGNORECASE,
)
# What ends a sentence, or stands around an address, is no part of it.
_AFTER_URL = ".,;:!?'*_~"
_AFTER_NAME = "_.+-"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class _Open:
    """A mark that waits for its end, and what has come since."""

    token: str
    inside: list[Inline] = field(default_factory=list)

    def add_text(self, text: str) -> None:
        if not text:
            return
        if self.inside and isinstance(last := self.inside[-1], TextRun):
            text = last.text + text
            self.inside.pop()
        self.inside.append(TextRun(text))

    def add_all(self, other: "_Open") -> None:
        """Take over what another one has: its mark turned out to be text."""
        self.add_text(other.token)
        for node in other.inside:
            if isinstance(node, TextRun):
                self.add_text(node.text)
            else:
                self.inside.append(node)


def parse_inline(text: str, resolve: Resolve) -> list[Inline]:
    """Return the parts of some lines."""
    parsing = _Parsing(text, resolve)
    place = 0
    for span in code_spans(text):
        parsing.words(place, span.start)
        parsing.code(span)
        place = span.end
    parsing.words(place, len(text))
    return parsing.end()


class _Parsing:
    def __init__(self, text: str, resolve: Resolve, *, in_link: bool = False) -> None:
        self._text, self._resolve, self._in_link = text, resolve, in_link
        self._stack = [_Open("")]

    def words(self, start: int, end: int) -> None:
        """Take a part of the text that is no code."""
        for token in _TOKEN.finditer(self._text, start, end):
            self._stack[-1].add_text(self._text[start : token.start()])
            start = token.start() + self._take(token)
            self._stack[-1].add_text(self._text[start : token.end()])
            start = token.end()
        self._stack[-1].add_text(self._text[start:end])

    def code(self, span: CodeSpan) -> None:
        """Take a part that is code."""
        self._stack[-1].inside.append(Code(span.code(self._text)))

    def end(self) -> list[Inline]:
        """Return what was found."""
        self._close_all()
        return self._stack[0].inside

    def _take(self, token: re.Match[str]) -> int:
        """Take what was found; return how many of its characters, the rest being text."""
        match token.lastgroup:
            case "mark":
                self._mark(token.group(), token.start(), token.end())
                return len(token.group())
            case "line":
                self._close_all()
                return 0
            case "at":
                return self._name(token.group())
            case _ if self._in_link:
                return 0
            case "bare":
                return self._bare(token.group())
            case _:
                return self._named(token)

    def _mark(self, mark: str, start: int, end: int) -> None:
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        kind = _MARKS.get(mark)
        is_open = [open_.token for open_ in self._stack]
        if kind and mark in is_open and before.strip() and not _is_word(after):
            self._close(is_open.index(mark), kind)
        elif kind and after.strip() and not _is_word(before) and not self._has_open(kind):
            self._stack.append(_Open(mark))
        else:
            self._stack[-1].add_text(mark)

    def _has_open(self, kind: type[Inline]) -> bool:
        return any(_MARKS.get(open_.token) is kind for open_ in self._stack)

    def _close(self, depth: int, kind: type[Bold] | type[Italic] | type[Strike]) -> None:
        while len(self._stack) > depth + 1:
            self._stack[-2].add_all(self._stack.pop())
        closed = self._stack.pop()
        if closed.inside:
            self._stack[-1].inside.append(kind(closed.inside))
        else:
            self._stack[-1].add_text(closed.token * 2)

    def _close_all(self) -> None:
        while len(self._stack) > 1:
            self._stack[-2].add_all(self._stack.pop())

    def _name(self, typed: str) -> int:
        if self._in_link:
            return 0
        for name in dict.fromkeys((typed[1:], typed[1:].rstrip(_AFTER_NAME))):
            shown = f"@{name}"
            if name and (who := self._resolve(name)) is not None:
                named = Everyone(shown) if who == EVERYONE else Mention(who, shown)
                self._stack[-1].inside.append(named)
                return len(shown)
        return 0

    def _bare(self, found: str) -> int:
        url = _without_ending(found)
        if url.partition(":")[2].strip("/") == "":
            return 0
        self._stack[-1].inside.append(Link(_schemed(url), [TextRun(url)]))
        return len(url)

    def _named(self, token: re.Match[str]) -> int:
        label = _Parsing(token["label"], self._resolve, in_link=True)
        label.words(0, len(token["label"]))
        self._stack[-1].inside.append(Link(_schemed(token["to"]), label.end()))
        return len(token.group())


def _is_word(character: str) -> bool:
    return character.isalnum()


def _schemed(url: str) -> str:
    scheme, colon, rest = url.partition(":")
    return scheme.lower() + colon + rest


def _without_ending(url: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    while url:
        last = url[-1]
        is_unpaired = last in _PAIRS and url.count(last) > url.count(_PAIRS[last])
        if last not in _AFTER_URL and not is_unpaired:
            break
        url = url[:-1]
    return url


def walk(nodes: Sequence[Inline]) -> Iterator[Inline]:
    """Yield every part, and the parts in it."""
    for node in nodes:
        yield node
        if isinstance(node, Bold | Italic | Strike | Link):
            yield from walk(node.inside)
