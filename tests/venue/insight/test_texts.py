"""Texts by outcome and cost, worked out by hand."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from db.models import Message
from sms.texts import Kind
from venue.bulk_texts import BulkTexts, Price
from venue.insight.period import Period
from venue.insight.texts import TextCount, texts
from venue.messages import log
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.messages.states import State

SPRING = Period(date(2027, 3, 15), date(2027, 4, 20))
# In London it is April already.
LATE = datetime.fromisoformat("2027-03-31T23:30Z")
MARCH = datetime.fromisoformat("2027-03-20T12:00Z")


def a_text(session: Session, state: str, at: datetime, kind: Kind = Kind.CONFIRMATION, **columns: Any) -> None:
    values: dict[str, Any] = {"due_at": at, "created_at": MARCH, "updated_at": MARCH, "segments": 1}
    if state in ("delivered", "undelivered", "sent"):
        values |= {"sent_at": at, "provider_id": f"SIM{uuid4().hex}"}
    message = Message(dedupe_key=uuid4().hex, kind=kind.value, state=state, **values | columns)
    session.add(message)


def with_price(session: Session, price: Price | None) -> None:
    venue = session.info["venue"]
    session.info["venue"] = replace(venue, bulk_texts=BulkTexts(price=price))


def test_texts_are_counted_by_month_kind_and_state_and_equal_their_lists(session: Session) -> None:
    with_price(session, Price("£", Decimal("0.04")))
    for segments in (1, 2):
        a_text(session, "delivered", MARCH, segments=segments)
    a_text(session, "undelivered", MARCH)
    a_text(session, "failed", MARCH)
    a_text(session, "skipped", MARCH, Kind.REMINDER_7_DAY, segments=None)
    a_text(session, "delivered", LATE)
    a_text(session, "unsure", LATE, Kind.MANUAL)
    # Not counted: planned, replies, e-mails, and days before and after.
    a_text(session, "planned", MARCH)
    a_text(session, "received", MARCH, Kind.INBOUND, direction="in")
    a_text(session, "sent", MARCH, channel="email")
    a_text(session, "delivered", datetime.fromisoformat("2027-03-14T23:59Z"))
    a_text(session, "delivered", datetime.fromisoformat("2027-04-20T23:00Z"))
    session.flush()

    found = texts(session, SPRING)

    march, april = (date(2027, 3, 15), date(2027, 3, 31)), (date(2027, 4, 1), date(2027, 4, 20))
    mixed = {State.DELIVERED: 2, State.UNDELIVERED: 1, State.FAILED: 1}
    assert found.counts == [
        TextCount(*march, Kind.CONFIRMATION, mixed, segments=4, cost="£0.16"),
        TextCount(*march, Kind.REMINDER_7_DAY, {State.SKIPPED: 1}, segments=0, cost="£0.00"),
        TextCount(*april, Kind.CONFIRMATION, {State.DELIVERED: 1}, segments=1, cost="£0.04"),
        TextCount(*april, Kind.MANUAL, {State.UNSURE: 1}, segments=0, cost="£0.00"),
    ]
    assert found.finding == ("7 texts: 3 delivered, 2 not delivered, 1 unknown, 1 skipped. 5 SMS cost £0.20.")
    for each in found.counts:
        month = MessageFilter(kind=each.kind, first_day=each.first, last_day=each.last, channel=Channel.TEXT)
        for state, count in each.by_state.items():
            assert log.listing(session, replace(month, state=state)).total == count


@pytest.mark.plain_sql
def test_without_a_price_there_is_no_cost(session: Session) -> None:
    with_price(session, None)
    for _ in range(10):
        a_text(session, "delivered", MARCH)
    session.flush()

    found = texts(session, SPRING)

    assert [each.cost for each in found.counts] == [""]
    assert found.finding == "10 texts: 100% delivered. 10 SMS sent."


@pytest.mark.plain_sql
def test_a_period_without_texts_says_so(session: Session) -> None:
    assert texts(session, SPRING).finding == "No texts from 15 March to 20 April 2027."
