"""Customers, their number, and the traces of deleted ones."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import (
    BYTE_ORDERED,
    IDENTITY,
    NAME_LENGTH,
    NOT_PERSONAL,
    NOTES_LENGTH,
    PERSONAL,
    UNRECORDED,
    Base,
    belongs_by,
    e164,
)
from db.types import FirstNameKey

if TYPE_CHECKING:
    from db.models.events import Booking


def search_id_of(context: Any) -> int:
    """An integer key for SQLite's search index. SQLite's own row numbers may change on VACUUM."""
    return search_id(context.get_current_parameters()["id"])


def search_id(customer_id: UUID) -> int:
    return customer_id.int >> 65


class Customer(Base):
    """A customer of the venue.

    db/search.py computes `search_text` and `sort_key`; venue/customers/booking_status.py computes `active_until` and
    `reminder_until`.
    """

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    first_name: Mapped[str] = mapped_column(info=IDENTITY)
    last_name: Mapped[str] = mapped_column(info=IDENTITY)
    mobile_number: Mapped[str] = mapped_column(String(16), info=IDENTITY)
    # Empty without one. Messages about bookings go there when `prefers_email`, or when the number gets no texts.
    email: Mapped[str] = mapped_column(String(254), default="", server_default=text("''"), info=IDENTITY)
    prefers_email: Mapped[bool] = mapped_column(default=False, server_default=false())
    notes: Mapped[str] = mapped_column(default="", info=PERSONAL)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    search_id: Mapped[int] = mapped_column(BigInteger, default=search_id_of, info=UNRECORDED)
    search_text: Mapped[str] = mapped_column(info=UNRECORDED | IDENTITY)
    sort_key: Mapped[str] = mapped_column(BYTE_ORDERED, info=UNRECORDED | IDENTITY)
    active_until: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    reminder_until: Mapped[datetime | None] = mapped_column(info=UNRECORDED)

    bookings: Mapped[list["Booking"]] = relationship(back_populates="customer", lazy="raise", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            f"length(first_name) BETWEEN 1 AND {NAME_LENGTH} AND trim(first_name) = first_name", name="first_name"
        ),
        CheckConstraint(
            f"length(last_name) BETWEEN 1 AND {NAME_LENGTH} AND trim(last_name) = last_name", name="last_name"
        ),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        CheckConstraint(e164("mobile_number"), name="mobile_number"),
        UniqueConstraint("form_token"),
        UniqueConstraint("search_id"),
        Index("ix_customers_sort_key_id", "sort_key", "id"),
        Index("ix_customers_mobile_number_id", "mobile_number", "id"),
        Index(
            "ix_customers_email",
            text("lower(email)"),
            postgresql_where=text("email <> ''"),
            sqlite_where=text("email <> ''"),
        ),
        Index("ix_customers_created_at_id", "created_at", "id"),
        Index("ix_customers_active_until", "active_until"),
        Index("ix_customers_reminder_until_active_until", "reminder_until", "active_until"),
        belongs_by("id"),
    )


_customers = Customer.__table__.c
Index("ix_customers_first_name_sort_key_id", FirstNameKey(_customers.sort_key), _customers.sort_key, _customers.id)


class CustomerTotal(Base):
    """A part of the number of customers: db/totals.py adds them up."""

    __tablename__ = "customer_totals"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    difference: Mapped[int] = mapped_column(BigInteger)


class Deletion(Base):
    """A deleted customer: when and by whom, and hashes instead of name and number (venue/customers/deletions.py)."""

    __tablename__ = "deletions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    deleted_at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    name_hash: Mapped[str] = mapped_column(String(64), index=True, info=NOT_PERSONAL)
    number_hash: Mapped[str] = mapped_column(String(64), index=True, info=NOT_PERSONAL)
