"""What people and rooms say about themselves.

Owns: the one form of a topic, a description, an "about" line and a time zone.
Never: names (`names.py`), and markup; whoever shows a text isolates it.
"""

from functools import cache
from zoneinfo import available_timezones

from parley.domain.characters import has_visible, is_control, is_format, is_joiner, nfc
from parley.protocol import limits
from parley.protocol.refusals import InvalidProfile, InvalidRoomText, Refusal

DELETED_NAME = "deleted account"
"""What stands for whoever deleted their account."""


def topic(raw: str) -> str:
    """Return a room's topic, in one line. Raises InvalidRoomText."""
    return _bounded(" ".join(_plain(raw).split()), limits.TOPIC_CHARACTERS, InvalidRoomText)


def description(raw: str) -> str:
    """Return a room's description, with its line breaks. Raises InvalidRoomText."""
    lines = (" ".join(_plain(line).split()) for line in raw.splitlines())
    return _bounded("\n".join(lines).strip(), limits.DESCRIPTION_CHARACTERS, InvalidRoomText)


def about(raw: str) -> str:
    """Return what a person says about themselves, in one line. Raises InvalidProfile."""
    return _bounded(" ".join(_plain(raw).split()), limits.ABOUT_CHARACTERS, InvalidProfile)


def time_zone(raw: str) -> str:
    """Return a time zone's IANA name; empty for none. Raises InvalidProfile."""
    if raw and raw not in _time_zones():
        raise InvalidProfile(raw, "it is no IANA time zone, such as Europe/Vienna")
    return raw


@cache  # it looks through the folders of the system
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _plain(raw: str) -> str:
    """Return the text without what reorders or hides, such as bidi controls."""
    return nfc(
        "".join(
            " " if is_control(character) else character
            for character in raw
            if is_joiner(character) or not is_format(character)
        )
    )


def _bounded(text: str, most: int, refusal: type[Refusal]) -> str:
    if not has_visible(text):
        return ""
    if len(text) > most:
        raise refusal(text, f"it is longer than {most} characters")
    return text
