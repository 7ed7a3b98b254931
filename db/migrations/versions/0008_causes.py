"""Why a message was skipped, as a value for rules, beside the sentence for staff"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# How the sentences stored until now begin.
SENTENCES = {
    "Opted out%": "opted_out",
    "Texts to this number were stopped by staff%": "stopped_by_staff",
    "This number cannot receive texts%": "cannot_receive",
    "Too late%": "too_late",
    "Booked too late%": "booked_too_late",
    "Replaced%": "replaced",
    "The event is cancelled%": "event_cancelled",
    "The event is on again%": "event_on_again",
    "The booking was deleted%": "booking_deleted",
    "The customer was deleted%": "customer_deleted",
}


def upgrade() -> None:
    # In one statement on both databases: SQLite adds a check only together with its column.
    check = "CONSTRAINT ck_messages_cause CHECK (cause IS NULL OR state = 'skipped')"
    op.execute(f"ALTER TABLE messages ADD COLUMN cause VARCHAR(32) {check}")
    messages = sa.table("messages", *map(sa.column, ("cause", "state", "reason", "error_code")))
    causes = [(messages.c.reason.like(sentence), cause) for sentence, cause in SENTENCES.items()]
    # With an error code the provider refused it because of a STOP, and the reason is the provider's.
    causes.append((messages.c.error_code.is_not(None), "opted_out"))
    op.execute(sa.update(messages).where(messages.c.state == "skipped").values(cause=sa.case(*causes)))
