"""Which parts of a text are code.

Owns: how runs of backticks find each other: one or two on the same line, three or more anywhere.
Never: what code looks like (`formatting.py`, `inline.py`).
"""

import re
from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

_RUN = re.compile("`+")
FENCE = 3


class CodeSpan(NamedTuple):
    """From the first backtick to behind the last one; what is code is between the runs."""

    start: int
    end: int
    run: int

    @property
    def is_fenced(self) -> bool:
        """Whether it may have several lines."""
        return self.run >= FENCE

    def code(self, text: str) -> str:
        """Return what is between the runs."""
        return text[self.start + self.run : self.end - self.run]


def code_spans(text: str) -> list[CodeSpan]:
    """Return the parts of a text that are code, in order. What has no end is no code."""
    runs = [
        (found.start(), min(found.end() - found.start(), FENCE)) for found in _RUN.finditer(text)
    ]
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for start, length in runs:
        by_length[length].append(start)
    spans: list[CodeSpan] = []
    reached = 0
    for start, length in runs:
        if start < reached:
            continue
        same = by_length[length]
        following = bisect_right(same, start)
        if following < len(same) and _may_meet(text, start + length, same[following], length):
            reached = same[following] + length
            spans.append(CodeSpan(start, reached, length))
    return spans


def _may_meet(text: str, first: int, last: int, length: int) -> bool:
    between = text[first:last]
    return bool(between.strip("`\n")) and (length >= FENCE or "\n" not in between)
