"""Messages, the attempts to send them, templates, pauses, and what is known about numbers."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import NOT_PERSONAL, PERSONAL, UNRECORDED, Base, belongs_by, e164, partial_index

STATES = ("planned", "sending", "sent", "delivered", "undelivered", "failed", "held", "unsure", "skipped", "received")
# Messages that may need attention, until staff mark them as done.
NOT_DEALT_WITH = "handled_at IS NULL AND state IN ('undelivered', 'failed', 'unsure', 'skipped', 'received')"
# Inbound messages, until staff mark them as done.
UNANSWERED = "state = 'received' AND handled_at IS NULL"


class PhoneNumber(Base):
    """What is known about a phone number, independent of customers."""

    __tablename__ = "phone_numbers"

    mobile_number: Mapped[str] = mapped_column(String(16), primary_key=True, info=PERSONAL)
    opted_out_at: Mapped[datetime | None]
    # The staff member who stopped the texts; NULL when the customer did.
    opted_out_by: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)
    opted_in_at: Mapped[datetime | None]
    reachable_at: Mapped[datetime | None]
    unreachable_code: Mapped[str | None] = mapped_column(String(16), info=NOT_PERSONAL)
    last_outcome: Mapped[str | None] = mapped_column(String(32), info=UNRECORDED | NOT_PERSONAL)
    last_outcome_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    failures_in_a_row: Mapped[int] = mapped_column(default=0, info=UNRECORDED)

    __table_args__ = (
        CheckConstraint(e164("mobile_number"), name="mobile_number"),
        partial_index(
            "ix_phone_numbers_no_texts",
            "mobile_number",
            where="opted_out_at IS NOT NULL OR unreachable_code IS NOT NULL",
        ),
        belongs_by("mobile_number"),
    )


class Message(Base):
    """One message, in or out: outbox and delivery log in one table. venue/messages/states.py decides its states."""

    __tablename__ = "messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dedupe_key: Mapped[str] = mapped_column(String(160), info=UNRECORDED | NOT_PERSONAL)
    direction: Mapped[str] = mapped_column(String(8), default="out", info=NOT_PERSONAL)
    kind: Mapped[str] = mapped_column(String(32), info=NOT_PERSONAL)
    state: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    # Why it was skipped, for rules (venue/messages/causes.py). `reason` is the sentence for staff.
    cause: Mapped[str | None] = mapped_column(String(32), info=NOT_PERSONAL)
    reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="SET NULL"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    mobile_number: Mapped[str | None] = mapped_column(String(16), info=PERSONAL)
    body: Mapped[str | None] = mapped_column(info=PERSONAL)
    encoding: Mapped[str | None] = mapped_column(String(8), info=UNRECORDED | NOT_PERSONAL)
    segments: Mapped[int | None] = mapped_column(info=UNRECORDED)
    priority: Mapped[int] = mapped_column(default=2, info=UNRECORDED)
    due_at: Mapped[datetime | None]
    useful_until: Mapped[datetime | None]
    next_step_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    claim_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    fence: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    lease_until: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    claimed_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    account: Mapped[str | None] = mapped_column(String(160), info=UNRECORDED | NOT_PERSONAL)
    provider_id: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)
    provider_status: Mapped[str | None] = mapped_column(String(32), info=UNRECORDED | NOT_PERSONAL)
    error_code: Mapped[str | None] = mapped_column(String(16), info=UNRECORDED | NOT_PERSONAL)
    empty_looks: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    polls: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    retries: Mapped[int] = mapped_column(default=0, info=UNRECORDED)
    resends: Mapped[int] = mapped_column(default=0, server_default="0", info=UNRECORDED)
    erase_when_settled: Mapped[bool] = mapped_column(Boolean, default=False, info=UNRECORDED)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    sent_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    final_at: Mapped[datetime | None] = mapped_column(info=UNRECORDED)
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)
    again_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    # The reminder that says what this one, which was skipped, would have said (venue/messages/together.py). No foreign
    # key: SQLite could only get one by copying the table. A message that others were skipped for is never deleted.
    sent_with_id: Mapped[UUID | None] = mapped_column(info=UNRECORDED)
    # The bulk text that it is part of. No foreign key, for the same reason: bulk texts with messages are never deleted.
    campaign_id: Mapped[UUID | None]
    # "text", or "email" to `email`.
    channel: Mapped[str] = mapped_column(String(8), default="text", server_default="text", info=NOT_PERSONAL)
    email: Mapped[str | None] = mapped_column(String(254), info=PERSONAL)
    subject: Mapped[str | None] = mapped_column(info=PERSONAL)
    # Why it is an e-mail (venue/messages/channels.py); NULL for a text.
    channel_cause: Mapped[str | None] = mapped_column(String(16), info=NOT_PERSONAL)

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
        partial_index("ix_messages_due", "priority", "due_at", "id", where="state = 'planned'"),
        partial_index("ix_messages_next_step", "next_step_at", where="state IN ('sending', 'unsure', 'sent')"),
        partial_index("ix_messages_not_dealt_with", "updated_at", where=NOT_DEALT_WITH),
        partial_index("ix_messages_unanswered", "created_at", where=UNANSWERED),
        partial_index("ix_messages_again_of_id", "again_of_id", where="again_of_id IS NOT NULL"),
        partial_index("ix_messages_sent_with_id", "sent_with_id", where="sent_with_id IS NOT NULL"),
        partial_index(
            "ix_messages_campaign_id_due_at",
            *("campaign_id", "due_at", "id"),
            where="state = 'planned' AND campaign_id IS NOT NULL",
        ),
        partial_index("ix_messages_campaign_id_state", "campaign_id", "state", where="campaign_id IS NOT NULL"),
        Index("ix_messages_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_messages_booking_id", "booking_id"),
        Index("ix_messages_event_id", "event_id"),
        Index("ix_messages_mobile_number", "mobile_number"),
        Index("ix_messages_created_at_id", "created_at", "id"),
        Index("ix_messages_state_due_at", "state", "due_at"),
        belongs_by("customer_id", "mobile_number"),
    )


class TextTotal(Base):
    """How many texts were sent in one quarter of an hour and are in this state, or a difference to their number:
    db/text_totals.py adds them up. `segments` are those that the provider took."""

    __tablename__ = "text_totals"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    quarter: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32), info=NOT_PERSONAL)
    state: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    texts: Mapped[int]
    segments: Mapped[int]
    is_merged: Mapped[bool]

    __table_args__ = (
        # All that is read is in it.
        Index("ix_text_totals_quarter", "quarter", "kind", "state", "texts", "segments"),
        partial_index("ix_text_totals_not_merged", "quarter", "kind", "state", where="NOT is_merged"),
    )


class MessageAttempt(Base):
    """One call to the provider. Inserted before the call, completed after it, then never changed."""

    __tablename__ = "message_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    fence: Mapped[int]
    worker: Mapped[str] = mapped_column(String(80), info=NOT_PERSONAL)
    channel: Mapped[str] = mapped_column(String(8), default="text", server_default=text("'text'"), info=NOT_PERSONAL)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16), info=NOT_PERSONAL)
    detail: Mapped[str] = mapped_column(default="", info=PERSONAL)
    error_code: Mapped[str | None] = mapped_column(String(16), info=NOT_PERSONAL)
    provider_id: Mapped[str | None] = mapped_column(String(64), info=NOT_PERSONAL)

    message: Mapped[Message] = relationship(back_populates="attempts", lazy="raise")

    __table_args__ = (
        UniqueConstraint("message_id", "fence"),
        Index("ix_message_attempts_started_at", "started_at"),
        belongs_by("message_id"),
    )


class Template(Base):
    """The template of one kind of message."""

    __tablename__ = "templates"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True, info=NOT_PERSONAL)
    body: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("length(body) BETWEEN 1 AND 1000", name="body"),)


class Pause(Base):
    """The numbers that an account may not text for now, and why: those that begin with `scope`, or all if it is ""."""

    __tablename__ = "pauses"

    account: Mapped[str] = mapped_column(String(160), primary_key=True, info=NOT_PERSONAL)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True, info=NOT_PERSONAL)
    reason: Mapped[str] = mapped_column(info=PERSONAL)
    error_code: Mapped[str | None] = mapped_column(String(16), info=NOT_PERSONAL)
    paused_at: Mapped[datetime]
    try_again_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("scope = '' OR substr(scope, 1, 1) = '+'", name="scope"), belongs_by())
