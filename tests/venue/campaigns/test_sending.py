"""A bulk text from its confirmation to its last text: who is checked again, when and how fast, pause and stop."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import NotSent, Unknown
from db.models import Campaign, Customer, Message
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, STAFF, a_booking, a_customer, an_event, days, hours, minutes, seconds
from tests.venue.campaigns.people import a_draft, agrees, confirmed, progress, who_agreed
from tests.venue.worker import TIMING, Worker
from venue import campaigns, customers, events, merging, privacy
from venue.bulk_texts import BulkTexts
from venue.campaigns import AudienceChanged, Progress
from venue.campaigns.progress import ends_at
from venue.delivery import attempts
from venue.errors import Invalid, NotAllowed
from venue.insight import today
from venue.messages import blocking, log, needs_call, resend, upcoming
from venue.messages.causes import Cause
from venue.privacy import consents
from venue.profile import Venue

SQLITE_ONLY = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def to(venue: Venue, number: int, **over: Any) -> UUID:
    """A confirmed bulk text to this number of customers."""
    with venue.transaction(MANAGER) as session:
        who_agreed(session, number)
        return confirmed(session, **over)


def now_of(venue: Venue, campaign_id: UUID) -> Progress:
    with venue.reading(MANAGER) as session:
        return progress(session, campaign_id)


def act(venue: Venue, command: Callable[..., Any], campaign_id: UUID, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        command(session, campaign_id, now=worker.now)


# Confirming


def test_confirming_queues_one_text_for_each_and_the_scheduler_sends_them(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 3, per_minute=600)
    assert now_of(venue, campaign_id).waiting == 3
    worker.deliver_all()
    assert now_of(venue, campaign_id) == Progress(sent=3)
    assert len({text.to for text in worker.gateway.sent}) == 3


def test_a_changed_audience_is_refused_with_the_difference(session: Session) -> None:
    left, stays = who_agreed(session, 2)
    draft = a_draft(session)
    seen = campaigns.find(session, draft, now=NOW)
    agrees(session, left, "withdrawn")
    who_agreed(session, 2)
    with pytest.raises(AudienceChanged, match="2 customers more would get it and 1 customer would no longer") as error:
        campaigns.confirm(session, draft.id, version=1, ids=seen.ids, count=2, now=NOW)
    assert campaigns.get(session, draft.id).state == "draft"
    ids, count = error.value.audience.ids, len(error.value.audience.recipients)
    assert campaigns.confirm(session, draft.id, version=1, ids=ids, count=count, now=NOW).messages == 3
    assert stays.id in {each.id for each in error.value.audience.recipients}


def test_the_number_is_typed_and_confirming_again_does_nothing(session: Session) -> None:
    who_agreed(session, 2)
    draft = a_draft(session)
    ids = campaigns.find(session, draft, now=NOW).ids
    given: dict[str, Any] = {"version": 1, "ids": ids, "now": NOW}
    with pytest.raises(Invalid, match="Type 2"):
        campaigns.confirm(session, draft.id, count=3, **given)
    for _ in range(2):
        campaigns.confirm(session, draft.id, count=2, **given)
    assert session.query(Message).filter_by(campaign_id=draft.id).count() == 2
    session.info["actor"] = replace(MANAGER, name="Mia")
    with pytest.raises(Invalid, match="Max confirmed it already"):
        campaigns.confirm(session, draft.id, count=2, **given)
    with pytest.raises(Invalid, match="can no longer be changed"):
        campaigns.update(session, draft.id, version=2, body="{venue_name}: new words", now=NOW)
    with pytest.raises(Invalid, match="it stays"):
        campaigns.delete(session, draft.id, now=NOW)


@SQLITE_ONLY
def test_words_that_changed_since_are_looked_at_again(session: Session) -> None:
    who_agreed(session)
    draft = a_draft(session)
    ids = campaigns.find(session, draft, now=NOW).ids
    campaigns.update(session, draft.id, version=1, body="{venue_name}: other words", now=NOW)
    with pytest.raises(Invalid, match="It was changed since you looked"):
        campaigns.confirm(session, draft.id, version=1, ids=ids, count=1, now=NOW)


@SQLITE_ONLY
def test_staff_may_not(session: Session) -> None:
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed):
        a_draft(session)


# Each is checked again


def refuse(session: Session, customer: Customer) -> None:
    agrees(session, customer, "withdrawn")


def stop_number(session: Session, customer: Customer) -> None:
    blocking.stop_texting(session, customer.mobile_number, now=NOW)


def erase(session: Session, customer: Customer) -> None:
    privacy.erase(session, customer.id, now=NOW)


def merge_into_other(session: Session, customer: Customer) -> None:
    """With the other recipient: their texts are now to one number."""
    other = session.scalars(select(Customer).where(Customer.id != customer.id)).one()
    plan = merging.preview(session, other.id, customer.id, now=NOW)
    known: dict[str, Any] = {"bookings": {}, "plan_fingerprint": plan.fingerprint, "now": NOW}
    merging.merge(session, keep_id=other.id, other_id=customer.id, **known)


@pytest.mark.parametrize(
    ("change", "skipped"),
    [
        (refuse, {Cause.NOT_AGREED: 1}),
        (stop_number, {Cause.STOPPED_BY_STAFF: 1}),
        (erase, {}),
        (merge_into_other, {Cause.TEXTED_LATELY: 1}),
    ],
)
def test_who_may_not_get_it_any_more_is_skipped(
    venue: Venue, worker: Worker, change: Callable[..., None], skipped: dict[str, int]
) -> None:
    campaign_id = to(venue, 2, per_minute=600)
    with venue.transaction(MANAGER) as session:
        change(session, session.scalars(select(Customer)).first())
    worker.deliver_all()
    end = now_of(venue, campaign_id)
    assert (end.sent, dict(end.skipped), end.erased) == (1, skipped, 0 if skipped else 1)
    assert len(worker.gateway.sent) == 1


def test_two_at_once_never_text_one_number_twice_within_a_week(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 2)
        first = confirmed(session, per_minute=600)
        second = confirmed(session, per_minute=600, now=NOW + seconds(1))
    worker.wait(minutes(1))
    worker.deliver_all()
    assert now_of(venue, first).sent == 2
    assert now_of(venue, second).skipped == {Cause.TEXTED_LATELY: 2}
    worker.wait(days(7.1))
    third = confirm_at(venue, worker.now, per_minute=600)
    worker.deliver_all()
    assert now_of(venue, third).sent == 2


def confirm_at(venue: Venue, now: datetime, **over: Any) -> UUID:
    with venue.transaction(MANAGER) as session:
        return confirmed(session, now=now, **over)


@SQLITE_ONLY
@pytest.mark.parametrize("what", ["cancelled", "moved", "deleted"])
def test_an_event_that_is_not_as_it_was_said_to_be_is_not_announced(venue: Venue, worker: Worker, what: str) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 2)
        event = an_event(session)
        campaign_id = confirmed(session, event_id=event.id)
    with venue.transaction(MANAGER) as session:
        if what == "cancelled":
            events.cancel(session, event.id, now=NOW)
        elif what == "moved":
            events.update(session, event.id, version=1, starts_at=event.starts_at + days(1), now=NOW)
        else:
            events.delete(session, event.id, now=NOW)
    worker.deliver_all()
    cause = Cause.REPLACED if what == "moved" else Cause.EVENT_CANCELLED
    assert now_of(venue, campaign_id).skipped == {cause: 2}


# When, and how fast


@SQLITE_ONLY
def test_none_goes_outside_the_hours_of_bulk_texts(venue: Venue, gateway: FakeGateway) -> None:
    worker = Worker(venue, gateway, datetime(2027, 1, 15, 19, 59, 59, tzinfo=UTC))
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 12)
        campaign_id = confirmed(session, now=worker.now, per_minute=6)
    worker.deliver_all()
    assert now_of(venue, campaign_id).sent == 1
    for _ in range(13):
        worker.wait(hours(1))
        worker.deliver_all()
    assert (worker.now.hour, now_of(venue, campaign_id).sent) == (8, 1)
    worker.wait(seconds(1))
    worker.deliver_all()
    assert (worker.now.hour, now_of(venue, campaign_id).sent) == (9, 2)


@SQLITE_ONLY
def test_the_rate_is_kept_and_nothing_is_made_up_for_after_a_pause(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 20, per_minute=12)
    went = []
    for second in range(150):
        if second == 30:
            act(venue, campaigns.pause, campaign_id, worker)
        if second == 90:
            act(venue, campaigns.resume, campaign_id, worker)
        before = len(worker.gateway.sent)
        worker.deliver_all()
        went += [second] * (len(worker.gateway.sent) - before)
        worker.wait(seconds(1))
    assert len([second for second in went if second < 30]) == 6
    assert not [second for second in went if 30 <= second < 90]
    assert all(len([each for each in went if start <= each < start + 60]) <= 12 for start in range(90))
    assert all(len([each for each in went if start <= each < start + 10]) <= 2 for start in range(140))
    assert len([second for second in went if 90 <= second < 150]) == 12


@SQLITE_ONLY
def test_an_outage_makes_no_burst(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 30, per_minute=6)
    worker.gateway.outcomes.extend([NotSent("No line")] * 12)
    for _ in range(120):
        worker.deliver_all()
        worker.wait(seconds(1))
    assert now_of(venue, campaign_id).sent == 0
    before = len(worker.gateway.sent)
    for _ in range(60):
        worker.deliver_all()
        worker.wait(seconds(1))
    assert len(worker.gateway.sent) - before == 6


def test_confirmations_and_reminders_go_first(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 20, per_minute=600)
    with venue.transaction(MANAGER) as session:
        a_booking(session, a_customer(session, first_name="Zoe"), now=NOW + minutes(1))
    worker.wait(minutes(2))
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=5, timing=TIMING, worker="w", now=worker.now)
    assert "Hi Zoe" in batch.claims[0].outgoing.body
    assert len(batch.claims) == 5
    assert now_of(venue, campaign_id).on_its_way == 4


# Pause and stop


def test_stop_skips_what_waits_also_what_comes_back_later(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 3, per_minute=600)
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=1, timing=TIMING, worker="w", now=worker.now)
    act(venue, campaigns.stop, campaign_id, worker)
    assert now_of(venue, campaign_id) == Progress(on_its_way=1, skipped={Cause.CAMPAIGN_STOPPED: 2})
    results = [(batch.claims[0], NotSent("No line"))]
    with worker.transaction() as session:
        attempts.record(session, results, account=worker.gateway.account, timing=TIMING, now=worker.now)
    assert now_of(venue, campaign_id).waiting == 1
    worker.deliver()
    assert now_of(venue, campaign_id) == Progress(skipped={Cause.CAMPAIGN_STOPPED: 3})
    assert not worker.gateway.sent
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid, match="for good"):
        campaigns.resume(session, campaign_id, now=NOW)


def test_what_was_paused_too_long_is_too_late(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 2)
    act(venue, campaigns.pause, campaign_id, worker)
    worker.wait(days(7))
    worker.deliver_all()
    worker.expire()
    assert now_of(venue, campaign_id).skipped == {Cause.TOO_LATE: 2}
    with venue.reading(MANAGER) as session:
        assert campaigns.get(session, campaign_id).state == "finished"
        assert not campaigns.running(session)


@SQLITE_ONLY
def test_an_unknown_one_is_never_sent_again_by_staff(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 1)
    worker.gateway.outcomes.append(Unknown("No answer"))
    worker.deliver_all()
    assert now_of(venue, campaign_id).unknown == 1
    with venue.transaction(MANAGER) as session:
        text = session.query(Message).one()
        with pytest.raises(Invalid, match="once"):
            resend.send_again(session, text.id, form_token="again", sure=True, now=worker.now)


@SQLITE_ONLY
def test_when_the_last_one_goes(session: Session) -> None:
    who_agreed(session, 30)
    row = campaigns.get(session, confirmed(session, per_minute=1))
    assert ends_at(session, row, now=NOW) == NOW + minutes(30)
    at = datetime(2027, 1, 15, 19, 50, tzinfo=UTC)
    assert ends_at(session, row, now=at) == datetime(2027, 1, 16, 9, 20, tzinfo=UTC)
    session.info["venue"] = replace(session.info["venue"], bulk_texts=BulkTexts(hours=None))
    assert ends_at(session, row, now=at) == at + minutes(30)


@SQLITE_ONLY
def test_a_customer_who_was_renumbered_gets_it_at_the_new_number(venue: Venue, worker: Worker) -> None:
    campaign_id = to(venue, 1)
    with venue.transaction(MANAGER) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=1, mobile_number="07700 900777", now=NOW)
        assert consents.may_market(session, customer.id)
    worker.deliver_all()
    assert worker.gateway.sent[0].to == "+447700900777"
    with venue.reading(MANAGER) as session:
        assert session.get_one(Campaign, campaign_id).messages == 1


@SQLITE_ONLY
def test_screens_of_other_texts_leave_it_out(session: Session) -> None:
    who_agreed(session)
    confirmed(session)
    before = today.overview(session, now=NOW)
    assert (before.due_next, before.going_out_this_week) == ([], 0)
    assert not upcoming.this_week(session, now=NOW).planned
    text = session.query(Message).one()
    text.state, text.reason = "failed", "Refused"
    session.flush()
    assert needs_call.needing_attention(session, now=NOW) == 0
    assert log.listing(session).rows[0].campaign_id == text.campaign_id
