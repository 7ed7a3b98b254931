"""Names of settings that begin with their kind: choice, flag, mark or secret"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES = {
    "sending held": "flag.sending_held",
    "day used up": "flag.day_used_up",
    "replies listed": "mark.replies_listed",
    "deletions_key": "secret.deletions",
}


def upgrade() -> None:
    for before, after in NAMES.items():
        op.execute(f"UPDATE venue_settings SET name = '{after}' WHERE name = '{before}'")


def downgrade() -> None:
    for before, after in NAMES.items():
        op.execute(f"UPDATE venue_settings SET name = '{before}' WHERE name = '{after}'")
