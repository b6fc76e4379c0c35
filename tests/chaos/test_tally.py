"""The table says what was counted."""

from __future__ import annotations

import msgspec

from tests.chaos.tally import Line, Tally


def a_tally(stored: int, *recoveries: float) -> Tally:
    line = Line(times=len(recoveries), sent=stored, stored=stored, recoveries=[*recoveries])
    tally = Tally(rounds=1, seconds=60.0, seeds=[1], lines={"server killed": line})
    tally.measure("KiB held", 512.0)
    return tally


def test_the_table_has_a_line_for_each_fault_and_their_sum() -> None:
    tally = a_tally(1200, 1.0, 3.0)
    tally.lines["redis emptied"] = Line(times=1, sent=30, stored=29, lost=1, recoveries=[0.5])

    table = tally.table()

    assert [line.split("  ")[0] for line in table.splitlines()[2:4]] == [
        "redis emptied",
        "server killed",
    ]
    last = table.splitlines()[-1].split()
    assert last == ["all", "3", "1,230", "0", "1,229", "0", "1", "0", "0", "1.0", "s", "3.0", "s"]


def test_runs_add_up() -> None:
    tally = a_tally(10, 1.0)

    tally.add(a_tally(20, 5.0))

    line = tally.lines["server killed"]
    assert (tally.rounds, tally.seconds, line.stored, line.recoveries) == (2, 120.0, 30, [1.0, 5.0])
    assert tally.remarks() == "KiB held: p50 512.00, max 512.00 (2 times)"


def test_a_tally_can_be_kept_in_a_file() -> None:
    tally = a_tally(10, 1.0)

    assert msgspec.json.decode(msgspec.json.encode(tally), type=Tally) == tally
