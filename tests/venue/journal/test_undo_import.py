"""Undoing an import gives back what was before, byte for byte, except for what was touched since."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Base, Booking, Customer, Event, JournalValue, Message
from sms.texts import Kind
from tests import previews
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event, days, minutes, texts_to
from tests.venue.imports.taking import HEADER, booking_rows, counts, take_bookings, take_customers, take_events
from venue import acts, bookings, customers, events, messages
from venue.customers import booking_status
from venue.errors import Invalid
from venue.journal import entries, sentences, undo, verify
from venue.journal.undo import Undone
from venue.messages.states import State

LATER = NOW + minutes(5)
# Tables that keep what was done, and so differ after an undo.
LOGS = {"journal_entries", "journal_values", "journal_seals", "customer_totals", "booking_totals", "text_totals"}

Dump = dict[str, set[Any]]


def test_added_and_changed_customers_are_as_before(session: Session) -> None:
    known = a_customer(session, mobile_number="+447700900903", notes="Old", now=NOW - days(9))
    before = dump(session)
    take_customers(session, HEADER + "Ann,Lee,07700 900901,\nJo,Smith,07700 900903,New\nBob,Ray,07700 900902,x\n")

    done = undone(session)

    assert done.restored == ["2 customers are removed", "1 customer gets the old values back"]
    assert not done.left
    assert dump(session) == before
    session.refresh(known)
    # The version goes on, so that a form that was opened in between is not saved over this.
    assert (known.notes, known.version, known.updated_at) == ("Old", 3, NOW - days(9))


def test_added_bookings_go_with_their_planned_reminders(session: Session) -> None:
    customer, _event = a_customer(session, mobile_number="+447700900904"), an_event(session)
    a_booking(session, event=an_event(session, name="Jazz"))
    before = dump(session)
    take_bookings(session, booking_rows(f"07700 900904,,,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2,"), now=LATER)
    assert len(texts_to(session, customer)) == 2

    done = undone(session)

    assert done.restored == ["1 booking is removed", "2 planned reminders are removed"]
    assert dump(session) == before
    assert not booking_status.drifted(session)


def test_reminders_that_were_sent_stay(session: Session) -> None:
    customer = a_customer(session, mobile_number="+447700900904")
    an_event(session)
    take_bookings(session, booking_rows(f"07700 900904,,,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2,"))
    first = texts_to(session, customer, Kind.REMINDER_7_DAY)[0]
    first.state, first.provider_id = State.DELIVERED.value, "SM1"
    session.flush()

    assert undone(session).restored == ["1 booking is removed", "1 planned reminder is removed"]

    left = texts_to(session, customer)
    assert [(text.state, text.booking_id) for text in left] == [(State.DELIVERED, None)]


def test_added_and_changed_events_are_as_before(session: Session) -> None:
    an_event(session, capacity=40)
    before = dump(session)
    take_events(session, "Event,Date,Time,Capacity\nQuiz Night,2027-01-29,19:30,80\nJazz,2027-02-20,20:00,\n")

    assert undone(session).restored == ["1 event is removed", "1 event gets the old values back"]

    assert dump(session) == before


def _booked(session: Session, ann: Customer) -> None:
    a_booking(session, ann)


def _changed(session: Session, ann: Customer) -> None:
    customers.update(session, ann.id, version=1, now=NOW, first_name="Anna", save_anyway=True)


def _texted(session: Session, ann: Customer) -> None:
    messages.text_customer(session, customer_id=ann.id, body="Hello", form_token="1", now=NOW)


@pytest.mark.parametrize(
    ("touch", "left"),
    [
        (_booked, "Ann Lee: was booked since"),
        (_changed, "Anna Lee: was changed since"),
        (_texted, "Ann Lee: has texts"),
    ],
)
def test_customers_who_were_touched_since_stay_and_are_named(
    session: Session, touch: Callable[[Session, Customer], None], left: str
) -> None:
    take_customers(session, HEADER + "Ann,Lee,07700 900901,\nBob,Ray,07700 900902,x\n")
    entry_id = acts.last_entry(session) or 0
    touch(session, session.scalars(select(Customer).where(Customer.last_name == "Lee")).one())

    preview = previews.preview(session, entry_id, now=LATER)
    done = undo.undo(session, entry_id, now=LATER)

    assert (preview.restores, preview.leaves) == (done.restored, done.left)
    assert (done.restored, done.left) == (["1 customer is removed"], [left])
    assert list(session.scalars(select(Customer.last_name).where(Customer.last_name.in_(["Lee", "Ray"])))) == ["Lee"]


def test_notes_that_were_changed_since_stay(session: Session) -> None:
    a_customer(session, mobile_number="+447700900903", notes="Old")
    take_customers(session, HEADER + "Jo,Smith,07700 900903,Imported\nBob,Ray,07700 900902,x\n")
    entry_id = acts.last_entry(session) or 0
    jo = session.scalars(select(Customer).where(Customer.last_name == "Smith")).one()
    customers.update(session, jo.id, version=2, now=NOW, notes="Mine")

    done = undo.undo(session, entry_id, now=LATER)

    assert done.left == ["Jo Smith: the notes were changed since"]
    session.refresh(jo)
    assert (jo.notes, jo.version) == ("Mine", 3)


def test_a_customer_whose_name_was_changed_since_gets_the_notes_back(session: Session) -> None:
    a_customer(session, mobile_number="+447700900903", notes="Old")
    take_customers(session, HEADER + "Jo,Smith,07700 900903,Imported\n")
    entry_id = acts.last_entry(session) or 0
    jo = session.scalars(select(Customer).where(Customer.last_name == "Smith")).one()
    customers.update(session, jo.id, version=2, now=LATER, first_name="Joan")

    undo.undo(session, entry_id, now=LATER)

    session.refresh(jo)
    assert (jo.first_name, jo.notes, jo.updated_at) == ("Joan", "Old", LATER)


def test_a_booking_that_was_changed_since_stays(session: Session) -> None:
    a_customer(session, mobile_number="+447700900904")
    an_event(session)
    take_bookings(session, booking_rows(f"07700 900904,,,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2,"))
    entry_id = acts.last_entry(session) or 0
    booking = session.scalars(select(Booking)).one()
    bookings.update(session, booking.id, version=1, seats=4, now=NOW)

    with pytest.raises(Invalid, match="Jo Smith at Quiz Night: the booking was changed since"):
        undo.undo(session, entry_id, now=LATER)
    assert session.get(Booking, booking.id) is not None


def test_events_with_bookings_or_too_many_seats_stay(session: Session) -> None:
    quiz = an_event(session, capacity=40)
    take_events(session, "Event,Date,Time,Capacity\nQuiz Night,2027-01-29,19:30,80\nJazz,2027-02-20,20:00,\n")
    entry_id = acts.last_entry(session) or 0
    a_booking(session, event=quiz, seats=60)
    a_booking(session, event=session.scalars(select(Event).where(Event.name == "Jazz")).one())

    with pytest.raises(Invalid) as refused:
        undo.undo(session, entry_id, now=LATER)

    assert "Quiz Night: more seats are booked than the 40 there were" in str(refused.value)
    assert "Jazz: has bookings" in str(refused.value)


def test_the_same_file_is_imported_again_after_an_undo_and_twice_adds_nothing(session: Session) -> None:
    file = HEADER + "Ann,Lee,07700 900901,\nBob,Ray,07700 900902,x\n"
    take_customers(session, file)
    undone(session)

    assert counts(take_customers(session, file)) == {"new": 2}
    assert counts(take_customers(session, file)) == {"unchanged": 2}


def test_an_undo_is_one_act_which_is_not_undone_again(session: Session) -> None:
    take_customers(session, HEADER + "Ann,Lee,07700 900901,\n")
    entry_id = acts.last_entry(session) or 0
    undone(session)
    undo_id = acts.last_entry(session) or 0

    assert sentences.of(entries.get(session, undo_id)) == "Max undid an import of customers"
    for each, why in ((entry_id, "already undone"), (undo_id, "Import the file again")):
        assert why in previews.preview(session, each, now=LATER).why_not


def test_an_import_is_undone_for_30_days(session: Session) -> None:
    take_customers(session, HEADER + "Ann,Lee,07700 900901,\n")
    entry_id = acts.last_entry(session) or 0

    assert not previews.preview(session, entry_id, now=NOW + days(30)).why_not
    assert "more than 30 days ago" in previews.preview(session, entry_id, now=NOW + days(31)).why_not


def test_customers_who_go_are_erased_from_the_journal(session: Session) -> None:
    take_customers(session, HEADER + "Ann,Leethorpe,07700 900901,\n")
    undone(session)

    kept = [f"{value.before}{value.after}" for value in session.scalars(select(JournalValue))]
    assert not [value for value in kept if "Leethorpe" in value or "900901" in value]
    assert not verify.verify(session).counts


def test_very_many_rows_are_undone_in_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venue.journal.undo_import.AT_ONCE", 7)
    for n in range(20):
        a_customer(session, notes="Old", last_name=f"Known{n}", mobile_number=f"+447700900{n:03}")
    before = dump(session)
    old = "".join(f"Jo,Known{n},07700 900{n:03},New\n" for n in range(20))
    new = "".join(f"Ann,New{n},07700 900{500 + n},\n" for n in range(30))
    take_customers(session, HEADER + old + new)
    assert session.scalar(select(func.count()).select_from(Customer)) == 50

    undone(session)

    assert dump(session) == before


def test_only_the_first_that_stay_are_named(session: Session) -> None:
    take_customers(session, HEADER + "".join(f"Ann,New{n},07700 900{500 + n},\n" for n in range(30)))
    entry_id = acts.last_entry(session) or 0
    event = an_event(session)
    for customer in session.scalars(select(Customer)):
        a_booking(session, customer, event)

    preview = previews.preview(session, entry_id, now=LATER)

    assert len(preview.leaves) == 21
    assert preview.leaves[-1] == "and 10 more"
    assert preview.why_not


def test_an_event_that_was_moved_since_stays(session: Session) -> None:
    take_events(session, "Event,Date,Time\nJazz,2027-02-20,20:00\nFolk,2027-02-21,20:00\n")
    entry_id = acts.last_entry(session) or 0
    jazz = session.scalars(select(Event).where(Event.name == "Jazz")).one()
    events.update(session, jazz.id, version=1, now=NOW, starts_at=IN_TWO_WEEKS)

    assert undo.undo(session, entry_id, now=LATER).left == ["Jazz: was changed since"]


def undone(session: Session) -> Undone:
    """Undo the last act."""
    done = undo.undo(session, acts.last_entry(session) or 0, now=LATER)
    session.expire_all()
    return done


def dump(session: Session) -> Dump:
    """All rows of all tables, apart from versions, which only ever go up."""
    session.flush()
    return {
        name: {
            tuple(each(value) for column, value in row.items() if column != "version")
            for row in session.connection().execute(select(table)).mappings()
        }
        for name, table in Base.metadata.tables.items()
        if name not in LOGS
    }


def each(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def test_messages_are_part_of_what_is_compared(session: Session) -> None:
    a_booking(session)
    assert len(dump(session)["messages"]) == session.scalar(select(func.count()).select_from(Message))
