"""Making text of others harmless on a terminal.

Owns: which characters never reach the terminal. An escape sequence could rewrite what stands on
the screen, type commands or ask for the clipboard; a direction mark could turn a line around.
Never: layout.
"""

import re
import unicodedata

# C0 and C1, escape among them, without the line feed; and Unicode's own line ends.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Unicode's marks, embeddings, overrides and isolates (UAX #9, 2).
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def clean(text: str) -> str:
    """Return the text with nothing in it that steers a terminal; lines stay lines."""
    text = _DIRECTIONS.sub("", _CONTROLS.sub(" ", text))
    return "\n".join(map(_isolated, text.split("\n")))


def clean_line(text: str) -> str:
    """Return the text as one clean line."""
    return " ".join(clean(text).split("\n"))


def _isolated(line: str) -> str:
    # Only where it is needed: a terminal that knows no isolates may show a box for each.
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line):
        return f"{_ISOLATE}{line}{_END_OF_ISOLATE}"
    return line
