"""Selected customers of bulk texts"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_customers_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_campaign_customers_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_customers")),
    )
    op.create_index(
        "ix_campaign_customers_campaign_id_customer_id", "campaign_customers", ["campaign_id", "customer_id"]
    )
    op.create_index("ix_campaign_customers_customer_id", "campaign_customers", ["customer_id"])
    op.add_column("campaigns", sa.Column("is_list", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("campaigns", sa.Column("paused_by_restore", sa.Boolean(), server_default=sa.false(), nullable=False))
