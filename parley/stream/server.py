"""One Redis server, and the client that leads to it.

Owns: which calls go over the line, and which over redis-py's pool.
Never: an address; and a Cluster (`parley.stream.cluster`).
"""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from parley.stream.line import Command, Line


class ServerClient(Redis):
    """redis-py's client of a server, with a line for the functions, which are called all the time.

    Its connections need a `socket_timeout`.
    """

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        pool = self.connection_pool
        self._line = Line(pool.make_connection, pool.connection_kwargs["socket_timeout"])

    async def fcall(self, function: str, numkeys: int, *keys_and_args: Any) -> Any:
        """Call one function, and raise the error that it answers."""
        (answer,) = await self.ask_all([("FCALL", function, numkeys, *keys_and_args)])
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """Return the answers to commands, with exceptions in the place of some; see `Line.ask`."""
        return await self._line.ask(commands)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close every connection."""
        self._line.close()
        await super().aclose(close_connection_pool)
