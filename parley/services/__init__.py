"""The programs that run for long: `serve`, `gateway` and `logger`, put together.

Owns: the wiring of settings to parts, the waiting for Redis and the database, the stop.
Never: what the parts do.
"""
