"""The peers that are not on Node.js: Nchan, centrifuge, python-socketio, Django Channels.

Owns: starting them, and what the load client says to each.
Never: their code (`bench/peers`).
"""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import suppress
from json import dumps
from pathlib import Path

from bench.contenders.contender import Contender
from bench.contenders.node import PEERS, NotInstalled, socketio_plan
from bench.load.plan import STAMP, Await, Plan, Planned, upgrade
from bench.scene import WORDS, Scene
from tests.servers import RedisServer, Server
from tests.servers.process import find_program

BUILT = Path(__file__).parents[2] / "build" / "bench"


class _Peer(Server):
    """A server process that is told its port and its Redis by the environment."""

    def __init__(self, program: str, command: list[str], redis: RedisServer) -> None:
        super().__init__()
        self.program = program
        self._command = command
        self._environment = os.environ | {
            "PORT": str(self.port),
            "REDIS": f"127.0.0.1:{redis.port}",
            "REDIS_URL": redis.url,
        }

    def launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, cwd=self.folder
            )

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class _Nginx(_Peer):
    """nginx with the Nchan module."""

    def __init__(self, redis: RedisServer) -> None:
        nginx = find_program("nginx", "nginx-light libnginx-mod-nchan", "/usr/sbin")
        super().__init__("nginx", [nginx], redis)
        text = (PEERS / "nchan" / "nginx.conf").read_text()
        text = text.replace("@PORT@", str(self.port)).replace("@REDIS_URL@", redis.url)
        (self.folder / "nginx.conf").write_text(text)
        (self.folder / "modules").symlink_to("/usr/lib/nginx/modules")
        self._command += ["-p", str(self.folder), "-c", "nginx.conf"]

    def answers(self) -> bool:
        """Whether it has found its Redis: until then it answers 503."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as probe:
            probe.sendall(upgrade("/room?id=probe").encode())
            return b" 101 " in probe.recv(100)
        return False


class Nchan(Contender):
    """Nchan, nginx's module, over Redis."""

    name = "Nchan"

    def start(self) -> None:
        redis = self.launch("redis", RedisServer())
        for _ in range(self.fronts):
            self.launch_front("server", _Nginx(redis))

    def plan(self, scene: Scene) -> Plan:
        plan = Plan(self.ports)
        for _, room, speaks in scene.members():
            request = upgrade(f"/room?id=room{room}")
            message = dumps({"room": f"room{room}", "text": WORDS + STAMP})
            plan.connections.append(Planned(request, [], message if speaks else None))
        return plan


class Centrifuge(Contender):
    """centrifuge, the library under Centrifugo, over Redis."""

    name = "centrifuge"

    def start(self) -> None:
        program = BUILT / "centrifuge"
        if not program.exists():
            raise NotInstalled("build centrifuge first: make bench-peers")
        redis = self.launch("redis", RedisServer())
        for _ in range(self.fronts):
            self.launch_front("server", _Peer("centrifuge", [str(program)], redis))

    def plan(self, scene: Scene) -> Plan:
        plan = Plan(self.ports)
        for person, room, speaks in scene.members():
            channel = f"room{room}"
            subscribe = dumps({"id": 2, "method": 1, "params": {"channel": channel}})
            script = ('{"id":1,"params":{}}', Await('"id":1'), subscribe, Await('"id":2'))
            data = {"channel": channel, "data": {"text": WORDS + STAMP}}
            publish = dumps({"id": 9, "method": 3, "params": data})
            request = upgrade(f"/connection/websocket?user=u{person}")
            plan.connections.append(Planned(request, script, publish if speaks else None))
        return plan


class _PythonPeer(Contender):
    """A server of `bench/peers/python`, in an environment of its own."""

    script: str

    def start(self) -> None:
        python = BUILT / "peers" / "bin" / "python"
        if not python.exists():
            raise NotInstalled("install the peers first: make bench-peers")
        redis = self.launch("redis", RedisServer())
        command = [str(python), str(PEERS / "python" / self.script)]
        for _ in range(self.fronts):
            self.launch_front("server", _Peer(self.name, command, redis))


class PythonSocketIO(_PythonPeer):
    """python-socketio with its Redis manager."""

    name = "python-socketio"
    script = "socketio_server.py"

    def plan(self, scene: Scene) -> Plan:
        return socketio_plan(self.ports, scene)


class Channels(_PythonPeer):
    """Django Channels with channels_redis."""

    name = "Django Channels"
    script = "channels_server.py"

    def plan(self, scene: Scene) -> Plan:
        plan = Plan(self.ports)
        for _, room, speaks in scene.members():
            message = dumps({"text": WORDS + STAMP})
            request = upgrade(f"/room{room}")
            joined = (Await("joined"),)
            plan.connections.append(Planned(request, joined, message if speaks else None))
        return plan
