"""What each service may do in Redis: all that it needs, and nothing that an intruder would like."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import NoPermissionError

from parley.settings import LimitOptions
from parley.stream import functions
from tests.conftest import RedisHome, running
from tests.deploy.script import load_script
from tests.integration.deployment import deployed
from tests.servers import RedisServer
from tests.servers.process import find_program

SERVICES = ("gateway", "logger")


class GuardedRedis(RedisServer):
    """A Redis that is started as the compose file does, with the users of `make_secrets`."""

    def launch(self) -> subprocess.Popen[bytes]:
        secrets, given = self.folder / "secrets", self.folder / "given"
        given.mkdir()
        for name in ("postgres", "redis", *SERVICES):
            (secrets / name).mkdir(parents=True)
        load_script().make_secrets(secrets, given)
        options = ["--include", str(secrets / "redis" / "redis.conf"), "--port", str(self.port)]
        program = find_program(self.program, "redis-server")
        return self.spawn([program, *options, "--bind", "127.0.0.1", "--save", ""])

    def answers(self) -> bool:
        try:
            with self.client("default", "redis") as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def password(self, service: str) -> str:
        return (self.folder / "secrets" / service / "password").read_text()

    def client(self, user: str, service: str) -> redis.Redis:
        return redis.Redis(port=self.port, username=user, password=self.password(service))

    def url_of(self, service: str) -> str:
        return f"redis://{service}:{self.password(service)}@127.0.0.1:{self.port}/0"


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedRedis]:
    with running(GuardedRedis()) as server:
        yield server


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "command",
    [
        "FLUSHALL",
        "FLUSHDB",
        "CONFIG GET requirepass",
        "CONFIG SET maxmemory 1",
        "KEYS *",
        "SCAN 0",
        "ACL LIST",
        "ACL SETUSER gateway +@all",
        "SHUTDOWN NOSAVE",
        "REPLICAOF 127.0.0.1 1",
        "MONITOR",
        "CLIENT LIST",
        "SAVE",
        "EVAL x 0",
        "FUNCTION FLUSH",
        "FUNCTION DUMP",
        "GET another:key",
        "SPUBLISH another:channel x",
    ],
)
def test_what_an_intruder_would_like_is_not_permitted(
    guarded: GuardedRedis, service: str, command: str
) -> None:
    with guarded.client(service, service) as client, pytest.raises(NoPermissionError):
        client.execute_command(*command.split())


def test_without_a_password_nobody_gets_in(guarded: GuardedRedis) -> None:
    with redis.Redis(port=guarded.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.parametrize("user", SERVICES)
def test_one_service_s_password_is_not_another_s(guarded: GuardedRedis, user: str) -> None:
    (other,) = {*SERVICES} - {user}

    with guarded.client(user, other) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_whatever_the_function_library_does_for_it(service: str) -> None:
    """Or the first one to need a command that is new there is refused it, when it is needed."""
    library = (Path(functions.__file__).parent / "library.lua").read_text()
    called = {name.lower() for name in re.findall(r"redis\.call\('([A-Z]+)'", library)}

    assert called - set(load_script().USERS[service].split()) == set()
    assert len(called) > 10


async def test_each_service_may_do_all_that_it_needs(guarded: GuardedRedis, tmp_path: Path) -> None:
    """Signing up and in, talking, a lost Redis, a room that leaves Redis: nothing was refused."""
    database = f"sqlite:///{tmp_path / 'parley.db'}"
    limits = LimitOptions(device_messages=(1000, 60.0))
    with guarded.client("default", "redis") as operator:
        operator.acl_log_reset()
    async with (
        deployed(RedisHome("redis", guarded.url_of("gateway")), database) as front,
        deployed(RedisHome("redis", guarded.url_of("logger")), database) as back,
    ):
        for deployment in (front, back):
            deployment.use_stream(room_idle_seconds=1.0, recent_events=1)
        await back.logger()
        gateway = await front.gateway(limits=limits)
        ann = await front.person(gateway.url, "ann")
        await ann.says("one", "two", "three")
        await front.person(gateway.url, "ann", sign_up=False)
        with guarded.client("default", "redis") as operator:
            operator.flushall()
        await ann.says("four")
        ann.chat.mark_read("lobby")
        assert (await ann.chat.count_unread(["lobby"]))["lobby"].unread == 0
        await gateway.ground.room_log.load_library()
        await back.until_room_is_dropped("lobby")

        with guarded.client("default", "redis") as operator:
            refused = operator.acl_log()

    names = {entry["object"] for entry in refused if entry["username"] in SERVICES}
    assert names <= {"client|setinfo"}  # what redis-py says of itself, where Redis knows it
