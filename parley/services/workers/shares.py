"""What is one number for a gateway, divided among its workers.

Owns: each worker's share of what is counted in a process: sockets, and threads.
Never: what is counted in Redis, where all workers count together.

The kernel divides connections by chance, so a share is more than the mere part: by three standard
deviations of how many would come to a worker. Who stays below the limit is so hardly ever turned
away, and the limit is exceeded by that much at most: by 5 % of 10,000 sockets with four workers,
but by more where the numbers are small.
"""

import math
from dataclasses import replace

from parley.settings import GatewayOptions

_DEVIATIONS = 3.0


def share(limit: int, workers: int) -> int:
    """Return how much of a limit each worker takes, with room for chance; never above the limit."""
    part = limit / workers
    deviation = math.sqrt(part * (1 - 1 / workers))
    return min(limit, math.ceil(part + _DEVIATIONS * deviation))


def shared(options: GatewayOptions, workers: int) -> GatewayOptions:
    """Return the options of one of so many workers."""
    limits = replace(
        options.limits,
        sockets=share(options.limits.sockets, workers),
        sockets_per_address=share(options.limits.sockets_per_address, workers),
        sockets_per_user=share(options.limits.sockets_per_user, workers),
    )
    # Threads are not divided by chance.
    threads = math.ceil(options.hashing_threads / workers)
    return replace(options, limits=limits, hashing_threads=threads)
