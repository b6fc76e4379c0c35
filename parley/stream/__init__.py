"""The room log and its publication, over Redis.

Owns: the keys, the function library, the fence as Redis holds it, the streams, the feed.
Never: a database, a client's socket, a decision about who may say what.
"""
