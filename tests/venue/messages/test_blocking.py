"""Blocked and unblocked numbers, and what is sent to them."""

import pytest
from sqlalchemy.orm import Session

from channels.gateway import NotSent
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, NOW, VIEWER, a_booking, a_customer, hours, minutes, texts_to
from tests.venue.worker import Worker, refused, the_message, the_reminder, write
from venue import customers, reminders
from venue.errors import NotAllowed
from venue.messages import blocking, numbers
from venue.messages.causes import Cause, Reason
from venue.messages.happenings import Reported
from venue.profile import Venue


def test_start_plans_the_reminders_again_that_stop_had_skipped(session: Session) -> None:
    customer = a_customer(session)
    a_booking(session, customer)
    blocking.opt_out(session, customer.mobile_number, now=NOW)
    assert {text.state for text in texts_to(session, customer)} == {"skipped"}

    blocking.opt_in(session, customer.mobile_number, now=NOW)

    assert {text.state for text in texts_to(session, customer, *reminders.KINDS)} == {"planned"}
    assert [text.state for text in texts_to(session, customer, Kind.CONFIRMATION)] == ["skipped"]


def test_start_plans_a_reminder_again_whose_first_try_never_left(venue: Venue) -> None:
    customer_id = the_reminder(venue).customer_id
    worker = Worker(venue, FakeGateway(NotSent("No network")), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    with worker.transaction() as session:
        number = texts_to(session, customer_id, Kind.REMINDER_24_HOUR)[0].mobile_number or ""
        blocking.opt_out(session, number, now=worker.now)
        blocking.opt_in(session, number, now=worker.now)
    worker.wait(minutes(5))
    worker.deliver()
    assert [outgoing.to for outgoing in worker.gateway.sent] == [number, number]
    assert the_message(venue, Kind.REMINDER_24_HOUR).state == "sent"


def test_start_plans_a_reminder_again_that_the_provider_refused_for_a_stop(venue: Venue) -> None:
    the_reminder(venue)
    worker = Worker(venue, FakeGateway(refused("21610")), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    stopped = the_message(venue, Kind.REMINDER_24_HOUR)
    assert (stopped.state, stopped.error_code) == ("skipped", "21610")
    with worker.transaction() as session:
        blocking.opt_in(session, stopped.mobile_number or "", now=worker.now)
    worker.deliver()
    sent = the_message(venue, Kind.REMINDER_24_HOUR)
    assert (sent.state, sent.error_code, len(worker.gateway.sent)) == ("sent", None, 2)


def test_what_went_is_never_planned_again(venue: Venue) -> None:
    the_reminder(venue)
    worker = Worker(venue, FakeGateway(), now=IN_TWO_WEEKS - hours(23))
    worker.deliver()
    number = the_message(venue, Kind.REMINDER_24_HOUR).mobile_number or ""
    worker.gateway.set_status(the_message(venue, Kind.REMINDER_24_HOUR).provider_id or "", "undelivered", "30006")
    worker.wait(minutes(1))
    worker.follow()
    with write(venue) as session:
        assert numbers.why_unreachable(session, number)
        blocking.unblock(session, number, now=worker.now)
        assert not numbers.why_unreachable(session, number)
    assert the_message(venue, Kind.REMINDER_24_HOUR).state == "undelivered"


def test_staff_may_try_a_number_again_that_texts_did_not_reach_but_not_one_that_texted_stop(session: Session) -> None:
    customer = a_customer(session)
    a_booking(session, customer)
    lost = Reported("undelivered", "30005")
    blocking.record_report(session, customer.mobile_number, lost, called_at=NOW, now=NOW)
    assert {text.state for text in texts_to(session, customer)} == {"skipped"}

    blocking.unblock(session, customer.mobile_number, now=NOW)

    assert {text.state for text in texts_to(session, customer, *reminders.KINDS)} == {"planned"}
    assert numbers.details(session, customer.id).failures_in_a_row == 0
    blocking.opt_out(session, customer.mobile_number, now=NOW)
    blocking.unblock(session, customer.mobile_number, now=NOW)
    assert numbers.details(session, customer.id).cannot_text == Reason(Cause.OPTED_OUT).words
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed):
        blocking.unblock(session, customer.mobile_number, now=NOW)


def test_a_corrected_number_gets_the_reminders_that_the_wrong_one_could_not(session: Session) -> None:
    customer = a_customer(session)
    a_booking(session, customer)
    blocking.opt_out(session, customer.mobile_number, now=NOW)

    customers.update(session, customer.id, version=customer.version, now=NOW, mobile_number="07700 900555")

    planned = texts_to(session, customer, *reminders.KINDS)
    assert {(text.state, text.mobile_number) for text in planned} == {("planned", "+447700900555")}
