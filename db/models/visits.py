"""Visits: how often a customer came, what they missed, and the rewards for coming often."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, UNRECORDED, Base, belongs_by


class CustomerVisits(Base):
    """The visits of a customer who came at least once, computed from their bookings (venue/visits).

    Days are in the venue's zone. `typical_gap` is the median number of days between their visits, from three visits
    on; `quiet_from` is the day from which they count as having stopped coming; `returned_after` is the number of days
    from their first day to their second.
    """

    __tablename__ = "customer_visits"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    visits: Mapped[int]
    seats: Mapped[int]
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    typical_gap: Mapped[int | None]
    quiet_from: Mapped[date | None] = mapped_column(Date)
    returned_after: Mapped[int | None]

    __table_args__ = (
        Index("ix_customer_visits_visits", "visits"),
        Index("ix_customer_visits_quiet_from", "quiet_from"),
        Index("ix_customer_visits_first_day_returned_after", "first_day", "returned_after"),
        belongs_by("customer_id"),
    )


class LateCancellation(Base):
    """A booking that was cancelled shortly before its event. It is deleted after a year."""

    __tablename__ = "late_cancellations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    seats: Mapped[int]
    starts_at: Mapped[datetime]
    cancelled_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_late_cancellations_customer_id", "customer_id"),
        Index("ix_late_cancellations_cancelled_at", "cancelled_at"),
        belongs_by("customer_id"),
    )


class Reward(Base):
    """A reward that a customer was given for coming often: what it was, and at which number of visits."""

    __tablename__ = "rewards"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    visits: Mapped[int]
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    form_token: Mapped[str | None] = mapped_column(info=UNRECORDED | NOT_PERSONAL)

    __table_args__ = (
        CheckConstraint("visits > 0", name="visits"),
        UniqueConstraint("form_token"),
        Index("ix_rewards_customer_id", "customer_id"),
        belongs_by("customer_id"),
    )
