"""Whether the promises were kept: from what people did and saw, and from the database at the end.

Owns: each promise as a question to the record; the answer is a list of sentences, empty if kept.
Never: what happened inside of Parley. The numbers are those of `docs/reliability.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from parley.client.events import Message, NoticeShown, SendRefused, Stored
from parley.protocol.content import Delete, Notice, Text
from parley.store.batch import STONE_KIND, MessageRow
from tests.simulation.reading import Broken, Rows, content_of, line_of_row, text_of
from tests.simulation.screen import Line
from tests.simulation.store_data import StoreData
from tests.simulation.watching import watch
from tests.simulation.witness import Change, Post, Record, Seen, Witness, edited
from tests.simulation.words import difference, in_words

# Promise 10, and some time for the last frame's way, in seconds.
_REMOVAL_SECONDS = 2.0 + 0.2


class Checker:
    """One run's questions."""

    def __init__(self, record: Record, data: StoreData) -> None:
        self._record, self._data, self._rows = record, data, Rows(data)
        self._witnesses = list(record.witnesses.values())
        self._people = {witness.device: witness.person for witness in self._witnesses}

    def broken(self) -> list[Broken]:
        """Return every promise that was not kept, of those that hold at any time."""
        answers = [
            *self._stored_stays(),
            *self._deleted_is_gone(),
            *self._every_message_ends(),
            *self._once(),
            *self._nothing_invented(),
            *self._one_order(),
            *self._in_each_senders_order(),
            *self._refused_has_no_effect(),
            *self._slow_readers(),
            *self._nothing_after_removal(),
        ]
        for witness in self._witnesses:
            answers += watch(witness, self._rows)
            answers += self._nothing_shown_after_leaving(witness)
        return answers

    def _events(self, witness: Witness, kind: type) -> Iterator[Seen]:
        return (seen for seen in witness.seen if isinstance(seen.event, kind))

    # --- 1, 2: what is stored stays; every message ends stored, or refused with a reason ---

    def _stored_stays(self) -> Iterator[Broken]:
        for witness in self._witnesses:
            for seen in self._events(witness, Stored):
                event = seen.event
                assert isinstance(event, Stored)
                row = self._rows.names.get((witness.person, event.cmid))
                if row is None and self._is_second_deletion(witness.person, event.cmid):
                    continue
                if row is None or row.room_id != event.room:
                    how = f"{witness.device} was told {in_words(event)}; there is {in_words(row)}"
                    yield Broken("1 stored stays", how)

    def _is_second_deletion(self, person: str, cmid: str) -> bool:
        """The deletion of what is deleted is answered as done, and has no entry of its own."""
        return any(
            altered.cmid == cmid and altered.what == "delete" and self._is_deleted(altered.post)
            for altered in self._record.alterations
            if self._people[altered.device] == person
        )

    def _is_deleted(self, post: Post) -> bool:
        return (self._people[post.device], post.cmid) in self._deleted

    @cached_property
    def _deleted(self) -> set[tuple[str, str]]:
        """The messages that a stored deletion is about."""
        said = [content_of(row) for row in self._rows.all()]
        return {(each.of.author, each.of.cmid) for each in said if isinstance(each, Delete)}

    def _deleted_is_gone(self) -> Iterator[Broken]:
        """A stored deletion leaves no word of its message, in any entry."""
        gone = [post.text for post in self._record.posts if self._is_deleted(post)]
        for row in self._rows.all():
            for text in gone:
                if f'"{text}"' in row.content or f'"{edited(text)}"' in row.content:
                    yield Broken("1 deleted is gone", f"{in_words(row)} is still there")

    def _every_message_ends(self) -> Iterator[Broken]:
        refused = {
            (witness.person, seen.event.cmid)
            for witness in self._witnesses
            for seen in witness.seen
            if isinstance(seen.event, SendRefused)
        }
        for post in self._record.posts:
            name = (self._people[post.device], post.cmid)
            is_kept = post.cmid is not None and not post.is_impossible
            if is_kept and name not in self._rows.names and name not in refused:
                yield Broken("2 no message lost", f"{post} is neither stored nor refused")
        for altered in self._record.alterations:
            person, cmid = self._people[altered.device], altered.cmid
            is_known = cmid is None or {(person, cmid)} & (refused | self._rows.names.keys())
            if not is_known and not self._is_second_deletion(person, cmid or ""):
                yield Broken("2 no message lost", f"{altered} is neither stored nor refused")

    # --- 3: once, and nothing invented -----------------------------------------------------

    def _once(self) -> Iterator[Broken]:
        texts: dict[str, MessageRow] = {}
        for row in self._rows.all():
            text = text_of(row)
            if text is None:
                continue
            if text in texts:
                yield Broken(
                    "3 once", f"the same is stored as {in_words(texts[text])} and {in_words(row)}"
                )
            texts[text] = row

    def _nothing_invented(self) -> Iterator[Broken]:
        written = {(post.text, post.room): self._people[post.device] for post in self._record.posts}
        for row in self._rows.all():
            text = text_of(row)
            if text is not None and written.get((text, row.room_id)) != row.author_id:
                yield Broken("3 nothing invented", f"nobody wrote {in_words(row)}")
        for witness in self._witnesses:
            for seen in witness.seen:
                match seen.event:
                    case Message(room=room, text=text, author=author) as event:
                        if written.get((text, room)) != author:
                            yield Broken(
                                "3 nothing invented", f"{witness.device} saw {in_words(event)}"
                            )

    # --- 4: one order, and each sender's own -----------------------------------------------

    def _one_order(self) -> Iterator[Broken]:
        """A position names one entry, on every screen and in the database."""
        names: dict[tuple[str, int, int], tuple[str | None, str]] = {}
        for witness in self._witnesses:
            for seen in witness.seen:
                event = seen.event
                if not isinstance(event, Message | NoticeShown):
                    continue
                said = event.text if isinstance(event, Message) else f"{event.what} {event.who}"
                at = (event.room, event.generation, event.seq)
                first = names.setdefault(at, (event.author, said))
                there = self._stored_at(event) or first
                if not first == there == (event.author, said):
                    saw = f"{witness.device} saw {in_words(event)}"
                    how = f"{saw}, yet there stands {there}, or {first}"
                    yield Broken("4 one order", how)

    def _stored_at(self, event: Message | NoticeShown) -> tuple[str | None, str] | None:
        row = self._rows.at(event.room, event.seq)
        # What was appended in a later generation stands where this was lost.
        if row is None or row.generation > event.generation or row.kind == STONE_KIND:
            return None
        line = line_of_row(row)
        return None if line is None else (line.author, line.text)

    def _in_each_senders_order(self) -> Iterator[Broken]:
        places = {post.text: (i, post.device) for i, post in enumerate(self._record.posts)}
        for room, rows in self._rows.logs.items():
            latest: dict[str, tuple[int, str]] = {}
            for text in filter(None, map(text_of, rows)):
                place, device = places.get(text, (-1, ""))
                before = latest.get(device, (-1, ""))
                if place < before[0]:
                    how = f"in {room} {text!r} stands behind {before[1]!r}, written before it"
                    yield Broken("4 each sender's order", how)
                latest[device] = (place, text)

    # --- 8: a refused command has no effect ------------------------------------------------

    def _refused_has_no_effect(self) -> Iterator[Broken]:
        for witness in self._witnesses:
            for seen in witness.seen:
                match seen.event:
                    case SendRefused(cmid=cmid) as event:
                        if (witness.person, cmid) in self._rows.names:
                            how = f"{witness.device} was told {in_words(event)}, yet it is stored"
                            yield Broken("8 refused has no effect", how)
        yield from self._refused_to_leave()

    def _refused_to_leave(self) -> Iterator[Broken]:
        told: dict[tuple[str, str], int] = defaultdict(int)
        for row in self._rows.all():
            match content_of(row):
                case Notice(what="left", who=who):
                    told[row.room_id, who] += 1
        for (room, person), times in sorted(told.items()):
            asked = [
                change for change in self._changes(person, room, "leave") if change.may_be_done
            ]
            if times > len(asked):
                how = f"{person} is told to have left {room} {times} times, of {len(asked)} asked"
                yield Broken("8 refused has no effect", how)

    def _changes(self, person: str | None, room: str, what: str) -> list[Change]:
        return [
            change
            for change in self._record.changes
            if (change.person, change.room, change.what) == (person, room, what)
        ]

    # --- 9: slow readers -------------------------------------------------------------------

    def _slow_readers(self) -> Iterator[Broken]:
        if self._record.most_buffered > self._record.buffer_limit:
            how = f"a gateway held {self._record.most_buffered} bytes for one client"
            yield Broken("9 slow readers", how)

    # --- 10: nothing after a removal -------------------------------------------------------

    def _nothing_after_removal(self) -> Iterator[Broken]:
        for room, rows in self._rows.logs.items():
            gone: set[str | None] = set()
            for row in rows:
                match content_of(row):
                    case Notice(what="left", who=who):
                        gone.add(who)
                    case Notice(who=who):
                        gone.discard(who)
                    case Text() if row.author_id in gone and not self._joins_again(row, room):
                        how = f"{in_words(row)} stands behind the notice that its author left"
                        yield Broken("10 nothing after removal", how)

    def _joins_again(self, row: MessageRow, room: str) -> bool:
        """A notice may be late: somebody who is back may be heard before it is told."""
        leaves = self._changes(row.author_id, room, "leave")
        return any(
            join.may_be_done and join.may_follow(leave)
            for join in self._changes(row.author_id, room, "join")
            for leave in leaves
        )

    def _nothing_shown_after_leaving(self, witness: Witness) -> Iterator[Broken]:
        """A room that somebody left is shown no more: at once here, elsewhere after two seconds."""
        for leave in self._record.changes:
            if leave.what != "leave" or not leave.ok or leave.person != witness.person:
                continue
            assert leave.answered_at is not None
            is_here = leave.device == witness.device
            since = leave.answered_at + (0.0 if is_here else _REMOVAL_SECONDS)
            for seen in witness.seen:
                event = seen.event
                is_shown = isinstance(event, Message | NoticeShown) and event.room == leave.room
                if not is_shown or seen.at <= since:
                    continue
                if self._is_back(leave, seen.at):
                    break
                if is_here or self._record.is_calm(leave.answered_at, seen.at):
                    how = f"{witness.device} was shown {in_words(event)}, {leave}"
                    yield Broken("10 nothing after removal", how)

    def _is_back(self, leave: Change, at: float) -> bool:
        joins = self._changes(leave.person, leave.room, "join")
        return any(
            join.may_be_done and join.may_follow(leave) and join.asked_at <= at for join in joins
        )

    # --- what has to settle first ----------------------------------------------------------

    def unsettled(self) -> Iterator[Broken]:
        """Yield what is not yet as it has to be once everything is well again."""
        yield from self._outboxes()
        yield from self._untold()
        yield from self._screens()

    def _outboxes(self) -> Iterator[Broken]:
        for witness in self._witnesses:
            waiting = [cmid for cmid, code in witness.waiting.items() if not code]
            if waiting:
                yield Broken("2 outboxes are emptied", f"{witness.device} still has {waiting}")

    def _screens(self) -> Iterator[Broken]:
        for witness in self._witnesses:
            mine = {
                room for room in self._data.rooms if self._data.membership(witness.person, room)
            }
            for room in sorted(mine | witness.screens.keys()):
                expected = self._rows.lines(room) if room in mine else []
                screen = witness.screens.get(room)
                shown = screen.in_order() if screen is not None else []
                if list(map(_as_read, shown)) != list(map(_as_read, expected)):
                    how = f"{witness.device} shows {room} otherwise than it is stored"
                    yield Broken("5 every screen catches up", how + difference(shown, expected))

    def _untold(self) -> Iterator[Broken]:
        for notice in self._data.notices.values():
            yield Broken("5 notices are told", f"{notice} still waits")


def _as_read(line: Line) -> tuple[object, ...]:
    """Return what a person sees of a line. An older one is shown in the present generation."""
    return (line.seq, line.author, line.text, line.reactions)
