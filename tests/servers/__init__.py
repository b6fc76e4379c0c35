"""Real servers for the tests, each in a folder of its own and gone when the tests are."""

from tests.servers.cluster import ClusterNode, RedisClusterServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import MissingProgram, Server, ServerFailed
from tests.servers.redis import RedisServer

__all__ = [
    "ClusterNode",
    "MissingProgram",
    "PostgresServer",
    "RedisClusterServer",
    "RedisServer",
    "Server",
    "ServerFailed",
]
