"""Metrics: what is counted, and that `docs/operations.md` tells of each."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from parley.observe.metrics import (
    GatewayMetrics,
    LoggerMetrics,
    ShardMetrics,
    new_registry,
    render,
)

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"

Row = tuple[str, ...]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def told() -> dict[str, Row]:
    """Return the page's rows about Parley's own metrics, by name."""
    rows = re.findall(r"^\| `(parley_[a-z_]+)` \|(.*)\|$", PAGE.read_text(), re.MULTILINE)
    return {name: tuple(cell.strip() for cell in rest.split("|")) for name, rest in rows}


def declared() -> dict[str, Row]:
    """Return what the page has to say of each metric, by name."""
    registry = CollectorRegistry()
    shards = ShardMetrics(registry)
    homes = {
        "gateway, logger": shards,
        "gateway": GatewayMetrics(registry, shards),
        "logger": LoggerMetrics(registry, shards),
    }
    rows: dict[str, Row] = {}
    for home, metrics in homes.items():
        for metric in vars(metrics).values():
            if isinstance(metric, MetricWrapperBase):
                (family,) = metric.collect()
                name = f"{family.name}_total" if family.type == "counter" else family.name
                labels = ", ".join(metric._labelnames) or "none"
                rows[name] = (family.type, labels, home, family.documentation)
    return rows


def test_the_page_tells_each_metric_as_it_is_declared_and_no_other() -> None:
    assert told() == declared()


def test_the_page_names_no_metric_that_there_is_not() -> None:
    names = set(re.findall(r"\bparley_[a-z_]+\b", PAGE.read_text()))

    assert {name.removesuffix("_bucket") for name in names} <= set(declared())


def test_one_registry_holds_a_gateway_and_a_logger(registry: CollectorRegistry) -> None:
    """`parley serve` runs both in one process."""
    shards = ShardMetrics(registry)
    GatewayMetrics(registry, shards)
    LoggerMetrics(registry, shards)

    assert render(registry).count(b"# TYPE parley_backlog gauge") == 1


def test_two_gateways_in_one_process_count_apart() -> None:
    first, second = CollectorRegistry(), CollectorRegistry()
    GatewayMetrics(first, ShardMetrics(first)).gap_filled()
    GatewayMetrics(second, ShardMetrics(second))

    assert first.get_sample_value("parley_gaps_filled_total") == 1
    assert second.get_sample_value("parley_gaps_filled_total") == 0


def test_a_delivery_is_an_event_for_a_reader(registry: CollectorRegistry) -> None:
    metrics = GatewayMetrics(registry, ShardMetrics(registry))

    metrics.delivered(events=3, readers=5, size=200)

    assert registry.get_sample_value("parley_deliveries_total") == 15
    assert registry.get_sample_value("parley_bytes_out_total") == 1000


def test_a_shard_s_backlog_is_the_same_whoever_reports_it(registry: CollectorRegistry) -> None:
    shards = ShardMetrics(registry)
    GatewayMetrics(registry, shards).backlog(shard=3, entries=7)
    LoggerMetrics(registry, shards).shards.backlog(shard=3, entries=5)

    assert registry.get_sample_value("parley_backlog", {"shard": "3"}) == 5


def test_a_new_registry_tells_of_the_process() -> None:
    assert b"process_" in render(new_registry())
