"""What people, rooms and devices may be called, and what may be a password.

Owns: the one canonical form of each name, and the keys by which two names count as one.
Never: whether a name is free; the store knows.
"""

import unicodedata

from precis_i18n import get_profile

from parley.domain.characters import has_visible, is_control, is_format, is_joiner, nfc
from parley.protocol import limits
from parley.protocol.refusals import (
    InvalidDisplayName,
    InvalidPassword,
    InvalidRoomName,
    InvalidUserName,
)

# RFC 8265, 3.3: letter case, width and composition make no difference.
_USER_NAME = get_profile("UsernameCaseMapped")
_REASONS = {
    "empty": "it is empty",
    "spaces": "it has a space in it",
    "bidi_rule": "it mixes writing directions",
}


def user_name(raw: str) -> str:
    """Return the canonical form of a user name. Raises InvalidUserName."""
    try:
        name = str(_USER_NAME.enforce(raw))
    except UnicodeEncodeError as error:
        raise InvalidUserName(raw, _reason(error)) from None
    if len(name) > limits.USER_NAME_CHARACTERS:
        raise InvalidUserName(raw, f"it is longer than {limits.USER_NAME_CHARACTERS} characters")
    return name


def _reason(error: UnicodeEncodeError) -> str:
    rule = error.reason.removeprefix("DISALLOWED/")
    character = ord(error.object[error.start]) if error.object else 0
    return _REASONS.get(rule, f"the character U+{character:04X} is not allowed in it")


def display_name(raw: str, fallback: str) -> str:
    """Return a name to be shown, without what reorders or hides; `fallback` if none is left.

    Raises InvalidDisplayName if it is too long.
    """
    name = _shown(raw)
    if len(name) > limits.DISPLAY_NAME_CHARACTERS:
        raise InvalidDisplayName(
            raw, f"it is longer than {limits.DISPLAY_NAME_CHARACTERS} characters"
        )
    return name or fallback


def room_name(raw: str) -> str:
    """Return a room's name, without what reorders or hides. Raises InvalidRoomName."""
    name = _shown(raw)
    if not name:
        raise InvalidRoomName(raw, "it has no visible character")
    if len(name) > limits.ROOM_NAME_CHARACTERS:
        raise InvalidRoomName(raw, f"it is longer than {limits.ROOM_NAME_CHARACTERS} characters")
    return name


def device_name(raw: str) -> str:
    """Return how a device calls itself, cut to what is kept; it may be empty."""
    return _shown(raw)[: limits.DEVICE_CHARACTERS].rstrip()


def _shown(raw: str) -> str:
    words = " ".join(raw.split())
    name = nfc("".join(character for character in words if _may_stand_in_a_name(character)))
    # Taking characters out can bring two spaces together.
    return " ".join(name.split()) if has_visible(name) else ""


def _may_stand_in_a_name(character: str) -> bool:
    return is_joiner(character) or not (is_control(character) or is_format(character))


def room_key(name: str) -> str:
    """Return what two room names share if nobody could tell them apart by ear.

    Unicode 15, 3.13, D147 (compatibility caseless matching): letter case, width and the like
    make no difference.
    """
    key = unicodedata.normalize("NFD", name)
    for _ in range(2):
        key = unicodedata.normalize("NFKC", key.casefold())
    return key


def skeleton(user_name: str) -> str:
    """Return the name without marks, case and width: what it looks like at a glance."""
    letters = unicodedata.normalize("NFKD", room_key(user_name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def password(raw: str) -> str:
    """Return the password as it is. Raises InvalidPassword, which never holds it."""
    if len(raw) < limits.PASSWORD_MIN_CHARACTERS:
        raise InvalidPassword(f"it is shorter than {limits.PASSWORD_MIN_CHARACTERS} characters")
    if len(raw) > limits.PASSWORD_MAX_CHARACTERS:
        raise InvalidPassword(f"it is longer than {limits.PASSWORD_MAX_CHARACTERS} characters")
    if raw.isspace():
        raise InvalidPassword("it is nothing but spaces")
    return raw
