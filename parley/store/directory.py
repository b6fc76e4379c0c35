"""The directory in SQL, put together.

Owns: that the three parts make one `Directory`.
Never: a query; `accounts.py`, `rooms.py` and `room_changes.py` have them.
"""

from parley.store.accounts import SqlAccounts
from parley.store.room_changes import SqlRoomChanges
from parley.store.rooms import SqlRooms


class SqlDirectory(SqlAccounts, SqlRooms, SqlRoomChanges):
    """A `Directory` on a `Database`."""
