"""What becomes of a message: the one fold of a room's log.

Owns: how edits, deletions, reactions and pins change a message. The gateway uses it for what is
not stored yet, clients for what comes live; a property test holds the database equal to it.
Never: whether somebody may; the log holds only what a gateway has authorised.

An event that a state has seen (`as_of`) changes nothing, nor does one that is about another
message, or about one that is deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from parley.protocol.content import Delete, Edit, Pin, React, Stone, Target, Text, target_of
from parley.protocol.derived import Derived
from parley.protocol.events import Event
from parley.protocol.states import Reaction, State

# People who are told by name with each reaction.
SHOWN_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Reactors:
    """Who has put one emoji to a message.

    `people` are the first of them, in order; `known` are others of whom it is known. Of who is in
    neither it is not, if `count` is greater than both together.
    """

    count: int = 0
    people: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()

    def __contains__(self, person: str) -> bool:
        return person in self.people or person in self.known

    def plus(self, person: str) -> "Reactors":
        """Return them with one more."""
        if person in self:
            return self
        if len(self.people) == self.count < SHOWN_PEOPLE:
            return replace(self, count=self.count + 1, people=(*self.people, person))
        return replace(self, count=self.count + 1, known=self.known | {person})

    def minus(self, person: str) -> "Reactors":
        """Return them without one."""
        if person not in self and self.count == len(self.people) + len(self.known):
            return self
        left = tuple(other for other in self.people if other != person)
        return Reactors(self.count - 1, left, self.known - {person})


@dataclass(frozen=True, slots=True)
class MessageState:
    """A message after everything up to `as_of`, a seq of its room's log."""

    seq: int
    n: int
    time: int
    author: str
    cmid: str
    as_of: int
    text: str = ""
    derived: Derived | None = None
    reply_to: Target | None = None
    forwarded: bool = False
    silent: bool = False
    edited_at: int = 0
    versions: int = 1
    deleted: bool = False
    deleted_by: str | None = None
    reactions: Mapping[str, Reactors] = field(default_factory=dict)
    pinned: bool = False

    @property
    def target(self) -> Target:
        return Target(self.author, self.cmid)

    @property
    def is_changed(self) -> bool:
        """Whether it is no longer as its entry says."""
        return bool(self.edited_at or self.deleted or self.reactions or self.pinned)


def begin(event: Event) -> MessageState | None:
    """Return the state of a message that an entry is, or was; None if it is none."""
    place = (event.seq, event.n, event.time, event.author or "", event.cmid or "", event.seq)
    match event.content:
        case Text(text=text, reply_to=reply_to, forwarded=forwarded, silent=silent):
            return MessageState(*place, text, event.derived, reply_to, forwarded, silent)
        case Stone(reason="deleted") if event.cmid is not None:
            return MessageState(*place, deleted=True)
        case _:
            return None


def apply(state: MessageState, event: Event) -> MessageState:
    """Return what an event of the room makes of a message."""
    if event.seq <= state.as_of:
        return state
    state = replace(state, as_of=event.seq)
    if event.author is None or target_of(event.author, event.content) != state.target:
        return state
    if state.deleted:
        is_deletion = isinstance(event.content, Delete) and state.deleted_by is None
        return replace(state, deleted_by=event.author) if is_deletion else state
    return _changed(state, event, event.author)


def _changed(state: MessageState, event: Event, author: str) -> MessageState:
    match event.content:
        case Edit(text=text):
            return replace(
                state,
                text=text,
                derived=_retold(state.derived, event.derived),
                edited_at=event.time,
                versions=state.versions + 1,
            )
        case Delete():
            return deleted(state, author)
        case React(emoji=emoji, on=on):
            return replace(state, reactions=_reacted(state.reactions, emoji, author, on=on))
        case Pin(on=on):
            return replace(state, pinned=on)
        case _:
            return state


def deleted(state: MessageState, by: str | None) -> MessageState:
    """Return what is left of a message that was deleted."""
    place = (state.seq, state.n, state.time, state.author, state.cmid, state.as_of)
    return MessageState(*place, deleted=True, deleted_by=by)


def fold(state: MessageState, events: Iterable[Event]) -> MessageState:
    """Return what events, in the order of the log, make of a message."""
    for event in events:
        state = apply(state, event)
    return state


def _retold(first: Derived | None, edited: Derived | None) -> Derived | None:
    """Return what is derived of edited words: whom a message names stays as it was."""
    told = Derived(
        edited.tree if edited else [],
        first.mentions if first else [],
        first.everyone if first else False,
        first.seq if first else 0,
    )
    return told or None


def _reacted(
    reactions: Mapping[str, Reactors], emoji: str, person: str, *, on: bool
) -> Mapping[str, Reactors]:
    before = reactions.get(emoji, Reactors())
    after = before.plus(person) if on else before.minus(person)
    kept = {**reactions, emoji: after}
    return {each: reactors for each, reactors in kept.items() if reactors.count}


# --- to and from the wire ------------------------------------------------------------------


def view(state: MessageState, me: str) -> State:
    """Return a state as somebody is told it: the most frequent reaction first."""
    ordered = sorted(state.reactions.items(), key=lambda item: (-item[1].count, item[0]))
    return State(
        seq=state.seq,
        n=state.n,
        time=state.time,
        author=state.author,
        cmid=state.cmid,
        text=state.text,
        derived=state.derived or None,
        reply_to=state.reply_to,
        forwarded=state.forwarded,
        silent=state.silent,
        edited_at=state.edited_at,
        versions=state.versions,
        reactions=[
            Reaction(emoji, each.count, list(each.people), me in each) for emoji, each in ordered
        ],
        pinned=state.pinned,
        deleted=state.deleted,
        deleted_by=state.deleted_by,
    )


def seen(state: State, me: str, as_of: int) -> MessageState:
    """Return what somebody was told, to go on from."""
    return MessageState(
        seq=state.seq,
        n=state.n,
        time=state.time,
        author=state.author,
        cmid=state.cmid,
        as_of=as_of,
        text=state.text,
        derived=state.derived,
        reply_to=state.reply_to,
        forwarded=state.forwarded,
        silent=state.silent,
        edited_at=state.edited_at,
        versions=state.versions,
        deleted=state.deleted,
        deleted_by=state.deleted_by,
        reactions={
            each.emoji: Reactors(
                each.count,
                tuple(each.people),
                frozenset({me} if each.mine and me not in each.people else ()),
            )
            for each in state.reactions
        },
        pinned=state.pinned,
    )
