"""Households: customers who share a phone or live together."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, belongs_by


class Household(Base):
    """A household of at least two customers."""

    __tablename__ = "households"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime]


class HouseholdMember(Base):
    """A customer in a household. Each is in at most one."""

    __tablename__ = "household_members"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id", ondelete="CASCADE"))
    added_at: Mapped[datetime]

    __table_args__ = (Index("ix_household_members_household_id", "household_id"), belongs_by("customer_id"))
