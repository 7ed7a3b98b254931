"""What guests agreed to, what they asked of us, and who was erased."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, NOTES_LENGTH, PERSONAL, UNRECORDED, Base, belongs_by, partial_index

CONSENT_BASES = ("consent", "soft_opt_in", "refused", "withdrawn")
REQUEST_KINDS = ("access", "correction", "erasure", "complaint")


class Consent(Base):
    """One line of the consent ledger, which only grows: what a customer agreed to, or withdrew, for one channel.

    `basis` is consent, a soft opt-in (then `sale` says which sale it rests on), refused, or withdrawn. `wording` is
    what they were told, `how` is how they answered: in person, by phone, by text, on paper. The latest line of a
    channel counts. A customer without a line was not asked, which is not the same as having refused.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(8), info=NOT_PERSONAL)
    basis: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    wording: Mapped[str] = mapped_column(default="", info=PERSONAL)
    how: Mapped[str] = mapped_column(default="", info=PERSONAL)
    sale: Mapped[str] = mapped_column(default="", info=PERSONAL)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(info=NOT_PERSONAL)
    staff_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("channel IN ('text', 'email')", name="channel"),
        CheckConstraint(f"basis IN ({', '.join(map(repr, CONSENT_BASES))})", name="basis"),
        CheckConstraint("basis <> 'soft_opt_in' OR sale <> ''", name="soft_opt_in_has_a_sale"),
        Index("ix_consents_customer_id_channel_id", "customer_id", "channel", "id"),
        belongs_by("customer_id"),
    )


class Request(Base):
    """What a guest asked for: access, correction, erasure, or a complaint, with the days by which the law wants an
    answer.

    `person` is who asked, as they named themselves; `customer_id` is the record it is about, if there is one. `due_on`
    is the day by which it must be answered, `acknowledge_by` the day by which a complaint must be acknowledged. The
    clock stands still from `paused_on` on, while the guest is asked for what is needed to answer; `paused_days` is for
    how many days it stood still before. After erasure the texts are empty, and the row stays.
    """

    __tablename__ = "requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(16), info=NOT_PERSONAL)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"))
    person: Mapped[str] = mapped_column(info=PERSONAL)
    contact: Mapped[str] = mapped_column(default="", info=PERSONAL)
    details: Mapped[str] = mapped_column(default="", info=PERSONAL)
    received_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    acknowledge_by: Mapped[date | None] = mapped_column(Date)
    acknowledged_on: Mapped[date | None] = mapped_column(Date)
    paused_on: Mapped[date | None] = mapped_column(Date)
    paused_days: Mapped[int] = mapped_column(default=0)
    answered_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(default="", info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    updated_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    version: Mapped[int] = mapped_column(default=1, info=UNRECORDED)
    form_token: Mapped[str | None] = mapped_column(String(64), info=UNRECORDED | NOT_PERSONAL)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("form_token"),
        CheckConstraint("paused_days >= 0", name="paused_days"),
        CheckConstraint(f"kind IN ({', '.join(map(repr, REQUEST_KINDS))})", name="kind"),
        CheckConstraint(f"length(details) <= {NOTES_LENGTH} AND length(outcome) <= {NOTES_LENGTH}", name="lengths"),
        Index("ix_requests_customer_id", "customer_id"),
        partial_index("ix_requests_open", "due_on", where="answered_on IS NULL"),
        belongs_by("customer_id"),
    )


class Erasure(Base):
    """A customer whose data was erased or deleted. Only the id, so that a restored backup can be erased again."""

    __tablename__ = "erasures"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(info=NOT_PERSONAL)


class StoppedNumber(Base):
    """A number whose owner was erased, and to which no texts may be sent: a hash of it, so that a STOP still counts
    when the number is stored again (venue/messages/stopped_numbers.py).

    `opted_out_by` is the member of staff who stopped the texts, NULL if the guest did.
    """

    __tablename__ = "stopped_numbers"

    number_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOT_PERSONAL)
    opted_out_at: Mapped[datetime]
    opted_out_by: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)
