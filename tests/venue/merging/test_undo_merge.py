"""Undoing a merge: both are back exactly, except what was changed since, and no text is sent or lost."""

from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Consent, Customer, DuplicatePair
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.makers import (
    IN_TWO_WEEKS,
    NOW,
    STAFF,
    a_booking,
    a_customer,
    a_number,
    an_event,
    an_opt_out,
    days,
    hours,
    texts_to,
)
from tests.previews import preview
from tests.venue.merging.two_of_them import (
    LATER,
    a_household,
    a_pair,
    everything,
    last,
    merge,
    sent,
    two,
    unsent,
)
from venue import bookings, customers, events, fields, messages, privacy, tags
from venue.customers import booking_status
from venue.customers.merged import survivor_of
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.messages import blocking
from venue.messages.states import State
from venue.privacy import consents, requests

pytestmark = pytest.mark.plain_sql

# A version that was given is never given again: a screen that was open since would not notice.
VERSIONS = ("customers.version", "bookings.version")


def seats(session: Session, customer_id: UUID) -> list[int]:
    rows = select(Booking.seats).join(Booking.event).where(Booking.customer_id == customer_id)
    return list(session.scalars(rows.order_by(Booking.seats)))


def with_everything(session: Session) -> tuple[Customer, Customer]:
    """Two customers with something in each table that refers to them."""
    keep, other = two(session, notes="Sits outside")
    bob, cy = a_customer(session, first_name="Bob"), a_customer(session, first_name="Cy")
    shared = an_event(session, capacity=20)
    a_booking(session, keep, shared, seats=2, notes="Window")
    a_booking(session, other, shared, seats=4)
    a_booking(session, other, an_event(session, name="Jazz"), seats=0)
    a_booking(session, keep, an_event(session, name="Folk"))
    sent(session, other, Kind.CONFIRMATION)
    messages.text_customer(session, customer_id=other.id, body="Hello", form_token="one", now=NOW)
    vip, nuts = (tags.add(session, name=name, now=NOW).id for name in ("VIP", "Nuts"))
    tags.put_on(session, keep.id, vip, last_day=date(2027, 2, 1), now=NOW)
    tags.put_on(session, other.id, vip, now=NOW)
    tags.put_on(session, other.id, nuts, now=NOW)
    place = fields.add(session, name="Place", kind="text", now=NOW).id
    diet = fields.add(session, name="Diet", kind="text", now=NOW).id
    customers.update(session, keep.id, version=keep.version, own={place: "Bar"}, now=NOW)
    customers.update(session, other.id, version=other.version, own={place: "Snug", diet: "None"}, now=NOW)
    a_household(session, keep, bob)
    a_household(session, other, cy)
    session.query(DuplicatePair).delete()
    pairs = ((keep, other, "open"), (other, bob, "not_same"), (keep, cy, "open"), (other, cy, "later"))
    for one, second, state in pairs:
        a_pair(session, one, second, state, 7)
    consents.record(session, keep.id, channel="text", basis="consent", how="Paper", wording="May we?", now=NOW)
    consents.record(session, other.id, channel="text", basis="refused", now=NOW)
    requests.add(session, kind="access", person="Jo", received_on=NOW.date(), customer_id=other.id, now=NOW)
    return keep, other


@pytest.mark.parametrize("choice", ["keep", "other", "sum", "larger"])
@pytest.mark.parametrize("reminded", ["keep", "other", "none"])
def test_a_merge_and_its_undo_leave_everything_as_it_was(session: Session, choice: str, reminded: str) -> None:
    keep, other = with_everything(session)
    if reminded != "none":
        sent(session, keep if reminded == "keep" else other, Kind.REMINDER_7_DAY)
    before = everything(session, without=VERSIONS)
    quiz = next(iter(session.scalars(select(Booking.event_id).where(Booking.seats == 4))))
    chosen = {"first_name": "other", "mobile_number": "other"}
    merge(session, keep, other, fields=chosen, bookings={quiz: choice})
    undo(session, last(session), now=LATER)
    assert everything(session, without=VERSIONS) == before
    assert booking_status.drifted(session) == []
    assert customers.search(session, "joanna", now=NOW).total == 1


def test_who_was_removed_keeps_their_version(session: Session) -> None:
    keep, other = two(session)
    other_id = other.id
    customers.update(session, other_id, version=1, notes="New", now=NOW)
    merge(session, keep, other)
    undo(session, last(session), now=LATER)
    assert session.get_one(Customer, other_id).version == 2


@ON_BOTH
def test_versions_are_never_given_twice(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other, fields={"first_name": "other"})
    undo(session, last(session), now=LATER)
    assert (keep.first_name, keep.version) == ("Jo", 3)


def test_the_preview_says_what_comes_back_and_changes_nothing(session: Session) -> None:
    keep, other = with_everything(session)
    merge(session, keep, other, fields={"first_name": "other"})
    before, entry_id = everything(session), last(session)
    planned = preview(session, entry_id, now=LATER)
    assert everything(session) == before
    assert (list(planned.leaves), planned.why_not) == ([], "")
    assert list(planned.restores) == list(undo(session, entry_id, now=LATER).restored)
    assert planned.restores[0] == (
        "Joanna Smith is back, with 2 bookings, 7 texts, 1 line about news and offers and 1 request"
    )


@ON_BOTH
def test_a_chain_of_five_is_undone_from_its_end(session: Session) -> None:
    people = [a_customer(session, first_name=name) for name in ("Ann", "Bea", "Cat", "Dee", "Eve")]
    for person in people:
        a_booking(session, person, an_event(session, name=person.first_name))
    before = everything(session, without=VERSIONS)
    ids = [person.id for person in people]
    merges = []
    for other, keep in pairwise(people):
        merge(session, keep, other)
        merges.append(last(session))
    assert {survivor_of(session, each) for each in ids[:-1]} == {ids[-1]}
    with pytest.raises(Invalid, match="Eve Smith was merged with another record later: undo that first"):
        undo(session, merges[0], now=LATER)
    for entry_id in reversed(merges):
        undo(session, entry_id, now=LATER)
    assert everything(session, without=VERSIONS) == before


def test_of_two_merges_into_one_the_later_is_undone_first(session: Session) -> None:
    keep, other = two(session)
    third = a_customer(session, first_name="Jojo")
    merge(session, keep, other)
    first = last(session)
    merge(session, keep, third)
    second = last(session)
    with pytest.raises(Invalid, match="Another record was merged into Jo Smith later: undo that first"):
        undo(session, first, now=LATER)
    undo(session, second, now=LATER)
    undo(session, first, now=LATER)
    assert session.query(Customer).count() == 3


def test_an_undo_is_not_undone_but_merged_again(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other)
    undo(session, last(session), now=LATER)
    undone = entries.get(session, last(session))
    assert sentences.of(undone) == "Max undid the merge of Joanna Smith into Jo Smith"
    with pytest.raises(Invalid, match="Merge them again instead"):
        undo(session, last(session), now=LATER)
    merge(session, keep, session.get_one(Customer, UUID(undone.details["unmerged"])))
    assert sentences.of(entries.get(session, undone.id)) == "Max undid the merge of Joanna Smith into Jo Smith"


def test_after_an_erasure_it_is_not_undone(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other)
    entry_id = last(session)
    privacy.erase(session, keep.id, now=LATER)
    with pytest.raises(Invalid, match="The old values were erased"):
        undo(session, entry_id, now=LATER)
    assert preview(session, entry_id, now=LATER).why_not


def test_after_thirty_days_it_is_not_undone(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other)
    with pytest.raises(Invalid, match="more than 30 days ago"):
        undo(session, last(session), now=LATER + days(31))


def test_only_who_may_merge_undoes_it(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other)
    session.info["actor"] = STAFF
    assert "ask a manager" in preview(session, last(session), now=LATER).why_not


# What was changed since


def test_a_field_changed_since_is_named_and_left(session: Session) -> None:
    keep, other = two(session)
    merge(session, keep, other, fields={"first_name": "other", "last_name": "Jones"})
    entry_id = last(session)
    customers.update(session, keep.id, version=keep.version, first_name="Joan", now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert (keep.first_name, keep.last_name) == ("Joan", "Smith")
    assert list(undone.left) == ["Joan Jones: first name changed since, and not undone"]


def test_seats_changed_since_are_named_and_left(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    booking = a_booking(session, keep, event, seats=2)
    a_booking(session, other, event, seats=4)
    other_id = other.id
    merge(session, keep, other, bookings={event.id: "sum"})
    entry_id = last(session)
    stored = session.get_one(Booking, booking.id, populate_existing=True)
    bookings.update(session, stored.id, version=stored.version, seats=9, now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert (seats(session, keep.id), seats(session, other_id)) == ([9], [4])
    assert "Jo Smith at Quiz Night: seats changed since, and not undone" in undone.left


def test_a_booking_deleted_since_stays_deleted(session: Session) -> None:
    keep, other = two(session)
    booking = a_booking(session, other)
    other_id = other.id
    merge(session, keep, other)
    entry_id = last(session)
    bookings.delete(session, booking.id, now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert seats(session, other_id) == []
    assert list(undone.left) == ["Quiz Night: the booking was deleted since, and is not given back"]


def test_a_booking_moved_to_a_third_since_stays_there(session: Session) -> None:
    keep, other = two(session)
    third = a_customer(session, first_name="Bob")
    booking = a_booking(session, other)
    merge(session, keep, other)
    entry_id = last(session)
    bookings.move(session, booking.id, customer_id=third.id, version=1, now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert seats(session, third.id) == [2]
    assert list(undone.left) == ["Quiz Night: the booking was moved to another customer since, and is not given back"]


def test_seats_that_others_took_since_are_not_overbooked(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session, capacity=6)
    a_booking(session, keep, event, seats=3)
    a_booking(session, other, event, seats=3)
    other_id = other.id
    merge(session, keep, other, bookings={event.id: "larger"})
    entry_id = last(session)
    a_booking(session, event=event, seats=3, now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert (seats(session, keep.id), seats(session, other_id)) == ([3], [0])
    assert "not enough seats left" in undone.left[0]
    assert events.seats_taken(session, event.id) == 6


def test_a_tag_put_on_since_stays(session: Session) -> None:
    keep, other = two(session)
    vip, nuts = (tags.add(session, name=name, now=NOW).id for name in ("VIP", "Nuts"))
    tags.put_on(session, other.id, vip, now=NOW)
    other_id = other.id
    merge(session, keep, other)
    entry_id = last(session)
    tags.put_on(session, keep.id, nuts, now=LATER)
    undo(session, entry_id, now=LATER)
    today = NOW.date()
    found = tags.of_customers(session, [keep.id, other_id], today=today)
    assert {key: [tag.name for tag in rows] for key, rows in found.items()} == {keep.id: ["Nuts"], other_id: ["VIP"]}


def test_a_refusal_since_counts_for_both(session: Session) -> None:
    keep, other = two(session)
    other_id = other.id
    consents.record(session, other_id, channel="text", basis="consent", how="Paper", wording="May we?", now=NOW)
    merge(session, keep, other)
    entry_id = last(session)
    consents.record(session, keep.id, channel="text", basis="withdrawn", now=LATER + hours(1))
    undo(session, entry_id, now=LATER + hours(2))
    assert not consents.may_market(session, keep.id)
    assert not consents.may_market(session, other_id)
    assert session.query(Consent).count() == 3


# Texts


def test_a_text_sent_since_goes_back_to_who_it_was_of(session: Session) -> None:
    keep, other = two(session)
    a_booking(session, other)
    other_id, number = other.id, other.mobile_number
    merge(session, keep, other)
    entry_id = last(session)
    sent(session, keep, Kind.CONFIRMATION, at=LATER)
    undo(session, entry_id, now=LATER)
    (confirmation,) = texts_to(session, other_id, Kind.CONFIRMATION)
    assert (confirmation.state, confirmation.mobile_number) == (State.SENT, keep.mobile_number)
    assert {text.mobile_number for text in texts_to(session, other_id) if text.state == State.PLANNED} == {number}


def test_reminders_queued_since_follow_their_booking(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    a_booking(session, other, event)
    other_id, number = other.id, other.mobile_number
    merge(session, keep, other)
    entry_id = last(session)
    events.update(session, event.id, version=event.version, starts_at=IN_TWO_WEEKS + days(3), now=LATER)
    undo(session, entry_id, now=LATER)
    planned = [text for text in texts_to(session, other_id, Kind.REMINDER_7_DAY) if text.state == State.PLANNED]
    assert [text.mobile_number for text in planned] == [number]
    assert texts_to(session, keep) == []


def test_both_are_reminded_again_if_the_time_has_not_come(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event)
    other_id = other.id
    merge(session, keep, other)
    undo(session, last(session), now=LATER)
    for customer_id in (keep.id, other_id):
        kinds = [text.kind for text in texts_to(session, customer_id) if text.state == State.PLANNED]
        assert sorted(kinds) == [Kind.CONFIRMATION, Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]


def test_a_reminder_that_was_sent_to_both_as_one_is_not_sent_again(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event)
    other_id = other.id
    merge(session, keep, other)
    entry_id = last(session)
    (reminder,) = unsent(session, keep, Kind.REMINDER_7_DAY)
    sent_at = reminder.due_at
    assert sent_at is not None
    reminder.state, reminder.provider_id, reminder.claimed_at = State.SENT.value, "SM1", sent_at
    undo(session, entry_id, now=sent_at + hours(1))
    states = [text.state for each in (keep.id, other_id) for text in texts_to(session, each, Kind.REMINDER_7_DAY)]
    assert sorted(states) == [State.SENT, State.SKIPPED]


def test_a_text_paused_since_stays_paused(session: Session) -> None:
    keep, other = two(session)
    an_opt_out(session, other.mobile_number)
    a_booking(session, other)
    other_id, number = other.id, other.mobile_number
    merge(session, keep, other)
    entry_id = last(session)
    undo(session, entry_id, now=LATER)
    assert {text.state for text in texts_to(session, other_id)} == {State.SKIPPED}
    blocking.opt_in(session, number, now=LATER)
    assert {text.mobile_number for text in texts_to(session, other_id)} == {number}


# Bookings made since


@pytest.mark.parametrize("whose", ["keep", "other", None])
def test_whose_a_booking_made_since_is_is_asked(session: Session, whose: str | None) -> None:
    keep, other = two(session)
    other_id, number = other.id, other.mobile_number
    merge(session, keep, other)
    entry_id = last(session)
    booking = a_booking(session, keep, now=LATER)
    planned = preview(session, entry_id, now=LATER)
    assert planned.merge is not None
    assert [(each.booking_id, each.event_name, each.seats) for each in planned.merge.booked_since] == [
        (booking.id, "Quiz Night", 2)
    ]
    undo(session, entry_id, booked_since={booking.id: whose} if whose else None, now=LATER)
    owner = other_id if whose == "other" else keep.id
    assert session.get_one(Booking, booking.id, populate_existing=True).customer_id == owner
    queued = [text for text in texts_to(session, owner) if text.kind == Kind.REMINDER_7_DAY]
    assert [text.mobile_number for text in queued] == [number if whose == "other" else keep.mobile_number]
    assert booking_status.drifted(session) == []


def test_a_booking_made_since_is_not_given_to_who_is_booked_already(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    first = a_booking(session, other, event)
    merge(session, keep, other)
    entry_id = last(session)
    third = a_customer(session, first_name="Bob")
    bookings.move(session, first.id, customer_id=third.id, version=1, now=LATER)
    a_booking(session, keep, event, now=LATER)
    undo(session, entry_id, now=LATER)
    assert seats(session, keep.id) == [2]


@ON_BOTH
def test_the_journal_and_the_database_agree_about_numbers(session: Session) -> None:
    keep, other = two(session, mobile_number=a_number())
    merge(session, keep, other, fields={"mobile_number": "other"})
    entry_id = last(session)
    customers.update(session, keep.id, version=keep.version, mobile_number=a_number(), now=LATER)
    undone = undo(session, entry_id, now=LATER)
    assert list(undone.left) == ["Jo Smith: mobile number changed since, and not undone"]
