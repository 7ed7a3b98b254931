"""Retention: who was not heard of for long, why, and that erasing looks again."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, JournalEntry, Message, WaitlistEntry
from sms.texts import Kind
from tests.makers import MANAGER, NOW, a_booking, a_customer, a_number, an_event, an_opt_out, days
from venue import acts, bookings, clock, events
from venue.errors import ConfirmFirst, Invalid
from venue.journal import entries, sentences, undo, verify
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.privacy import consents, requests, retention
from venue.privacy.retention import Reason
from venue.profile import Venue

LONG_AGO = datetime(2020, 3, 1, 12, tzinfo=clock.UTC)
CUTOFF = datetime(2025, 1, 15, tzinfo=clock.UTC)


def old_customer(session: Session, **over: Any) -> Customer:
    return a_customer(session, now=over.pop("now", LONG_AGO), **over)


def plan(session: Session, **over: Any) -> retention.RetentionPlan:
    return retention.plan(session, **{"months": 24, "now": NOW, **over})


def ids(session: Session) -> set[UUID]:
    planned = plan(session)
    assert planned.total == len(planned.rows)
    return {row.id for row in planned.rows}


def visit(session: Session, customer: Customer, at: datetime, **over: Any) -> Booking:
    """A booking on an event in the past, as it is when texts of it are long gone."""
    event = an_event(session, starts_at=at)
    booking = a_booking(session, customer, event, reason="Noted afterwards", now=over.pop("now", LONG_AGO), **over)
    session.execute(Message.__table__.delete().where(Message.booking_id == booking.id))
    return booking


def a_text(session: Session, customer: Customer, at: datetime, **over: Any) -> None:
    columns = {"kind": Kind.MANUAL, "state": State.DELIVERED, "provider_id": str(at), "body": "Hello", **over}
    message = NewMessage(
        dedupe_key=f"{customer.id}:{at}",
        customer_id=customer.id,
        mobile_number=customer.mobile_number,
        created_at=at,
        now=at,
        **columns,
    )
    session.execute(Message.__table__.insert(), [message.columns()])


@pytest.mark.parametrize(("at", "goes"), [(CUTOFF - days(1), True), (CUTOFF, False)])
def test_time_counts_from_the_last_visit(session: Session, at: datetime, goes: bool) -> None:
    jo = old_customer(session)
    visit(session, jo, LONG_AGO + days(30))
    visit(session, jo, at)
    assert ids(session) == ({jo.id} if goes else set())
    if goes:
        assert plan(session).rows[0].last == (Reason.VISIT, at)


def test_a_no_show_and_a_cancelled_event_are_no_visits(session: Session) -> None:
    jo, ann = old_customer(session), old_customer(session, first_name="Ann")
    bookings.mark_arrived(session, visit(session, jo, NOW - days(30)).id, arrived=False, now=NOW)
    event_id = visit(session, ann, NOW - days(30)).event_id
    events.cancel(session, event_id, now=NOW, tell_customers=False)
    session.execute(Message.__table__.delete())
    assert ids(session) == {jo.id, ann.id}


@pytest.mark.parametrize("seats", [0, 2])
def test_guests_with_coming_bookings_never_go(session: Session, seats: int) -> None:
    jo = old_customer(session)
    a_booking(session, jo, seats=seats)
    session.execute(Message.__table__.delete())
    assert ids(session) == set()


def test_who_comes_today_never_goes(session: Session) -> None:
    jo = old_customer(session)
    bookings.mark_arrived(session, visit(session, jo, clock.start_of_today(NOW, clock.UTC)).id, arrived=False, now=NOW)
    assert ids(session) == set()


@pytest.mark.parametrize("answer", ["waiting", "offered", "left"])
def test_a_place_on_a_waitlist_is_contact_on_the_day_they_joined(session: Session, answer: str) -> None:
    jo = old_customer(session)
    event = an_event(session, starts_at=CUTOFF + days(20))
    join(session, jo, event, answer, at=CUTOFF)
    assert ids(session) == set()
    session.execute(update(WaitlistEntry).values(joined_at=CUTOFF - days(1)))
    assert [row.last for row in plan(session).rows] == [(Reason.CONTACT, CUTOFF - days(1))]


@pytest.mark.parametrize(("answer", "goes"), [("waiting", False), ("offered", False), ("left", True)])
def test_who_waits_for_seats_of_a_coming_event_never_goes(session: Session, answer: str, goes: bool) -> None:
    jo = old_customer(session)
    event = an_event(session)
    join(session, jo, event, answer, at=CUTOFF - days(1))
    assert ids(session) == ({jo.id} if goes else set())
    events.cancel(session, event.id, now=NOW, tell_customers=False)
    session.execute(Message.__table__.delete())
    assert ids(session) == {jo.id}


def test_who_joined_a_waitlist_since_the_look_is_kept(session: Session) -> None:
    jo = old_customer(session)
    assert ids(session) == {jo.id}
    join(session, jo, an_event(session), "waiting", at=CUTOFF - days(1))
    assert retention.erase_chosen(session, [jo.id], months=24, now=NOW).kept == ["Jo Smith"]


def join(session: Session, customer: Customer, event: Event, state: str, *, at: datetime) -> None:
    who = {"event_id": event.id, "customer_id": customer.id, "seats": 2}
    session.add(WaitlistEntry(**who, state=state, joined_at=at, answer_by=at + days(1), updated_at=at))
    session.flush()


@pytest.mark.parametrize(
    ("over", "goes"),
    [
        ({}, False),
        ({"direction": "in", "kind": Kind.INBOUND, "state": State.RECEIVED}, False),
        ({"state": State.SKIPPED, "provider_id": None}, True),
    ],
)
def test_a_text_in_or_out_is_contact_and_a_skipped_one_is_not(
    session: Session, over: dict[str, Any], goes: bool
) -> None:
    jo = old_customer(session)
    a_text(session, jo, CUTOFF + days(1), **over)
    assert ids(session) == ({jo.id} if goes else set())


def test_news_is_no_contact(session: Session) -> None:
    customer = old_customer(session)
    a_text(session, customer, NOW - days(1), kind=Kind.CAMPAIGN)
    assert ids(session) == {customer.id}


def test_an_old_text_is_the_last_contact(session: Session) -> None:
    jo = old_customer(session)
    visit(session, jo, LONG_AGO + days(30))
    a_text(session, jo, CUTOFF - days(2))
    assert plan(session).rows[0].last == (Reason.CONTACT, CUTOFF - days(2))


def test_an_answer_about_consent_is_contact(session: Session) -> None:
    jo = old_customer(session)
    consents.record(session, jo.id, channel="text", basis="refused", now=CUTOFF + days(1))
    assert ids(session) == set()


def test_who_has_an_open_request_never_goes(session: Session) -> None:
    jo = old_customer(session)
    request = requests.add(
        session, kind="complaint", person="Jo", received_on=LONG_AGO.date(), customer_id=jo.id, now=LONG_AGO
    )
    assert ids(session) == set()
    requests.answer(session, request.id, outcome="Apologised", now=LONG_AGO)
    assert ids(session) == {jo.id}


def test_an_edit_by_staff_is_no_contact(session: Session) -> None:
    jo = old_customer(session)
    session.execute(update(Customer).values(updated_at=NOW))
    planned = plan(session)
    assert [(row.id, row.last) for row in planned.rows] == [(jo.id, (Reason.ADDED, LONG_AGO))]


def test_who_was_added_lately_stays(session: Session) -> None:
    old_customer(session, now=CUTOFF)
    assert ids(session) == set()


def test_an_opted_out_guest_goes_like_others(session: Session) -> None:
    jo = old_customer(session)
    an_opt_out(session, jo.mobile_number)
    assert ids(session) == {jo.id}


@pytest.mark.parametrize(
    ("months", "day", "before"),
    [
        (24, datetime(2027, 1, 15, 12, tzinfo=clock.UTC), "2025-01-15"),
        (6, datetime(2027, 8, 31, 12, tzinfo=clock.UTC), "2027-02-28"),
        (12, datetime(2028, 2, 29, 12, tzinfo=clock.UTC), "2027-02-28"),
        (13, datetime(2027, 1, 15, 12, tzinfo=clock.UTC), "2025-12-15"),
    ],
)
def test_months_are_counted_by_the_calendar(session: Session, months: int, day: datetime, before: str) -> None:
    assert plan(session, months=months, now=day).before.date().isoformat() == before


@pytest.mark.parametrize("months", [0, 5, 121])
def test_a_number_of_months_that_is_not_possible_is_refused(session: Session, months: int) -> None:
    with pytest.raises(Invalid, match="6 to 120 months"):
        plan(session, months=months)
    with pytest.raises(Invalid, match="6 to 120 months"):
        retention.erase_chosen(session, [], months=months, now=NOW)


def test_pages_begin_with_who_was_added_first(session: Session) -> None:
    ages = {"Cy": 3, "Al": 1, "Bo": 2, "Di": 4}
    old = [old_customer(session, first_name=name, now=LONG_AGO + days(age)) for name, age in ages.items()]
    old.append(old_customer(session, first_name="Al", now=LONG_AGO + days(1)))
    seen: list[UUID] = []
    after = None
    while True:
        page = plan(session, after=after, limit=2)
        assert page.total == len(old)
        assert len(page.rows) <= 2
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(each.id for each in old)
    named = {each.id: each.first_name for each in old}
    assert [named[each] for each in seen] == ["Al", "Al", "Bo", "Cy", "Di"]


def test_a_long_list_is_counted_only_so_far(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Al", "Bo", "Cy"):
        old_customer(session, first_name=name)
    monkeypatch.setattr(retention, "MOST_COUNTED", 1)
    assert plan(session, limit=1).total == 2


def test_erasing_looks_again_and_is_one_act(session: Session) -> None:
    jo, ann, bob, cy = (old_customer(session, first_name=name) for name in ("Jo", "Ann", "Bob", "Cy"))
    chosen = [row.id for row in plan(session).rows if row.id != cy.id]
    a_booking(session, bob)
    entries_before = session.scalar(select(func.count()).select_from(JournalEntry))

    done = retention.erase_chosen(session, chosen, months=24, now=NOW)

    assert (done.erased, done.kept) == (2, ["Bob Smith"])
    assert set(session.scalars(select(Customer.id))) == {bob.id, cy.id}
    assert session.scalar(select(func.count()).select_from(JournalEntry)) == (entries_before or 0) + 1
    entry = entries.get(session, acts.last_entry(session) or 0)
    assert sentences.of(entry) == "Max permanently deleted 2 customers not heard of for 24 months"
    assert undo.preview(session, entry.id, now=NOW).why_not.startswith("Deleting is permanent")
    assert all(value.is_erased for value in entry.values)
    assert verify.verify(session).counts == {}
    assert {jo.id, ann.id} & {row.id for row in plan(session).rows} == set()


def test_erasing_reads_the_bookings_themselves(session: Session) -> None:
    """The columns that are computed from bookings may have drifted: then the list is wrong, and no one is erased."""
    jo, ann = old_customer(session), old_customer(session, first_name="Ann")
    visit(session, jo, NOW - days(30))
    a_booking(session, ann)
    session.execute(Message.__table__.delete())
    session.execute(update(Customer).values(active_until=None, reminder_until=None))
    assert ids(session) == {jo.id, ann.id}
    assert retention.erase_chosen(session, [jo.id, ann.id], months=24, now=NOW).erased == 0


def test_who_cannot_be_erased_is_named_and_no_one_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    jo = old_customer(session)

    def refuse(*_: Any, **__: Any) -> None:
        raise Invalid(customer_id="The name or number is also here: a setting. Change it there, then try again.")

    monkeypatch.setattr(retention, "erase", refuse)
    with pytest.raises(Invalid, match=r"Jo Smith cannot be erased\. The name or number is also here"):
        retention.erase_chosen(session, [jo.id], months=24, now=NOW)


def test_erasing_again_does_nothing(session: Session) -> None:
    jo = old_customer(session)
    assert retention.erase_chosen(session, [jo.id], months=24, now=NOW).erased == 1
    assert retention.erase_chosen(session, [jo.id], months=24, now=NOW) == retention.RetentionResult(0, [])


def test_many_are_erased_one_after_the_other(venue: Venue) -> None:
    """Also those who share a name and a number, who are searched for outside the transaction that erases them."""
    reading, transaction = partial(venue.reading_at_length, MANAGER), partial(venue.transaction, MANAGER)
    with transaction() as session:
        chosen = [old_customer(session, mobile_number=number).id for number in [a_number()] * 2]
        chosen.append(old_customer(session, first_name="Ann", notes="Friend of Jo Smith").id)
        visitor = old_customer(session, first_name="Bob", last_name="Lee")
        a_booking(session, visitor)
        chosen += [visitor.id, UUID(int=1)]
        visitor.notes = "Knows Ann Smith and Jo Smith"
    done = list(retention.erase_in_steps(reading, transaction, chosen, months=24, now=NOW))
    assert [(each.erased, list(each.kept)) for each in done] == [(1, []), (1, []), (1, []), (0, ["Bob Lee"]), (0, [])]
    with reading() as session:
        (bob,) = session.scalars(select(Customer))
        assert bob.notes == "Knows (erased) and (erased)"
        assert verify.verify(session).counts == {}


def test_too_many_at_once_are_refused(session: Session) -> None:
    too_many = [UUID(int=number) for number in range(retention.MOST_AT_ONCE + 1)]
    with pytest.raises(Invalid, match="At most 5 customers"):
        retention.erase_chosen(session, too_many, months=24, now=NOW)


def test_erasing_asks_for_the_password_again_and_looking_does_not(session: Session) -> None:
    jo = old_customer(session)
    session.info["actor"] = type(MANAGER)(MANAGER.name, MANAGER.permissions, recently_confirmed=False)
    assert len(plan(session).rows) == 1
    with pytest.raises(ConfirmFirst):
        retention.erase_chosen(session, [jo.id], months=24, now=NOW)
