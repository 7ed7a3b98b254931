"""Customers who agreed to news by text, and bulk texts to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Campaign, Customer
from tests.makers import NOW, a_customer
from venue import campaigns
from venue.campaigns import Progress
from venue.privacy import consents

BODY = "{venue_name}: Hi {first_name}, jazz on Sunday."


def agrees(session: Session, customer: Customer, basis: str = "consent", *, now: datetime = NOW) -> Customer:
    said = {"how": "In person", "wording": "May we text you?", "sale": "Christmas dinner"}
    consents.record(session, customer.id, channel="text", basis=basis, now=now, **said)
    return customer


def who_agreed(session: Session, number: int = 1, **over: Any) -> list[Customer]:
    return [agrees(session, a_customer(session, **over)) for _ in range(number)]


def a_draft(session: Session, *, query: Mapping[str, str] | None = None, now: datetime = NOW, **over: Any) -> Campaign:
    values: dict[str, Any] = {"name": "Jazz", "body": BODY, **over}
    return campaigns.add(session, query=query or {}, now=now, **values)


def confirmed(session: Session, *, now: datetime = NOW, **over: Any) -> UUID:
    """A bulk text to all who may get one, confirmed."""
    draft = a_draft(session, now=now, **over)
    audience = campaigns.find(session, draft, now=now)
    given = {"version": draft.version, "ids": audience.ids, "count": len(audience.recipients)}
    return campaigns.confirm(session, draft.id, now=now, **given).id


def progress(session: Session, campaign_id: UUID) -> Progress:
    """How far it has come, once it is seen that everyone is counted once."""
    row = campaigns.get(session, campaign_id)
    assert row.progress.total == row.campaign.messages
    assert row.campaign.messages + sum(row.campaign.left_out.values()) == row.campaign.audience
    return row.progress
