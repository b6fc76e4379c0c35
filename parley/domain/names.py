"""What people, rooms and devices may be called, and what may be a password.

Owns: the one canonical form of each name, and the keys by which two names count as one.
Never: whether a name is free; the store knows.
"""

import unicodedata

from precis_i18n import get_profile

from parley.domain.characters import (
    has_visible,
    is_control,
    is_format,
    is_joiner,
    nfc,
    with_few_marks,
)
from parley.domain.look_alikes import in_latin
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
    if skeleton(name) in _RESERVED:
        raise InvalidUserName(raw, "it is kept for the server itself")
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
    name = with_few_marks(name)
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
    """Return what the name looks like at a glance: no marks, no case, Latin where it looks so.

    No two people on a server have the same (UTS #39, 4, and stricter).
    """
    return in_latin(_without_marks(room_key(user_name)))


def search_key(*texts: str) -> str:
    """Return what is searched for a part of one of the texts: letter case and accents are gone."""
    return "\n".join(_without_marks(room_key(_without_controls(text))) for text in texts)


def _without_controls(text: str) -> str:
    # No name has one. A search for one finds nothing, where a database would refuse NUL.
    return "".join("\ufffd" if is_control(character) else character for character in nfc(text))


def _without_marks(text: str) -> str:
    # Those of Latin, Greek and Cyrillic. In other scripts a mark makes another letter of one.
    letters = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare)


# `@all` names everyone in a room.
_RESERVED = frozenset(skeleton(name) for name in ("admin", "all", "parley", "system"))


def password(raw: str) -> str:
    """Return the password as it is. Raises InvalidPassword, which never holds it."""
    if len(raw) < limits.PASSWORD_MIN_CHARACTERS:
        raise InvalidPassword(f"it is shorter than {limits.PASSWORD_MIN_CHARACTERS} characters")
    if len(raw) > limits.PASSWORD_MAX_CHARACTERS:
        raise InvalidPassword(f"it is longer than {limits.PASSWORD_MAX_CHARACTERS} characters")
    if raw.isspace():
        raise InvalidPassword("it is nothing but spaces")
    return raw
