"""The screen that merges two records of one person, and what leads to and from it."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.models import Booking, Customer
from tests.pages.conftest import button, cards, field, said, toasts
from venue import clock, customers, merging
from venue.profile import Venue
from venue.roles import DESK


def two(add_customer: Any) -> tuple[Customer, Customer]:
    return add_customer("Jo", "Smith", "+447700900123"), add_customer("Joanna", "Smith", "+447700900124")


def merged(venue: Venue, keep: Customer, other: Customer) -> int:
    with venue.transaction(DESK) as session:
        plan = merging.preview(session, keep.id, other.id, now=clock.now())
        merging.merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=plan.fingerprint, now=clock.now())
        entry_id: int = session.info["last_journal_entry"]
    return entry_id


def test_the_other_record_is_searched_and_chosen(screen: Any, add_customer: Any) -> None:
    jo, _ = two(add_customer)
    app = screen("customers/merge.py", id=jo.id)
    assert "Which record is of the same person as **Jo Smith**?" in said(app)
    field(app, "Search customers").set_value("smith").run()
    labels = [each.label for each in app.button]
    assert any("Joanna Smith" in label for label in labels)
    assert not any(label.startswith("Jo Smith") for label in labels)
    button(app, next(label for label in labels if "Joanna" in label)).click().run()
    assert [card["title"] for card in cards(app)] == ["Jo Smith", "Joanna Smith"]


def test_of_two_bookings_of_the_same_size_none_is_called_larger(
    screen: Any, add_customer: Any, add_event: Any, book: Any
) -> None:
    jo, joanna = two(add_customer)
    quiz = add_event()
    book(jo, quiz, 2)
    book(joanna, quiz, 2)
    app = screen("customers/merge.py", id=jo.id, other=joanna.id)
    double = next(radio for radio in app.radio if radio.label.startswith("Both are booked"))
    assert [each.replace("\\", "") for each in double.options] == ["One booking: 2 seats", "All seats: 4 seats"]


def test_what_is_chosen_stays(screen: Any, venue: Venue, add_customer: Any, add_event: Any, book: Any) -> None:
    jo, joanna = two(add_customer)
    quiz = add_event()
    book(jo, quiz, 2)
    book(joanna, quiz, 4)
    app = screen("customers/merge.py", id=jo.id, other=joanna.id)
    assert "Joanna Smith is removed" in said(app)
    field(app, "First name").set_value("other")
    double = next(radio for radio in app.radio if radio.label.startswith("Both are booked"))
    assert [each.replace("\\", "") for each in double.options] == [
        "The larger booking: 4 seats",
        "All seats: 6 seats",
        "As Jo Smith booked: 2 seats",
    ]
    double.set_value("sum")
    button(app, "Merge").click().run()
    assert toasts(app) == ["Joanna Smith merged into Jo Smith"]
    assert [title.value for title in app.title] == ["Joanna Smith"]
    with venue.reading(DESK) as session:
        assert session.scalars(select(Booking.seats)).all() == [6]


def test_what_someone_changed_since_is_said_and_nothing_chosen_is_lost(
    screen: Any, venue: Venue, add_customer: Any
) -> None:
    jo, joanna = two(add_customer)
    app = screen("customers/merge.py", id=jo.id, other=joanna.id)
    field(app, "First name").set_value("other").run()
    with venue.transaction(DESK) as session:
        customers.update(session, joanna.id, version=1, notes="Vegan", now=clock.now())
    button(app, "Merge").click().run()
    assert "Changed since you opened this" in said(app)
    assert field(app, "First name").value == "other"
    button(app, "Merge").click().run()
    with venue.reading(DESK) as session:
        stored = session.scalars(select(Customer)).one()
    assert (stored.first_name, stored.notes) == ("Joanna", "Vegan")


def test_notes_of_both_can_be_edited(screen: Any, venue: Venue, add_customer: Any) -> None:
    jo = add_customer("Jo", "Smith", "+447700900123", notes="Vegan")
    ann = add_customer("Ann", "Smith", "+447700900124", notes="Window")
    app = screen("customers/merge.py", id=jo.id, other=ann.id)
    notes = field(app, "Notes of both")
    assert notes.value == "Vegan\nWindow"
    notes.set_value("x" * 2_001)
    button(app, "Merge").click().run()
    assert "The limit is 2\\,000" in said(app)
    field(app, "Notes of both").set_value("Vegan, window")
    button(app, "Merge").click().run()
    with venue.reading(DESK) as session:
        assert session.scalars(select(Customer.notes)).all() == ["Vegan, window"]


@pytest.mark.parametrize("typed", [False, True])
def test_notes_that_someone_wrote_since_are_not_saved_over(
    screen: Any, venue: Venue, add_customer: Any, typed: bool
) -> None:
    jo = add_customer("Jo", "Smith", "+447700900123", notes="Vegan")
    ann = add_customer("Ann", "Smith", "+447700900124", notes="Window")
    app = screen("customers/merge.py", id=jo.id, other=ann.id)
    if typed:
        field(app, "Notes of both").set_value("Vegan, window").run()
    with venue.transaction(DESK) as session:
        customers.update(session, ann.id, version=1, notes="Window, NUT ALLERGY", now=clock.now())
    button(app, "Merge").click().run()
    shown = "Vegan, window" if typed else "Vegan\nWindow, NUT ALLERGY"
    assert field(app, "Notes of both").value == shown
    assert ("You changed the notes" in said(app)) == typed
    button(app, "Merge").click().run()
    with venue.reading(DESK) as session:
        assert session.scalars(select(Customer.notes)).all() == [shown]


def test_the_other_may_stay_instead(screen: Any, add_customer: Any) -> None:
    jo, joanna = two(add_customer)
    app = screen("customers/merge.py", id=jo.id, other=joanna.id)
    button(app, "Keep Joanna Smith instead").click().run()
    assert [card["title"] for card in cards(app)] == ["Joanna Smith", "Jo Smith"]


def test_who_came_from_the_possible_duplicates_goes_back_there(screen: Any, add_customer: Any) -> None:
    jo, joanna = two(add_customer)
    app = screen("customers/merge.py", id=jo.id, other=joanna.id, queue=1)
    button(app, "Keep Joanna Smith instead").click().run()
    button(app, "Merge").click().run()
    assert toasts(app) == ["Jo Smith merged into Joanna Smith"]
    assert [title.value for title in app.title] == ["Possible duplicates"]


def test_an_old_address_leads_to_the_one_who_stayed(screen: Any, venue: Venue, add_customer: Any) -> None:
    jo, joanna = two(add_customer)
    merged(venue, jo, joanna)
    app = screen("customers/one.py", id=joanna.id)
    assert [title.value for title in app.title] == ["Jo Smith"]
    assert toasts(app) == ["This customer was merged into Jo Smith"]
    app = screen("customers/merge.py", id=jo.id, other=joanna.id)
    assert [title.value for title in app.title] == ["Jo Smith"]


def test_one_who_is_not_there_is_not_merged(screen: Any, add_customer: Any) -> None:
    jo, _ = two(add_customer)
    assert "Customer not found" in said(screen("customers/merge.py", id=jo.id, other=uuid4()))
    assert "one and the same customer" in said(screen("customers/merge.py", id=jo.id, other=jo.id))


def test_an_undo_asks_whose_a_booking_made_since_is(
    screen: Any, venue: Venue, add_customer: Any, add_event: Any, book: Any
) -> None:
    jo, joanna = two(add_customer)
    joanna_id = joanna.id
    entry_id = merged(venue, jo, joanna)
    book(jo, add_event())
    app = screen("journal/list.py")
    app.session_state["visit.dialog"] = ("undo_entry", entry_id)
    app.run()
    whose = next(radio for radio in app.radio if radio.label.startswith("Booked since"))
    assert whose.options == ["Jo Smith", "Joanna Smith"]
    whose.set_value("other").run()
    app.button(key="dialog.save").click().run()
    with venue.reading(DESK) as session:
        assert session.scalars(select(Booking.customer_id)).all() == [joanna_id]
