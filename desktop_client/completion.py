"""What could be meant by the word that is being written: an emoji, or a person.

Owns: finding the word at the cursor, and what is offered for it.
Never: drawing the offers, or writing the one that is taken (`desktop_client.view.composer`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from desktop_client.assets.book import EmojiPicture
from desktop_client.shortcodes import beginning_with
from desktop_client.state.model import State
from parley.client import Message, Person
from parley.domain.inline import EVERYONE

# So many are offered at once.
MOST = 6
# A colon alone, or with one letter, is more often a colon than an emoji.
_LEAST_EMOJI = 2
# At the beginning of a word only: "10:30" and "ann@example.org" are neither.
_BEGUN = re.compile(r"(?:^|(?<=[\s(\[{'\"]))([:@])([\w+\-.]*)$")


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things that could be meant."""

    written: str
    """What stands in the text if it is taken."""
    label: str
    detail: str = ""
    emoji: str = ""
    """The picture to show; empty: it is a person."""
    person: str = ""
    """Whose disc to show."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What is offered for the characters from `start` to `end` of a text."""

    start: int
    end: int
    offers: tuple[Offer, ...]
    chosen: int = 0

    @property
    def offer(self) -> Offer:
        """The one that is taken next."""
        return self.offers[self.chosen]

    def moved(self, by: int) -> "Completion":
        """Return it with another one chosen; after the last comes the first."""
        return replace(self, chosen=(self.chosen + by) % len(self.offers))

    def taken(self, text: str) -> tuple[str, int]:
        """Return the text with what is chosen in it, and where the cursor is then."""
        before = text[: self.start] + self.offer.written
        return before + text[self.end :], len(before)


def complete(
    text: str,
    cursor: int,
    emoji: dict[str, EmojiPicture],
    recent: Iterable[str],
    people: Callable[[], Sequence[Person]],
) -> Completion | None:
    """Return what could be meant by the word that ends at the cursor; None: nothing is.

    `people` are those who can be named; it is called if one is.
    """
    begun = _BEGUN.search(text[:cursor])
    if begun is None:
        return None
    sign, typed = begun.groups()
    if sign == "@":
        offers = tuple(_people(typed, people()))
    elif len(typed) >= _LEAST_EMOJI:
        offers = tuple(_emoji(typed, emoji, recent))
    else:
        offers = ()
    return Completion(begun.start(1), cursor, offers) if offers else None


def nameable(state: State) -> tuple[Person, ...]:
    """Return the others of the open room, as far as they are known: the latest to speak first."""
    talk = state.talk
    if talk is None:
        return ()
    spoke = [entry.author for entry in reversed(talk.entries) if isinstance(entry, Message)]
    there = [member.person.id for member in state.members or ()]
    other = [talk.room.other] if talk.room.other else []
    known = dict.fromkeys((*spoke, *other, *there))
    return tuple(state.people[id] for id in known if id in state.people and id != state.my_id)


def _emoji(typed: str, emoji: dict[str, EmojiPicture], recent: Iterable[str]) -> Iterable[Offer]:
    for characters, name in islice(beginning_with(typed, emoji, recent), MOST):
        yield Offer(f":{name}: ", f":{name}:", emoji=characters)


def _people(typed: str, people: Sequence[Person]) -> Iterable[Offer]:
    wanted = typed.casefold()
    found = [person for person in people if _is_meant(person, wanted)]
    found.sort(key=lambda person: not person.user_name.casefold().startswith(wanted))
    for person in found[:MOST]:
        name = person.display_name or person.user_name
        yield Offer(f"@{person.user_name} ", name, f"@{person.user_name}", person=person.id)
    if wanted and EVERYONE.startswith(wanted) and len(found) < MOST:
        yield Offer(f"@{EVERYONE} ", f"@{EVERYONE}", "everyone in this room", emoji="📣")


def _is_meant(person: Person, wanted: str) -> bool:
    names = (person.user_name, *person.display_name.split(), person.display_name)
    return any(name.casefold().startswith(wanted) for name in names)
