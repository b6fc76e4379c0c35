"""The address that all workers listen on.

Owns: taking it, so that nobody else can, and a port that was left to the system.
Never: a client: the parent's socket is bound and does not listen, so the kernel gives it none.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from parley.services.base import CannotStart


@asynccontextmanager
async def held(host: str, port: int) -> AsyncIterator[int]:
    """Hold an address for workers to listen on, until the block ends; yield its port.

    Raises OSError if it cannot be had, and CannotStart where processes cannot share one.
    """
    if not hasattr(socket, "SO_REUSEPORT"):
        raise CannotStart(
            "several workers cannot listen on one port on this system (SO_REUSEPORT): set "
            "PARLEY_WORKERS to 1, or start several gateways on ports of their own behind a proxy"
        )
    loop = asyncio.get_running_loop()
    if port:  # who shares a port is let in beside others who do: see first that there are none
        alone = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
        alone.close()
        await alone.wait_closed()
    server = await loop.create_server(
        asyncio.Protocol, host, port, start_serving=False, reuse_port=True
    )
    async with server:
        yield server.sockets[0].getsockname()[1]
