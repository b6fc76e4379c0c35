"""Whether a service is alive, whether it can work, and its numbers: over HTTP.

Owns: `/healthz`, `/readyz` and `/metrics`; the gateway answers them on its own port with `respond`,
the logger, which has no other, with a `HealthServer`.
Never: what a check looks at. A check is a coroutine function that raises if its part is missing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple, Self

from prometheus_client import CollectorRegistry
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from parley.observe import metrics

Check = Callable[[], Awaitable[None]]

# A part that has not answered by then counts as missing. A proxy asks about every 5 s.
CHECK_SECONDS = 2.0
# A client that has not sent its request by then is cut off.
_REQUEST_SECONDS = 5.0

_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"


class Answer(NamedTuple):
    """What an HTTP request is answered."""

    status: HTTPStatus
    content_type: str
    body: bytes


async def respond(path: str, checks: Mapping[str, Check], registry: CollectorRegistry) -> Answer:
    """Return the answer to `GET path`. What a check raised is not shown: anyone may ask."""
    match path.partition("?")[0]:
        case "/healthz":
            return Answer(HTTPStatus.OK, _TEXT, b"ok\n")
        case "/readyz":
            return await _readiness(checks)
        case "/metrics":
            return Answer(HTTPStatus.OK, metrics.CONTENT_TYPE, metrics.render(registry))
        case _:
            return Answer(HTTPStatus.NOT_FOUND, _TEXT, b"not found\n")


async def _readiness(checks: Mapping[str, Check]) -> Answer:
    """Return 200 if every part answers, 503 otherwise, and what is said of each in any case."""
    found = await asyncio.gather(*(_outcome(check) for check in checks.values()))
    parts = dict(zip(checks, found, strict=True))
    ready = all(outcome == "ok" for outcome in found)
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(status, _JSON, json.dumps(parts).encode() + b"\n")


async def _outcome(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except TimeoutError:
        return "no answer"
    except Exception:  # whatever it is: the part is not there
        return "unavailable"
    return "ok"


def http_response(answer: Answer) -> Response:
    """Return the answer as `websockets` sends it, from a `process_request`."""
    headers = Headers(
        {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }
    )
    return Response(answer.status, answer.status.phrase, headers, answer.body)


class HealthServer:
    """Answers health checks for a service that listens for nothing else.

    `async with HealthServer(...)` listens until the block ends; raises OSError if it cannot.
    """

    def __init__(
        self, host: str, port: int, checks: Mapping[str, Check], registry: CollectorRegistry
    ) -> None:
        self._host, self._port = host, port
        self._checks, self._registry = checks, registry
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port listened on, which is another than was asked for if that was 0."""
        if self._server is None:
            return self._port
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    async def __aenter__(self) -> Self:
        self._server = await serve(
            _never,
            self._host,
            self._port,
            process_request=self._answer,
            open_timeout=_REQUEST_SECONDS,
            server_header=None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, _: ServerConnection, request: Request) -> Response | None:
        if request.method != "GET":
            return None  # websockets refuses it: 405
        return http_response(await respond(request.path, self._checks, self._registry))


async def _never(_: ServerConnection) -> None:
    """No request becomes a WebSocket: each has its answer before."""
