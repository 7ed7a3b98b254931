"""Guests who hold a text that offers them seats are texted when the offer is taken back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event, Message, WaitlistEntry
from sms import segments
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, an_opt_out, days, hours, minutes
from tests.venue.journal.test_entries import said
from tests.venue.replies.test_proposals import proposed, reply
from tests.venue.waitlist.makers import a_full_event, a_party, offer_texts
from tests.venue.worker import Worker
from venue import bookings, events, waitlist
from venue.errors import Invalid
from venue.messages.states import State as TextState
from venue.profile import Venue
from venue.waitlist import State

LATER = NOW + hours(1)
OFF = "The Anchor: Hi Ann, sorry, our offer of 2 seats for Quiz Night is off: "
STAYS = "You stay on the list."
pytestmark = pytest.mark.plain_sql


def offered(session: Session, *, text: TextState = TextState.DELIVERED) -> tuple[Event, WaitlistEntry]:
    """Ann was offered 2 seats, by a text in this state."""
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    (offer,) = offer_texts(session, event.id)
    offer.state = text.value
    if text is TextState.DELIVERED:
        offer.provider_id, offer.sent_at = "SMoffer", LATER
    session.flush()
    return event, party


def withdraw(session: Session, event: Event, party: WaitlistEntry, *, tell: bool = True) -> None:
    waitlist.withdraw(session, party.id, tell_customer=tell, now=LATER)


def move(session: Session, event: Event, party: WaitlistEntry, *, tell: bool = True) -> None:
    moved = event.starts_at + days(1)
    events.update(session, event.id, version=event.version, starts_at=moved, tell_customers=tell, now=LATER)


def cancel(session: Session, event: Event, party: WaitlistEntry, *, tell: bool = True) -> None:
    events.cancel(session, event.id, tell_customers=tell, now=LATER)


WAYS = [
    (withdraw, f"the seats are gone. {STAYS}"),
    (move, f"it is now on Saturday 30 January at 7.30pm. {STAYS}"),
    (cancel, "it is cancelled."),
]


def news(session: Session) -> list[Message]:
    query = select(Message).where(Message.kind == Kind.OFFER_WITHDRAWN.value)
    return list(session.scalars(query.order_by(Message.created_at, Message.id)))


@pytest.mark.parametrize(("take_back", "reason"), WAYS)
def test_who_holds_an_offer_is_told_that_it_is_off(session: Session, take_back, reason: str) -> None:
    event, party = offered(session)
    take_back(session, event, party)
    session.refresh(party)
    (text,) = news(session)
    assert (party.state, text.body, text.state) == (State.WAITING, OFF + reason, TextState.PLANNED)
    assert segments.count(text.body).segments == 1


@pytest.mark.parametrize("take_back", [way for way, _ in WAYS])
@pytest.mark.parametrize(("text", "tell"), [(TextState.PLANNED, True), (TextState.DELIVERED, False)])
def test_no_one_is_told_who_holds_none_or_if_staff_say_so(
    session: Session, take_back, text: TextState, tell: bool
) -> None:
    event, party = offered(session, text=text)
    take_back(session, event, party, tell=tell)
    assert news(session) == []


def test_the_preview_is_the_text_and_the_journal_says_that_they_were_told(session: Session) -> None:
    event, party = offered(session)
    words = waitlist.preview_withdrawal(session, party.id, now=LATER)
    withdraw(session, event, party)
    assert [text.body for text in news(session)] == [words]
    assert any(
        sentence.endswith("took back the seats offered to Ann Smith for Quiz Night and notified them")
        for sentence in said(session)
    )
    assert waitlist.preview_withdrawal(session, party.id, now=LATER) == ""


def test_each_offer_taken_back_is_told(session: Session) -> None:
    event, party = offered(session)
    withdraw(session, event, party)
    (first,) = news(session)
    first.state, first.provider_id = "delivered", "SMfirst"
    waitlist.offer_next(session, event.id, now=LATER + minutes(10))
    offer_texts(session, event.id)[-1].state = TextState.UNSURE.value
    session.flush()
    cancel(session, event, party)
    assert {text.state for text in news(session)} == {TextState.DELIVERED, TextState.PLANNED}


def test_who_was_not_told_yet_is_told_only_the_last_of_it(session: Session) -> None:
    event, party = offered(session)
    for change in (move, move, cancel):
        change(session, event, party)
    assert sorted(text.state for text in news(session)) == [TextState.PLANNED, TextState.SKIPPED, TextState.SKIPPED]
    (text,) = [each for each in news(session) if each.state == TextState.PLANNED]
    assert text.body == OFF + "it is cancelled."


def test_whose_number_gets_no_texts_any_more_is_on_the_list_to_call(session: Session) -> None:
    event, party = offered(session)
    an_opt_out(session, offer_texts(session, event.id)[0].mobile_number or "")
    cancel(session, event, party)
    assert [(text.state, text.cause) for text in news(session)] == [(TextState.SKIPPED, "opted_out")]


def test_an_event_whose_seats_were_offered_by_text_is_cancelled_not_deleted(session: Session) -> None:
    event, _ = offered(session)
    with pytest.raises(Invalid, match="1 guest holds a text that offers seats at Quiz Night: cancel it instead"):
        events.delete(session, event.id, now=LATER)


def test_moving_says_how_many_offers_are_taken_back(session: Session) -> None:
    event, _ = offered(session)
    moving = events.preview_move(session, event.id, starts_at=event.starts_at + days(1), now=LATER)
    assert (moving.guests_texted, moving.offers_taken_back) == (0, 1)


def test_a_yes_to_an_offer_that_is_off_is_answered_truthfully(session: Session) -> None:
    event, party = offered(session)
    withdraw(session, event, party)
    (text,) = news(session)
    text.state, text.sent_at, text.provider_id = "delivered", LATER + minutes(1), "SMoff"
    session.flush()
    customer = session.get_one(waitlist.edit.Customer, party.customer_id)
    found = proposed(session, reply(session, customer, "Yes please", at=LATER + minutes(2)), now=LATER + minutes(2))
    assert (found.is_certain, found.label) == (False, "Book 2 seats")
    assert found.problem == "The offer was taken back. The seats are still free."


def test_the_text_goes_though_the_event_is_cancelled(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    worker.now = LATER
    with venue.transaction(MANAGER) as session:
        event, party = offered(session)
        cancel(session, event, party)
    worker.deliver_all()
    assert OFF + "it is cancelled." in [text.body for text in gateway.sent]
