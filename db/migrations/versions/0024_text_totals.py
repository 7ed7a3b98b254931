"""Text totals, and the order of waiting bulk texts"""

import sqlalchemy as sa
from alembic import op

from db import text_totals

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_totals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_totals")),
    )
    op.create_index(
        "ix_text_totals_quarter",
        "text_totals",
        ["quarter", "kind", "state", "texts", "segments"],
        unique=False,
    )
    op.create_index(
        "ix_text_totals_not_merged",
        "text_totals",
        ["quarter", "kind", "state"],
        unique=False,
        postgresql_where=sa.text("NOT is_merged"),
        sqlite_where=sa.text("NOT is_merged"),
    )
    waiting = sa.text("state = 'planned' AND campaign_id IS NOT NULL")
    op.create_index(
        "ix_messages_campaign_id_due_at",
        "messages",
        ["campaign_id", "due_at", "id"],
        unique=False,
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    connection = op.get_bind()
    for statement in text_totals.create(connection.dialect.name):
        # Colons in them are no parameters.
        connection.exec_driver_sql(statement)
