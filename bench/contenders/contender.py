"""What a contender is to the benchmark.

Owns: the interface, and starting and stopping the processes behind it.
Never: a workload.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self, TypeVar

from bench.load.plan import Plan
from bench.scene import Scene
from tests.servers import Server

AnyServer = TypeVar("AnyServer", bound=Server)
Resource = TypeVar("Resource")


class Contender(ABC):
    """A server with what it stands on: a context manager, started anew for each round."""

    name: str
    stores: bool = False
    """Whether what is said is still there after a restart."""
    spreads: bool = True
    """Whether several servers can share the people."""
    resumes: bool = False
    """Whether who comes back is given what was missed."""

    def __init__(self, fronts: int = 1) -> None:
        self.fronts = fronts
        self.ports: list[int] = []
        self._stack = ExitStack()
        self._processes: dict[str, list[Server]] = {}

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @abstractmethod
    def start(self) -> None:
        """Start everything, by `launch`."""

    @abstractmethod
    def plan(self, scene: Scene) -> Plan:
        """Make the scene's people and rooms, and return what the load client does as them."""

    def returning(self, scene: Scene) -> Plan:
        """Return what those people do who were in the scene, were cut off and come back."""
        return self.plan(scene)

    def launch_front(self, role: str, server: AnyServer) -> AnyServer:
        """Start a process to which people connect; they take turns if there are several."""
        self.launch(role, server)
        self.ports.append(server.port)
        return server

    def launch(self, role: str, server: AnyServer) -> AnyServer:
        """Start a process that ends with the contender."""
        self.enter(server)
        self._processes.setdefault(role, []).append(server)
        return server

    def enter(self, resource: AbstractContextManager[Resource]) -> Resource:
        """Take something that ends with the contender."""
        return self._stack.enter_context(resource)

    def servers(self, role: str) -> list[Server]:
        """Return the servers of a role, to be stopped and started again."""
        return self._processes[role]

    def processes(self) -> dict[str, list[int]]:
        """Return the ids of the processes, by what they are."""
        return {
            role: [server.process.pid for server in servers if server.process is not None]
            for role, servers in self._processes.items()
        }
