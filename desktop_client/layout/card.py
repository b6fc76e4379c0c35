"""One room of the list on the left.

Owns: what is drawn of a room: its disc, name, last message, time and number of unread messages.
Never: which rooms are listed.
"""

from dataclasses import dataclass

from desktop_client.layout.flow import shortened
from desktop_client.layout.footer import sign
from desktop_client.layout.marks import Box, Drawing, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, SMALL, TINY, Metrics
from desktop_client.layout.parts import avatar, draw_line
from desktop_client.layout.rows import Scene
from desktop_client.layout.words import name_of, notice, one_line, short_time
from desktop_client.state.talk import Gone, Outgoing, Talk
from parley.client import Message, NoticeShown

HEIGHT = 68.0
_LEFT, _AVATAR, _RIGHT = 80.0, 46.0, 16.0
_MOST_SHOWN = 99


@dataclass(frozen=True, slots=True)
class Card:
    """What a room's row depends on."""

    talk: Talk
    is_open: bool
    draft: str = ""


def draw_card(card: Card, width: float, scene: Scene, metrics: Metrics) -> Drawing:
    """Return what is drawn of a room."""
    talk = card.talk
    unread = talk.unread(scene.me)
    marks: list[Mark] = []
    if card.is_open:
        marks.append(Box(6, 1, width - 12, HEIGHT - 2, Ink.CHOSEN, 12))
    name = one_line(talk.room.name) or talk.room.id
    marks += avatar(talk.room.id, name, 20 + _AVATAR / 2, HEIGHT / 2, _AVATAR, metrics)
    right = width - _RIGHT
    last = talk.last()
    if last is not None and last.time:
        when = short_time(last.time, scene.today, scene.zone)
        ink = Ink.ACCENT if unread else Ink.FAINT
        when_width = metrics.width(when, TINY)
        marks.append(Words(right - when_width, 15, when, TINY, ink))
        line, _ = shortened(name, right - when_width - 10 - _LEFT, BODY, metrics)
    else:
        line, _ = shortened(name, right - _LEFT, BODY, metrics)
    marks += draw_line(line, _LEFT, 12, BODY, Ink.TEXT)[0]
    if unread:
        badge, right = _badge(unread, right, metrics)
        marks += badge
    marks += _last(card, right - _LEFT, scene, metrics)
    return Drawing(width, HEIGHT, tuple(marks))


def _badge(unread: int, right: float, metrics: Metrics) -> tuple[list[Mark], float]:
    number = str(unread) if unread <= _MOST_SHOWN else f"{_MOST_SHOWN}+"
    width = metrics.width(number, TINY, bold=True)
    left = right - max(21.0, width + 13)
    x = (left + right - width) / 2
    return [
        Box(left, 36, right - left, 21, Ink.ACCENT, 10.5),
        Words(x, 39.5, number, TINY, Ink.ON_ACCENT, bold=True),
    ], left - 8


def _last(card: Card, width: float, scene: Scene, metrics: Metrics) -> list[Mark]:
    x, y = _LEFT, 38.0
    if card.draft:
        line, _ = shortened(f"Draft: {card.draft}", width, SMALL, metrics)
        return draw_line(line, x, y, SMALL, Ink.WARN, links=False)[0]
    last = card.talk.last()
    marks: list[Mark] = []
    is_own = isinstance(last, Outgoing) or (isinstance(last, Message) and last.author == scene.me)
    if is_own and isinstance(last, Message | Outgoing):
        marks += sign(card.talk.progress(last), x + 7, y + SMALL / 2)
        x += 20
    line, _ = shortened(_preview(card.talk, scene), width - (x - _LEFT), SMALL, metrics)
    return [*marks, *draw_line(line, x, y, SMALL, Ink.FAINT, links=False)[0]]


def _preview(talk: Talk, scene: Scene) -> str:
    last = talk.last()
    match last:
        case None:
            return "Nothing was said here yet"
        case Outgoing(text=text):
            return text
        case Message(author=author, text=text):
            return text if author == scene.me else f"{name_of(author, scene.people)}: {text}"
        case NoticeShown():
            return notice(last, scene.people)
        case Gone(reason=reason):
            return reason
    return "Something that this version cannot show"
