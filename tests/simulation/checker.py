"""Whether the promises were kept: from what people did and saw, and from the database at the end.

Owns: each promise as a question to the record; the answer is a list of sentences, empty if kept.
Never: what happened inside of Parley.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from parley.client.events import (
    Message,
    NoticeShown,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
    StoredUpTo,
    Withdrawn,
)
from parley.protocol.content import Notice, Text
from parley.protocol.entry import decode_content
from parley.store.batch import MessageRow
from tests.simulation.screen import Line
from tests.simulation.store_data import StoreData
from tests.simulation.witness import Record, Seen, Witness


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept: its short name, and how."""

    promise: str
    how: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.how}"


# The most that one client may cost a gateway, in bytes (promise 9).
_MOST_BUFFERED = 1024 * 1024


class Checker:
    """One run's questions."""

    def __init__(self, record: Record, data: StoreData) -> None:
        self._record, self._data = record, data
        self._rows: dict[str, list[MessageRow]] = {
            room: log.messages for room, log in data.logs.items()
        }
        self._people = {w.device: w.person for w in record.witnesses.values()}

    def broken(self) -> list[Broken]:
        """Return every promise that was not kept; what has to settle first is in `unsettled`."""
        return [
            *self._stored_stays(),
            *self._every_message_ends(),
            *self._once(),
            *self._nothing_invented(),
            *self._one_order(),
            *self._without_holes(),
            *self._in_each_senders_order(),
            *self._refused_has_no_effect(),
            *self._nothing_after_removal(),
            *self._notices(),
            *self._slow_readers(),
            *self.unsettled(),
        ]

    # --- 1: what was shown as stored is in the database ------------------------------------

    def _stored_stays(self) -> Iterator[Broken]:
        for witness in self._record.witnesses.values():
            for seen in witness.seen:
                if isinstance(seen.event, Stored):
                    yield from self._own_is_there(witness, seen.event)
            yield from self._shown_as_stored(witness)

    def _own_is_there(self, witness: Witness, event: Stored) -> Iterator[Broken]:
        row = self._data.names.get((witness.person, event.cmid))
        if row is None or row.room_id != event.room:
            yield Broken("1 stored stays", f"{witness.device} was told {event}; there is {row}")

    def _shown_as_stored(self, witness: Witness) -> Iterator[Broken]:
        """What a watermark covered on a screen must be there, and may not be taken back."""
        shown: dict[str, dict[int, Line]] = defaultdict(dict)
        covered: dict[tuple[str, int], Line] = {}
        marks: dict[str, tuple[int, int]] = {}
        run = 0
        for seen in witness.seen:
            if seen.run != run:
                run = seen.run
                shown.clear()
                marks.clear()
            match seen.event:
                case Message() as event:
                    line = Line(event.generation, event.seq, event.author, event.cmid, event.text)
                    shown[event.room][event.seq] = line
                case Retracted() as event:
                    for seq in [s for s in shown[event.room] if s > event.after]:
                        line = shown[event.room].pop(seq)
                        generation, top = marks.get(event.room, (0, 0))
                        if line.generation == generation and seq <= top:
                            how = f"{witness.device} lost {line}, stored up to {generation}/{top}"
                            yield Broken("7 only what was lost is taken back", how)
                case StoredUpTo() as event:
                    marks[event.room] = (event.generation, event.seq)
            generation, top = marks.get(getattr(seen.event, "room", ""), (0, 0))
            for seq, line in shown[getattr(seen.event, "room", "")].items():
                if line.generation == generation and seq <= top:
                    covered[seen.event.room, seq] = line  # type: ignore[union-attr]
        for (room, seq), line in covered.items():
            row = self._row(room, seq)
            is_stone = row is not None and row.kind == "stone"
            if not is_stone and (
                row is None or (row.author_id, row.cmid) != (line.author, line.cmid)
            ):
                how = f"{witness.device} saw {line} of {room} as stored; there is {row}"
                yield Broken("1 stored stays", how)

    def _row(self, room: str, seq: int) -> MessageRow | None:
        rows = self._rows.get(room, [])
        return rows[seq - 1] if 0 < seq <= len(rows) else None

    # --- 2: every message ends stored, or refused with a reason ----------------------------

    def _every_message_ends(self) -> Iterator[Broken]:
        for post in self._record.posts:
            if post.cmid is None or post.is_impossible:
                continue
            refused = self._refusal(post.device, post.cmid)
            is_stored = (self._people[post.device], post.cmid) in self._data.names
            if refused is None and not is_stored:
                yield Broken("2 no message lost", f"{post} is neither stored nor refused")

    def _refusal(self, device: str, cmid: str) -> SendRefused | None:
        for seen in self._record.witnesses[device].seen:
            if isinstance(seen.event, SendRefused) and seen.event.cmid == cmid:
                return seen.event
        return None

    # --- 3: once, and nothing invented -----------------------------------------------------

    def _once(self) -> Iterator[Broken]:
        texts: dict[str, MessageRow] = {}
        for row in self._all_rows():
            text = _text(row)
            if text is None:
                continue
            if text in texts:
                yield Broken("3 once", f"{text!r} is stored as {texts[text]} and {row}")
            texts[text] = row
        for witness in self._record.witnesses.values():
            yield from self._shown_once(witness)

    def _shown_once(self, witness: Witness) -> Iterator[Broken]:
        run, on_screen = 0, dict[tuple[str, str | None], tuple[str, int, int]]()
        for seen in witness.seen:
            if seen.run != run:
                run = seen.run
                on_screen.clear()
            event = seen.event
            match event:
                case Message():
                    name = (event.author, event.cmid)
                    if name in on_screen:
                        how = f"{witness.device} saw {event}, and before at {on_screen[name]}"
                        yield Broken("3 once", how)
                    on_screen[name] = (event.room, event.generation, event.seq)
                case Retracted():
                    _take_off(on_screen, event.room, event.after, event.generation)
                case RoomRestarted() | RoomLost():
                    _take_off(on_screen, event.room, 0, 1 << 60)
                case Withdrawn():
                    on_screen.pop((event.author, event.cmid), None)

    def _nothing_invented(self) -> Iterator[Broken]:
        written = {(post.text, post.room): self._people[post.device] for post in self._record.posts}
        for row in self._all_rows():
            text = _text(row)
            if text is not None and written.get((text, row.room_id)) != row.author_id:
                yield Broken("3 nothing invented", f"nobody wrote {row}")
        for witness in self._record.witnesses.values():
            for seen in witness.seen:
                event = seen.event
                if isinstance(event, Message) and (
                    written.get((event.text, event.room)) != event.author
                ):
                    yield Broken("3 nothing invented", f"{witness.device} saw {event}")

    def _all_rows(self) -> Iterator[MessageRow]:
        for rows in self._rows.values():
            yield from rows

    # --- 4: one order, without holes, each sender's own ------------------------------------

    def _one_order(self) -> Iterator[Broken]:
        """A position names one entry, wherever it is seen."""
        names: dict[tuple[str, int, int], tuple[str | None, str]] = {}
        for witness in self._record.witnesses.values():
            for seen in witness.seen:
                event = seen.event
                if not isinstance(event, Message | NoticeShown):
                    continue
                said = event.text if isinstance(event, Message) else f"{event.what} {event.who}"
                at = (event.room, event.generation, event.seq)
                name = names.setdefault(at, (event.author, said))
                row = self._row(event.room, event.seq)
                # What was stored in a later generation stands where something was lost.
                if row is not None and row.generation <= event.generation and row.kind != "stone":
                    name = (row.author_id, _words(row))
                if name != (event.author, said):
                    how = f"{witness.device} saw {event}, yet there stands {name}"
                    yield Broken("4 one order", how)

    def _without_holes(self) -> Iterator[Broken]:
        for witness in self._record.witnesses.values():
            for room in self._rows:
                yield from self._rises(witness, room)

    def _rises(self, witness: Witness, room: str) -> Iterator[Broken]:
        """What is shown follows on what was shown; what is left out is a stone, or was shown."""
        run, at = 0, (0, 0)
        names: set[tuple[str | None, str]] = set()
        for seen in witness.seen:
            event = seen.event
            if seen.run != run:
                run, at = seen.run, (0, 0)
                names.clear()
            if getattr(event, "room", None) != room:
                continue
            match event:
                case Message() | NoticeShown():
                    if (event.generation, event.seq) <= at:
                        how = f"{witness.device} saw {event} behind {at}"
                        yield Broken("4 one order", how)
                    for seq in range(at[1] + 1, event.seq if at[0] else 0):
                        row = self._row(room, seq)
                        if row is not None and row.kind != "stone" and not _is_known(row, names):
                            how = f"{witness.device} saw {event} after {at}, without {row}"
                            yield Broken("4 no holes", how)
                    if isinstance(event, Message):
                        names.add((event.author, event.cmid))
                    at = (event.generation, event.seq)
                case RoomLive():
                    if at[0] and event.seq > at[1] and event.generation == at[0]:
                        pass
                    at = (
                        max(at, (event.generation, event.seq))
                        if at[0]
                        else (
                            event.generation,
                            event.seq,
                        )
                    )
                case Retracted():
                    at = (event.generation, event.after)
                case RoomRestarted():
                    at = (event.generation, event.seq)
                case RoomLost():
                    at = (0, 0)

    def _in_each_senders_order(self) -> Iterator[Broken]:
        order = {post.text: i for i, post in enumerate(self._record.posts)}
        device = {post.text: post.device for post in self._record.posts}
        for room, rows in self._rows.items():
            latest: dict[str, tuple[int, str]] = {}
            for row in rows:
                text = _text(row)
                if text is None or text not in order:
                    continue
                before = latest.get(device[text], (-1, ""))
                if order[text] < before[0]:
                    how = f"in {room} {text!r} stands after {before[1]!r}, though written before it"
                    yield Broken("4 sender's order", how)
                latest[device[text]] = (order[text], text)

    # --- 8: a refused command has no effect ------------------------------------------------

    def _refused_has_no_effect(self) -> Iterator[Broken]:
        for witness in self._record.witnesses.values():
            for seen in witness.seen:
                event = seen.event
                if isinstance(event, SendRefused):
                    name = (witness.person, event.cmid)
                    if name in self._data.names:
                        how = f"{witness.device} was told {event}, yet it is stored"
                        yield Broken("8 refused has no effect", how)

    # --- 10: nothing after a removal -------------------------------------------------------

    def _nothing_after_removal(self) -> Iterator[Broken]:
        for room, rows in self._rows.items():
            gone: dict[str, int] = {}
            for row in rows:
                match _content(row):
                    case Notice(what="left", who=who):
                        gone[who] = row.seq
                    case Notice(what="joined" | "created", who=who):
                        gone.pop(who, None)
                    case Text() if row.author_id in gone and not self._may_be_back(row, room):
                        how = f"{row} stands behind the notice that its author left"
                        yield Broken("10 nothing after removal", how)
        for witness in self._record.witnesses.values():
            yield from self._nothing_shown_after_leaving(witness)

    def _may_be_back(self, row: MessageRow, room: str) -> bool:
        joins = [c for c in self._changes(row.author_id, room) if c.what == "join"]
        leaves = [c for c in self._changes(row.author_id, room) if c.what == "leave"]
        return any(
            join.ok is not False
            and any(
                join.answered_at is None or join.answered_at > leave.asked_at for leave in leaves
            )
            for join in joins
        )

    def _changes(self, person: str | None, room: str) -> list[object]:  # narrowed below
        return [c for c in self._record.changes if c.person == person and c.room == room]

    def _nothing_shown_after_leaving(self, witness: Witness) -> Iterator[Broken]:
        for change in self._record.changes:
            if change.device != witness.device or change.what != "leave" or not change.ok:
                continue
            assert change.answered_at is not None
            for seen in witness.seen:
                if seen.at <= change.answered_at or getattr(seen.event, "room", "") != change.room:
                    continue
                if self._joined_again(witness.person, change.room, change.asked_at, seen.at):
                    break
                if isinstance(seen.event, Message | NoticeShown):
                    how = f"{witness.device} left {change.room} and was shown {seen.event}"
                    yield Broken("10 nothing after removal", how)

    def _joined_again(self, person: str, room: str, since: float, until: float) -> bool:
        return any(
            c.person == person
            and c.room == room
            and c.what == "join"
            and c.ok is not False
            and c.asked_at <= until
            and (c.answered_at is None or c.answered_at >= since)
            for c in self._record.changes
        )

    # --- notices ---------------------------------------------------------------------------

    def _notices(self) -> Iterator[Broken]:
        """A change that was carried out is told in its room, once."""
        told: dict[tuple[str, str], int] = defaultdict(int)
        for row in self._all_rows():
            match _content(row):
                case Notice(what="left", who=who):
                    told[row.room_id, who] += 1
        perhaps: dict[tuple[str, str], int] = defaultdict(int)
        for change in self._record.changes:
            if change.what == "leave":
                perhaps[change.room, change.person] += change.ok is not False
        for at in sorted(told):
            if told[at] > perhaps[at]:
                how = f"{at} is told to have left {told[at]} times, of {perhaps[at]} not refused"
                yield Broken("8 refused has no effect", how)

    # --- 9: slow readers -------------------------------------------------------------------

    def _slow_readers(self) -> Iterator[Broken]:
        if self._record.most_buffered > _MOST_BUFFERED:
            how = f"a gateway held {self._record.most_buffered} bytes for one client"
            yield Broken("9 slow readers", how)

    # --- what has to settle first ----------------------------------------------------------

    def unsettled(self) -> list[Broken]:
        """Return what is not yet as it has to be once everything is well again."""
        return [
            *self._outboxes(),
            *self._screens(),
            *self._untold(),
        ]

    def _outboxes(self) -> Iterator[Broken]:
        for witness in self._record.witnesses.values():
            waiting = [cmid for cmid, code in witness.waiting.items() if not code]
            if waiting:
                yield Broken("2 outboxes are emptied", f"{witness.device} still has {waiting}")

    def _screens(self) -> Iterator[Broken]:
        for witness in self._record.witnesses.values():
            rooms = {room for room in self._data.rooms if self._is_in(witness.person, room)}
            for room in sorted(rooms | witness.screens.keys()):
                screen = witness.screens.get(room)
                expected = [line for row in self._rows.get(room, []) if (line := _line(row))]
                shown = [screen.lines[seq] for seq in sorted(screen.lines)] if screen else []
                if room not in rooms:
                    expected = []
                if [_plain(line) for line in shown] != [_plain(line) for line in expected]:
                    how = f"{witness.device} shows of {room}\n    {_all(shown)}\n  but there is\n    {_all(expected)}"
                    yield Broken("5 every screen catches up", how)

    def _is_in(self, person: str, room: str) -> bool:
        return self._data.membership(person, room) is not None

    def _untold(self) -> Iterator[Broken]:
        for notice in self._data.notices.values():
            yield Broken("5 notices are told", f"{notice} still waits")


def _all(lines: list[Line]) -> str:
    return "\n    ".join(map(str, lines)) or "nothing"


def _plain(line: Line) -> tuple[object, ...]:
    return (line.seq, line.author, line.text)


def _take_off(
    on_screen: dict[tuple[str, str | None], tuple[str, int, int]], room: str, after: int, below: int
) -> None:
    for name, (where, generation, seq) in list(on_screen.items()):
        if where == room and seq > after and generation < below:
            del on_screen[name]


def _is_known(row: MessageRow, names: set[tuple[str | None, str]]) -> bool:
    return (row.author_id, row.cmid) in names


def _content(row: MessageRow) -> object:
    try:
        return decode_content(row.content.encode())
    except msgspec.DecodeError:
        return None


def _text(row: MessageRow) -> str | None:
    content = _content(row)
    return content.text if isinstance(content, Text) else None


def _words(row: MessageRow) -> str:
    content = _content(row)
    match content:
        case Text(text=text):
            return text
        case Notice(what=what, who=who):
            return f"{what} {who}"
    return row.kind


def _line(row: MessageRow) -> Line | None:
    """Return what a screen shows of a row; None for a stone."""
    if row.kind == "stone":
        return None
    cmid = row.cmid if row.kind == "text" else None
    return Line(row.generation, row.seq, row.author_id, cmid, _words(row))


__all__ = ["Broken", "Checker", "Seen"]
