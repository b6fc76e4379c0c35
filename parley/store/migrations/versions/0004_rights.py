"""Since when each member of a room may speak in it, as a number of the room's authority.

Owns: what this version added to the third one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for table in ("rooms", "members"):
        column = sa.Column("rights", sa.BigInteger(), nullable=False, server_default="0")
        op.add_column(table, column)
