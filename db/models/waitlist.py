"""The waitlist: parties who want seats at an event that is full."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, NOTES_LENGTH, PERSONAL, UNRECORDED, Base, belongs_by, partial_index

WAITLIST_STATES = ("waiting", "offered", "booked", "declined", "expired", "left")


class WaitlistEntry(Base):
    """A party on the waitlist of an event, in the order of `joined_at`. While it is "offered", its seats are promised
    until `answer_by`, and count as taken. `cause` is why it was passed over last, for rules
    (venue/waitlist)."""

    __tablename__ = "waitlist_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    seats: Mapped[int]
    notes: Mapped[str] = mapped_column(default="", info=PERSONAL)
    state: Mapped[str] = mapped_column(String(8), default="waiting", info=NOT_PERSONAL)
    cause: Mapped[str | None] = mapped_column(String(32), info=UNRECORDED | NOT_PERSONAL)
    joined_at: Mapped[datetime]
    offers: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    offered_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint(f"state IN ({', '.join(map(repr, WAITLIST_STATES))})", name="state"),
        CheckConstraint("state <> 'offered' OR answer_by IS NOT NULL", name="offered_has_an_end"),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        UniqueConstraint("form_token"),
        partial_index(
            "uq_waitlist_entries_open",
            "event_id",
            "customer_id",
            where="state IN ('waiting', 'offered')",
            unique=True,
        ),
        partial_index("ix_waitlist_entries_answer_by", "answer_by", where="state = 'offered'"),
        Index("ix_waitlist_entries_event_id_joined_at", "event_id", "joined_at"),
        Index("ix_waitlist_entries_customer_id", "customer_id"),
        belongs_by("customer_id"),
    )
