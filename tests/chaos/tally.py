"""What became of the messages, fault by fault, and how long everything took.

Owns: the counting, the adding up over rounds and runs, and the printed table.
Never: whether a promise was kept; `judge` says so, and a run fails by that alone.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parley.client.events import Accepted, SendRefused, Stored
from tests.simulation.reading import Rows, text_of
from tests.simulation.witness import Post, Record

_HEADINGS = (
    *("fault", "times", "sent", "accepted", "stored", "refused", "lost", "doubled"),
    *("out of order", "recovery p50", "max"),
)


@dataclass(frozen=True)
class Strike:
    """A fault that was injected: when, until the next one, and after how long all was well."""

    fault: str
    began: float
    recovery: float
    """Seconds, from the beginning of the healing."""


@dataclass
class Line:
    """The sums of one fault. Messages are counted by the fault before which they were written."""

    times: int = 0
    sent: int = 0
    accepted: int = 0
    stored: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    recoveries: list[float] = field(default_factory=list)

    def add(self, other: Line) -> None:
        """Add another line to this one."""
        self.times += other.times
        self.sent += other.sent
        self.accepted += other.accepted
        self.stored += other.stored
        self.refused += other.refused
        self.lost += other.lost
        self.doubled += other.doubled
        self.out_of_order += other.out_of_order
        self.recoveries += other.recoveries

    def cells(self, name: str) -> tuple[str, ...]:
        """Return the line as it is printed."""
        numbers = (self.times, self.sent, self.accepted, self.stored, self.refused)
        counts = (*numbers, self.lost, self.doubled, self.out_of_order)
        times = self.recoveries
        spent = (f"{statistics.median(times):.1f} s", f"{max(times):.1f} s") if times else ("", "")
        return (name, *(f"{count:,}" for count in counts), *spent)


@dataclass
class Tally:
    """The sums of a run, or of several."""

    rounds: int = 0
    seconds: float = 0.0
    seeds: list[int] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    measures: dict[str, list[float]] = field(default_factory=dict)
    """What else was measured, by what it is called."""

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.rounds += other.rounds
        self.seconds += other.seconds
        self.seeds += other.seeds
        for name, line in other.lines.items():
            self.lines.setdefault(name, Line()).add(line)
        for name, values in other.measures.items():
            self.measures.setdefault(name, []).extend(values)

    def measure(self, name: str, value: float) -> None:
        """Note a measured value."""
        self.measures.setdefault(name, []).append(value)

    def take(self, record: Record, rows: Rows, strikes: Sequence[Strike]) -> None:
        """Count a round."""
        self.rounds += 1
        for strike in strikes:
            line = self.lines.setdefault(strike.fault, Line())
            line.times += 1
            line.recoveries.append(strike.recovery)
        for name, posts in _by_fault(record.posts, strikes).items():
            self.lines.setdefault(name, Line()).add(_count(posts, record, rows))

    def table(self) -> str:
        """Return the table, with the sum of its lines."""
        total = Line()
        for line in self.lines.values():
            total.add(line)
        body = [line.cells(name) for name, line in sorted(self.lines.items())]
        table = [_HEADINGS, *body, total.cells("all")]
        widths = [max(len(row[column]) for row in table) for column in range(len(_HEADINGS))]
        printed = [_aligned(row, widths) for row in table]
        ruler = "-" * len(printed[0])
        return "\n".join([printed[0], ruler, *printed[1:-1], ruler, printed[-1]])

    def remarks(self) -> str:
        """Return what else was measured, a line each."""
        return "\n".join(
            f"{name}: p50 {statistics.median(values):,.2f}, max {max(values):,.2f}"
            f" ({len(values)} times)"
            for name, values in sorted(self.measures.items())
        )


QUIET = "before any fault"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    rest = (cell.strip().rjust(width) for cell, width in zip(others, widths[1:], strict=True))
    return "  ".join((first, *rest)).rstrip()


def _by_fault(posts: Iterable[Post], strikes: Sequence[Strike]) -> dict[str, list[Post]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        before = [strike.fault for strike in strikes if strike.began <= post.asked_at]
        found[before[-1] if before else QUIET].append(post)
    return found


def _count(posts: Sequence[Post], record: Record, rows: Rows) -> Line:
    people = {witness.device: witness.person for witness in record.witnesses.values()}
    outcomes = _outcomes(record)
    written = Counter(text for row in rows.all() if (text := text_of(row)) is not None)
    late, twice = _out_of_order(record, rows), _shown_twice(record)
    line = Line()
    for post in posts:
        name = (people[post.device], post.cmid)
        is_stored = written[post.text] > 0
        if post.cmid is None and not is_stored:
            continue  # it never reached the outbox, or was refused before
        is_refused = not is_stored and SendRefused in outcomes[name]
        line.sent += 1
        line.accepted += is_stored or bool(outcomes[name] & {Accepted, Stored})
        line.stored += is_stored
        line.refused += is_refused
        line.lost += not is_stored and not is_refused
        line.doubled += written[post.text] > 1 or post.text in twice
        line.out_of_order += post.text in late
    return line


def _outcomes(record: Record) -> dict[tuple[str, str | None], set[type]]:
    found: dict[tuple[str, str | None], set[type]] = defaultdict(set)
    for witness in record.witnesses.values():
        for seen in witness.seen:
            if isinstance(seen.event, Accepted | Stored | SendRefused):
                found[witness.person, seen.event.cmid].add(type(seen.event))
    return found


def _shown_twice(record: Record) -> set[str]:
    """Return the texts that stand on one screen more than once."""
    found: set[str] = set()
    for witness in record.witnesses.values():
        for screen in witness.screens.values():
            shown = Counter(line.text for line in screen.lines.values() if line.cmid is not None)
            found.update(text for text, times in shown.items() if times > 1)
    return found


def _out_of_order(record: Record, rows: Rows) -> set[str]:
    """Return the texts that stand behind one that their device wrote later."""
    places = {post.text: (i, post.device) for i, post in enumerate(record.posts)}
    late: set[str] = set()
    for log in rows.logs.values():
        latest: dict[str, int] = {}
        for text in filter(None, map(text_of, log)):
            place, device = places.get(text, (-1, ""))
            if place < latest.get(device, -1):
                late.add(text)
            latest[device] = max(place, latest.get(device, -1))
    return late
