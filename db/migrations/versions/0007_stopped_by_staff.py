"""Who of the staff stopped the texts to a number, empty for a STOP of the customer"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone_numbers", sa.Column("opted_out_by", sa.Text(), nullable=True))
