"""The WebSocket service. Any gateway can serve any client, and may be killed at any time.

Owns: connections, what each may do, and the way of an event from Redis to its readers.
Never: anything that would be lost with it: what matters is in Redis, the database, or an outbox.
"""
