"""Texts of unknown delivery are looked for at the provider, and never sent again blindly."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from channels.gateway import Outgoing, Sent
from db.models import Customer, Message, PhoneNumber
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    a_customer,
    hours,
    seconds,
)
from tests.venue.worker import LOST, TIMING, Worker, a_text, refused, the_message, unsure, write
from venue import messages, privacy
from venue.delivery import attempts
from venue.errors import Invalid
from venue.messages import actions, log, resend
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


def test_a_crash_in_the_call_leaves_it_unsure_and_never_planned(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(RuntimeError("the power went")))
    with pytest.raises(RuntimeError):
        worker.deliver()
    assert the_message(venue).state == "sending"
    worker.wait(TIMING.lease - seconds(1))
    assert (worker.expire(), worker.deliver()) == (0, False)
    worker.wait(seconds(1))
    assert worker.expire() == 1
    message = the_message(venue)
    assert message.state == "unsure"
    assert message.reason == "Sending was interrupted: it is not known yet whether it was sent"
    assert worker.deliver() is False


@ON_BOTH
def test_a_late_answer_after_the_lease_still_settles_it(venue: Venue, gateway: FakeGateway) -> None:
    a_text(venue)
    worker = Worker(venue, gateway)
    with worker.transaction() as session:
        (claimed,) = attempts.claim(session, gateway.account, limit=1, timing=TIMING, worker="w", now=NOW).claims
    worker.wait(TIMING.lease)
    worker.expire()
    with worker.transaction() as session:
        late = [(claimed, Sent("SM1"))]
        attempts.record(session, late, account=gateway.account, timing=TIMING, now=worker.now)
    message = the_message(venue)
    assert (message.state, message.provider_id) == ("sent", "SM1")


def test_an_answer_to_an_older_claim_changes_nothing(venue: Venue, gateway: FakeGateway) -> None:
    a_text(venue)
    worker = Worker(venue, gateway)
    with worker.transaction() as session:
        (claimed,) = attempts.claim(session, gateway.account, limit=1, timing=TIMING, worker="w", now=NOW).claims
        session.execute(update(Message).where(Message.id == claimed.message_id).values(fence=2))
    with worker.transaction() as session:
        late = [(claimed, refused("21211"))]
        attempts.record(session, late, account=gateway.account, timing=TIMING, now=NOW)
    assert (the_message(venue).state, the_message(venue).error_code) == ("sending", None)


def test_nothing_is_looked_for_before_it_has_settled(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(LOST))
    worker.deliver()
    worker.wait(TIMING.settle - seconds(1))
    assert worker.look() is False


@ON_BOTH
def test_one_match_at_the_provider_settles_it(venue: Venue) -> None:
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = unsure(venue, gateway)
    assert worker.look() is True
    message = the_message(venue)
    assert (message.state, message.provider_id) == ("sent", gateway.at_provider[0].provider_id)
    assert (worker.look(), worker.deliver()) == (False, False)
    assert len(gateway.sent) == 1


def look_twice(worker: Worker) -> None:
    worker.look()
    assert (worker.look(), worker.deliver()) == (False, False), "two minutes lie between the looks"
    worker.wait(TIMING.look_interval)
    worker.look()


@ON_BOTH
def test_two_looks_that_find_nothing_send_it_once_more_up_to_five_times(venue: Venue) -> None:
    worker = unsure(venue, FakeGateway(*[LOST] * 6))
    for resends in range(1, 6):
        assert the_message(venue).state == "unsure"
        look_twice(worker)
        message = the_message(venue)
        assert (message.state, message.resends) == ("planned", resends)
        assert worker.deliver() is True
        worker.wait(TIMING.settle)

    look_twice(worker)
    message = the_message(venue)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason == "Sent 6 times, but Twilio has no record of it"
    worker.wait(hours(24))
    assert (worker.look(), worker.deliver(), worker.expire()) == (False, False, 0)
    assert len(worker.gateway.sent) == 6


def test_a_text_goes_in_the_end_after_two_answers_were_lost(venue: Venue) -> None:
    worker = unsure(venue, FakeGateway(LOST, LOST, Sent("SM-third")))
    for _ in range(2):
        look_twice(worker)
        worker.deliver()
        worker.wait(TIMING.settle)

    assert (the_message(venue).state, the_message(venue).provider_id) == ("sent", "SM-third")


def test_what_has_grown_useless_is_not_sent_once_more(venue: Venue) -> None:
    worker = unsure(venue, FakeGateway(LOST, LOST))
    look_twice(worker)
    worker.deliver()
    useful_until = the_message(venue).useful_until
    assert useful_until is not None
    worker.wait(useful_until - worker.now)
    look_twice(worker)

    message = the_message(venue)
    assert (message.state, message.next_step_at, message.resends) == ("unsure", None, 1)
    assert "too late" in message.reason


def test_what_is_found_between_the_looks_is_not_sent_again(venue: Venue) -> None:
    worker = unsure(venue)
    worker.look()
    worker.gateway.accept(worker.gateway.sent[0], "SM-late")
    worker.wait(TIMING.look_interval)
    worker.look()
    assert (the_message(venue).state, the_message(venue).provider_id) == ("sent", "SM-late")


def test_many_matches_are_left_to_a_person(venue: Venue) -> None:
    worker = unsure(venue)
    for provider_id in ("SM-a", "SM-b"):
        worker.gateway.accept(worker.gateway.sent[0], provider_id)
    worker.look()
    message = the_message(venue)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason == "Twilio has 2 texts like this one. Check there before sending it again"


def test_texts_that_are_accounted_for_are_no_match(venue: Venue) -> None:
    """A message with the same text to the same number, which is known to be another one of ours."""
    gateway = FakeGateway(Sent("SM-mine"), LOST)
    worker = Worker(venue, gateway)
    with write(venue) as session:
        customer = a_customer(session)
        for token in ("one", "two"):
            messages.text_customer(session, customer_id=customer.id, body="See you", form_token=token, now=NOW)
    worker.deliver_all()
    worker.wait(TIMING.settle)
    worker.look()
    with venue.reading(MANAGER) as session:
        assert sorted(session.scalars(select(Message.state))) == ["sent", "unsure"]
        assert session.scalars(select(Message.empty_looks).where(Message.state == "unsure")).one() == 1


@pytest.mark.parametrize("different", ["body", "to", "direction", "earlier"])
def test_a_text_that_is_another_is_no_match(venue: Venue, different: str) -> None:
    worker = unsure(venue)
    sent = worker.gateway.sent[0]
    created_at, worker.now = worker.now, NOW - hours(1) if different == "earlier" else NOW
    other = Outgoing(
        sent.message_id,
        "+447700900998" if different == "to" else sent.to,
        "Something else" if different == "body" else sent.body,
    )
    accepted = worker.gateway.accept(other, "SM-other")
    if different == "direction":
        worker.gateway.at_provider = [replace(accepted, direction="inbound")]
    worker.now = created_at
    worker.look()
    assert (the_message(venue).state, the_message(venue).empty_looks) == ("unsure", 1)


def test_a_provider_out_of_reach_proves_nothing(venue: Venue) -> None:
    worker = unsure(venue)
    worker.gateway.unreachable = True
    for _ in range(5):
        assert worker.look() is True
        worker.wait(TIMING.look_interval)
    assert (the_message(venue).state, the_message(venue).empty_looks) == ("unsure", 0)
    worker.wait(TIMING.give_up)
    worker.look()
    message = the_message(venue)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason.startswith("Twilio could not be reached for too long")


def test_what_is_too_late_by_then_is_not_sent_again(venue: Venue) -> None:
    worker = unsure(venue)
    worker.look()
    worker.now = IN_TWO_WEEKS
    worker.look()
    assert the_message(venue).reason.endswith("it is too late to send it now")
    assert len(worker.gateway.sent) == 1


# A customer who is deleted at the same time


def test_a_deleted_customers_text_is_forgotten_once_it_is_settled(venue: Venue) -> None:
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = unsure(venue, gateway)
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        privacy.erase(session, customer.id, now=worker.now)
    assert the_message(venue).body is not None
    worker.look()
    message = the_message(venue)
    assert (message.state, message.body, message.mobile_number) == ("sent", None, None)


def test_a_deleted_customers_text_is_not_sent_again(venue: Venue) -> None:
    worker = unsure(venue)
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        privacy.erase(session, customer.id, now=worker.now)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    message = the_message(venue)
    assert (message.state, message.reason, message.body) == ("skipped", "The customer was deleted", None)
    assert worker.deliver() is False


def test_a_deleted_customers_text_cannot_be_sent_again(venue: Venue) -> None:
    with write(venue) as session:
        jo = a_customer(session)
        messages.text_customer(session, customer_id=jo.id, body="Your scarf is here", form_token="t", now=NOW)
    worker = Worker(venue, FakeGateway(LOST))
    worker.deliver()
    with write(venue) as session:
        privacy.erase(session, jo.id, now=NOW)
        message = session.scalars(select(Message)).one()
        assert not session.scalars(select(Message).where(log.needs_attention()), log.attention_values(NOW)).all()
        with pytest.raises(Invalid, match="The text was deleted with the customer"):
            resend.send_again(session, message.id, form_token="u", sure=True, now=NOW)
    worker.deliver_all()
    assert len(worker.gateway.sent) == 1


def test_nothing_is_stored_about_the_number_of_who_is_deleted_during_the_call(
    venue: Venue, gateway: FakeGateway
) -> None:
    a_text(venue)
    worker = Worker(venue, gateway)
    with worker.transaction() as session:
        (claimed,) = attempts.claim(session, gateway.account, limit=1, timing=TIMING, worker="w", now=NOW).claims
    with write(venue) as session:
        privacy.erase(session, session.scalars(select(Customer)).one().id, now=NOW)
    with worker.transaction() as session:
        results = [(claimed, refused("21211"))]
        attempts.record(session, results, account=gateway.account, timing=TIMING, now=worker.now)
    message = the_message(venue)
    assert (message.state, message.mobile_number) == ("failed", None)
    with write(venue) as session:
        assert session.scalars(select(PhoneNumber)).all() == []


@pytest.mark.parametrize("is_settled_first", [True, False])
def test_a_deleted_customers_text_is_forgotten_though_a_person_knew_that_it_arrived(
    venue: Venue, is_settled_first: bool
) -> None:
    worker = unsure(venue)
    message_id = the_message(venue).id
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        if is_settled_first:
            actions.settle_by_hand(session, message_id, went=True, now=worker.now)
        privacy.erase(session, customer.id, now=worker.now)
        if not is_settled_first:
            actions.settle_by_hand(session, message_id, went=True, now=worker.now)
    message = the_message(venue)
    assert (message.state, message.body, message.mobile_number) == ("unsure", None, None)


@pytest.mark.parametrize("is_given_up_first", [True, False])
def test_a_deleted_customers_text_is_erased_once_it_is_no_longer_looked_for(
    venue: Venue, is_given_up_first: bool
) -> None:
    worker = unsure(venue)
    worker.gateway.unreachable = True

    def give_up() -> None:
        worker.wait(TIMING.give_up)
        worker.look()
        assert the_message(venue).next_step_at is None

    if is_given_up_first:
        give_up()
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        privacy.erase(session, customer.id, now=worker.now)
    if not is_given_up_first:
        give_up()
    message = the_message(venue)
    assert (message.state, message.body, message.mobile_number) == ("unsure", None, None)
