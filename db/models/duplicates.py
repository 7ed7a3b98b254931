"""Customers who may be the same person, and those who were merged."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import NOT_PERSONAL, UNRECORDED, Base, belongs_by

PAIR_STATES = ("open", "later", "not_same", "household")


class DuplicatePair(Base):
    """Two customers who may be the same person. `first_id` is the lesser id.

    `reasons` is a JSON list of the codes of what they have in common, `score` their points together. What staff said
    about a pair stays, so that they are never asked again about these two.
    """

    __tablename__ = "duplicate_pairs"

    first_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), default="open", info=NOT_PERSONAL)
    score: Mapped[int] = mapped_column(info=UNRECORDED)
    reasons: Mapped[str] = mapped_column(info=UNRECORDED | NOT_PERSONAL)
    found_at: Mapped[datetime] = mapped_column(info=UNRECORDED)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(info=NOT_PERSONAL)

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(map(repr, PAIR_STATES))})", name="state"),
        CheckConstraint("first_id < second_id", name="order"),
        Index("ix_duplicate_pairs_second_id", "second_id"),
        Index("ix_duplicate_pairs_state_score", "state", "score"),
    )


class MergedCustomer(Base):
    """A customer who was merged into another: the address with their `old_id` leads to the survivor."""

    __tablename__ = "merged_customers"

    old_id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    merged_at: Mapped[datetime]

    __table_args__ = (Index("ix_merged_customers_survivor_id", "survivor_id"), belongs_by("survivor_id"))
