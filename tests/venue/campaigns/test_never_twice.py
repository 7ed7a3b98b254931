"""Who changed their number, was merged or whose texts a restored backup lacks gets no second bulk text."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer, Message
from sms.texts import Kind
from tests.makers import MANAGER, NOW, days, hours, minutes
from tests.venue.campaigns.people import a_draft, confirmed, progress, who_agreed
from tests.venue.worker import Worker
from venue import campaigns, customers, merging
from venue.campaigns import LeftOut
from venue.delivery.after_restore import FOUND
from venue.messages.causes import Cause
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.profile import Venue

NEW_NUMBER = "07700 900888"


def renumber(session: Session, customer_id: UUID) -> None:
    customer = session.get_one(Customer, customer_id)
    customers.update(session, customer_id, version=customer.version, mobile_number=NEW_NUMBER, now=NOW)


def left_out(session: Session) -> dict[LeftOut, int]:
    return dict(campaigns.find(session, a_draft(session), now=NOW + hours(2)).left_out)


def test_who_changed_their_number_gets_one_a_week(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        [customer_id] = [customer.id for customer in who_agreed(session)]
        confirmed(session)
        second = confirmed(session, now=NOW + minutes(1))
    worker.deliver()
    assert len(worker.gateway.sent) == 1
    with venue.transaction(MANAGER) as session:
        renumber(session, customer_id)
        assert left_out(session) == {LeftOut.TEXTED_LATELY: 1}
    worker.wait(hours(1))
    worker.deliver_all()
    with venue.reading(MANAGER) as session:
        assert progress(session, second).skipped == {Cause.TEXTED_LATELY: 1}
    assert len(worker.gateway.sent) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_one_bulk_text_goes_once_to_who_was_merged_however_long_it_takes(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 2)
        campaign_id = confirmed(session, per_minute=1, useful_until=NOW + days(30))
    worker.deliver()
    assert len(worker.gateway.sent) == 1
    with venue.transaction(MANAGER) as session:
        campaigns.pause(session, campaign_id, now=NOW)
        went = session.scalars(select(Message.customer_id).where(Message.state == State.SENT.value)).one()
        other = session.scalars(select(Customer).where(Customer.id != went)).one()
        plan = merging.preview(session, other.id, went, now=NOW)
        known: dict[str, Any] = {"bookings": {}, "plan_fingerprint": plan.fingerprint, "now": NOW}
        merging.merge(session, keep_id=other.id, other_id=went, **known)
        campaigns.resume(session, campaign_id, now=NOW)
    worker.wait(days(8))
    worker.deliver_all()
    with venue.reading(MANAGER) as session:
        assert progress(session, campaign_id).skipped == {Cause.TEXTED_LATELY: 1}
    assert len(worker.gateway.sent) == 1


def test_a_text_that_a_restored_backup_lacks_may_have_been_a_bulk_text(session: Session) -> None:
    [customer] = who_agreed(session)
    found = NewMessage(
        kind=Kind.MANUAL,
        dedupe_key=f"{FOUND}SM1",
        state=State.SENT,
        mobile_number=customer.mobile_number,
        body="The Anchor: Hi Ann, jazz on Sunday. Reply STOP to opt out.",
        provider_id="SM1",
        sent_at=NOW,
        now=NOW,
    )
    session.add(Message(**found.columns()))
    session.flush()
    assert left_out(session) == {LeftOut.TEXTED_LATELY: 1}
