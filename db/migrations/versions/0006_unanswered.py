"""An index of unanswered replies, which every screen counts"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("state = 'received' AND handled_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_messages_unanswered",
        "messages",
        ["created_at"],
        postgresql_where=UNANSWERED,
        sqlite_where=UNANSWERED,
    )
