"""Making a failing run small enough to be read.

Owns: leaving out faults, steps, devices and services as long as the same promise is still broken.
Never: changing the order or the time of what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from tests.simulation.scenario import Plan
from tests.simulation.simulation import Outcome, run

T = TypeVar("T")

# Runs that are spent on it: half a minute or so.
_RUNS = 300


def minimise(failed: Outcome, *, runs_lua: bool = False) -> Outcome:
    """Return the smallest run found that breaks what this one broke first, with its trace."""
    promise = failed.broken[0].promise
    plan, budget = failed.plan, _RUNS
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller(plan):
            budget -= 1
            if budget < 0:
                break
            if any(each.promise == promise for each in run(smaller, runs_lua=runs_lua).broken):
                plan, shrinking = smaller, True
                break
    return run(plan, keeps_trace=True, runs_lua=runs_lua)


def _smaller(plan: Plan) -> Iterator[Plan]:
    """Yield plans with something left out, the boldest first."""
    for faults in _without_some(plan.faults):
        yield replace(plan, faults=tuple(faults))
    for steps in _without_some(plan.steps):
        yield replace(plan, steps=tuple(steps))
    for leave_out in (_without_device, _without_gateway, _without_logger):
        yield from leave_out(plan)


def _without_some(items: Sequence[T]) -> Iterator[Sequence[T]]:
    size = len(items)
    while size:
        for start in range(0, len(items), size):
            yield [*items[:start], *items[start + size :]]
        size //= 2


def _without_device(plan: Plan) -> Iterator[Plan]:
    # The first one makes the rooms.
    for name, user in plan.devices[1:]:
        is_last = sum(other == user for _, other in plan.devices) == 1
        members = tuple(m for m in plan.members if not (is_last and m[0] == user))
        yield replace(
            _without(plan, name),
            devices=tuple(device for device in plan.devices if device[0] != name),
            members=members,
        )


def _without_gateway(plan: Plan) -> Iterator[Plan]:
    for name in plan.gateways[1:]:
        gateways = tuple(other for other in plan.gateways if other != name)
        yield replace(_without(plan, name), gateways=gateways)


def _without_logger(plan: Plan) -> Iterator[Plan]:
    for name in plan.loggers[1:]:
        loggers = tuple(other for other in plan.loggers if other != name)
        yield replace(_without(plan, name), loggers=loggers)


def _without(plan: Plan, name: str) -> Plan:
    return replace(
        plan,
        steps=tuple(step for step in plan.steps if step.device != name),
        faults=tuple(fault for fault in plan.faults if fault.target != name),
    )
