"""Booking totals"""

import sqlalchemy as sa
from alembic import op

from db import booking_totals

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_totals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Integer(), nullable=False),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_totals")),
    )
    op.create_index(
        "ix_booking_totals_event_id",
        "booking_totals",
        ["event_id", "hour", "seats", "marked", "no_shows"],
        unique=False,
    )
    op.create_index(
        "ix_booking_totals_not_merged",
        "booking_totals",
        ["event_id", "hour"],
        unique=False,
        postgresql_where=sa.text("NOT is_merged"),
        sqlite_where=sa.text("NOT is_merged"),
    )
    connection = op.get_bind()
    for statement in booking_totals.create(connection.dialect.name):
        # Colons in them are no parameters.
        connection.exec_driver_sql(statement)
