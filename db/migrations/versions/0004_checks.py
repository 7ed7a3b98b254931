"""Checks of what forms refuse already: invisible characters, double spaces, invalid numbers and versions"""

from alembic import op

from db import checks

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in checks.create(op.get_bind().dialect.name):
        op.execute(statement)
