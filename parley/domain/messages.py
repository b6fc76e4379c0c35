"""What may be said about a message, by whom, and until when.

Owns: the one form in which content is logged, which right each kind needs, and the times within
which a message can be edited or deleted.
Never: where a message stands and what it said; the gateway finds that out.
"""

from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from parley.domain.emoji import one_emoji
from parley.domain.formatting import with_shortcodes_replaced
from parley.domain.permissions import Action
from parley.domain.text import message_text
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Text
from parley.protocol.refusals import InvalidEmoji, TooLate

_HOUR_MS = 3_600_000
# What was sent in time may be sent again for so long: the first try may still be on its way.
_GRACE_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """For how many hours after it was sent a message can be edited, and deleted by its author."""

    edit_hours: int = 24
    delete_hours: int = 48


def normalised(content: Sendable) -> Sendable:
    """Return content in the form in which it is logged; of that form, the same.

    Raises EmptyText, TextTooLong, InvalidEmoji.
    """
    match content:
        case Text() | Edit():
            return replace(content, text=message_text(with_shortcodes_replaced(content.text)))
        case React(emoji=emoji):
            found = one_emoji(emoji)
            if found is None:
                raise InvalidEmoji(emoji)
            return replace(content, emoji=found)
        case Delete() | Pin():
            return content


def action_of(content: Sendable) -> Action:
    """Return what somebody must be allowed to do in the room; of a deletion, of one's own."""
    match content:
        case Text() | Edit():
            return Action.SEND
        case React():
            return Action.REACT
        case Pin():
            return Action.PIN
        case Delete():
            return Action.READ


def require_in_time(
    what: Literal["edited", "deleted"], sent_at: int, now: int, hours: int, *, resend: bool
) -> None:
    """Raise TooLate if a message of that age can be changed no more. Times in Unix milliseconds."""
    limit = hours * _HOUR_MS + (_GRACE_MS if resend and hours else 0)
    if not hours or now - sent_at > limit:
        raise TooLate(what, hours)
