"""The directory in SQL, put together.

Owns: that the parts make one `FullDirectory`.
Never: a query; the parts have them.
"""

from parley.store.accounts import SqlAccounts
from parley.store.administration import SqlAdministration
from parley.store.audit import SqlAudit
from parley.store.deletion import SqlDeletion
from parley.store.direct_rooms import SqlDirectRooms
from parley.store.invites import SqlInvites
from parley.store.member_changes import SqlMemberChanges
from parley.store.member_reads import SqlMemberReads
from parley.store.message_states import SqlMessageStates
from parley.store.overviews import SqlOverviews
from parley.store.people import SqlPeople
from parley.store.personal import SqlPersonal
from parley.store.receipts import SqlReceipts
from parley.store.room_changes import SqlRoomChanges
from parley.store.room_edits import SqlRoomEdits
from parley.store.rooms import SqlRooms
from parley.store.search.finding import SqlSearch
from parley.store.second_factor import SqlSecondFactor
from parley.store.sessions import SqlSessions
from parley.store.tracing import SqlTracing
from parley.store.whereabouts import SqlWhereabouts


class SqlDirectory(
    SqlAccounts,
    SqlSessions,
    SqlSecondFactor,
    SqlPeople,
    SqlDeletion,
    SqlRooms,
    SqlMemberReads,
    SqlRoomChanges,
    SqlDirectRooms,
    SqlRoomEdits,
    SqlMemberChanges,
    SqlInvites,
    SqlAdministration,
    SqlAudit,
    SqlOverviews,
    SqlReceipts,
    SqlPersonal,
    SqlTracing,
    SqlMessageStates,
    SqlSearch,
    SqlWhereabouts,
):
    """A `FullDirectory` on a `Database`."""
