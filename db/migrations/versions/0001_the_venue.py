"""The first tables: customers, events, bookings, messages, staff"""

import sqlalchemy as sa
from alembic import op

from db import search, totals

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"], unique=False)
    op.create_table(
        "customer_totals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_totals")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("mobile_number", sa.String(length=16), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.Column("search_id", sa.BigInteger(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("active_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminder_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "substr(mobile_number, 1, 1) = '+' AND length(mobile_number) BETWEEN 8 AND 16 AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(mobile_number, 2),'0',''),'1',''),'2',''),'3',''),'4',''),'5',''),'6',''),'7',''),'8',''),'9','') = ''",
            name=op.f("ck_customers_mobile_number"),
        ),
        sa.CheckConstraint(
            "length(first_name) BETWEEN 1 AND 100 AND trim(first_name) = first_name",
            name=op.f("ck_customers_first_name"),
        ),
        sa.CheckConstraint(
            "length(last_name) BETWEEN 1 AND 100 AND trim(last_name) = last_name", name=op.f("ck_customers_last_name")
        ),
        sa.CheckConstraint("length(notes) <= 2000", name=op.f("ck_customers_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("form_token", name=op.f("uq_customers_form_token")),
        sa.UniqueConstraint("search_id", name=op.f("uq_customers_search_id")),
    )
    op.create_index("ix_customers_active_until", "customers", ["active_until"], unique=False)
    op.create_index("ix_customers_created_at_id", "customers", ["created_at", "id"], unique=False)
    op.create_index("ix_customers_first_name_id", "customers", [sa.text("lower(first_name)"), "id"], unique=False)
    op.create_index("ix_customers_mobile_number_id", "customers", ["mobile_number", "id"], unique=False)
    op.create_index(
        "ix_customers_reminder_until_active_until", "customers", ["reminder_until", "active_until"], unique=False
    )
    op.create_index("ix_customers_sort_key_id", "customers", ["sort_key", "id"], unique=False)
    op.create_table(
        "deletions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index(op.f("ix_deletions_deleted_at"), "deletions", ["deleted_at"], unique=False)
    op.create_index(op.f("ix_deletions_name_hash"), "deletions", ["name_hash"], unique=False)
    op.create_index(op.f("ix_deletions_number_hash"), "deletions", ["number_hash"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("schedule_rev", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_events_capacity_positive")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_events_name")),
        sa.CheckConstraint("length(notes) <= 2000", name=op.f("ck_events_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("form_token", name=op.f("uq_events_form_token")),
    )
    op.create_index("ix_events_starts_at", "events", ["starts_at"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "pauses",
        sa.Column("account", sa.String(length=160), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error_code", sa.String(length=16), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_again_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scope = '' OR substr(scope, 1, 1) = '+'", name=op.f("ck_pauses_scope")),
        sa.PrimaryKeyConstraint("account", "scope", name=op.f("pk_pauses")),
    )
    op.create_table(
        "phone_numbers",
        sa.Column("mobile_number", sa.String(length=16), nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_code", sa.String(length=16), nullable=True),
        sa.Column("last_outcome", sa.String(length=32), nullable=True),
        sa.Column("last_outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures_in_a_row", sa.Integer(), nullable=False),
        sa.Column("marketing_consent", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "marketing_consent IN ('yes', 'no', 'not asked')", name=op.f("ck_phone_numbers_marketing_consent")
        ),
        sa.CheckConstraint(
            "substr(mobile_number, 1, 1) = '+' AND length(mobile_number) BETWEEN 8 AND 16 AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(mobile_number, 2),'0',''),'1',''),'2',''),'3',''),'4',''),'5',''),'6',''),'7',''),'8',''),'9','') = ''",
            name=op.f("ck_phone_numbers_mobile_number"),
        ),
        sa.PrimaryKeyConstraint("mobile_number", name=op.f("pk_phone_numbers")),
    )
    op.create_index(
        "ix_phone_numbers_no_texts",
        "phone_numbers",
        ["mobile_number"],
        unique=False,
        postgresql_where=sa.text("opted_out_at IS NOT NULL OR unreachable_code IS NOT NULL"),
        sqlite_where=sa.text("opted_out_at IS NOT NULL OR unreachable_code IS NOT NULL"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'staff', 'manager')", name=op.f("ck_staff_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "templates",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 1000", name=op.f("ck_templates_body")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_templates")),
    )
    op.create_table(
        "venue_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_venue_settings")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(notes) <= 2000", name=op.f("ck_bookings_notes")),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_bookings_seats_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_bookings_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_bookings_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("customer_id", "event_id", name=op.f("uq_bookings_customer_id_event_id")),
    )
    op.create_index("ix_bookings_event_id_seats", "bookings", ["event_id", "seats"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_ins_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_staff_id"), "sign_ins", ["staff_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("mobile_number", sa.String(length=16), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("encoding", sa.String(length=8), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("useful_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_token", sa.String(length=64), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account", sa.String(length=160), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("provider_status", sa.String(length=32), nullable=True),
        sa.Column("error_code", sa.String(length=16), nullable=True),
        sa.Column("empty_looks", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("erase_when_settled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("again_of_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint(
            "mobile_number IS NULL OR (substr(mobile_number, 1, 1) = '+' AND length(mobile_number) BETWEEN 8 AND 16 AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(substr(mobile_number, 2),'0',''),'1',''),'2',''),'3',''),'4',''),'5',''),'6',''),'7',''),'8',''),'9','') = '')",
            name=op.f("ck_messages_mobile_number"),
        ),
        sa.CheckConstraint(
            "state <> 'sending' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_messages_claimed"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'held', 'unsure', 'skipped', 'received')",
            name=op.f("ck_messages_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'delivered', 'undelivered') OR provider_id IS NOT NULL",
            name=op.f("ck_messages_final_has_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["again_of_id"], ["messages.id"], name=op.f("fk_messages_again_of_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_messages_booking_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_messages_event_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_messages_dedupe_key")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_messages_provider_id")),
    )
    op.create_index(
        "ix_messages_again_of_id",
        "messages",
        ["again_of_id"],
        unique=False,
        postgresql_where=sa.text("again_of_id IS NOT NULL"),
        sqlite_where=sa.text("again_of_id IS NOT NULL"),
    )
    op.create_index("ix_messages_booking_id", "messages", ["booking_id"], unique=False)
    op.create_index("ix_messages_created_at_id", "messages", ["created_at", "id"], unique=False)
    op.create_index("ix_messages_customer_id_created_at", "messages", ["customer_id", "created_at"], unique=False)
    op.create_index(
        "ix_messages_due",
        "messages",
        ["priority", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
        sqlite_where=sa.text("state = 'planned'"),
    )
    op.create_index("ix_messages_event_id", "messages", ["event_id"], unique=False)
    op.create_index("ix_messages_mobile_number", "messages", ["mobile_number"], unique=False)
    op.create_index(
        "ix_messages_next_step",
        "messages",
        ["next_step_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('sending', 'unsure', 'sent')"),
        sqlite_where=sa.text("state IN ('sending', 'unsure', 'sent')"),
    )
    op.create_index(
        "ix_messages_not_dealt_with",
        "messages",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text(
            "handled_at IS NULL AND state IN ('undelivered', 'failed', 'unsure', 'skipped', 'received')"
        ),
        sqlite_where=sa.text(
            "handled_at IS NULL AND state IN ('undelivered', 'failed', 'unsure', 'skipped', 'received')"
        ),
    )
    op.create_index("ix_messages_state_due_at", "messages", ["state", "due_at"], unique=False)
    op.create_table(
        "message_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("error_code", sa.String(length=16), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_attempts_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attempts")),
        sa.UniqueConstraint("message_id", "fence", name=op.f("uq_message_attempts_message_id_fence")),
    )
    op.create_index("ix_message_attempts_started_at", "message_attempts", ["started_at"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in search.create_index(dialect) + totals.create(dialect):
        op.execute(statement)
