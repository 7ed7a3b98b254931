"""What no form lets through is refused by the database too"""

from alembic import op

from db import guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in guards.create(op.get_bind().dialect.name):
        op.execute(statement)
