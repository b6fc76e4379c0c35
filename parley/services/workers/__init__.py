"""Several gateways on one port: a parent, and worker processes below it.

    parent ──assignment, crew, stop──▶ worker 1 … worker N ──SO_REUSEPORT──▶ clients
       ▲                                    │
       └──────────── ready ─────────────────┘

Each worker is a gateway of its own, with its own name and its own connections to Redis and the
database; the kernel divides new connections among those that listen. The parent holds the address,
starts the workers, starts those again that end, and stops them all. Between the parent and each
worker is a socket, the worker's standard input: its end tells each that the other has gone.

Owns: how workers are started, kept and stopped, and what is one number for all of them.
Never: a client's socket, and what a gateway does for its clients.
"""
