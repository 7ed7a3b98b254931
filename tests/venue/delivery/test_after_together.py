"""What becomes of the reminders of a household once one was claimed for all: none goes twice, none is lost."""

import pytest
from sqlalchemy import select

from channels.gateway import NotSent
from db.models import JournalValue
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, minutes
from tests.venue.delivery.test_together import bodies, booked, booking_of, due, reminder_of, sent_one, states
from tests.venue.worker import LOST, TIMING, refused, write
from venue import bookings, households, privacy
from venue.errors import Invalid
from venue.messages import actions, needs_call, resend
from venue.messages.causes import Cause
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


def test_what_never_left_goes_again_to_all(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(NotSent("Busy")))
    worker.deliver_all()
    assert set(states(venue, people).values()) == {"planned"}
    worker.wait(minutes(5))
    worker.deliver_all()
    assert [body[12:24] for body in bodies(worker)] == ["Hi Ann & Bob"] * 2
    sent_one(people, states(venue, people))


def test_who_left_since_gets_their_own(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob", "Cy")
    worker = due(venue, FakeGateway(NotSent("Busy")))
    worker.deliver_all()
    with write(venue) as session:
        households.leave(session, people["Cy"], now=worker.now)
    worker.wait(minutes(5))
    worker.deliver_all()
    assert sorted(body[12:20] for body in bodies(worker)[1:]) == ["Hi Ann &", "Hi Cy, Q"]


def test_a_booking_cancelled_since_is_not_in_it(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob", "Cy")
    worker = due(venue, FakeGateway(NotSent("Busy")))
    worker.deliver_all()
    with write(venue) as session:
        booking = booking_of(session, people["Bob"])
        bookings.delete(session, booking.id, now=worker.now)
    worker.wait(minutes(5))
    worker.deliver_all()
    assert bodies(worker)[1].startswith("The Anchor: Hi Ann & Cy, Quiz Night is tomorrow at 7.30pm (4 seats)")
    assert len(bodies(worker)) == 2


def test_a_refusal_of_one_leaves_the_others_their_own(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(refused("99999")))
    worker.deliver_all()
    found = states(venue, people)
    assert sorted(found.values()) == ["failed", "sent"]
    (sent,) = (name for name, state in found.items() if state == "sent")
    assert [body[12:19] for body in bodies(worker)] == ["Hi Ann ", f"Hi {sent},"]


@pytest.mark.parametrize(
    ("code", "cause"), [("21211", Cause.CANNOT_RECEIVE), ("21610", Cause.OPTED_OUT)], ids=["no number", "stop"]
)
def test_a_number_that_cannot_be_texted_stops_all(venue: Venue, code: str, cause: Cause) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(refused(code)))
    worker.deliver_all()
    assert len(bodies(worker)) == 1
    rows = [reminder_of(venue, id_) for id_ in people.values()]
    assert cause in {row.cause for row in rows}
    with venue.reading(MANAGER) as session:
        called = {person.name for person in needs_call.listing(session, now=worker.now).rows}
    assert called == {"Ann Lee", "Bob Lee"}


def test_of_unknown_delivery_is_only_the_one_that_was_sent(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(LOST))
    worker.deliver_all()
    assert sorted(states(venue, people).values()) == ["together", "unsure"]
    worker.wait(TIMING.settle)
    assert worker.look()
    worker.wait(TIMING.look_interval)
    assert worker.look()
    assert set(states(venue, people).values()) == {"planned"}
    worker.deliver_all()
    assert len(bodies(worker)) == 2
    sent_one(people, states(venue, people))


def test_what_was_found_at_the_provider_went_to_all(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = due(venue, gateway)
    worker.deliver_all()
    worker.wait(TIMING.settle)
    assert worker.look()
    sent_one(people, states(venue, people))
    worker.deliver_all()
    assert len(bodies(worker)) == 1


@ON_BOTH
def test_a_scheduler_that_dies_after_its_claim_loses_none(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        worker.deliver()
    assert sorted(states(venue, people).values()) == ["sending", "together"]
    worker.wait(TIMING.lease)
    worker.expire()
    assert sorted(states(venue, people).values()) == ["together", "unsure"]
    worker.wait(TIMING.settle)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    worker.deliver_all()
    sent_one(people, states(venue, people))


def test_one_that_did_not_arrive_is_seen_at_each(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue)
    worker.deliver_all()
    worker.gateway.set_status(worker.gateway.at_provider[0].provider_id, "undelivered", "30003")
    worker.wait(TIMING.polls[0])
    worker.follow()
    assert sorted(states(venue, people).values()) == ["failed", "undelivered"]
    with venue.reading(MANAGER) as session:
        called = {person.name for person in needs_call.listing(session, now=worker.now).rows}
    assert called == {"Ann Lee", "Bob Lee"}
    worker.deliver_all()
    assert len(bodies(worker)) == 1


def test_one_that_did_not_arrive_by_hand_is_seen_at_each(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(LOST))
    worker.deliver_all()
    (unsure,) = (name for name, state in states(venue, people).items() if state == "unsure")
    with write(venue) as session:
        actions.settle_by_hand(session, reminder_of(venue, people[unsure]).id, went=False, now=worker.now)
    assert set(states(venue, people).values()) == {"failed"}


def test_sending_one_of_them_again_says_only_theirs(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue)
    worker.deliver_all()
    _, (other,) = sent_one(people, states(venue, people))
    theirs = reminder_of(venue, people[other]).id
    with write(venue) as session:
        with pytest.raises(Invalid, match="may already have this text"):
            resend.send_again(session, theirs, form_token="again", now=worker.now)
        resend.send_again(session, theirs, form_token="again", sure=True, now=worker.now)
    worker.deliver_all()
    assert bodies(worker)[1].startswith(f"The Anchor: Hi {other}, Quiz Night is tomorrow at 7.30pm (2 seats)")


def test_what_was_sent_again_does_not_go_once_more(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(LOST))
    worker.deliver_all()
    (other,) = (name for name, state in states(venue, people).items() if state == "together")
    with write(venue) as session:
        theirs = reminder_of(venue, people[other]).id
        resend.send_again(session, theirs, form_token="again", sure=True, now=worker.now)
    worker.deliver_all()
    worker.wait(TIMING.settle)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    worker.deliver_all()
    assert sum(other in body for body in bodies(worker)) == 2


def test_an_erased_member_is_not_in_a_later_text(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(NotSent("Busy")))
    worker.deliver_all()
    with write(venue) as session:
        privacy.erase(session, people["Bob"], now=worker.now)
    worker.wait(minutes(5))
    worker.deliver_all()
    assert bodies(worker)[1].startswith("The Anchor: Hi Ann, Quiz Night is tomorrow at 7.30pm (2 seats)")
    assert len(bodies(worker)) == 2


def test_an_erased_member_is_not_named_in_what_went(venue: Venue) -> None:
    people = booked(venue, "Ann Lee", "Zoë Quartermaine")
    worker = due(venue)
    worker.deliver_all()
    sent, (other,) = sent_one(people, states(venue, people))
    with write(venue) as session:
        privacy.erase(session, people[other], now=worker.now)
    body = reminder_of(venue, people[sent]).body or ""
    assert other not in body
    assert sent in body
    with venue.reading(MANAGER) as session:
        values = [*session.scalars(select(JournalValue.before)), *session.scalars(select(JournalValue.after))]
    assert [value for value in values if value and other in value] == []


def test_who_was_erased_is_not_named_as_the_one_it_was_sent_with(venue: Venue) -> None:
    people = booked(venue, "Ann Lee", "Zoë Quartermaine")
    worker = due(venue)
    worker.deliver_all()
    sent, (other,) = sent_one(people, states(venue, people))
    with write(venue) as session:
        privacy.erase(session, people[sent], now=worker.now)
    assert reminder_of(venue, people[other]).reason == "Sent together with (erased)'s"


def test_a_reminder_in_doubt_goes_again_without_who_was_erased(venue: Venue) -> None:
    people = booked(venue, "Ann Lee", "Zoë Quartermaine")
    worker = due(venue, FakeGateway(LOST))
    worker.deliver_all()
    found = states(venue, people)
    (sent,) = (name for name, state in found.items() if state == "unsure")
    (other,) = (name for name, state in found.items() if state == "together")
    with write(venue) as session:
        privacy.erase(session, people[other], now=worker.now)
    worker.wait(TIMING.settle)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    assert reminder_of(venue, people[sent]).body is None
    worker.deliver_all()
    assert len(bodies(worker)) == 2
    assert f"Hi {sent}," in bodies(worker)[1]
    assert reminder_of(venue, people[sent]).state == "sent"


@ON_BOTH
def test_two_schedulers_send_one(venue: Venue) -> None:
    people = booked(venue, "Ann", "Bob", "Cy")
    gateway = FakeGateway()
    workers = [due(venue, gateway), due(venue, gateway)]
    for worker in (*workers, *workers):
        worker.deliver()
    assert len(gateway.sent) == 1
    sent_one(people, states(venue, people))
