"""Tags, fields, households, views and duplicates"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("sent_with_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_messages_sent_with_id",
        "messages",
        ["sent_with_id"],
        unique=False,
        postgresql_where=sa.text("sent_with_id IS NOT NULL"),
        sqlite_where=sa.text("sent_with_id IS NOT NULL"),
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('text', 'number', 'day', 'flag', 'choice')", name=op.f("ck_custom_fields_kind")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60 AND trim(name) = name", name=op.f("ck_custom_fields_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_custom_fields_folded_name")),
        sa.UniqueConstraint("form_token", name=op.f("uq_custom_fields_form_token")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("at_door", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 40 AND trim(name) = name", name=op.f("ck_tags_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_tags_folded_name")),
        sa.UniqueConstraint("form_token", name=op.f("uq_tags_form_token")),
    )
    op.create_table(
        "customer_tags",
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_tags_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_customer_tags_tag_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag_id", "customer_id", name=op.f("pk_customer_tags")),
    )
    op.create_index("ix_customer_tags_customer_id_last_day", "customer_tags", ["customer_id", "last_day"], unique=False)
    op.create_index(
        "ix_customer_tags_last_day",
        "customer_tags",
        ["last_day"],
        unique=False,
        postgresql_where=sa.text("last_day IS NOT NULL"),
        sqlite_where=sa.text("last_day IS NOT NULL"),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'later', 'not_same', 'household')", name=op.f("ck_duplicate_pairs_state")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_pairs_order")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["customers.id"], name=op.f("fk_duplicate_pairs_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["customers.id"], name=op.f("fk_duplicate_pairs_second_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_pairs")),
    )
    op.create_index("ix_duplicate_pairs_second_id", "duplicate_pairs", ["second_id"], unique=False)
    op.create_index("ix_duplicate_pairs_state_score", "duplicate_pairs", ["state", "score"], unique=False)
    op.create_table(
        "field_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60 AND trim(name) = name", name=op.f("ck_field_choices_name")),
        sa.ForeignKeyConstraint(
            ["field_id"], ["custom_fields.id"], name=op.f("fk_field_choices_field_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_choices")),
        sa.UniqueConstraint("field_id", "folded_name", name=op.f("uq_field_choices_field_id_folded_name")),
    )
    op.create_table(
        "household_members",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_household_members_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_household_members_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_household_members")),
    )
    op.create_index("ix_household_members_household_id", "household_members", ["household_id"], unique=False)
    op.create_table(
        "merged_customers",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["customers.id"], name=op.f("fk_merged_customers_survivor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_merged_customers")),
    )
    op.create_index("ix_merged_customers_survivor_id", "merged_customers", ["survivor_id"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("on_today", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_saved_views_name")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_saved_views_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("form_token", name=op.f("uq_saved_views_form_token")),
    )
    op.create_index(
        "uq_saved_views_folded_name",
        "saved_views",
        ["folded_name"],
        unique=True,
        postgresql_where=sa.text("owner_id IS NULL"),
        sqlite_where=sa.text("owner_id IS NULL"),
    )
    op.create_index(
        "uq_saved_views_owner_id_folded_name",
        "saved_views",
        ["owner_id", "folded_name"],
        unique=True,
        postgresql_where=sa.text("owner_id IS NOT NULL"),
        sqlite_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_table(
        "staff_choices",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_choices_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "name", name=op.f("pk_staff_choices")),
    )
    op.create_table(
        "customer_values",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.Column("choice_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN text IS NULL THEN 0 ELSE 1 END + CASE WHEN number IS NULL THEN 0 ELSE 1 END + CASE WHEN day IS NULL THEN 0 ELSE 1 END + CASE WHEN flag IS NULL THEN 0 ELSE 1 END + CASE WHEN choice_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_customer_values_one_value"),
        ),
        sa.CheckConstraint("text IS NULL OR length(text) BETWEEN 1 AND 500", name=op.f("ck_customer_values_text")),
        sa.ForeignKeyConstraint(
            ["choice_id"], ["field_choices.id"], name=op.f("fk_customer_values_choice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_values_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["custom_fields.id"], name=op.f("fk_customer_values_field_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "field_id", name=op.f("pk_customer_values")),
    )
    op.create_index(
        "ix_customer_values_choice_id",
        "customer_values",
        ["field_id", "choice_id", "customer_id"],
        unique=False,
        postgresql_where=sa.text("choice_id IS NOT NULL"),
        sqlite_where=sa.text("choice_id IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_values_day",
        "customer_values",
        ["field_id", "day", "customer_id"],
        unique=False,
        postgresql_where=sa.text("day IS NOT NULL"),
        sqlite_where=sa.text("day IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_values_flag",
        "customer_values",
        ["field_id", "flag", "customer_id"],
        unique=False,
        postgresql_where=sa.text("flag IS NOT NULL"),
        sqlite_where=sa.text("flag IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_values_number",
        "customer_values",
        ["field_id", "number", "customer_id"],
        unique=False,
        postgresql_where=sa.text("number IS NOT NULL"),
        sqlite_where=sa.text("number IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_values_text",
        "customer_values",
        ["field_id", "text", "customer_id"],
        unique=False,
        postgresql_where=sa.text("text IS NOT NULL"),
        sqlite_where=sa.text("text IS NOT NULL"),
    )
