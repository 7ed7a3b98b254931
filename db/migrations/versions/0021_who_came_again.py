"""Who came again"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_visits", sa.Column("returned_after", sa.Integer(), nullable=True))
    op.create_index(
        "ix_customer_visits_first_day_returned_after", "customer_visits", ["first_day", "returned_after"], unique=False
    )
    # The scheduler counts all visits again.
    op.execute("DELETE FROM venue_settings WHERE name = 'mark.visits'")
