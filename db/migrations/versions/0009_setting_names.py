"""Names of settings that begin with their kind: choice, flag, mark or secret"""

import sqlalchemy as sa
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
        _rename(before, after)


def downgrade() -> None:
    for before, after in NAMES.items():
        _rename(after, before)


def _rename(before: str, after: str) -> None:
    rename = sa.text("UPDATE venue_settings SET name = :after WHERE name = :before")
    op.execute(rename.bindparams(before=before, after=after))
