"""Customers who were merged into another: where their old addresses lead, and which ids they had."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import MergedCustomer
from venue.roles import Permission, require


def survivor_of(session: Session, customer_id: UUID) -> UUID | None:
    """The id of the customer into whom the one with this id was merged, or None."""
    require(session, Permission.READ)
    return session.scalar(select(MergedCustomer.survivor_id).where(MergedCustomer.old_id == customer_id))


def old_ids(session: Session, customer_ids: Collection[UUID]) -> list[UUID]:
    """The ids of all who were merged into these customers, also by several merges in a row."""
    require(session, Permission.READ)
    merged = select(MergedCustomer.old_id).where(MergedCustomer.survivor_id.in_(customer_ids))
    return list(session.scalars(merged.order_by(MergedCustomer.old_id)))
