"""The real docker-compose.yml, started under a name and a port of its own.

Owns: one project of Docker Compose, from its first start to its last trace.
Never: a container, a volume or an image that another project made.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.servers.process import free_port

ROOT = Path(__file__).parents[2]
# The first start builds an image and makes a database.
START_SECONDS = 600.0
# Whatever is broken on purpose has healed by then, on a busy machine too.
HEALING_SECONDS = 60.0
POLL_SECONDS = 0.25


class NeverHappened(Exception):
    """What a test waited for did not come about in time."""

    def __init__(self, expected: str, seconds: float) -> None:
        super().__init__(expected, seconds)
        self.expected, self.seconds = expected, seconds

    def __str__(self) -> str:
        return f"not within {self.seconds:g} s: {self.expected}"


class CommandFailed(Exception):
    """A program ended with another code than 0; `str()` ends with what it had to say."""

    def __init__(self, command: tuple[str, ...], code: int, said: str) -> None:
        super().__init__(command, code, said)
        self.command, self.code, self.said = command, code, said

    def __str__(self) -> str:
        return f"{' '.join(self.command)} ended with {self.code}:\n{self.said[-4000:]}"


def eventually(
    condition: Callable[[], bool], expected: str, seconds: float = HEALING_SECONDS
) -> None:
    """Return once the condition holds. Raises NeverHappened, which says what was expected."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NeverHappened(expected, seconds)
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class Container:
    """One container of the deployment."""

    id: str

    def inspect(self) -> dict[str, Any]:
        """Return all that the engine knows of it."""
        found: list[dict[str, Any]] = json.loads(run("docker", "inspect", self.id))
        return found[0]

    def call(self, *command: str) -> str:
        """Run a command inside it and return what it prints."""
        return run("docker", "exec", self.id, *command)

    def kill(self) -> None:
        """End it with SIGKILL; the engine starts it only when asked to."""
        run("docker", "kill", self.id)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        run("docker", "stop", self.id)

    def start(self) -> None:
        """Start it again and return once it is healthy."""
        run("docker", "start", self.id)
        eventually(self.is_healthy, f"{self.id} is healthy")

    def is_healthy(self) -> bool:
        health: str = self.inspect()["State"].get("Health", {}).get("Status", "")
        return health == "healthy"

    def log(self) -> str:
        """Return all that it has printed since it was made."""
        printed = subprocess.run(
            ["docker", "logs", self.id],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return printed.stdout

    def metric(self, name: str) -> float:
        """Return the value of one of a gateway's metrics, as it reports it itself."""
        page = "import urllib.request as r; print(r.urlopen('{}').read().decode())"
        text = self.call("python", "-c", page.format("http://127.0.0.1:8080/metrics"))
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name))


class Deployment:
    """Parley as docker-compose.yml starts it."""

    image = "parley:test"

    def __init__(self, *, gateways: int) -> None:
        self._gateways = gateways
        self.project = f"parley-test-{uuid4().hex[:8]}"
        self.port = free_port()
        self._compose = compose_command()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Build what is missing, start everything, and return once all of it is healthy."""
        self._run("build", "--quiet")
        self._run("up", "--detach", "--scale", f"gateway={self._gateways}")
        for service in ("postgres", "redis", "logger", "gateway", "proxy"):
            for container in self.containers(service):
                eventually(container.is_healthy, f"{service} is healthy", START_SECONDS)

    def down(self) -> None:
        """Stop everything, and keep nothing but what is in the volumes."""
        self._run("down")

    def remove(self) -> None:
        """Leave no trace."""
        self._run("down", "--volumes", "--remove-orphans", "--timeout", "5")

    def containers(self, service: str) -> list[Container]:
        """Return a service's containers, those that have ended among them."""
        labels = {"project": self.project, "service": service}
        filters = [f"--filter=label=com.docker.compose.{key}={labels[key]}" for key in labels]
        return [Container(id_) for id_ in run("docker", "ps", "-aq", *filters).split()]

    def container(self, service: str) -> Container:
        """Return the only container of a service."""
        (only,) = self.containers(service)
        return only

    def logs(self) -> str:
        """Return the last lines of everything, for a test that failed."""
        return self._run("logs", "--tail=40")

    def get(self, path: str) -> str:
        """Return a page, as seen through the proxy. Raises urllib.error.URLError."""
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:
            body: bytes = reply.read()
            return body.decode()

    def redis(self, *command: str) -> str:
        """Give a command to Redis, with its password."""
        login = 'REDISCLI_AUTH="$(cat /secrets/redis/password)" exec redis-cli "$@"'
        return self.container("redis").call("sh", "-c", login, "redis", *command)

    def _run(self, *arguments: str) -> str:
        return run(*self._compose, *arguments, environment=self._environment())

    def _environment(self) -> dict[str, str]:
        # What this machine's owner has set for a deployment of theirs is not for this one.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_")}
        mine = {
            "COMPOSE_PROJECT_NAME": self.project,
            "PARLEY_PORT": str(self.port),
            # Everybody comes from one address here, and signs up in a moment.
            "PARLEY_SIGN_UP": "open",
            "PARLEY_SIGN_UP_RATE": "none",
            "PARLEY_SIGN_IN_RATE": "none",
            "PARLEY_CONNECTION_RATE": "none",
            "PARLEY_SOCKETS_PER_ADDRESS": "1000",
        }
        return inherited | mine | {"PARLEY_IMAGE": self.image}


def compose_command() -> list[str]:
    """How Docker Compose is called here. Raises FileNotFoundError, saying what to install."""
    if shutil.which("docker"):
        plugin = subprocess.run(["docker", "compose", "version"], check=False, capture_output=True)
        if plugin.returncode == 0:
            return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise FileNotFoundError("Docker Compose is missing: sudo apt install docker.io docker-compose")


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """Run a program and return what it prints. Raises CommandFailed."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise CommandFailed(command, done.returncode, done.stderr)
    return done.stdout
