"""The service that persists the stream.

Owns: the way of an entry from Redis into the database, and the watermark that says how far.
Never: a client. Any number of loggers may run; each shard has one at a time.
"""
