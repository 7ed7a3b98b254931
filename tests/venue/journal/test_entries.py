"""Entries of the journal: which are listed, what they say, and who may read them."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from sms.texts import DEFAULT_TEMPLATES, Kind
from tests.makers import IN_TWO_WEEKS, NOW, STAFF, VIEWER, a_booking, a_customer, an_event, days, texts_to
from venue import acts, bookings, choices, customers, events, messages, privacy
from venue.acts import Act
from venue.customers.edit import Change
from venue.errors import NotAllowed
from venue.events import cancellations
from venue.journal import entries, sentences
from venue.messages import actions, blocking, templates
from venue.messages.states import State
from venue.roles import Actor, Role
from venue.staff import accounts


def said(session: Session, **filters: object) -> list[str]:
    """The sentences that match, latest first."""
    return [sentences.of(row) for row in entries.page(session, **filters).rows]  # type: ignore[arg-type]


def test_the_history_of_a_booking(session: Session) -> None:
    jo = a_customer(session, mobile_number="+447700900111")
    quiz = an_event(session)
    booking = a_booking(session, jo, quiz, seats=4)
    bookings.update(session, booking.id, version=1, now=NOW, seats=6)
    bookings.update(session, booking.id, version=2, now=NOW, notes="By the window", tell_customer=False)
    bookings.mark_arrived(session, booking.id, arrived=True, now=NOW)
    history = said(session, booking_id=booking.id)
    assert history == [
        "Max marked Jo Smith as arrived at Quiz Night",
        "Max changed the booking of Jo Smith for Quiz Night: notes",
        "Max changed the booking of Jo Smith for Quiz Night: seats 4 → 6 and notified them",
        "Max booked Jo Smith onto Quiz Night (4 seats) and notified them",
    ]
    bookings.delete(session, booking.id, now=NOW)
    assert said(session, booking_id=booking.id)[0] == "Max deleted the booking of Jo Smith for Quiz Night"
    assert said(session, customer_id=jo.id)[1:] == [*history, "Max added Jo Smith"]
    assert said(session, event_id=quiz.id)[1:] == [*history, "Max added Quiz Night"]


def test_customers_and_what_became_of_the_deleted(session: Session) -> None:
    jo, ann = a_customer(session, mobile_number="+447700900111"), a_customer(session, first_name="Ann")
    customers.update(session, jo.id, version=1, now=NOW, mobile_number="07700 900112", notes="Quiet table")
    changes = [Change(each.id, each.version, {"last_name": "Jones"}, save_anyway=True) for each in (jo, ann)]
    customers.update_many(session, changes, now=NOW)
    assert said(session, customer_id=jo.id) == [
        "Max changed Jo Jones: last name Smith → Jones",
        "Max changed Jo Jones: mobile number 07700 900111 → 07700 900112, notes",
        "Max added Jo Jones",
    ]
    assert said(session)[0] == "Max changed 2 customers"
    privacy.erase(session, jo.id, now=NOW)
    assert said(session, customer_id=jo.id) == [
        "Max permanently deleted a customer",
        "Max changed (erased): (erased)",
        "Max changed (erased): (erased)",
        "Max added (erased)",
    ]
    assert said(session, customer_id=ann.id)[0] == "Max changed Ann Jones: last name Smith → Jones"


def test_events_templates_settings_numbers_and_texts(session: Session) -> None:
    jo, quiz = a_customer(session, mobile_number="+447700900111"), an_event(session)
    a_booking(session, jo, quiz, seats=0)
    later = IN_TWO_WEEKS + days(1)
    events.update(session, quiz.id, version=1, now=NOW, starts_at=later, capacity=50)
    events.cancel(session, quiz.id, now=NOW)
    cancellations.undo(session, quiz.id, now=NOW)
    body = DEFAULT_TEMPLATES[Kind.CONFIRMATION] + " Bye"
    templates.add_missing(session, now=NOW)
    templates.save(session, Kind.CONFIRMATION, body=body, version=1, now=NOW)
    choices.save(session, "sending_hours", "10:00-20:00", now=NOW)
    messages.text_customer(session, customer_id=jo.id, body="Hello", form_token="1", now=NOW)
    waiting = [text.id for text in texts_to(session, jo) if text.state == State.PLANNED]
    actions.hold(session, waiting[:2], now=NOW)
    blocking.stop_texting(session, jo.mobile_number, now=NOW)
    acts.note(session, Act.CUSTOMERS_EXPORTED, now=NOW)
    assert said(session)[:-3] == [
        "Max exported customers",
        "Max stopped texts to 07700 900111 (Jo Smith)",
        "Max paused 2 texts",
        "Max texted Jo Smith",
        "Max changed a setting: sending hours 09:00-21:00 (default) → 10:00-20:00",
        "Max changed the confirmation template",
        "Max added the default templates",
        "Max undid the cancellation of Quiz Night",
        "Max cancelled Quiz Night and notified 1 guest",
        "Max changed Quiz Night: capacity unlimited → 50, "
        "start Fri 29 January 2027, 19:30 → Sat 30 January 2027, 19:30 and notified 1 guest",
    ]
    assert "Max booked Jo Smith onto Quiz Night (reminder only) and notified them" in said(session)
    assert said(session, template="confirmation")[0] == "Max changed the confirmation template"
    assert said(session, template="reminder_7_day") == ["Max added the default templates"]


def test_filters_and_pages(session: Session) -> None:
    person = uuid4()
    session.info["actor"] = Actor("Sam", session.info["actor"].permissions, staff_id=person)
    for number in range(3):
        an_event(session, name=f"Quiz {number}", now=NOW + days(number))
    assert said(session, staff_id=person) == [f"Sam added Quiz {number}" for number in (2, 1, 0)]
    assert said(session, staff_id=uuid4()) == []
    assert said(session, day=date(2027, 1, 16)) == ["Sam added Quiz 1"]
    assert said(session, act=Act.EVENT_CANCELLED) == []
    first = entries.page(session, limit=2)
    second = entries.page(session, limit=2, after=first.next)
    assert [sentences.of(row) for row in second.rows] == ["Sam added Quiz 0"]
    assert second.next is None


def test_all_entries_are_for_managers_and_viewers_see_no_numbers_in_a_history(session: Session) -> None:
    jo = a_customer(session, mobile_number="+447700900111", notes="Wife: 07700 900222")
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed):
        entries.page(session)
    session.info["actor"] = VIEWER
    (row,) = entries.page(session, customer_id=jo.id).rows
    shown = str(row.values)
    assert "Jo" in shown
    assert "900111" not in shown
    assert "900222" not in shown


def test_numbers_are_hidden_in_each_value(session: Session) -> None:
    jo = a_customer(session, notes="Wife: 07700\n900222")
    session.info["actor"] = VIEWER
    (row,) = entries.page(session, customer_id=jo.id).rows
    assert "900222" not in str(row.values)


def test_a_long_act_shows_its_first_rows_and_in_a_history_those_of_the_customer(session: Session) -> None:
    people = [a_customer(session) for _ in range(20)]
    changes = [Change(each.id, 1, {"notes": "Regular"}) for each in people]
    customers.update_many(session, changes, now=NOW)
    entry = entries.page(session, limit=1).rows[0]
    assert (len(entry.values), entry.rows) == (entries.MOST_VALUES, 20)
    assert len(entries.values_of(session, entry.id)) == 20
    assert sentences.of(entry) == "Max changed 20 customers"
    for person in people:
        latest = entries.page(session, customer_id=person.id).rows[0]
        assert [value.row_id for value in latest.values] == [str(person.id)]


def test_entries_about_accounts_are_for_managers_whichever_way_they_are_read(session: Session) -> None:
    robin = accounts.add(session, name="Robin", role=Role.STAFF, email="robin@example.com", now=NOW)
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    assert "robin@example.com" in str(entries.get(session, entry_id).values)
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed):
        entries.get(session, entry_id)
    with pytest.raises(NotAllowed):
        entries.values_of(session, entry_id)
    assert entries.page(session, booking_id=robin.id).rows == []
