"""Metrics of several processes that are asked for as one.

Owns: the folder in which each worker keeps its values, and the sums over all of them.
Never: which metrics there are (`parley.observe.metrics`); each gauge says there how it is summed.

The values are in files that each worker has mapped into its memory, which is what
`prometheus_client` offers for it. So nobody has to be asked: a worker that hangs still counts, and
what one has counted that was killed stays counted, as the sum of a counter must never fall.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

# The variable of a worker's environment in which `prometheus_client` looks for the folder.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

Processes = Callable[[], Mapping[str, int]]
"""Returns the processes that are there, by name."""


def keep_values_as(worker: int) -> None:
    """Keep the values of all metrics made from now on in the files of a worker of this number.

    By the number and not by the process, as the library would: who takes a dead worker's place
    counts on where that one ended. The folder is in the environment, in `FOLDER_VARIABLE`.
    """
    values.ValueClass = values.MultiProcessValue(lambda: worker)  # type: ignore[no-untyped-call]


def sums(folder: Path, processes: Processes) -> CollectorRegistry:
    """Return a registry with the sums of all workers' metrics, and `process_*` for each process."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Processes(processes))
    return registry


def forget_gauges(folder: Path, worker: int) -> None:
    """A worker has ended: what it counted stays, what it had open has gone."""
    mark_process_dead(worker, str(folder))  # type: ignore[no-untyped-call]


class _Processes(Collector):
    """`process_*` with a label `worker`: sums of start times or of limits would mean nothing."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def collect(self) -> Iterable[Metric]:
        found: dict[str, Metric] = {}
        for name, process in self._processes().items():
            for metric in ProcessCollector(pid=_constant(process), registry=None).collect():
                whole = found.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for sample in metric.samples:
                    whole.add_sample(sample.name, {"worker": name}, sample.value)
        return found.values()


def _constant(process: int) -> Callable[[], int]:
    return lambda: process
