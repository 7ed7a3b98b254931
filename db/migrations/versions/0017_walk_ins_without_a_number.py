"""Walk-ins without a number"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column(
            "unnamed_seats",
            sa.Integer(),
            sa.CheckConstraint("unnamed_seats >= 0", name=op.f("ck_events_unnamed_seats_not_negative")),
            server_default="0",
            nullable=False,
        ),
    )
