"""What happens to a text that the provider has accepted."""

import pytest

from channels.gateway import Sent
from db.models import PhoneNumber
from sms import error_codes
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    MANAGER,
    days,
    minutes,
    seconds,
)
from tests.venue.worker import LOST, TIMING, Worker, a_text, the_message, unsure
from venue.delivery import status_checks
from venue.messages import blocking, numbers
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


@ON_BOTH
def test_a_sent_text_is_followed_to_its_end(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue)
    worker.deliver()
    assert worker.follow() is False
    worker.wait(seconds(30))
    gateway.set_status(the_message(venue).provider_id or "", "sent")
    assert worker.follow() is True
    assert (the_message(venue).state, the_message(venue).provider_status) == ("sent", "sent")
    worker.wait(minutes(2))
    gateway.set_status(the_message(venue).provider_id or "", "undelivered", "30005")
    worker.follow()
    message = the_message(venue)
    assert (message.state, message.error_code, message.reason) == (
        *("undelivered", "30005", error_codes.explain("30005")),
    )
    assert worker.follow() is False
    with venue.reading(MANAGER) as session:
        number = session.get_one(PhoneNumber, message.mobile_number)
        assert (number.unreachable_code, number.failures_in_a_row) == ("30005", 1)


def test_what_another_number_of_the_account_sent_is_looked_for_and_followed(venue: Venue) -> None:
    gateway = FakeGateway(LOST)
    gateway.account, gateway.accept_unknown = "AC1 +447700900990", True
    worker = unsure(venue, gateway)
    gateway.account = "AC2 +447700900990"
    assert worker.look() is False, "another account knows nothing of it"
    gateway.account = "AC1 MG1"
    assert worker.look() is True
    assert the_message(venue).state == "sent"
    worker.wait(minutes(1))
    gateway.set_status(the_message(venue).provider_id or "", "delivered")
    assert worker.follow() is True
    assert the_message(venue).state == "delivered"


def test_a_report_of_a_stop_is_ignored_after_a_start(venue: Venue, worker: Worker) -> None:
    a_text(venue)
    worker.deliver()
    message = the_message(venue)
    number, provider_id = message.mobile_number or "", message.provider_id or ""
    worker.wait(minutes(1))
    with worker.transaction() as session:
        blocking.opt_in(session, number, now=worker.now)
    worker.gateway.set_status(provider_id, "failed", "21610")
    assert worker.follow() is True
    assert the_message(venue).state == "failed"
    with venue.reading(MANAGER) as session:
        assert not numbers.why_unreachable(session, number)


def test_a_failure_that_a_look_finds_says_why_and_flags_its_number(venue: Venue) -> None:
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = unsure(venue, gateway)
    gateway.set_status(gateway.at_provider[0].provider_id, "undelivered", "30005")
    assert (worker.look(), worker.follow()) == (True, True)
    assert_unreachable(venue)


@ON_BOTH
def test_a_failure_found_by_polling_gives_the_reason_and_blocks_the_number(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(Sent("SM1", "failed")))
    worker.deliver()
    worker.gateway.accept(worker.gateway.sent[0], "SM1")
    worker.gateway.set_status("SM1", "undelivered", "30005")
    assert worker.follow() is True
    assert_unreachable(venue)


def test_a_failure_in_a_callback_gives_the_reason_and_blocks_the_number(venue: Venue) -> None:
    worker = unsure(venue)
    message_id = the_message(venue).id
    with worker.transaction() as session:
        report = {"provider_id": "SM1", "status": "undelivered", "error_code": "30005"}
        status_checks.record_callback(session, message_id, **report, timing=TIMING, now=worker.now)
    assert_unreachable(venue)


def assert_unreachable(venue: Venue) -> None:
    message = the_message(venue)
    assert (message.state, message.error_code) == ("undelivered", "30005")
    assert message.reason == error_codes.explain("30005")
    with venue.reading(MANAGER) as session:
        assert session.get_one(PhoneNumber, message.mobile_number).unreachable_code == "30005"


def test_a_provider_out_of_reach_is_asked_again(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue)
    worker.deliver()
    worker.wait(seconds(30))
    gateway.unreachable = True
    assert worker.follow() is True
    assert worker.follow() is False
    gateway.unreachable = False
    gateway.set_status(the_message(venue).provider_id or "", "delivered")
    worker.wait(TIMING.look_interval)
    worker.follow()
    assert the_message(venue).state == "delivered"


@pytest.mark.parametrize("status", ["sent", "accepted", "teleported"])
def test_following_ends_even_without_a_final_word(
    venue: Venue, worker: Worker, gateway: FakeGateway, status: str
) -> None:
    a_text(venue)
    worker.deliver()
    gateway.set_status(the_message(venue).provider_id or "", status)
    for _ in range(20):
        worker.wait(days(1))
        if not worker.follow():
            break
    message = the_message(venue)
    assert (message.state, message.reason, message.next_step_at) == ("sent", "No final status from the network", None)
