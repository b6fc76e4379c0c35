"""A real Redis Cluster for the tests: three masters, each with a third of the slots.

Owns: the masters, the slots' places, and the replicas that a test asks for.
Never: what Parley keeps in Redis.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Self

import redis

from tests.servers.process import POLL_SECONDS, START_SECONDS, ServerFailed, free_port
from tests.servers.redis import RedisServer

MASTERS = 3
SLOTS = 16384
# A master that is silent for so long is taken for dead, and its replica promoted.
NODE_TIMEOUT_MS = 1000
_KEYS_AT_ONCE = 100
_MIGRATE_MS = 5000


class ClusterNode(RedisServer):
    """One server of a Cluster. What it knows of the others outlives its data."""

    def __init__(self) -> None:
        super().__init__()
        self.bus_port = free_port()

    @property
    def settings(self) -> dict[str, str]:
        return super().settings | {
            "cluster-enabled": "yes",
            "cluster-port": str(self.bus_port),
            "cluster-config-file": str(self.folder / "nodes.conf"),
            "cluster-node-timeout": str(NODE_TIMEOUT_MS),
            # What one master has is no reason to refuse what another has.
            "cluster-require-full-coverage": "no",
            "cluster-replica-validity-factor": "0",
            "repl-diskless-sync-delay": "0",
        }

    @property
    def name(self) -> str:
        """What the others call it."""
        return str(self.call("CLUSTER", "MYID"))

    def text(self, *command: str) -> str:
        """Send it a command whose answer is text, and return that as it is."""
        with redis.Redis(port=self.port, single_connection_client=True) as client:
            connection = client.connection
            connection.send_command(*command)
            return bytes(connection.read_response()).decode()

    def knows_as_replica(self, replica: str, master: str) -> bool:
        lines = self.text("CLUSTER", "NODES").splitlines()
        return any(line.startswith(replica) and f"slave {master}" in line for line in lines)

    def meet(self, other: ClusterNode) -> None:
        self.call("CLUSTER", "MEET", "127.0.0.1", other.port, other.bus_port)


class RedisClusterServer:
    """Three masters; a context manager, as a `Server` is."""

    def __init__(self) -> None:
        self.masters = [ClusterNode() for _ in range(MASTERS)]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for node in self.masters:
                stack.enter_context(node)
            self._form()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.masters)

    def reset(self) -> None:
        """Make it as good as new; no test moves the slots of a Cluster that it shares."""
        for node in self.masters:
            node.reset()

    def owner_of(self, key: str) -> ClusterNode:
        """Return the master that has the key's slot."""
        return self.masters[self._place_of(key)[1]]

    def add_replica(self, master: ClusterNode) -> ClusterNode:
        """Return a replica that has all that its master has, and will take its place."""
        replica = self._stack.enter_context(ClusterNode())
        replica.meet(master)
        name = master.name
        _until(replica, lambda: name in replica.text("CLUSTER", "NODES"))
        _until(replica, lambda: _done(replica, "CLUSTER", "REPLICATE", name))
        _until(replica, lambda: "master_link_status:up" in replica.text("INFO", "replication"))
        for node in self.masters:  # who does not know whose replica it is will not vote for it
            _until(node, partial(node.knows_as_replica, replica.name, name))
        return replica

    def begin_to_move_slot_of(self, key: str) -> tuple[int, ClusterNode, ClusterNode]:
        """Announce that the key's slot is to go to the next master; return it, and both."""
        slot, place = self._place_of(key)
        source, target = self.masters[place], self.masters[(place + 1) % MASTERS]
        target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", source.name)
        source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", target.name)
        return slot, source, target

    def move_slot_of(self, key: str) -> None:
        """Move the key's slot, with all that is in it, to the next master."""
        slot, source, target = self.begin_to_move_slot_of(key)
        while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, _KEYS_AT_ONCE):
            words = ("MIGRATE", "127.0.0.1", target.port, "", 0, _MIGRATE_MS, "KEYS", *keys)
            source.call(*words)
        for node in (target, source, *self.masters):
            node.call("CLUSTER", "SETSLOT", slot, "NODE", target.name)

    def _form(self) -> None:
        share = -(-SLOTS // MASTERS)
        for i, node in enumerate(self.masters):
            node.call("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
            last = min((i + 1) * share, SLOTS) - 1
            node.call("CLUSTER", "ADDSLOTSRANGE", i * share, last)
            node.meet(self.masters[0])
        for node in self.masters:
            _until(node, partial(_is_whole, node))

    def _place_of(self, key: str) -> tuple[int, int]:
        slot = int(self.masters[0].call("CLUSTER", "KEYSLOT", key))
        for place, node in enumerate(self.masters):
            if _has_slot(node, slot):
                return slot, place
        raise AssertionError(f"no master has the slot {slot} of {key!r}")


def _is_whole(node: ClusterNode) -> bool:
    """Whether it knows all masters, and who has which slot."""
    info = node.text("CLUSTER", "INFO")
    return all(
        f"{word}\r\n" in info
        for word in (
            "cluster_state:ok",
            f"cluster_known_nodes:{MASTERS}",
            f"cluster_slots_assigned:{SLOTS}",
        )
    )


def _has_slot(node: ClusterNode, slot: int) -> bool:
    """Whether the slot is this node's, by its own account."""
    for line in node.text("CLUSTER", "NODES").splitlines():
        words = line.split()
        if "myself" in words[2]:
            ranges = (word.split("-") for word in words[8:] if not word.startswith("["))
            return any(int(each[0]) <= slot <= int(each[-1]) for each in ranges)
    return False


def _done(node: ClusterNode, *command: str) -> bool:
    try:
        node.call(*command)
    except redis.ResponseError:
        return False
    return True


def _until(node: ClusterNode, is_so: Callable[[], bool]) -> None:
    """Return once it is so. Raises ServerFailed if it does not come to be."""
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise ServerFailed(node.program, node.log)
        time.sleep(POLL_SECONDS)
