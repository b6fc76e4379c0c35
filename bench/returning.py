"""Everybody comes back at once: people are cut off, miss something, and return.

Owns: who speaks meanwhile, and what those who return are owed.
Never: what a return is; each contender says it in its own terms.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.contenders.contender import Contender
from bench.load.client import Connected, LoadClient
from bench.load.plan import Plan
from bench.measure import cpu_seconds, settle
from bench.scene import Scene

ROOM = 50
"""People in each room; one of them speaks."""
# About what is said in each room while the people are away.
_MISSED = 5
_MISSED_SECONDS = 5.0
# Connections that are opened side by side, before everybody is cut off.
_WIDTH = 100


@dataclass(frozen=True)
class Returned:
    """One return. `cpu`: processor seconds that it took, by what the processes are."""

    contender: str
    people: int
    owed: int
    connected: Connected
    cpu: dict[str, float]


def everybody_returns(contender: Contender, people: int) -> Returned:
    """(f) So many people, in rooms of 50, are cut off and come back all at once."""
    scene = Scene(people // ROOM, ROOM, 1)
    plan = contender.plan(scene)
    with LoadClient(plan) as client:
        client.connect(_WIDTH)
        client.run(scene.rooms, 1.2, 5.0, ROOM)  # so that each room has a place to come back to
        settle(contender.processes())
        returning = contender.returning(scene)
        client.drop()
    settle(contender.processes())  # until all know that they are gone
    missed = _talk(plan, scene)
    settle(contender.processes())
    owed = missed * scene.people_each if contender.resumes else 0
    before = cpu_seconds(contender.processes())
    with LoadClient(returning) as client:
        connected = client.connect(people, owed)
        after = cpu_seconds(contender.processes())
    cost = {role: after[role] - before[role] for role in before}
    return Returned(contender.name, scene.people, owed, connected, cost)


def _talk(plan: Plan, scene: Scene) -> int:
    """Let the speaker of each room say what the others miss; return how many messages that are."""
    speakers = [each for each in plan.connections if each.template is not None]
    with LoadClient(Plan(plan.port, speakers, plan.answers)) as client:
        client.connect(_WIDTH)
        rate = scene.rooms * _MISSED / _MISSED_SECONDS
        return client.run(rate, _MISSED_SECONDS, 2.0, 1).sent
