"""The peers that run on Node.js: ws with node-redis, Socket.IO with its Redis adapter.

Owns: starting them, and what the load client says to each.
Never: their code (`bench/peers`).
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from json import dumps
from pathlib import Path

from bench.contenders.contender import Contender
from bench.load.plan import STAMP, Await, Plan, Planned, upgrade
from bench.scene import WORDS, Scene
from tests.servers import RedisServer, Server
from tests.servers.process import find_program

PEERS = Path(__file__).parents[1] / "peers"


class NotInstalled(Exception):
    """A peer's packages are missing; says what to do."""


class NodeServer(Server):
    """One server of `bench/peers`."""

    def __init__(self, folder: str, redis: RedisServer) -> None:
        super().__init__()
        self.program = f"node {folder}"
        self._script = PEERS / folder / "server.js"
        self._environment = os.environ | {"PORT": str(self.port), "REDIS_URL": redis.url}
        if not (PEERS / "node_modules").exists():
            raise NotInstalled("install the peers first: make bench-peers")

    def launch(self) -> subprocess.Popen[bytes]:
        node = find_program("node", "nodejs")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [node, str(self._script)], env=self._environment, stdout=log, stderr=log
            )

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Ws(Contender):
    """ws with node-redis."""

    name = "ws + node-redis"

    def start(self) -> None:
        redis = self.launch("redis", RedisServer())
        for _ in range(self.fronts):
            self.launch_front("server", NodeServer("ws", redis))

    def plan(self, scene: Scene) -> Plan:
        plan = Plan(self.ports)
        for _, room, speaks in scene.members():
            message = dumps({"room": f"room{room}", "text": WORDS + STAMP})
            script = (dumps({"join": f"room{room}"}), Await("joined"))
            plan.connections.append(Planned(upgrade("/"), script, message if speaks else None))
        return plan


class SocketIO(Contender):
    """Socket.IO with its Redis adapter."""

    name = "Socket.IO"

    def start(self) -> None:
        redis = self.launch("redis", RedisServer())
        for _ in range(self.fronts):
            self.launch_front("server", NodeServer("socketio", redis))

    def plan(self, scene: Scene) -> Plan:
        return socketio_plan(self.ports, scene)


def socketio_plan(ports: Sequence[int], scene: Scene) -> Plan:
    """Return a plan in Engine.IO 4 over WebSocket, Socket.IO 5 inside."""
    plan = Plan(ports, answers=("2", "3"))
    request = upgrade("/socket.io/?EIO=4&transport=websocket")
    for _, room, speaks in scene.members():
        join = "42" + dumps(["join", f"room{room}"])
        script = (Await('0{"sid"'), "40", Await("40{"), join, Await("joined"))
        said = "42" + dumps(["say", {"room": f"room{room}", "text": WORDS + STAMP}])
        plan.connections.append(Planned(request, script, said if speaks else None))
    return plan
