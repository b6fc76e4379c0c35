"""How a text lies in the field where it is written.

Owns: how many lines it takes there.
Never: how messages are wrapped (`desktop_client.layout.flow`); the field is Dear PyGui's.
"""

import re

from desktop_client.layout.metrics import BODY, Metrics

_WORD = re.compile(r"\S+\s*|\s+")
# No field is as high as this: what follows is not counted.
_ENOUGH = 12


def written_lines(text: str, width: float | None, metrics: Metrics) -> int:
    """Return how many lines a text takes, at most 12. Without a width nothing is wrapped."""
    lines = 0
    for line in text.split("\n"):
        lines += 1 if width is None else _wrapped(line, width, metrics)
        if lines >= _ENOUGH:
            return _ENOUGH
    return lines


def _wrapped(line: str, width: float, metrics: Metrics) -> int:
    """Count as the field does: at the ends of words, and within those that are too long."""
    lines, used = 1, 0.0
    for word in _WORD.findall(line):
        wide = metrics.width(word.rstrip(), BODY)
        if used and used + wide > width:
            lines, used = lines + 1, 0.0
        if wide > width:
            lines, wide = lines + int(wide // width), wide % width
        used += wide + metrics.width(word[len(word.rstrip()) :], BODY)
        if lines >= _ENOUGH:
            break
    return lines
