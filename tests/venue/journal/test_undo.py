"""Undoing acts: what comes back, what is left, and who is texted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, JournalEntry, Message
from sms.texts import DEFAULT_TEMPLATES, Kind
from tests.makers import (
    IN_TWO_WEEKS,
    NOW,
    VIEWER,
    a_booking,
    a_customer,
    a_number,
    an_event,
    days,
    hours,
    texts_to,
)
from tests.previews import preview
from venue import acts, bookings, customers, events, privacy
from venue.customers import booking_status
from venue.customers.edit import Change
from venue.errors import Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.messages import templates
from venue.messages.states import State

LATER = NOW + hours(1)


def last(session: Session) -> int:
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    return entry_id


def texts(session: Session) -> int:
    """How many texts were queued, besides reminders."""
    of_bookings = Message.kind.not_in([Kind.REMINDER_7_DAY.value, Kind.REMINDER_24_HOUR.value])
    return session.scalars(select(func.count()).where(of_bookings)).one()


def test_a_change_of_a_customer_is_undone_with_search_and_reminders(session: Session) -> None:
    old, new = a_number(), a_number()
    jo = a_customer(session, mobile_number=old)
    a_booking(session, jo)
    customers.update(session, jo.id, version=1, now=NOW, last_name="Jones", mobile_number=new)
    entry_id = last(session)
    planned = preview(session, entry_id, now=NOW)
    assert [line.split(": ")[1] for line in planned.restores] == [
        "last name Jones → Smith",
        f"mobile number 0{new[3:7]} {new[7:]} → 0{old[3:7]} {old[7:]}",
    ]
    undo(session, entry_id, now=NOW)
    assert (jo.last_name, jo.mobile_number) == ("Smith", old)
    assert customers.search(session, "jo smith", now=NOW).total == 1
    assert {text.mobile_number for text in texts_to(session, jo)} == {old}
    entry = entries.get(session, last(session))
    assert (entry.act, entry.undoes) == ("undone", entry_id)
    assert entries.get(session, entry_id).undone_by == entry.id
    assert sentences.of(entry).startswith("Max undid a change to Jo Smith: last name Jones → Smith, mobile number")


def test_a_change_of_seats_is_undone_without_a_text(session: Session) -> None:
    booking = a_booking(session, seats=2)
    before = texts(session)
    bookings.update(session, booking.id, version=1, now=NOW, seats=0, tell_customer=False)
    undo(session, last(session), now=NOW)
    assert booking.seats == 2
    assert texts(session) == before
    assert booking_status.drifted(session) == []


def test_a_moved_event_goes_back_and_its_reminders_follow(session: Session) -> None:
    booking = a_booking(session)
    reminders = {text.due_at for text in texts_to(session, booking.customer_id) if text.kind.startswith("reminder")}
    event = events.update(
        session, booking.event_id, version=1, now=NOW, starts_at=IN_TWO_WEEKS + days(3), name="Big Quiz", capacity=9
    )
    undo(session, last(session), now=NOW)
    assert (event.starts_at, event.name, event.capacity) == (IN_TWO_WEEKS, "Quiz Night", None)
    waiting = [text for text in texts_to(session, booking.customer_id) if text.state == State.PLANNED]
    assert {text.due_at for text in waiting if text.kind.startswith("reminder")} == reminders
    # The text about the move had not been sent, and no longer is.
    assert Kind.EVENT_MOVED not in {text.kind for text in waiting}
    assert booking_status.drifted(session) == []


@pytest.mark.parametrize(
    ("kind", "before"), [(Kind.REMINDER_24_HOUR, hours(25)), (Kind.REMINDER_7_DAY, days(7) + hours(20))]
)
@pytest.mark.parametrize("was_told", [False, True])
def test_a_move_undone_shortly_before_a_reminder_leaves_the_reminder(
    session: Session, kind: Kind, before: timedelta, was_told: bool
) -> None:
    """Whether the text about the move had been sent or not."""
    booking = a_booking(session)
    now = IN_TWO_WEEKS - before
    events.update(session, booking.event_id, version=1, now=now, starts_at=IN_TWO_WEEKS + days(1))
    if was_told:
        (told,) = texts_to(session, booking.customer_id, Kind.EVENT_MOVED)
        told.state, told.provider_id = State.SENT, "SM1"
        session.flush()
    undo(session, last(session), now=now + timedelta(minutes=5))
    (reminder,) = [text for text in texts_to(session, booking.customer_id, kind) if text.state == State.PLANNED]
    assert now < reminder.due_at < IN_TWO_WEEKS


def test_a_cancellation_is_undone_and_made_again_by_hand(session: Session) -> None:
    booking = a_booking(session)
    event = events.cancel(session, booking.event_id, now=NOW)
    assert preview(session, last(session), now=NOW).restores == ["Quiz Night: on again"]
    undo(session, last(session), now=NOW)
    assert event.cancelled_at is None
    assert sentences.of(entries.get(session, last(session))) == "Max undid the cancellation of Quiz Night"
    assert preview(session, last(session), now=NOW).why_not == "Cancel the event again instead."


def went(session: Session, booking: Booking, kind: Kind) -> None:
    """The text of this kind that waits is sent."""
    (text,) = [text for text in texts_to(session, booking.customer_id, kind) if text.state == State.PLANNED]
    text.state, text.provider_id = State.SENT, f"SM{text.id.hex}"
    session.flush()


def cancelled(session: Session, booking: Booking) -> str:
    events.cancel(session, booking.event_id, now=LATER)
    went(session, booking, Kind.EVENT_CANCELLED)
    return "Quiz Night: 1 guest got a text that it is cancelled"


def moved(session: Session, booking: Booking) -> str:
    events.update(session, booking.event_id, version=1, now=LATER, starts_at=IN_TWO_WEEKS + days(1))
    went(session, booking, Kind.EVENT_MOVED)
    return "Quiz Night: 1 guest got a text with the other date"


def with_other_seats(session: Session, booking: Booking) -> str:
    bookings.update(session, booking.id, version=1, now=LATER, seats=4)
    went(session, booking, Kind.CHANGE)
    return "Jo Smith at Quiz Night: they got a text with the other seats"


@pytest.mark.parametrize(
    ("change", "kind"),
    [(cancelled, Kind.EVENT_ON_AGAIN), (moved, Kind.EVENT_MOVED), (with_other_seats, Kind.CHANGE)],
)
@pytest.mark.parametrize("tell_customers", [True, False])
def test_who_was_texted_about_it_is_texted_again(
    session: Session, change: Callable[[Session, Booking], str], kind: Kind, tell_customers: bool
) -> None:
    booking, other = a_booking(session), a_booking(session, a_customer(session, first_name="Ann"))
    went(session, booking, Kind.CONFIRMATION)
    said = change(session, booking)
    assert preview(session, last(session), now=LATER).told == [said]
    done = undo(session, last(session), tell_customers=tell_customers, now=LATER)
    assert done.left == ([] if tell_customers else [f"{said}: let them know"])
    waiting = [text.kind for text in texts_to(session, booking.customer_id) if text.state == State.PLANNED]
    assert (kind in waiting) == tell_customers
    assert kind not in [text.kind for text in texts_to(session, other.customer_id)]
    notified = sentences.of(entries.get(session, last(session))).endswith(" and notified 1 guest")
    assert notified == tell_customers


@pytest.mark.parametrize("kind", [Kind.EVENT_CANCELLED, Kind.EVENT_MOVED])
def test_who_was_not_texted_about_it_is_not_texted(session: Session, kind: Kind) -> None:
    booking = a_booking(session)
    if kind == Kind.EVENT_CANCELLED:
        events.cancel(session, booking.event_id, now=LATER)
    else:
        events.update(session, booking.event_id, version=1, now=LATER, starts_at=IN_TWO_WEEKS + days(1))
    assert preview(session, last(session), now=LATER).told == []
    assert undo(session, last(session), tell_customers=True, now=LATER).left == []
    assert not {Kind.EVENT_ON_AGAIN, kind} & {
        text.kind for text in texts_to(session, booking.customer_id) if text.state == State.PLANNED
    }


def test_who_was_told_of_a_booking_that_goes_back_is_named(session: Session) -> None:
    booking, ann = a_booking(session), a_customer(session, first_name="Ann")
    bookings.move(session, booking.id, customer_id=ann.id, version=1, tell_customer=True, now=LATER)
    went(session, booking, Kind.CONFIRMATION)
    (said,) = preview(session, last(session), now=LATER).leaves
    assert said.endswith("the other guest got a text that they are booked: let them know")
    assert undo(session, last(session), tell_customers=True, now=LATER).left == [said]


def test_an_arrival_and_a_template_are_undone(session: Session) -> None:
    booking = a_booking(session)
    bookings.mark_arrived(session, booking.id, arrived=True, now=NOW)
    undo(session, last(session), now=NOW)
    assert booking.arrived is None
    templates.add_missing(session, now=NOW)
    body = DEFAULT_TEMPLATES[Kind.CONFIRMATION]
    templates.save(session, Kind.CONFIRMATION, body=body + " Bye", version=1, now=NOW)
    assert preview(session, last(session), now=NOW).restores == ["confirmation template: message"]
    undo(session, last(session), now=NOW)
    assert templates.body_of(session, Kind.CONFIRMATION) == body


def test_what_was_changed_since_is_left_and_named(session: Session) -> None:
    booking = a_booking(session, seats=2)
    bookings.update(session, booking.id, version=1, now=NOW, seats=4, notes="Window", tell_customer=False)
    entry_id = last(session)
    bookings.update(session, booking.id, version=2, now=NOW, seats=5, tell_customer=False)
    planned = preview(session, entry_id, now=NOW)
    assert planned.restores == ["Jo Smith at Quiz Night: notes"]
    assert planned.leaves == ["Jo Smith at Quiz Night: seats were changed since, and stay as they are"]
    done = undo(session, entry_id, now=NOW)
    assert (done.restored, done.left) == (planned.restores, planned.leaves)
    assert (booking.seats, booking.notes) == (5, "")


def test_many_customers_are_undone_as_one_and_the_deleted_are_left(session: Session) -> None:
    people = [a_customer(session, first_name=f"Jo{'x' * place}") for place in range(3)]
    changes = [Change(each.id, 1, {"notes": "Regular"}) for each in people]
    customers.update_many(session, changes, now=NOW)
    entry_id = last(session)
    customers.update(session, people[1].id, version=2, now=NOW, notes="Vegan")
    privacy.erase(session, people[2].id, now=NOW)
    done = undo(session, entry_id, now=NOW)
    assert done.restored == ["Jo Smith: notes"]
    assert sorted(done.left) == [
        "(erased): the old values were erased",
        "Jox Smith: notes were changed since, and stay as they are",
    ]
    assert session.scalars(select(Customer.notes).order_by(Customer.first_name)).all() == ["", "Vegan"]


def test_an_undo_is_undone(session: Session) -> None:
    jo = a_customer(session)
    customers.update(session, jo.id, version=1, now=NOW, notes="Regular")
    undo(session, last(session), now=NOW)
    assert jo.notes == ""
    undo(session, last(session), now=NOW)
    assert jo.notes == "Regular"


def refusal(session: Session, entry_id: int, *, now: object = NOW) -> str:
    why_not = preview(session, entry_id, now=now).why_not  # type: ignore[arg-type]
    entry_count = select(func.count()).select_from(JournalEntry)
    before = session.scalar(entry_count)
    with pytest.raises(Invalid) as refused:
        undo(session, entry_id, now=now)
    assert str(refused.value) == why_not
    assert session.scalar(entry_count) == before
    return why_not


def test_it_is_refused_with_a_reason(session: Session) -> None:
    booking = a_booking(session)
    assert refusal(session, last(session)) == "This kind of change cannot be undone here."
    bookings.update(session, booking.id, version=1, now=NOW, notes="Late")
    changed = last(session)
    assert "more than 30 days ago" in refusal(session, changed, now=NOW + timedelta(days=31))
    bookings.update(session, booking.id, version=2, now=NOW, notes="")
    assert refusal(session, changed) == "Nothing is left to undo: it is already as it was."
    bookings.update(session, booking.id, version=3, now=NOW, notes="Late")
    undo(session, changed, now=NOW)
    assert refusal(session, changed) == "This was already undone."
    customers.update(session, booking.customer_id, version=1, now=NOW, notes="Regular")
    of_customer = last(session)
    privacy.erase(session, booking.customer_id, now=NOW)
    assert refusal(session, of_customer) == "The old values were erased: this cannot be undone."
    assert refusal(session, last(session)) == "Deleting is permanent: this cannot be undone."
    with pytest.raises(NotFound):
        undo(session, 10**9, now=NOW)


def test_what_no_longer_fits_is_refused_by_the_rule_of_the_table(session: Session) -> None:
    quiz = an_event(session, capacity=4)
    booking = a_booking(session, event=quiz, seats=4)
    bookings.update(session, booking.id, version=1, now=NOW, seats=2)
    shrunk = last(session)
    a_booking(session, event=quiz, seats=2)
    with pytest.raises(Invalid, match="Only 2 seats are left for Quiz Night"):
        undo(session, shrunk, now=NOW)
    assert booking.seats == 2


def test_only_those_undo_who_may_make_the_change(session: Session) -> None:
    jo = a_customer(session)
    customers.update(session, jo.id, version=1, now=NOW, notes="Regular")
    entry_id = last(session)
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed):
        undo(session, entry_id, now=NOW)
