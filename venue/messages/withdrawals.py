"""A number that gets no texts any more: the customers who have it have withdrawn from news and offers by text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Consent, Customer
from db.types import AnyRow
from venue.messages import agreements
from venue.roles import Permission, require

REFUSALS = ("refused", "withdrawn")


def latest_line(session: Session, customer_id: UUID, channel: str) -> AnyRow | None:
    """The line of the consent ledger that counts for this customer and channel: its `basis`, and `at` in UTC. None if
    they were not asked."""
    require(session, Permission.READ)
    lines = select(Consent.basis, Consent.at).where(Consent.customer_id == customer_id, Consent.channel == channel)
    return session.execute(lines.order_by(Consent.id.desc()).limit(1)).first()


def withdraw_from_texts(session: Session, mobile_number: str, *, how: str, now: datetime) -> None:
    """Add a line to the consent ledger of each customer with this number, unless their latest line refuses already.

    The line stays when texts to the number are allowed again: confirmations and reminders then go, news does not.
    """
    actor = require(session, Permission.TEXTS, Permission.DELIVERY)
    has_refused = agreements.latest(Consent.basis).in_(REFUSALS)
    having = select(Customer.id).where(Customer.mobile_number == mobile_number, has_refused.is_not(True))
    line = {"channel": "text", "basis": "withdrawn", "how": how, "at": now, "actor": actor.name}
    for customer_id in session.scalars(having.order_by(Customer.id)).all():
        session.add(Consent(customer_id=customer_id, staff_id=actor.staff_id, **line))
    session.flush()
