"""What a message's text may be.

Owns: the one form in which a text is logged, searched and shown.
Never: markup or direction marks; whoever shows a text isolates it.
"""

import re

from parley.domain.characters import has_visible, nfc
from parley.protocol.limits import TEXT_BYTES
from parley.protocol.refusals import EmptyText, TextTooLong

_LINE_END = re.compile("\r\n?")
# C0 and C1 without tab and line feed, which a text may have.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def message_text(raw: str) -> str:
    """Return the text as it is logged. Raises EmptyText, TextTooLong."""
    text = _cleaned(raw).rstrip()
    if not has_visible(text):
        raise EmptyText
    size = len(text.encode())
    if size > TEXT_BYTES:
        raise TextTooLong(size, TEXT_BYTES)
    return text


def draft_text(raw: str) -> str:
    """Return what somebody has begun to write, as it is kept: empty, if nothing is to be seen.

    Raises TextTooLong.
    """
    text = _cleaned(raw)
    size = len(text.encode())
    if size > TEXT_BYTES:
        raise TextTooLong(size, TEXT_BYTES)
    return text if has_visible(text) else ""


def _cleaned(raw: str) -> str:
    return nfc(_CONTROLS.sub("", _LINE_END.sub("\n", raw)))
