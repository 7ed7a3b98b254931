"""Consent is in the table of consents; the unused column of phone numbers goes"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In a batch, since SQLite cannot drop a column that a check names.
    with op.batch_alter_table("phone_numbers") as table:
        table.drop_constraint(op.f("ck_phone_numbers_marketing_consent"), type_="check")
        table.drop_column("marketing_consent")
