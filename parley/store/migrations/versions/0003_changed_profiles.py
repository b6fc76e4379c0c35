"""When what others see of somebody was last changed.

Owns: what this version added to the second one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("profile_changed_at", sa.BigInteger()))
    op.create_index("ix_accounts_profile_changed_at", "accounts", ["profile_changed_at"])
