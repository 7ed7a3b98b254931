"""E-mails beside texts"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message_attempts",
        sa.Column("channel", sa.String(length=8), server_default=sa.text("'text'"), nullable=False),
    )
    # The addresses of one guest may be written in capitals or not.
    op.drop_index("ix_customers_email", table_name="customers")
    op.create_index(
        "ix_customers_email",
        "customers",
        [sa.literal_column("lower(email)")],
        postgresql_where=sa.text("email <> ''"),
        sqlite_where=sa.text("email <> ''"),
    )
