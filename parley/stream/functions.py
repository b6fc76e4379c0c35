"""Calling the function library in Redis.

Owns: loading the library, again where a server has lost it, and the translation of Redis's errors.
Never: what the functions mean, and a retry of one that may have run.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Literal

from redis.exceptions import (
    OutOfMemoryError,
    RedisClusterException,
    RedisError,
    ResponseError,
)

from parley.stream.cancellation import keeping_cancellation
from parley.stream.closing import closing_is_loss
from parley.stream.log import LogFull, LogUnavailable
from parley.stream.server import ServerClient

Mode = Literal["server", "embedded"]
Call = tuple[str, Sequence[str], Sequence[Any]]
"""A function's name, the keys that it touches, its arguments."""

_UNREACHED = (RedisError, RedisClusterException, OSError, TimeoutError)


def library(mode: Mode) -> str:
    """Return the function library, for a Redis server or an embedded one: never guessed."""
    source = files("parley.stream").joinpath("library.lua").read_text(encoding="utf-8")
    return source.replace("@MODE@", mode)


@asynccontextmanager
async def reaching_redis() -> AsyncIterator[None]:
    """Raise LogUnavailable (or LogFull) for whatever goes wrong on the way to Redis."""
    try:
        with keeping_cancellation(), closing_is_loss():
            yield
    except _UNREACHED as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> LogUnavailable:
    """Return an error of Redis as what it means for the caller."""
    kind = LogFull if isinstance(error, OutOfMemoryError) else LogUnavailable
    return kind(f"{type(error).__name__}: {error}")


class Functions:
    """The library on one server. `client` must not retry commands."""

    def __init__(self, client: Any, mode: Mode) -> None:
        self._client = client
        self.mode: Mode = mode

    async def load(self) -> None:
        """Give the server the library. Safe at any time, by any number of processes."""
        async with reaching_redis():
            await self._client.function_load(library(self.mode), replace=True)

    async def call(self, name: str, touched: Sequence[str], *arguments: Any) -> Any:
        """Call one function. Raises LogUnavailable."""
        words = _words((name, touched, arguments))
        async with reaching_redis():
            try:
                return await self._client.fcall(*words)
            except ResponseError as error:
                if not _lacks_library(error):
                    raise
                # Restarted without its file: nothing was done. The fence will tell the rest.
                await self.load()
                return await self._client.fcall(*words)

    async def call_all(self, calls: Sequence[Call]) -> list[Any]:
        """Call functions in one round trip; return answers, and errors in the place of some.

        Raises LogUnavailable if Redis was not reached. If the server had no library, it has it now.
        """
        answers = await self._answers([_words(call) for call in calls])
        if any(_lacks_library(answer) for answer in answers):
            await self.load()
        return answers

    async def _answers(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        if isinstance(self._client, ServerClient):
            # Each message comes this way, and the line has guards where it needs them.
            try:
                return await self._client.ask_all([("FCALL", *words) for words in calls])
            except _UNREACHED as error:
                raise unavailable(error) from error
        async with reaching_redis():
            pipeline = self._client.pipeline(transaction=False)
            for words in calls:
                pipeline.fcall(*words)
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
            return answers


def _words(call: Call) -> list[Any]:
    name, touched, arguments = call
    return [f"parley1_{name}", len(touched), *touched, *arguments]


def _lacks_library(answer: Any) -> bool:
    return isinstance(answer, ResponseError) and "Function not found" in str(answer)
