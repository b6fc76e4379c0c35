"""One room of the list on the left.

Owns: what is drawn of a room: its disc, name, last message, time and number of unread messages.
Never: which rooms are listed.
"""

from typing import Literal

from msgspec import Struct

from desktop_client.layout.flow import shortened
from desktop_client.layout.marks import Box, Disc, Drawing, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, SMALL, TINY, Metrics
from desktop_client.layout.parts import avatar, draw_line
from desktop_client.layout.rows import DELETED, Scene, words_of
from desktop_client.layout.signs import bell_off, pin, sign
from desktop_client.layout.words import name_of, notice, one_line, short_time
from desktop_client.state.changes import state_of
from desktop_client.state.talk import Gone, Outgoing, Talk
from parley.client import DeletedMessage, Message, NoticeShown

HEIGHT = 68.0
_LEFT, _AVATAR, _RIGHT = 80.0, 46.0, 16.0
_BADGE_TOP, _BADGE_HEIGHT = 36.0, 21.0
_MOST_SHOWN = 99


class Card(Struct, frozen=True):
    """What a room's row depends on. `dot` is the other's presence, in a direct room."""

    talk: Talk
    is_open: bool
    draft: str = ""
    typing: str = ""
    dot: Literal["", "online", "away"] = ""
    is_muted: bool = False


def draw_card(card: Card, width: float, scene: Scene, metrics: Metrics) -> Drawing:
    """Return what is drawn of a room."""
    talk = card.talk
    unread = talk.standing.is_unread
    marks: list[Mark] = []
    if card.is_open:
        marks.append(Box(6, 1, width - 12, HEIGHT - 2, Ink.CHOSEN, 12))
    name = one_line(talk.room.name) or talk.room.id
    marks += avatar(talk.room.id, name, 20 + _AVATAR / 2, HEIGHT / 2, _AVATAR, metrics)
    marks += _dot(card)
    right = width - _RIGHT
    last = talk.last()
    if last is not None and last.time:
        when = short_time(last.time, scene.today, scene.zone)
        ink = Ink.ACCENT if unread else Ink.FAINT
        when_width = metrics.width(when, TINY)
        marks.append(Words(right - when_width, 15, when, TINY, ink))
        line, _ = shortened(name, right - when_width - 10 - _LEFT, BODY, metrics, bold=True)
    else:
        line, _ = shortened(name, right - _LEFT, BODY, metrics, bold=True)
    marks += draw_line(line, _LEFT, 12, BODY, Ink.TEXT)[0]
    signs, right = _signs(card, right, metrics)
    marks += signs
    marks += _last(card, right - _LEFT, scene, metrics)
    return Drawing(width, HEIGHT, tuple(marks))


def _dot(card: Card) -> list[Mark]:
    if not card.dot:
        return []
    x, y = 20 + _AVATAR - 6, (HEIGHT + _AVATAR) / 2 - 6
    return [
        Disc(x, y, 7, Ink.SIDE),
        Disc(x, y, 5, Ink.GOOD if card.dot == "online" else Ink.AWAY),
    ]


def _signs(card: Card, right: float, metrics: Metrics) -> tuple[list[Mark], float]:
    """Return the badges and signs at the lower right, and where they begin."""
    stands = card.talk.standing
    ink = Ink.MUTED if card.is_muted else Ink.FILL
    marks: list[Mark] = []
    middle = _BADGE_TOP + _BADGE_HEIGHT / 2
    if stands.is_unread:
        badge, right = _badge(_number(stands.unread), right, ink, metrics)
        marks += badge
    if stands.mentions:
        badge, right = _badge("@", right, Ink.FILL, metrics)
        marks += badge
    if card.is_muted:
        marks += bell_off(right - 8, middle)
        right -= 22
    if card.talk.room.pinned:
        marks += pin(right - 6, middle)
        right -= 18
    return marks, right


def _number(unread: int) -> str:
    if not unread:
        return ""  # marked as unread, with nothing new in it
    return str(unread) if unread <= _MOST_SHOWN else f"{_MOST_SHOWN}+"


def _badge(text: str, right: float, ink: Ink, metrics: Metrics) -> tuple[list[Mark], float]:
    width = metrics.width(text, TINY, bold=True)
    left = right - max(_BADGE_HEIGHT, width + 13)
    x = (left + right - width) / 2
    return [
        Box(left, _BADGE_TOP, right - left, _BADGE_HEIGHT, ink, _BADGE_HEIGHT / 2),
        Words(x, _BADGE_TOP + 3.5, text, TINY, Ink.ON_ACCENT, bold=True),
    ], left - 6


def _last(card: Card, width: float, scene: Scene, metrics: Metrics) -> list[Mark]:
    x, y = _LEFT, 38.0
    if card.typing:
        line, _ = shortened(card.typing, width, SMALL, metrics)
        return draw_line(line, x, y, SMALL, Ink.ACCENT, links=False)[0]
    if card.draft:
        line, _ = shortened(f"Draft: {card.draft}", width, SMALL, metrics)
        return draw_line(line, x, y, SMALL, Ink.WARN, links=False)[0]
    last = card.talk.last()
    marks: list[Mark] = []
    is_own = isinstance(last, Outgoing) or (isinstance(last, Message) and last.author == scene.me)
    if is_own and isinstance(last, Message | Outgoing):
        marks += sign(card.talk.progress(last, scene.me), x + 7, y + SMALL / 2)
        x += 20
    line, _ = shortened(_preview(card.talk, scene), width - (x - _LEFT), SMALL, metrics)
    return [*marks, *draw_line(line, x, y, SMALL, Ink.FAINT, links=False)[0]]


def _preview(talk: Talk, scene: Scene) -> str:
    last = talk.last()
    match last:
        case None:  # while there is more, what was said is still to come
            return "" if talk.more else "Nothing was said here yet"
        case Outgoing(text=text):
            return text
        case Message(author=author):
            now = state_of(talk, last.target)
            text = words_of(now) if now is not None else last.text
            # In a direct room it is clear who has said it.
            is_clear = author == scene.me or talk.room.kind == "direct"
            return text if is_clear else f"{name_of(author, scene.people)}: {text}"
        case NoticeShown():
            return notice(last, scene.people)
        case Gone(reason=reason):
            return reason
        case DeletedMessage():
            return DELETED
    return "Something that this version cannot show"
