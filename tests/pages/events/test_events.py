from datetime import timedelta

import pytest
import streamlit as st
from sqlalchemy import select

from db.models import Booking, CustomerVisits, Event, LateCancellation, Message
from pages.bookings import dialogs
from pages.parts.dialog_buttons import red
from tests.pages.conftest import button, cards, field, given, links, said, toasts
from venue import bookings, choices, clock, events
from venue.roles import DESK
from venue.visits import rewards


def all_of(venue, model):
    with venue.reading(DESK) as session:
        return session.scalars(select(model)).all()


def test_an_event_starts_at_the_venues_own_time(venue, screen):
    app = screen("events/add.py")

    field(app, "Name").set_value("Summer Quiz")
    field(app, "Date").set_value("01/07/2027")
    field(app, "Start time").set_value("19:30")
    button(app, "Save").click().run()

    (event,) = all_of(venue, Event)
    assert (event.starts_at.hour, event.capacity) == (18, None)
    assert app.title[0].value == "Summer Quiz"


def test_a_duplicate_has_no_bookings_and_sends_nothing(venue, screen, add_customer, add_event, book):
    quiz = add_event(capacity=12, category="Quiz", notes="Bring pens", short_name="Quiz")
    book(add_customer(), quiz)
    texts = len(all_of(venue, Message))
    app = screen("events/add.py", id=quiz.id)

    field(app, "Date").set_value("01/07/2027")
    button(app, "Save").click().run()

    (copy,) = (event for event in all_of(venue, Event) if event.id != quiz.id)
    for name in ("name", "short_name", "capacity", "category", "notes"):
        assert getattr(copy, name) == getattr(quiz, name)
    assert (copy.starts_at.date().isoformat(), len(all_of(venue, Booking))) == ("2027-07-01", 1)
    assert len(all_of(venue, Message)) == texts


def test_a_time_that_does_not_happen_is_refused_with_a_suggestion(venue, screen):
    app = screen("events/add.py")

    field(app, "Name").set_value("Late Quiz")
    field(app, "Date").set_value("28/3/2027")
    field(app, "Start time").set_value("1:30")
    button(app, "Save").click().run()

    assert "use 02\\:30" in app.error[0].value
    assert all_of(venue, Event) == []


def test_moving_says_how_many_will_be_told_before_it_is_done(venue, screen, add_customer, add_event, book):
    quiz = add_event()
    book(add_customer(), quiz)
    app = screen("events/edit.py", id=quiz.id)

    field(app, "Start time").set_value("8pm")
    button(app, "Save").click().run()

    assert "1 guest will be texted" in said(app)
    assert all_of(venue, Event)[0].starts_at == quiz.starts_at

    app.button(key="moving.sure").click().run()
    assert all_of(venue, Event)[0].starts_at > quiz.starts_at


def test_a_long_programme_is_shown_a_page_at_a_time(screen, add_event):
    for number in range(30):
        add_event(name=f"Quiz {number}")
    app = screen("events/list.py")
    assert len(cards(app)) == 24

    assert "Page 1 of 2" in said(app)
    assert links(app)[-1] == "Next"

    app = screen("events/list.py", page=2)
    assert len(cards(app)) == 6
    assert links(app)[-1] == "Previous"
    assert len(cards(screen("events/list.py", page="x"))) == 24
    assert len(cards(screen("events/list.py", page=7))) == 6


def test_a_changed_name_needs_no_second_question(venue, screen, add_event):
    app = screen("events/edit.py", id=add_event().id)

    field(app, "Name").set_value("Big Quiz")
    button(app, "Save").click().run()

    assert app.title[0].value == "Big Quiz"


def someone_else_changes(venue, event_id, **fields):
    """As a colleague saves while the form is open."""
    with venue.transaction(DESK) as session:
        event = events.get(session, event_id)
        events.update(session, event_id, version=event.version, now=clock.now(), **fields)


def test_what_a_colleague_changed_stays_when_another_field_is_saved(venue, screen, add_event):
    quiz = add_event(capacity=10)
    app = screen("events/edit.py", id=quiz.id)
    someone_else_changes(venue, quiz.id, capacity=20, category="Quiz")

    moved_to = quiz.starts_at.astimezone(venue.zone).date() + timedelta(days=1)
    field(app, "Date").set_value(f"{moved_to:%d/%m/%Y}")
    button(app, "Save").click().run()

    (moved,) = all_of(venue, Event)
    assert moved.starts_at.astimezone(venue.zone).date() == moved_to
    assert (moved.capacity, moved.category) == (20, "Quiz")
    assert toasts(app) == ["Quiz Night saved. Someone else also changed: capacity, category"]


def test_only_the_field_that_both_changed_is_asked_about(venue, screen, add_event):
    quiz = add_event(capacity=10)
    app = screen("events/edit.py", id=quiz.id)
    someone_else_changes(venue, quiz.id, capacity=20, category="Quiz", notes="Theirs")

    field(app, "Notes").set_value("Mine")
    field(app, "Name").set_value("Big Quiz")
    button(app, "Save").click().run()
    assert "Saved: Theirs" in said(app)
    assert "They also changed: capacity, category" in said(app)
    app.button(key="conflict.mine").click().run()

    (saved,) = all_of(venue, Event)
    assert (saved.name, saved.notes, saved.capacity, saved.category) == ("Big Quiz", "Mine", 20, "Quiz")


def test_a_start_that_both_changed_can_be_left_as_saved(venue, screen, add_event):
    quiz = add_event()
    app = screen("events/edit.py", id=quiz.id)
    theirs = quiz.starts_at + timedelta(days=2)
    someone_else_changes(venue, quiz.id, starts_at=theirs)

    field(app, "Date").set_value(f"{quiz.starts_at + timedelta(days=1):%d/%m/%Y}")
    field(app, "Name").set_value("Big Quiz")
    button(app, "Save").click().run()
    app.button(key="conflict.saved").click().run()

    (saved,) = all_of(venue, Event)
    assert (saved.name, saved.starts_at) == ("Big Quiz", theirs)


def test_a_booking_is_changed_and_deleted_from_the_event(venue, screen, add_customer, add_event, book):
    quiz = add_event()
    booking = book(add_customer(), quiz)
    app = screen("events/one.py", id=quiz.id)

    open_by_button(app, "Edit booking", booking)
    field(app, "Seats").set_value(3).run()
    app.button(key="dialog.save").click().run()
    assert all_of(venue, Booking)[0].seats == 3

    open_by_button(app, "Delete booking", booking)
    app.button(key="dialog.save").click().run()
    assert all_of(venue, Booking) == []


def open_by_button(app, label: str, booking) -> None:
    """What a button beside a guest opens: tests of the browser press it."""
    (name,) = [act["name"] for act in guest_list(app)["acts"] if act["label"] == label]
    app.session_state["visit.dialog"] = (name, booking.id)
    app.run()


def guest_list(app) -> dict:
    return next(given(app, "guest_list"))


def test_a_customer_is_found_and_booked_from_the_event(venue, screen, add_customer, add_event):
    jo, quiz = add_customer(), add_event()
    app = screen("events/one.py", id=quiz.id)

    button(app, "Add booking").click().run()
    field(app, "Search customers").set_value("smi").run()
    app.button(key=f"choose.{jo.id}").click().run()
    app.button(key="dialog.save").click().run()

    assert [booking.customer_id for booking in all_of(venue, Booking)] == [jo.id]


def test_cancelling_asks_first(venue, screen, add_customer, add_event, book):
    quiz = add_event()
    book(add_customer(), quiz)
    app = screen("events/one.py", id=quiz.id)
    app.session_state["more"] = True
    app.run()

    button(app, red("Cancel event")).click().run()
    assert all_of(venue, Event)[0].cancelled_at is None
    app.button(key="dialog.save").click().run()

    assert all_of(venue, Event)[0].cancelled_at is not None


def test_a_cancelled_event_can_be_put_on_again(venue, screen, add_customer, add_event, book):
    quiz = add_event()
    book(add_customer("Ann", "Lee"), quiz)
    with venue.transaction(DESK) as session:
        events.cancel(session, quiz.id, now=clock.now())
        (text,) = session.scalars(select(Message).where(Message.kind == "event_cancelled")).all()
        text.state, text.provider_id = "delivered", "SM1"
    app = screen("events/one.py", id=quiz.id)

    button(app, "Undo cancellation").click().run()
    assert "1 guest already got a text that it is cancelled\\: Ann Lee" in said(app)
    assert all_of(venue, Event)[0].cancelled_at is not None
    app.button(key="undo.sure").click().run()

    assert all_of(venue, Event)[0].cancelled_at is None
    assert "is back on" in said(app)
    assert "Undo cancellation" not in [found.label for found in app.button]
    assert [text.kind for text in all_of(venue, Message) if text.kind == "event_on_again"] == ["event_on_again"]


def test_coming_and_past_events_stand_apart(screen, add_event):
    add_event("Old Quiz", days=-3)
    add_event("New Quiz", days=3)

    def shown(app):
        return [card["title"] for card in cards(app)]

    assert shown(screen("events/list.py")) == ["New Quiz"]
    assert shown(screen("events/list.py", which="Past")) == ["Old Quiz"]


def test_a_card_says_what_is_left(screen, add_customer, add_event, book):
    jo = add_customer()
    for name, capacity, seats in (("Empty", 10, 1), ("Nearly", 10, 8), ("Full", 2, 2)):
        book(jo, add_event(name, capacity=capacity, category="Music"), seats=seats)
    add_event("Open", days=11)

    shown = {card["title"]: (card["lines"][-1], card.get("badge")) for card in cards(screen("events/list.py"))}

    assert shown["Empty"] == ("1 of 10 seats", {"colour": "green", "words": "9 left"})
    assert shown["Nearly"] == ("8 of 10 seats", {"colour": "orange", "words": "2 left"})
    assert shown["Full"] == ("2 of 2 seats", {"colour": "red", "words": "full"})
    assert shown["Open"] == ("0 seats booked · no limit", None)
    assert "Music" in said(screen("events/list.py"))


def test_the_door_list_names_everyone_with_seats_and_what_is_marked(venue, screen, add_customer, add_event, book):
    quiz = add_event(days=0)
    marks = {"Ann": True, "Bob": False, "Cat": None}
    for name, arrived in marks.items():
        booking = book(add_customer(name), quiz)
        with venue.transaction(DESK) as session:
            bookings.mark_arrived(session, booking.id, arrived=arrived, now=clock.now())
    book(add_customer("Al", "Jones", "07700 900002"), quiz, seats=0)

    app = screen("events/door_list.py", id=quiz.id)

    rows = [(row["name"], row["mark"]) for row in guest_list(app)["rows"]]
    assert rows == [("Ann Smith", "arrived"), ("Bob Smith", "missing"), ("Cat Smith", "unmarked")]
    assert "3 bookings, 6 seats, 2 arrived, 2 no-shows" in said(app)
    assert [row["mark"] for row in guest_list(screen("events/one.py", id=quiz.id))["rows"]][-1] == ""

    with venue.transaction(DESK) as session:
        session.get(Event, quiz.id).starts_at = clock.now() - timedelta(days=366)
    app = screen("events/one.py", id=quiz.id)
    assert [row["mark"] for row in guest_list(app)["rows"]][:3] == ["arrived", "", ""], "no-shows are forgotten"
    assert "2 arrived" in said(app)
    assert "no-show" not in said(app)


def test_a_walk_in_is_added_in_three_taps(venue, screen, add_customer, add_event, book):
    late = book(add_customer("Late", "Lee", "07700 900001"), add_event("Tonight", days=0))
    with venue.transaction(DESK) as session:
        bookings.mark_late(session, late.id, now=clock.now())
    walt = add_customer("Walt", "Innes", "07700 900002")
    app = screen("events/door_list.py", id=late.event_id)

    button(app, "Walk-in").click().run()
    field(app, "Search customers").set_value("walt").run()
    app.button(key=f"walk_in.{walt.id}").click().run()
    button(app, "3").click().run()

    assert toasts(app) == ["Walt Innes added: 3 seats"]
    rows = {row["name"]: row for row in guest_list(app)["rows"]}
    assert (rows["Walt Innes"]["mark"], rows["Walt Innes"]["came"], rows["Walt Innes"]["walkedIn"]) == (
        *("arrived", 3),
        "Walk-in",
    )
    assert rows["Late Lee"]["late"].startswith("Running late (noted ")
    assert "2 bookings, 5 seats, 3 arrived, 1 running late, 1 walk-in" in said(app)


def test_a_guest_is_noted_as_late_in_two_taps(screen, add_customer, add_event, book):
    booking = book(add_customer("Late", "Lee"), add_event("Tonight", days=0))
    app = screen("events/door_list.py", id=booking.event_id)
    assert guest_list(app)["may_be_late"]
    app.session_state["visit.dialog"] = ("late", booking.id)
    app.run()
    button(app, "20").click().run()
    assert toasts(app) == ["Late Lee is running late"]
    (row,) = guest_list(app)["rows"]
    assert row["late"].startswith("Running late, about 20 min (noted ")


def test_a_walk_in_without_a_number_is_counted_in_three_taps_and_taken_back(venue, screen, add_event):
    tonight = add_event("Tonight", days=0)
    app = screen("events/one.py", id=tonight.id)
    for label in ("Walk-in", "No number given", "3"):
        button(app, label).click().run()
    assert toasts(app) == ["3 walk-ins added, without a number"]
    assert "0 bookings, 3 seats, 3 arrived, 3 walk-ins without a number" in said(app)

    app = screen("events/door_list.py", id=tonight.id)
    for label in ("Walk-in", "No number given", "One fewer"):
        button(app, label).click().run()
    assert "2 walk-ins without a number" in said(app)
    (event,) = all_of(venue, Event)
    assert event.unnamed_seats == 2


def test_a_second_tap_before_the_dialog_is_closed_counts_no_one_twice(venue, screen, add_event, monkeypatch):
    tonight = add_event("Tonight", days=0)
    app = screen("events/door_list.py", id=tonight.id)
    for label in ("Walk-in", "No number given"):
        button(app, label).click().run()
    with monkeypatch.context() as interrupted:
        interrupted.setattr(dialogs, "done", lambda *_words, **_undo: st.stop())
        button(app, "3").click().run()
    button(app, "3").click().run()
    assert toasts(app) == ["3 walk-ins added, without a number"]
    (event,) = all_of(venue, Event)
    assert event.unnamed_seats == 3


@pytest.mark.parametrize("page", ["events/door_list.py", "events/one.py"])
@pytest.mark.parametrize(("days", "mark"), [(0, "unmarked"), (3, "")])
def test_guests_are_marked_and_walk_in_on_the_day_of_the_event(screen, add_customer, add_event, book, page, days, mark):
    booking = book(add_customer(), add_event(days=days))
    app = screen(page, id=booking.event_id)
    assert ("Walk-in" in [each.label for each in app.button]) is (mark != "")
    assert [row["mark"] for row in guest_list(app)["rows"]] == [mark]


def test_a_reward_that_is_due_is_given_at_the_door_with_one_tap(venue, screen, add_customer, add_event, book):
    jo, tonight = add_customer(), add_event("Tonight", days=0)
    book(jo, tonight)
    with venue.transaction(DESK) as session:
        choices.save(session, "reward_name", "a free pint", now=clock.now())
        venue.choices.read(session)
        today = clock.today(clock.now(), venue.zone)
        session.add(CustomerVisits(customer_id=jo.id, visits=10, seats=10, first_day=today, last_day=today))
    app = screen("events/door_list.py", id=tonight.id)

    (row,) = guest_list(app)["rows"]
    (due,) = row["notices"]
    assert (row["visit"], due["badge"]["words"], due["words"]) == ("11th visit", "Reward due", "a free pint")
    with venue.transaction(DESK) as session:
        rewards.give(session, jo.id, now=clock.now())
    assert guest_list(screen("events/door_list.py", id=tonight.id))["rows"][0]["notices"] == []
    assert "a free pint after 10 more visits, last given" in said(screen("customers/one.py", id=jo.id))


def test_a_booking_deleted_shortly_before_the_event_is_a_late_cancellation_unless_by_mistake(
    venue, screen, add_customer, add_event, book
):
    tonight = add_event("Tonight", days=0)
    bookings_made = [book(add_customer(number), tonight) for number in ("One", "Two")]
    for booking, by_mistake in zip(bookings_made, (True, False), strict=True):
        app = screen("events/one.py", id=tonight.id)
        open_by_button(app, "Delete booking", booking)
        field(app, "Booked by mistake: not a late cancellation").set_value(by_mistake).run()
        app.button(key="dialog.save").click().run()
    (late,) = all_of(venue, LateCancellation)
    assert late.customer_id == bookings_made[1].customer_id


def test_the_list_shows_the_events_of_some_days_with_filters_to_remove(screen, add_event, add_customer, book, venue):
    roast = add_event("Roast", days=3, category="Food")
    book(add_customer(), roast, seats=4)
    add_event("Jazz", days=3)
    add_event("Quiz", days=4, category="Food")
    day = clock.today(roast.starts_at, venue.zone).isoformat()

    app = screen("events/list.py", **{"from": day, "until": day, "category": "Food"})

    assert [card["title"] for card in cards(app)] == ["Roast"]
    assert "1 event, 4 seats" in said(app)
    assert "Category: Food" in links(app)
    (remove,) = (
        link["address"]
        for each in given(app, "board")
        for section in each["sides"][0]
        for link in section.get("links", ())
        if link["label"] == "Category: Food"
    )
    assert remove == f"events?from={day}&until={day}"


def test_a_manager_gives_a_reason_for_fewer_seats_than_booked(venue, screen, add_event, add_customer, book):
    quiz = add_event(capacity=5)
    book(add_customer(), quiz, seats=5)
    app = screen("events/edit.py", id=quiz.id)
    field(app, "Capacity").set_value(3)
    button(app, "Save").click().run()
    assert "2 more booked than seats" in said(app)
    app.button(key="dialog.save").click().run()
    assert "Enter the reason" in said(app)
    assert all_of(venue, Event)[0].capacity == 5

    field(app, "Reason").set_value("Broken tables").run()
    app.button(key="dialog.save").click().run()
    assert all_of(venue, Event)[0].capacity == 3
    app = screen("events/one.py", id=quiz.id)
    assert "2 more booked than seats\\. No more seats can be booked\\. Reason\\: Broken tables" in said(app)
    assert cards(screen("events/list.py"))[0]["badge"]["words"] == "2 more booked than seats"
