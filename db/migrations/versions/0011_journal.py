"""The journal, in place of an audit log that was never used"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("audit_log")
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_entries_act_id", "journal_entries", ["act", "id"], unique=False)
    op.create_index("ix_journal_entries_at", "journal_entries", ["at"], unique=False)
    op.create_index("ix_journal_entries_staff_id_id", "journal_entries", ["staff_id", "id"], unique=False)
    op.create_index(
        "ix_journal_entries_undoes",
        "journal_entries",
        ["undoes"],
        unique=False,
        postgresql_where=sa.text("undoes IS NOT NULL"),
        sqlite_where=sa.text("undoes IS NOT NULL"),
    )
    op.create_table(
        "journal_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name=op.f("fk_journal_values_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_values")),
        sa.UniqueConstraint("entry_id", "position", name=op.f("uq_journal_values_entry_id_position")),
    )
    op.create_index(
        "ix_journal_values_customer_id",
        "journal_values",
        ["customer_id", "entry_id"],
        unique=False,
        postgresql_where=sa.text("customer_id IS NOT NULL"),
        sqlite_where=sa.text("customer_id IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_values_event_id",
        "journal_values",
        ["event_id", "entry_id"],
        unique=False,
        postgresql_where=sa.text("event_id IS NOT NULL"),
        sqlite_where=sa.text("event_id IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_values_row_id",
        "journal_values",
        ["table_name", "row_id"],
        unique=False,
        postgresql_where=sa.text("customer_id IS NULL AND event_id IS NULL"),
        sqlite_where=sa.text("customer_id IS NULL AND event_id IS NULL"),
    )
    op.create_table(
        "journal_seals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_seals")),
        sa.UniqueConstraint("last_id", name=op.f("uq_journal_seals_last_id")),
        sa.UniqueConstraint("previous", name=op.f("uq_journal_seals_previous")),
        sa.UniqueConstraint("seal", name=op.f("uq_journal_seals_seal")),
    )
