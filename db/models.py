"""Every table. Each promise the database can keep is a constraint with a name."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from db.types import FirstNameKey, Id, Instant

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

NAME_LENGTH = 100
NOTES_LENGTH = 2_000
STATES = ("planned", "sending", "sent", "delivered", "undelivered", "failed", "held", "unsure", "skipped", "received")
# Texts that a person may have to see to, until somebody says that they have.
NOT_DEALT_WITH = "handled_at IS NULL AND state IN ('undelivered', 'failed', 'unsure', 'skipped', 'received')"

# Texts that came in, until somebody has answered them.
UNANSWERED = "state = 'received' AND handled_at IS NULL"


def e164(column: str) -> str:
    """The check that a column holds an E.164 number: a plus, then 7 to 15 digits. Says the same on both databases."""
    digits = f"substr({column}, 2)"
    only_digits = f"replace(replace(replace(replace(replace({digits},'0',''),'1',''),'2',''),'3',''),'4','')"
    only_digits = f"replace(replace(replace(replace(replace({only_digits},'5',''),'6',''),'7',''),'8',''),'9','')"
    return f"substr({column}, 1, 1) = '+' AND length({column}) BETWEEN 8 AND 16 AND {only_digits} = ''"


# The same order on both databases, whatever locale the server was made with.
BYTE_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")


def search_id_of(context: Any) -> int:
    """A whole number for the search index of SQLite, whose own row numbers may change on VACUUM."""
    return search_id(context.get_current_parameters()["id"])


def search_id(customer_id: UUID) -> int:
    return customer_id.int >> 65


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, UUID: Id, str: Text, dict[str, Any]: JSON}


class Customer(Base):
    """A person the venue knows. db/search.py makes `search_text`; venue/booking_state.py keeps the two `…_until`."""

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    first_name: Mapped[str]
    last_name: Mapped[str]
    mobile_number: Mapped[str] = mapped_column(String(16))
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    form_token: Mapped[str | None] = mapped_column(String(64))
    search_id: Mapped[int] = mapped_column(BigInteger, default=search_id_of)
    search_text: Mapped[str]
    sort_key: Mapped[str] = mapped_column(BYTE_ORDERED)
    active_until: Mapped[datetime | None]
    reminder_until: Mapped[datetime | None]

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
        Index("ix_customers_created_at_id", "created_at", "id"),
        Index("ix_customers_active_until", "active_until"),
        Index("ix_customers_reminder_until_active_until", "reminder_until", "active_until"),
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


_customers = Customer.__table__.c
Index("ix_customers_first_name_sort_key_id", FirstNameKey(_customers.sort_key), _customers.sort_key, _customers.id)


class CustomerTotal(Base):
    """What the number of customers is made up of: db/totals.py."""

    __tablename__ = "customer_totals"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    difference: Mapped[int] = mapped_column(BigInteger)


class Deletion(Base):
    """That somebody was deleted, when and by whom, but not who: venue/deletions.py makes the two hashes."""

    __tablename__ = "deletions"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    deleted_at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    name_hash: Mapped[str] = mapped_column(String(64), index=True)
    number_hash: Mapped[str] = mapped_column(String(64), index=True)


class Event(Base):
    """Something at the venue with a start; no capacity means unlimited."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    short_name: Mapped[str]
    starts_at: Mapped[datetime]
    capacity: Mapped[int | None]
    category: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    schedule_rev: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    form_token: Mapped[str | None] = mapped_column(String(64))

    bookings: Mapped[list["Booking"]] = relationship(back_populates="event", lazy="raise", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        UniqueConstraint("form_token"),
        Index("ix_events_starts_at", "starts_at"),
    )


class Booking(Base):
    """One customer on one event. No seats means reminder only."""

    __tablename__ = "bookings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    seats: Mapped[int]
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    arrived: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Customer] = relationship(back_populates="bookings", lazy="raise")
    event: Mapped[Event] = relationship(back_populates="bookings", lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("customer_id", "event_id"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint(f"length(notes) <= {NOTES_LENGTH}", name="notes"),
        Index("ix_bookings_event_id_seats", "event_id", "seats"),
    )


class PhoneNumber(Base):
    """What has been observed of a number, whoever answers it."""

    __tablename__ = "phone_numbers"

    mobile_number: Mapped[str] = mapped_column(String(16), primary_key=True)
    opted_out_at: Mapped[datetime | None]
    # Who of the staff stopped the texts; empty when the guest did.
    opted_out_by: Mapped[str | None]
    opted_in_at: Mapped[datetime | None]
    reachable_at: Mapped[datetime | None]
    unreachable_code: Mapped[str | None] = mapped_column(String(16))
    last_outcome: Mapped[str | None] = mapped_column(String(32))
    last_outcome_at: Mapped[datetime | None]
    failures_in_a_row: Mapped[int] = mapped_column(default=0)
    marketing_consent: Mapped[str] = mapped_column(String(16), default="not asked")

    __table_args__ = (
        CheckConstraint(e164("mobile_number"), name="mobile_number"),
        CheckConstraint("marketing_consent IN ('yes', 'no', 'not asked')", name="marketing_consent"),
        Index(
            "ix_phone_numbers_no_texts",
            "mobile_number",
            postgresql_where=text("opted_out_at IS NOT NULL OR unreachable_code IS NOT NULL"),
            sqlite_where=text("opted_out_at IS NOT NULL OR unreachable_code IS NOT NULL"),
        ),
    )


class Message(Base):
    """One text, in or out: the outbox and the delivery log in one table. venue/message_states.py says how it moves."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dedupe_key: Mapped[str] = mapped_column(String(160))
    direction: Mapped[str] = mapped_column(String(8), default="out")
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    # Why it was skipped, for rules (venue/messages/causes.py); `reason` is the sentence that staff read.
    cause: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="SET NULL"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    mobile_number: Mapped[str | None] = mapped_column(String(16))
    body: Mapped[str | None]
    encoding: Mapped[str | None] = mapped_column(String(8))
    segments: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=2)
    due_at: Mapped[datetime | None]
    useful_until: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None]
    claim_token: Mapped[str | None] = mapped_column(String(64))
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    account: Mapped[str | None] = mapped_column(String(160))
    provider_id: Mapped[str | None] = mapped_column(String(64))
    provider_status: Mapped[str | None] = mapped_column(String(32))
    error_code: Mapped[str | None] = mapped_column(String(16))
    empty_looks: Mapped[int] = mapped_column(default=0)
    polls: Mapped[int] = mapped_column(default=0)
    retries: Mapped[int] = mapped_column(default=0)
    resends: Mapped[int] = mapped_column(default=0, server_default="0")
    erase_when_settled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None]
    again_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))

    attempts: Mapped[list["MessageAttempt"]] = relationship(
        back_populates="message", lazy="raise", passive_deletes=True
    )

    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        UniqueConstraint("provider_id"),
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STATES) + ")", name="state"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("cause IS NULL OR state = 'skipped'", name="cause"),
        CheckConstraint(
            "state NOT IN ('sent', 'delivered', 'undelivered') OR provider_id IS NOT NULL", name="final_has_provider_id"
        ),
        CheckConstraint("state <> 'sending' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)", name="claimed"),
        CheckConstraint(f"mobile_number IS NULL OR ({e164('mobile_number')})", name="mobile_number"),
        Index(
            "ix_messages_due",
            "priority",
            "due_at",
            "id",
            postgresql_where=text("state = 'planned'"),
            sqlite_where=text("state = 'planned'"),
        ),
        Index(
            "ix_messages_next_step",
            "next_step_at",
            postgresql_where=text("state IN ('sending', 'unsure', 'sent')"),
            sqlite_where=text("state IN ('sending', 'unsure', 'sent')"),
        ),
        Index(
            "ix_messages_not_dealt_with",
            "updated_at",
            postgresql_where=text(NOT_DEALT_WITH),
            sqlite_where=text(NOT_DEALT_WITH),
        ),
        Index(
            "ix_messages_unanswered",
            "created_at",
            postgresql_where=text(UNANSWERED),
            sqlite_where=text(UNANSWERED),
        ),
        Index(
            "ix_messages_again_of_id",
            "again_of_id",
            postgresql_where=text("again_of_id IS NOT NULL"),
            sqlite_where=text("again_of_id IS NOT NULL"),
        ),
        Index("ix_messages_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_messages_booking_id", "booking_id"),
        Index("ix_messages_event_id", "event_id"),
        Index("ix_messages_mobile_number", "mobile_number"),
        Index("ix_messages_created_at_id", "created_at", "id"),
        Index("ix_messages_state_due_at", "state", "due_at"),
    )


class MessageAttempt(Base):
    """One call to the provider; written before the call, completed after it, never changed again."""

    __tablename__ = "message_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    fence: Mapped[int]
    worker: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(default="")
    error_code: Mapped[str | None] = mapped_column(String(16))
    provider_id: Mapped[str | None] = mapped_column(String(64))

    message: Mapped[Message] = relationship(back_populates="attempts", lazy="raise")

    __table_args__ = (UniqueConstraint("message_id", "fence"), Index("ix_message_attempts_started_at", "started_at"))


class Template(Base):
    """The words of one kind of text."""

    __tablename__ = "templates"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    body: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("length(body) BETWEEN 1 AND 1000", name="body"),)


class Pause(Base):
    """What an account may not text at the moment, and why: numbers that begin with `scope`, or all. venue/pauses.py."""

    __tablename__ = "pauses"

    account: Mapped[str] = mapped_column(String(160), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    reason: Mapped[str]
    error_code: Mapped[str | None] = mapped_column(String(16))
    paused_at: Mapped[datetime]
    try_again_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("scope = '' OR substr(scope, 1, 1) = '+'", name="scope"),)


class Staff(Base):
    """Who may do what."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("role IN ('viewer', 'staff', 'manager')", name="role"),
    )


class SignIn(Base):
    """One browser signed in; only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AuditEntry(Base):
    """One change of one row: who, what, before, after; each entry's hash covers the one before it."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_log_subject", "subject"),)


class Heartbeat(Base):
    """When a process last said that it is alive."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class VenueSetting(Base):
    """A choice of the venue's that is changed on a screen, not in the environment."""

    __tablename__ = "venue_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime]
