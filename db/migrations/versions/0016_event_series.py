"""Series of events"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_events_series_id",
        "events",
        ["series_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("series_id IS NOT NULL"),
        sqlite_where=sa.text("series_id IS NOT NULL"),
    )
