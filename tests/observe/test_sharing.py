"""Metrics of several processes that are asked for as one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from parley.observe.metrics import GatewayMetrics, ShardMetrics, render
from parley.observe.sharing import FOLDER_VARIABLE, forget_gauges, sums

ROOT = Path(__file__).parents[2]

# What each worker process of these tests does first; its number is the first argument.
_BEGINNING = """
import sys
from prometheus_client import CollectorRegistry
from parley.observe.metrics import GatewayMetrics, ShardMetrics
from parley.observe.sharing import keep_values_as
keep_values_as(int(sys.argv[1]))
registry = CollectorRegistry()
metrics = GatewayMetrics(registry, ShardMetrics(registry))
"""


def worker(folder: Path, number: int, *statements: str) -> None:
    """Run a worker process that counts something and ends without a goodbye."""
    program = "\n".join([_BEGINNING, *statements, "import os; os._exit(0)"])
    subprocess.run(
        [sys.executable, "-c", program, str(number)],
        env=os.environ | {FOLDER_VARIABLE: str(folder), "PYTHONPATH": str(ROOT)},
        check=True,
    )


def summed(folder: Path) -> CollectorRegistry:
    return sums(folder, dict)


def test_counters_are_summed(tmp_path: Path) -> None:
    worker(tmp_path, 1, "metrics.delivered(events=2, readers=10, size=7)")
    worker(tmp_path, 2, "metrics.delivered(events=1, readers=3, size=7)")

    assert summed(tmp_path).get_sample_value("parley_deliveries_total") == 23


def test_counters_with_labels_are_summed_by_label(tmp_path: Path) -> None:
    worker(tmp_path, 1, "metrics.refused('not_found')", "metrics.refused('muted')")
    worker(tmp_path, 2, "metrics.refused('not_found')")

    registry = summed(tmp_path)
    assert registry.get_sample_value("parley_refusals_total", {"code": "not_found"}) == 2
    assert registry.get_sample_value("parley_refusals_total", {"code": "muted"}) == 1


def test_histograms_are_summed(tmp_path: Path) -> None:
    worker(tmp_path, 1, "metrics.append_seconds.observe(0.002)")
    worker(tmp_path, 2, *["metrics.append_seconds.observe(0.02)"] * 2)

    registry = summed(tmp_path)
    buckets = {
        le: registry.get_sample_value("parley_append_seconds_bucket", {"le": le})
        for le in ("0.001", "0.0025", "0.025", "+Inf")
    }
    assert buckets == {"0.001": 0, "0.0025": 1, "0.025": 3, "+Inf": 3}
    assert registry.get_sample_value("parley_append_seconds_count") == 3
    assert registry.get_sample_value("parley_append_seconds_sum") == pytest.approx(0.042)


def test_what_is_open_is_summed(tmp_path: Path) -> None:
    worker(tmp_path, 1, "metrics.connections.set(5)")
    worker(tmp_path, 2, "metrics.connections.set(7)")

    assert summed(tmp_path).get_sample_value("parley_connections") == 12


def test_of_a_shard_the_greatest_number_is_told(tmp_path: Path) -> None:
    worker(tmp_path, 1, "metrics.backlog(3, 40)", "metrics.generation(3, 8)")
    worker(tmp_path, 2, "metrics.backlog(3, 50)", "metrics.generation(3, 7)")

    registry = summed(tmp_path)
    assert registry.get_sample_value("parley_backlog", {"shard": "3"}) == 50
    assert registry.get_sample_value("parley_generation", {"shard": "3"}) == 8


def test_who_takes_a_worker_s_place_counts_on(tmp_path: Path) -> None:
    """The sum of a counter must never fall: it would be taken for a restart of all."""
    for _ in range(2):
        worker(tmp_path, 1, "metrics.gap_filled()")

    assert summed(tmp_path).get_sample_value("parley_gaps_filled_total") == 2


def test_what_a_worker_had_open_has_gone_with_it_and_what_it_counted_has_not(
    tmp_path: Path,
) -> None:
    worker(tmp_path, 1, "metrics.connections.set(5)", "metrics.gap_filled()")
    worker(tmp_path, 2, "metrics.connections.set(7)")

    forget_gauges(tmp_path, 1)

    registry = summed(tmp_path)
    assert registry.get_sample_value("parley_connections") == 7
    assert registry.get_sample_value("parley_gaps_filled_total") == 1


def test_every_metric_of_a_gateway_is_told_as_by_one_process(tmp_path: Path) -> None:
    every = [
        "metrics.refused('x')", "metrics.signed_in('x')", "metrics.resumed(recovered=True)",
        "metrics.backlog(1, 1)", "metrics.generation(1, 1)",
    ]  # fmt: skip
    worker(tmp_path, 1, *every)
    alone = CollectorRegistry()
    GatewayMetrics(alone, ShardMetrics(alone))

    names = {family.name for family in summed(tmp_path).collect()}

    assert names == {family.name for family in alone.collect()}


def test_each_process_is_told_by_itself(tmp_path: Path) -> None:
    registry = sums(tmp_path, lambda: {"parent": os.getpid(), "1": os.getppid()})

    for name in ("parent", "1"):
        assert registry.get_sample_value("process_resident_memory_bytes", {"worker": name})


def test_a_process_that_has_just_ended_is_left_out(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()

    registry = sums(tmp_path, lambda: {"1": ended.pid})

    assert b"process_" not in render(registry)
