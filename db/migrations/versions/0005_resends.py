"""The number of resends of a message, in place of a flag"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("resends", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE messages SET resends = 1 WHERE resent")
    op.drop_column("messages", "resent")
