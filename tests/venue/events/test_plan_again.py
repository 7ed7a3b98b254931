"""STOP, START and an unblocked number: reminders that are still wanted are sent, and only once."""

from dataclasses import replace
from datetime import datetime, time
from uuid import UUID

import pytest
from sqlalchemy import select

from channels.gateway import Sent
from db.models import Customer, Event, Message
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    a_booking,
    an_event,
    an_opt_out,
    days,
    hours,
    minutes,
    texts_to,
)
from tests.venue.worker import LOST, TIMING, Worker, refused, the_message, the_reminder, write
from venue import bookings, customers, events, reminders
from venue.clock import Hours
from venue.delivery import attempts, inbound, status_checks
from venue.messages import blocking, needs_call, numbers, resend
from venue.messages.happenings import Reported
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

LATE = IN_TWO_WEEKS - hours(23)


def reminder(venue: Venue) -> Message:
    return the_message(venue, Kind.REMINDER_24_HOUR)


def stop(worker: Worker, number: str | None = None) -> None:
    with worker.transaction() as session:
        blocking.opt_out(session, number or reminder(worker.venue).mobile_number or "", now=worker.now)


def start(worker: Worker, number: str | None = None) -> None:
    with worker.transaction() as session:
        blocking.opt_in(session, number or reminder(worker.venue).mobile_number or "", now=worker.now)


def worker_beside_a_reminder(venue: Venue, *outcomes: object) -> tuple[Worker, UUID]:
    booking = the_reminder(venue)
    return Worker(venue, FakeGateway(*outcomes), now=LATE), booking.id  # type: ignore[arg-type]


def given_up(venue: Venue) -> Worker:
    """A worker and a reminder that was looked for twice, was not found and is about to be resent."""
    worker, _ = worker_beside_a_reminder(venue, LOST)
    worker.deliver()
    worker.wait(TIMING.settle)
    for _ in range(2):
        worker.look()
        worker.wait(TIMING.look_interval)
    assert reminder(venue).state == "planned"
    return worker


def test_a_report_that_comes_during_a_stop_keeps_a_start_from_sending_again(venue: Venue) -> None:
    worker = given_up(venue)
    stop(worker)
    with worker.transaction() as session:
        told = {"provider_id": "SM" + "f" * 32, "status": "delivered", "error_code": None}
        status_checks.record_callback(session, reminder(venue).id, **told, timing=TIMING, now=worker.now)  # type: ignore[arg-type]
    start(worker)
    worker.deliver_all()
    assert (reminder(venue).state, len(worker.gateway.sent)) == ("delivered", 1)


def test_an_answer_that_comes_during_a_stop_keeps_a_start_from_sending_again(venue: Venue) -> None:
    """A scheduler was frozen in its call, and thaws after both looks: one of the windows of 0005."""
    worker, _ = worker_beside_a_reminder(venue)
    with worker.transaction() as session:
        claims = attempts.claim(session, "fake", limit=1, timing=TIMING, worker="w", now=worker.now).claims
    worker.wait(TIMING.lease)
    worker.expire()
    worker.wait(TIMING.settle)
    for _ in range(2):
        with write(venue) as session:
            session.get_one(Message, claims[0].message_id).account = worker.gateway.account
        worker.look()
        worker.wait(TIMING.look_interval)
    stop(worker)
    with worker.transaction() as session:
        late = [(claims[0], Sent("SM" + "a" * 32))]
        attempts.record(session, late, account="fake", timing=TIMING, now=worker.now)
    start(worker)
    worker.deliver_all()
    assert (reminder(venue).state, worker.gateway.sent) == ("sent", [])


def test_a_text_ticked_off_as_called_is_on_the_list_again_if_it_is_lost_again(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue, refused("21614"))
    stop(worker)
    with write(venue) as session:
        needs_call.mark_handled(session, [reminder(venue).id], now=worker.now)
        assert needs_call.listing(session, now=worker.now).total == 0
    start(worker)
    worker.deliver_all()
    with write(venue) as session:
        assert needs_call.listing(session, now=worker.now).total == 1


def test_a_reminder_that_was_resent_is_not_scheduled_again(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    stop(worker)
    # It was sent by hand while the number was free, and another STOP and START came after.
    with write(venue) as session:
        blocking.locked_number(session, reminder(venue).mobile_number or "").opted_out_at = None
    with write(venue) as session:
        resend.send_again(session, reminder(venue).id, form_token="t", now=worker.now)
    worker.deliver_all()
    stop(worker)
    start(worker)
    worker.deliver_all()
    assert len(worker.gateway.sent) == 1


@ON_BOTH
def test_a_delivery_unblocks_the_number_and_schedules_skipped_reminders(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    number = reminder(venue).mobile_number or ""
    for report in (Reported("undelivered", "30005"), Reported("delivered")):
        with worker.transaction() as session:
            blocking.record_report(session, number, report, called_at=worker.now, now=worker.now)
    assert reminder(venue).state == "planned"


@pytest.mark.parametrize("what", ["cancelled", "moved", "deleted", "too late"])
def test_reminders_no_longer_wanted_stay_skipped(venue: Venue, what: str) -> None:
    worker, booking_id = worker_beside_a_reminder(venue)
    stop(worker)
    old = reminder(venue)
    with write(venue) as session:
        event = session.scalars(select(Event)).one()
        if what == "cancelled":
            events.cancel(session, event.id, now=worker.now)
        elif what == "moved":
            moved = event.starts_at + days(14)
            events.update(session, event.id, version=event.version, now=worker.now, starts_at=moved)
        elif what == "deleted":
            bookings.delete(session, booking_id, now=worker.now)
        else:
            worker.now = IN_TWO_WEEKS - hours(2)
    start(worker, old.mobile_number)
    with venue.reading(MANAGER) as session:
        assert session.get_one(Message, old.id).state == "skipped"
        planned = select(Message.kind).where(Message.state == "planned", Message.kind.in_(reminders.KINDS))
        now_planned = session.scalars(planned).all()
    assert sorted(now_planned) == (["reminder_24_hour", "reminder_7_day"] if what == "moved" else [])


def test_a_new_number_that_was_blocked_too_gets_the_reminder_once_it_is_free(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    stop(worker)
    new = "+447700900777"
    with write(venue) as session:
        an_opt_out(session, new)
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=customer.version, now=worker.now, mobile_number=new)
    assert reminder(venue).state == "skipped"
    start(worker, new)
    worker.deliver_all()
    assert [outgoing.to for outgoing in worker.gateway.sent] == [new]


def test_a_stop_before_the_start_is_ignored_also_for_a_text_that_was_looked_for(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue, LOST)
    worker.gateway.accept_unknown = True
    worker.deliver()
    worker.wait(minutes(5))
    start(worker)
    worker.wait(TIMING.settle)
    worker.look()
    found = reminder(venue)
    worker.gateway.set_status(found.provider_id or "", "undelivered", "21610")
    worker.wait(minutes(1))
    worker.follow()
    with venue.reading(MANAGER) as session:
        assert not numbers.why_unreachable(session, found.mobile_number or "")


def test_a_refusal_for_a_stop_that_was_undone_during_the_call_does_not_stand(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    with worker.transaction() as session:
        batch = attempts.claim(session, "fake", limit=1, timing=TIMING, worker="w", now=worker.now)
    worker.wait(minutes(0.1))
    start(worker)
    with worker.transaction() as session:
        answer = [(batch.claims[0], refused("21610"))]
        attempts.record(session, answer, account="fake", timing=TIMING, now=worker.now)
    worker.deliver_all()
    assert (reminder(venue).state, len(worker.gateway.sent)) == ("sent", 1)


def test_a_text_from_before_the_failure_says_nothing_about_the_number(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    number = reminder(venue).mobile_number or ""
    worker.gateway.receive(number, "see you", created_at=worker.now - hours(5))
    with worker.transaction() as session:
        lost = Reported("undelivered", "30005")
        blocking.record_report(session, number, lost, called_at=worker.now, now=worker.now)
    inbound.listen(worker.transaction, worker.gateway, now=worker.now)
    with venue.reading(MANAGER) as session:
        assert numbers.why_unreachable(session, number)


def test_a_late_report_of_an_older_text_says_nothing_once_a_newer_one_arrived_or_they_texted(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    number = reminder(venue).mobile_number or ""
    lost, now = Reported("undelivered", "30005"), worker.now
    with worker.transaction() as session:
        blocking.record_report(session, number, Reported("delivered"), called_at=now, now=now)
        blocking.record_report(session, number, lost, called_at=now - hours(1), now=now)
        assert not numbers.why_unreachable(session, number)
        blocking.record_inbound(session, number, at=now + minutes(5), now=now + minutes(5))
        blocking.record_report(session, number, lost, called_at=now + minutes(1), now=now + minutes(9))
        assert not numbers.why_unreachable(session, number)
        blocking.record_report(session, number, lost, called_at=now + minutes(6), now=now + minutes(9))
        assert numbers.why_unreachable(session, number)


def test_the_log_keeps_which_number_was_refused(venue: Venue) -> None:
    with write(venue) as session:
        customer_id = a_booking(session).customer_id
    worker = Worker(venue, FakeGateway(refused("21610")), now=NOW)
    worker.deliver()
    with write(venue) as session:
        old = session.get_one(Customer, customer_id)
        was, new = old.mobile_number, "+447700900777"
        customers.update(session, customer_id, version=old.version, now=NOW, mobile_number=new)
        now_to = {text.kind: text.mobile_number for text in texts_to(session, customer_id)}
    assert now_to == {"confirmation": was, "reminder_7_day": new, "reminder_24_hour": new}


def test_a_report_from_before_staff_tried_the_number_again_says_nothing_about_it(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue)
    worker.deliver()
    sent = reminder(venue)
    worker.wait(minutes(5))
    with write(venue) as session:
        blocking.unblock(session, sent.mobile_number or "", now=worker.now)
    worker.gateway.set_status(sent.provider_id or "", "undelivered", "30005")
    worker.wait(minutes(5))
    worker.follow()
    with venue.reading(MANAGER) as session:
        assert not numbers.why_unreachable(session, sent.mobile_number or "")


# Of two that are late, the nearer


@ON_BOTH
@pytest.mark.parametrize(
    ("over", "starts_at", "before"),
    [
        ({"reminders_at": time(9)}, IN_TWO_WEEKS.replace(hour=23, minute=0), hours(37)),
        ({"hours": Hours(time(9), time(12))}, IN_TWO_WEEKS.replace(hour=23, minute=45), hours(36) + minutes(5)),
        ({}, IN_TWO_WEEKS, hours(9)),
    ],
    ids=["a time of day", "short hours", "as it comes"],
)
def test_after_an_outage_only_the_nearer_reminder_goes(
    venue: Venue, over: dict[str, object], starts_at: datetime, before: object
) -> None:
    venue = replace(venue, **over)  # type: ignore[arg-type]
    with write(venue) as session:
        booking = a_booking(session, event=an_event(session, starts_at=starts_at), tell_customer=False)
    worker = Worker(venue, FakeGateway(), now=starts_at - before)  # type: ignore[operator]
    worker.deliver_all()
    with venue.reading(MANAGER) as session:
        states = [text.state for text in texts_to(session, booking.customer_id, *reminders.KINDS)]
    assert (states, len(worker.gateway.sent)) == (["skipped", "sent"], 1)


# Away for long


def test_a_provider_away_for_26_hours_over_a_reminder_leaves_it_too_late_and_on_the_list(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue, *[refused("20003")] * 2_000)
    worker.now = IN_TWO_WEEKS - hours(24)
    back = worker.now + hours(26)
    while worker.now < back:
        worker.deliver()
        worker.expire()
        worker.wait(minutes(7))
    worker.gateway.outcomes.clear()
    worker.deliver_all()
    text = reminder(venue)
    assert (text.state, text.reason) == ("skipped", "Too late to be useful")
    assert all(outgoing.valid_for and outgoing.valid_for <= hours(22) for outgoing in worker.gateway.sent)
    assert worker.gateway.at_provider == []
    with venue.reading(MANAGER) as session:
        assert needs_call.listing(session, now=IN_TWO_WEEKS - hours(1)).total == 1


def test_after_an_hour_without_network_everything_goes_once(venue: Venue) -> None:
    for _ in range(3):
        with write(venue) as session:
            a_booking(session)
    worker = Worker(venue, FakeGateway(), now=NOW)
    worker.gateway.refusals["+44"] = refused("20003")
    while worker.now < NOW + hours(1):
        worker.deliver()
        worker.wait(minutes(1))
    worker.gateway.refusals.clear()
    for _ in range(10):
        worker.deliver_all()
        worker.wait(minutes(1))
    assert len(worker.gateway.at_provider) == 3


# Sent once more, and then the event moves


def test_a_cancellation_can_be_resent_after_a_cancelled_event_is_moved(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue, refused("30003"))
    with write(venue) as session:
        events.cancel(session, session.scalars(select(Event.id)).one(), now=worker.now)
    worker.deliver()
    with write(venue) as session:
        cancelled = the_message(venue, Kind.EVENT_CANCELLED)
        assert cancelled.state == "failed"
        resend.send_again(session, cancelled.id, form_token="t", now=worker.now)
        event = session.scalars(select(Event)).one()
        later = event.starts_at + days(1)
        events.update(session, event.id, version=event.version, now=worker.now, starts_at=later)
    worker.deliver_all()
    assert "is cancelled" in worker.gateway.sent[-1].body
    assert len(worker.gateway.sent) == 2


def test_a_resent_reminder_expires_with_the_day_it_names(venue: Venue) -> None:
    worker, _ = worker_beside_a_reminder(venue, refused("30003"))
    worker.deliver()
    with write(venue) as session:
        resend.send_again(session, reminder(venue).id, form_token="t", now=worker.now)
        event = session.scalars(select(Event)).one()
        events.update(session, event.id, version=event.version, now=worker.now, starts_at=event.starts_at + days(7))
    worker.deliver_all()
    assert ["tomorrow" in outgoing.body for outgoing in worker.gateway.sent[1:]] == [False]
    again = the_message(venue, Kind.MANUAL)
    assert (again.state, again.reason) == ("skipped", "Replaced: the event has moved")
