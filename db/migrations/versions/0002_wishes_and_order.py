"""When a number opted in and was last reachable, and the priority of texts"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone_numbers", sa.Column("opted_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("phone_numbers", sa.Column("reachable_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE messages SET priority = 2 WHERE priority = 1")
    op.execute("UPDATE messages SET priority = 1 WHERE kind IN ('event_moved', 'event_cancelled')")
