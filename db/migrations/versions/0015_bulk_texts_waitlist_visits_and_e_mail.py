"""Bulk texts, waitlist, visits and e-mail"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("useful_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'sending', 'paused', 'stopped')", name=op.f("ck_campaigns_state")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100 AND trim(name) = name", name=op.f("ck_campaigns_name")),
        sa.CheckConstraint("per_minute > 0", name=op.f("ck_campaigns_per_minute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("form_token", name=op.f("uq_campaigns_form_token")),
    )
    op.create_index("ix_campaigns_created_at", "campaigns", ["created_at"], unique=False)
    op.create_table(
        "customer_visits",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("typical_gap", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_visits_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_visits")),
    )
    op.create_index("ix_customer_visits_quiet_from", "customer_visits", ["quiet_from"], unique=False)
    op.create_index("ix_customer_visits_visits", "customer_visits", ["visits"], unique=False)
    op.create_table(
        "late_cancellations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_late_cancellations_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_late_cancellations_event_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_cancellations")),
    )
    op.create_index("ix_late_cancellations_cancelled_at", "late_cancellations", ["cancelled_at"], unique=False)
    op.create_index("ix_late_cancellations_customer_id", "late_cancellations", ["customer_id"], unique=False)
    op.create_table(
        "rewards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=True),
        sa.CheckConstraint("visits > 0", name=op.f("ck_rewards_visits")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_rewards_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint("form_token", name=op.f("uq_rewards_form_token")),
    )
    op.create_index("ix_rewards_customer_id", "rewards", ["customer_id"], unique=False)
    op.create_table(
        "waitlist_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state <> 'offered' OR answer_by IS NOT NULL", name=op.f("ck_waitlist_entries_offered_has_an_end")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'booked', 'declined', 'expired', 'left')",
            name=op.f("ck_waitlist_entries_state"),
        ),
        sa.CheckConstraint("length(notes) <= 2000", name=op.f("ck_waitlist_entries_notes")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_waitlist_entries_seats")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_waitlist_entries_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_waitlist_entries_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entries")),
        sa.UniqueConstraint("form_token", name=op.f("uq_waitlist_entries_form_token")),
    )
    op.create_index(
        "ix_waitlist_entries_answer_by",
        "waitlist_entries",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
        sqlite_where=sa.text("state = 'offered'"),
    )
    op.create_index("ix_waitlist_entries_customer_id", "waitlist_entries", ["customer_id"], unique=False)
    op.create_index(
        "ix_waitlist_entries_event_id_joined_at", "waitlist_entries", ["event_id", "joined_at"], unique=False
    )
    op.create_index(
        "uq_waitlist_entries_open",
        "waitlist_entries",
        ["event_id", "customer_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
        sqlite_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.add_column("bookings", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("arrived_seats", sa.Integer(), nullable=True))
    op.add_column("bookings", sa.Column("walked_in", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("bookings", sa.Column("late_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_bookings_marked",
        "bookings",
        ["event_id"],
        unique=False,
        postgresql_where=sa.text("arrived IS NOT NULL"),
        sqlite_where=sa.text("arrived IS NOT NULL"),
    )
    op.add_column("customers", sa.Column("email", sa.String(length=254), server_default=sa.text("''"), nullable=False))
    op.add_column("customers", sa.Column("prefers_email", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_customers_email",
        "customers",
        ["email"],
        unique=False,
        postgresql_where=sa.text("email <> ''"),
        sqlite_where=sa.text("email <> ''"),
    )
    op.add_column("messages", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("channel", sa.String(length=8), server_default="text", nullable=False))
    op.add_column("messages", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("messages", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("channel_cause", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_messages_campaign_id_state",
        "messages",
        ["campaign_id", "state"],
        unique=False,
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
        sqlite_where=sa.text("campaign_id IS NOT NULL"),
    )
