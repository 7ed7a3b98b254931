"""Events and bookings."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import (
    NAME_LENGTH,
    NOT_PERSONAL,
    NOTES_LENGTH,
    PERSONAL,
    UNRECORDED,
    Base,
    belongs_by,
    partial_index,
)
from db.models.customers import Customer


class Event(Base):
    """An event at the venue. Without a capacity its seats are unlimited."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(info=PERSONAL)
    short_name: Mapped[str] = mapped_column(info=PERSONAL)
    starts_at: Mapped[datetime]
    capacity: Mapped[int | None]
    category: Mapped[str] = mapped_column(default="", info=PERSONAL)
    notes: Mapped[str] = mapped_column(default="", info=PERSONAL)
    cancelled_at: Mapped[datetime | None]
    # Seats of guests who came without a booking and gave no number, so that they are no customers.
    unnamed_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    # Why a manager let the capacity be below the seats that are booked; empty while it is not.
    overbooked_reason: Mapped[str] = mapped_column(default="", server_default=text("''"), info=PERSONAL)
    # Events of one series have the same; each has its own bookings, capacity and texts.
    series_id: Mapped[UUID | None]
    schedule_rev: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    bookings: Mapped[list["Booking"]] = relationship(back_populates="event", lazy="raise", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        CheckConstraint("unnamed_seats >= 0", name="unnamed_seats_not_negative"),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        UniqueConstraint("form_token"),
        Index("ix_events_starts_at", "starts_at"),
        partial_index("ix_events_series_id", "series_id", "starts_at", where="series_id IS NOT NULL"),
        belongs_by(),
    )


class Booking(Base):
    """One customer's booking for one event. 0 seats means reminder only."""

    __tablename__ = "bookings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    seats: Mapped[int]
    notes: Mapped[str] = mapped_column(default="", info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    told_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    # Whether they came, and with how many. NULL while it was not marked, which is not the same as a no-show.
    arrived: Mapped[bool | None]
    arrived_at: Mapped[datetime | None]
    arrived_seats: Mapped[int | None]
    walked_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    # When they said that they are running late and, if they said so, by how many minutes.
    late_since: Mapped[datetime | None]
    late_minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)

    customer: Mapped[Customer] = relationship(back_populates="bookings", lazy="raise")
    event: Mapped[Event] = relationship(back_populates="bookings", lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("customer_id", "event_id"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("late_minutes > 0", name="late_minutes_positive"),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        Index("ix_bookings_event_id_seats", "event_id", "seats"),
        partial_index("ix_bookings_marked", "event_id", where="arrived IS NOT NULL"),
        belongs_by("customer_id"),
    )


class BookingTotal(Base):
    """Numbers of the bookings for an event that were made in one hour in UTC, or a difference to them: db/
    booking_totals.py adds them up. `marked` have a mark, as arrived or as a no-show."""

    __tablename__ = "booking_totals"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    event_id: Mapped[UUID]
    hour: Mapped[datetime]
    seats: Mapped[int]
    marked: Mapped[int]
    no_shows: Mapped[int]
    is_merged: Mapped[bool]

    __table_args__ = (
        # All that is read is in it.
        Index("ix_booking_totals_event_id", "event_id", "hour", "seats", "marked", "no_shows"),
        partial_index("ix_booking_totals_not_merged", "event_id", "hour", where="NOT is_merged"),
    )
