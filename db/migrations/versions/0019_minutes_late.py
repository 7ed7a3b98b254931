"""Minutes late"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bookings",
        sa.Column(
            "late_minutes",
            sa.Integer(),
            sa.CheckConstraint("late_minutes > 0", name=op.f("ck_bookings_late_minutes_positive")),
            nullable=True,
        ),
    )
