"""What travels between a client and a gateway: typed messages, refusals, limits, codec.

Owns: the wire's vocabulary (`docs/protocol.md` shows every message) and the form of a log entry.
Never: sockets, Redis, a database, the clock.
"""
