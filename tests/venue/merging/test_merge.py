"""Merging two customers: everything of both is of one, nothing is sent twice, nothing is lost."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    Booking,
    Consent,
    Customer,
    CustomerTag,
    CustomerValue,
    DuplicatePair,
    Household,
    HouseholdMember,
    MergedCustomer,
    Message,
    PhoneNumber,
    Request,
)
from sms.texts import Kind
from tests.makers import NOW, STAFF, a_booking, a_customer, an_event, an_opt_out, hours, texts_to
from tests.venue.merging.two_of_them import LATER, a_household, a_pair, merge, sent, two, unsent, unsure
from venue import acts, bookings, customers, fields, merging, tags
from venue.customers import booking_status
from venue.customers.merged import survivor_of
from venue.errors import Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.merging.moves import OWN_RULES, just_changes_hands, references
from venue.messages.states import NOT_YET_GONE
from venue.privacy import consents


def booked(session: Session, customer_id: UUID) -> dict[UUID, int]:
    rows = session.execute(select(Booking.event_id, Booking.seats).where(Booking.customer_id == customer_id))
    return {row.event_id: row.seats for row in rows}


def test_bookings_texts_and_requests_follow(session: Session) -> None:
    keep, other = two(session)
    booking = a_booking(session, other)
    session.add(Request(**a_request(other)))
    session.flush()
    merge(session, keep, other)
    assert session.get_one(Booking, booking.id, populate_existing=True).customer_id == keep.id
    assert {text.kind for text in texts_to(session, keep)} >= {Kind.CONFIRMATION, Kind.REMINDER_24_HOUR}
    assert session.scalars(select(Request.customer_id)).all() == [keep.id]
    assert session.get(Customer, other.id) is None
    assert booking_status.drifted(session) == []


def a_request(customer: Customer) -> dict[str, Any]:
    days_ = {"received_on": NOW.date(), "due_on": NOW.date()}
    return {"kind": "access", "person": "Jo", "customer_id": customer.id, "created_at": NOW, "updated_at": NOW, **days_}


def test_scheduled_texts_go_to_the_number_that_stays(session: Session) -> None:
    keep, other = two(session)
    a_booking(session, other)
    merge(session, keep, other)
    assert {text.mobile_number for text in texts_to(session, keep)} == {keep.mobile_number}


def test_texts_that_were_sent_keep_their_number(session: Session) -> None:
    keep, other = two(session)
    a_booking(session, other)
    sent(session, other, Kind.CONFIRMATION)
    merge(session, keep, other)
    (confirmation,) = texts_to(session, keep, Kind.CONFIRMATION)
    assert confirmation.mobile_number == other.mobile_number


def test_the_fields_of_either_may_be_chosen_or_typed(session: Session) -> None:
    keep, other = two(session, last_name="Jones", notes="Sits outside")
    number = other.mobile_number
    chosen = {"first_name": "other", "last_name": "Smith-Jones", "mobile_number": "other"}
    merged = merge(session, keep, other, fields=chosen)
    assert (merged.first_name, merged.last_name, merged.mobile_number) == ("Joanna", "Smith-Jones", number)
    assert merged.notes == "Vegan\nSits outside"
    assert customers.search(session, "joanna smith-jones").rows[0].id == keep.id


def test_every_problem_is_said_and_nothing_is_merged(session: Session) -> None:
    keep, other = two(session)
    with pytest.raises(Invalid) as refused:
        merge(session, keep, other, fields={"first_name": " ", "mobile_number": "020 7946 0018"})
    assert refused.value.problems.keys() == {"first_name", "mobile_number"}
    assert session.get(Customer, other.id) is not None


def test_notes_that_are_too_long_together_are_asked_about(session: Session) -> None:
    keep, other = a_customer(session, notes="a" * 1_500), a_customer(session, notes="b" * 1_500)
    with pytest.raises(Invalid, match="Notes are 3,001 characters long"):
        merge(session, keep, other)
    assert merge(session, keep, other, fields={"notes": "other"}).notes == "b" * 1_500


@pytest.mark.plain_sql
@pytest.mark.parametrize(("choice", "seats"), [("keep", 2), ("other", 4), ("sum", 6), ("larger", 4)])
def test_two_bookings_for_one_event_become_one(session: Session, choice: str, seats: int) -> None:
    keep, other = two(session)
    event = an_event(session, capacity=6)
    a_booking(session, keep, event, seats=2, notes="By the window")
    a_booking(session, other, event, seats=4, notes="High chair")
    merge(session, keep, other, bookings={event.id: choice})
    (booking,) = session.scalars(select(Booking).execution_options(populate_existing=True))
    assert (booking.customer_id, booking.seats) == (keep.id, seats)
    assert booking.notes == "By the window\nHigh chair"
    assert booking_status.drifted(session) == []


@pytest.mark.parametrize(
    ("came", "choice", "seats"), [(2, "sum", 4), (1, "sum", 2), (2, "larger", 2)], ids=["both", "one", "the same twice"]
)
def test_who_came_with_both_bookings_came_with_all_their_seats(
    session: Session, came: int, choice: str, seats: int
) -> None:
    keep, other = two(session)
    event = an_event(session, starts_at=NOW + hours(1))
    for customer in (keep, other)[:came]:
        booking = a_booking(session, customer, event, seats=2)
        bookings.mark_arrived(session, booking.id, arrived=True, now=NOW)
    if came == 1:
        a_booking(session, other, event, seats=2)
    merge(session, keep, other, bookings={event.id: choice})
    (booking,) = session.scalars(select(Booking).execution_options(populate_existing=True))
    assert (booking.arrived, booking.arrived_seats) == (True, seats)


def test_two_bookings_become_a_reminder_only_one(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    a_booking(session, keep, event, seats=3)
    a_booking(session, other, event, seats=0)
    merge(session, keep, other, bookings={event.id: "other"})
    assert booked(session, keep.id) == {event.id: 0}
    assert session.get_one(Customer, keep.id, populate_existing=True).active_until is None


def test_a_choice_that_is_not_there_is_refused(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event, seats=6_000)
    with pytest.raises(Invalid, match="Choose what to do about the two bookings for Quiz Night"):
        merge(session, keep, other, bookings={event.id: "sum"})


@pytest.mark.plain_sql
@pytest.mark.parametrize("reminded", ["keep", "other"])
def test_a_reminder_that_was_sent_for_either_is_not_sent_again(session: Session, reminded: str) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event)
    sent(session, keep if reminded == "keep" else other, Kind.REMINDER_7_DAY)
    merge(session, keep, other)
    assert len(unsent(session, keep, Kind.REMINDER_7_DAY)) == 0
    assert len(unsent(session, keep, Kind.REMINDER_24_HOUR)) == 1


def test_each_reminder_goes_once_when_both_had_one(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event)
    sent(session, keep, Kind.REMINDER_7_DAY)
    sent(session, other, Kind.REMINDER_24_HOUR)
    merge(session, keep, other)
    assert unsent(session, keep, Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR) == []


def test_a_reminder_on_its_way_is_waited_for(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event)
    unsure(session, keep, Kind.REMINDER_7_DAY)
    unsure(session, other, Kind.REMINDER_24_HOUR)
    with pytest.raises(Invalid, match="A reminder of Quiz Night is being sent right now"):
        merge(session, keep, other)


def test_the_booking_whose_reminder_is_on_its_way_stays(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    a_booking(session, keep, event)
    booking = a_booking(session, other, event)
    unsure(session, other, Kind.REMINDER_7_DAY)
    merge(session, keep, other)
    assert session.scalars(select(Booking.id)).all() == [booking.id]


def test_nothing_is_texted(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    for customer in (keep, other):
        a_booking(session, customer, event, tell_customer=False)
    before = {text.dedupe_key for text in session.scalars(select(Message))}
    merge(session, keep, other, bookings={event.id: "sum"})
    texts = session.scalars(select(Message).where(Message.state.in_(NOT_YET_GONE))).all()
    assert {text.dedupe_key for text in texts} <= before
    assert sorted(text.kind for text in texts) == [Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]


def test_reminders_skipped_for_a_blocked_number_are_planned_for_the_one_that_stays(session: Session) -> None:
    keep, other = two(session)
    an_opt_out(session, other.mobile_number)
    a_booking(session, other)
    assert unsent(session, other, Kind.REMINDER_7_DAY) == []
    merge(session, keep, other)
    assert len(unsent(session, keep, Kind.REMINDER_7_DAY)) == 1


def test_a_refusal_of_either_counts_for_both(session: Session) -> None:
    keep, other = two(session)
    agree, refuse = ({"channel": "text", "basis": basis} for basis in ("consent", "refused"))
    consents.record(session, other.id, **refuse, now=NOW)
    consents.record(session, keep.id, **agree, how="In person", wording="May we?", now=NOW)
    merge(session, keep, other)
    assert not consents.may_market(session, keep.id)
    assert len(consents.history(session, keep.id)) == 3


def test_a_stop_from_the_number_that_goes_counts(session: Session) -> None:
    keep, other = two(session)
    session.add(PhoneNumber(mobile_number=other.mobile_number, opted_out_at=NOW))
    consents.record(session, keep.id, channel="text", basis="consent", how="Paper", wording="May we?", now=NOW)
    said = merging.preview(session, keep.id, other.id, now=NOW).sentences
    assert "News and offers by text were refused by one of them: that counts for both." in said
    merge(session, keep, other)
    assert not consents.may_market(session, keep.id)


def test_a_refusal_on_a_screen_that_was_open_before_is_not_lost(session: Session) -> None:
    keep, other = two(session)
    other_id = other.id
    merge(session, keep, other)
    consents.record(session, other_id, channel="text", basis="withdrawn", now=LATER)
    assert [line.basis for line in consents.history(session, keep.id)] == ["withdrawn"]


def test_agreement_of_one_stays(session: Session) -> None:
    keep, other = two(session)
    consents.record(session, other.id, channel="email", basis="consent", how="Paper", wording="May we?", now=NOW)
    merge(session, keep, other)
    assert consents.may_market(session, keep.id, "email")
    assert session.scalars(select(Consent.basis)).all() == ["consent"]


def a_tag(session: Session, name: str) -> UUID:
    return tags.add(session, name=name, now=NOW).id


def test_tags_follow_with_the_later_last_day(session: Session) -> None:
    keep, other = two(session)
    vip, nuts, regular = (a_tag(session, name) for name in ("VIP", "Nuts", "Regular"))
    early, late = date(2027, 2, 1), date(2027, 3, 1)
    rows = [(keep, vip, early), (other, vip, late), (keep, nuts, late), (other, nuts, None), (other, regular, early)]
    for customer, tag_id, last_day in rows:
        session.add(CustomerTag(customer_id=customer.id, tag_id=tag_id, last_day=last_day, added_at=NOW))
    session.flush()
    merge(session, keep, other)
    session.expire_all()
    tags = {row.tag_id: row.last_day for row in session.scalars(select(CustomerTag))}
    assert tags == {vip: late, nuts: None, regular: early}


def test_own_fields_follow_and_can_be_chosen(session: Session) -> None:
    keep, other = two(session)
    first, second, third = (fields.add(session, name=f"F{n}", kind="text", now=NOW).id for n in range(3))
    values = [(keep, first, "A"), (other, first, "B"), (keep, second, "A"), (other, second, "B"), (other, third, "B")]
    session.add_all([CustomerValue(customer_id=each.id, field_id=of, text=text) for each, of, text in values])
    session.flush()
    with pytest.raises(Invalid, match="Choose whose value stays"):
        merge(session, keep, other, fields={f"field.{second}": "C"})
    merge(session, keep, other, fields={f"field.{second}": "other"})
    session.expire_all()
    stored = {row.field_id: row.text for row in session.scalars(select(CustomerValue))}
    assert stored == {first: "A", second: "B", third: "B"}


def test_long_numbers_that_differ_in_the_last_digit_are_not_taken_for_the_same(session: Session) -> None:
    keep, other = two(session)
    card = fields.add(session, name="Card", kind="number", now=NOW).id
    values = [(keep, 1234567.0), (other, 1234568.0)]
    session.add_all([CustomerValue(customer_id=each.id, field_id=card, number=number) for each, number in values])
    session.flush()
    own = next(each for each in merging.preview(session, keep.id, other.id, now=LATER).fields if each.label == "Card")
    assert (own.keep, own.other, own.differs) == ("1234567", "1234568", True)


def test_the_household_follows(session: Session) -> None:
    keep, other = two(session)
    bob = a_customer(session, first_name="Bob")
    household = a_household(session, other, bob).id
    merge(session, keep, other)
    members = session.scalars(select(HouseholdMember.customer_id).where(HouseholdMember.household_id == household))
    assert set(members) == {keep.id, bob.id}


def test_a_household_of_the_two_goes(session: Session) -> None:
    keep, other = two(session)
    a_household(session, keep, other)
    merge(session, keep, other)
    assert session.scalars(select(Household)).all() == []
    assert session.scalars(select(HouseholdMember)).all() == []


def test_two_households_become_one(session: Session) -> None:
    keep, other = two(session)
    bob, cy = a_customer(session, first_name="Bob"), a_customer(session, first_name="Cy")
    mine = a_household(session, keep, bob).id
    a_household(session, other, cy)
    merge(session, keep, other)
    rows = session.execute(select(HouseholdMember.customer_id, HouseholdMember.household_id)).all()
    assert {tuple(row) for row in rows} == {(keep.id, mine), (bob.id, mine), (cy.id, mine)}


def test_what_was_said_about_pairs_stays_said(session: Session) -> None:
    keep, other = two(session)
    bob, cy, di = (a_customer(session, first_name=name) for name in ("Bob", "Cy", "Di"))
    session.query(DuplicatePair).delete()
    a_pair(session, keep, other, "household", 9)
    a_pair(session, other, bob, "not_same", 1)
    a_pair(session, keep, cy, "open", 2)
    a_pair(session, other, cy, "not_same", 3)
    a_pair(session, keep, di, "not_same", 4)
    a_pair(session, other, di, "open", 5)
    merge(session, keep, other)
    session.expire_all()
    pairs = {(row.first_id, row.second_id): (row.state, row.score) for row in session.scalars(select(DuplicatePair))}
    assert pairs == {
        tuple(sorted((keep.id, bob.id))): ("not_same", 1),
        tuple(sorted((keep.id, cy.id))): ("not_same", 3),
        tuple(sorted((keep.id, di.id))): ("not_same", 4),
    }


def test_old_ids_lead_to_the_survivor_through_a_chain(session: Session) -> None:
    a, b, c = (a_customer(session, first_name=name) for name in ("Ann", "Bea", "Cat"))
    a_id, b_id = a.id, b.id
    merge(session, b, a)
    merge(session, c, b)
    assert survivor_of(session, a_id) == survivor_of(session, b_id) == c.id
    assert survivor_of(session, c.id) is None
    assert session.query(MergedCustomer).count() == 2


def test_someone_changed_since_is_not_merged(session: Session) -> None:
    keep, other = two(session)
    plan = merging.preview(session, keep.id, other.id, now=NOW)
    customers.update(session, other.id, version=other.version, notes="Moved to Leeds", now=NOW)
    a_booking(session, keep)
    with pytest.raises(Invalid, match="Changed since you opened this: the details of the other, bookings"):
        merging.merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=plan.fingerprint, now=LATER)
    assert session.get_one(Customer, other.id).notes == "Moved to Leeds"


def test_one_customer_is_not_merged_into_themselves_or_no_one(session: Session) -> None:
    keep, other = two(session)
    with pytest.raises(Invalid, match="one and the same"):
        merging.preview(session, keep.id, keep.id, now=NOW)
    with pytest.raises(NotFound, match="no longer exists"):
        merging.preview(session, keep.id, uuid4(), now=NOW)
    merge(session, keep, other)
    with pytest.raises(NotFound, match="merged into another already"):
        merging.preview(session, keep.id, other.id, now=NOW)


def test_only_managers_merge(session: Session) -> None:
    keep, other = two(session)
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed):
        merge(session, keep, other)


def test_the_plan_says_what_will_happen(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session)
    a_booking(session, keep, event, seats=2)
    a_booking(session, other, event, seats=0)
    plan = merging.preview(session, keep.id, other.id, now=NOW)
    assert [field.name for field in plan.fields if field.differs] == ["first_name", "mobile_number", "notes"]
    assert list(plan.sentences) == [
        "1 booking and 3 scheduled texts of Joanna Smith move to Jo Smith.",
        "Both are booked on Quiz Night: 2 seats and reminder only. One booking stays.",
        "Scheduled texts go to the number that stays.",
        "Joanna Smith is removed. Their old address leads to Jo Smith.",
        "No text is sent. You can undo this for 30 days.",
    ]


def test_the_journal_says_who_was_merged_into_whom(session: Session) -> None:
    keep, other = two(session)
    for name in ("Quiz", "Jazz", "Folk", "Bingo"):
        a_booking(session, other, an_event(session, name=name))
    merge(session, keep, other)
    entry = entries.get(session, acts.last_entry(session) or 0)
    assert sentences.of(entry) == "Max merged Joanna Smith into Jo Smith"


def test_every_table_that_refers_to_a_customer_is_moved() -> None:
    """A new table with one row for each customer needs a rule in moves.py."""
    by_table = {column.table.name: just_changes_hands(column) for column in references()}
    assert {name for name, changes_hands in by_table.items() if not changes_hands} <= OWN_RULES
    assert by_table.keys() >= OWN_RULES
