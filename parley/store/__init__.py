"""The SQL side: what Parley remembers, in SQLite or PostgreSQL.

Owns: the schema and its migrations, accounts, sessions, rooms, members, and the stored logs.
Never: Redis, sockets, or who may do what; callers decide, this folder keeps.
"""
