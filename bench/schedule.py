"""In which order what is measured, and how long it will take.

Owns: the rounds: contender after contender, so that what else the machine does meets all of them.
Never: a measurement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.catalogue import Workload


@dataclass(frozen=True)
class Turn:
    """One workload on one contender, in one round; the first is 1."""

    number: int
    workload: str
    contender: str


def schedule(
    chosen: Mapping[str, Workload], contenders: Sequence[str], rounds: int
) -> Iterator[Turn]:
    """Yield the turns of a run: a workload has no more rounds than it asks for."""
    for number in range(1, rounds + 1):
        for letter, workload in chosen.items():
            if number <= workload.rounds:
                for contender in contenders:
                    if contender in workload.contenders:
                        yield Turn(number, letter, contender)


def expected_seconds(chosen: Mapping[str, Workload], turns: Sequence[Turn]) -> float:
    """Return about how long the turns take together."""
    return sum(chosen[turn.workload].seconds for turn in turns)


def words(chosen: Mapping[str, Workload], turns: Sequence[Turn]) -> str:
    """Return the plan of a run, a line for each workload, with about how long it takes."""
    lines = []
    for letter, workload in chosen.items():
        own = [turn for turn in turns if turn.workload == letter]
        if own:
            contenders, rounds = len({turn.contender for turn in own}), own[-1].number
            time = _about(expected_seconds(chosen, own))
            lines.append(f"  {letter}  {workload.title}: {contenders} x {rounds}, {time}")
    return "\n".join([*lines, f"  all of it: {_about(expected_seconds(chosen, turns))}"])


def _about(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 120 else f"about {seconds / 60:.0f} min"
