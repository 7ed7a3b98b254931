"""Joining a waitlist from a full event's booking dialog, and answering on the event's screen."""

import pytest
from sqlalchemy import select

from db.models import Booking, Event, Message, PhoneNumber, WaitlistEntry
from pages.bookings import waitlist as waiting
from tests.pages.conftest import cards, field, given, rows, said, sections, toasts
from venue import bookings, clock, waitlist
from venue.journal import entries, undo
from venue.roles import COMMAND_LINE, DESK, SCHEDULER


@pytest.fixture
def full(venue, add_customer, add_event, book):
    """A full event of four seats, and who has them."""
    quiz, al = add_event(capacity=4), add_customer("Al", "Jones", "07700 900001")
    book(al, quiz, seats=4)
    return quiz


def entry(venue):
    with venue.reading(DESK) as session:
        return session.scalars(select(WaitlistEntry)).one()


def join(screen, event, customer, seats=2):
    app = screen("events/one.py", id=event.id)
    app.session_state["visit.dialog"] = ("book", (event.id, customer.id))
    app.run()
    app.button(key="join_waitlist").click().run()
    assert field(app, "Seats").value == 2
    field(app, "Seats").set_value(seats)
    app.button(key="dialog.save").click().run()
    assert not app.exception
    return app


def test_a_full_event_has_a_way_to_its_waitlist(venue, screen, add_customer, full):
    app = join(screen, full, add_customer(), seats=3)

    assert (entry(venue).seats, entry(venue).state) == (3, "waiting")
    (row,) = rows(app)
    called = {"label": "07700 900123", "address": "tel:+447700900123"}
    assert row["cells"][:3] == ["Jo Smith", called, "3 seats"]
    assert "no seats are free" in row["cells"][3]
    assert [way["label"] for way in row["ways"]] == ["Remove"]
    assert cards(screen("events/list.py"))[0]["badge"]["words"] == "full, 1 waiting"


def test_an_offer_shows_its_answers_and_ends_when_accepted(venue, screen, add_customer, full):
    join(screen, full, add_customer(), seats=4)
    with venue.transaction(COMMAND_LINE) as session:
        bookings.delete(session, session.scalars(select(Booking.id)).one(), now=clock.now())
        waitlist.offer_next(session, full.id, now=clock.now())
    app = screen("events/one.py", id=full.id)
    (row,) = rows(app)
    assert [way["label"] for way in row["ways"]] == ["Accept", "Decline", "Take offer back"]
    assert "4 of 4 seats (4 offered)" in said(app)
    with venue.transaction(DESK) as session:
        waitlist.answer(session, entry(venue).id, accepts=True, now=clock.now())
    assert rows(screen("events/one.py", id=full.id)) == []


def offered(venue, screen, add_customer, full):
    """Jo was offered the four seats by a text that arrived."""
    join(screen, full, add_customer(), seats=4)
    with venue.transaction(COMMAND_LINE) as session:
        bookings.delete(session, session.scalars(select(Booking.id)).one(), now=clock.now())
        waitlist.offer_next(session, full.id, now=clock.now())
        offer = session.scalars(select(Message).where(Message.kind == "waitlist_offer")).one()
        offer.state, offer.provider_id = "delivered", "SMoffer"
    return entry(venue)


def press(app, name, about):
    """As if this button of the board were pressed."""
    app.session_state["visit.dialog"] = (name, about)
    return app.run()


@pytest.mark.parametrize("tell", [True, False])
def test_taking_an_offer_back_shows_the_text_and_asks_whether_to_send_it(
    venue, screen, add_customer, full, tell
) -> None:
    party = offered(venue, screen, add_customer, full)
    app = press(screen("events/one.py", id=full.id), waiting.WITHDRAW, party.id)
    words = next(each.value for each in app.text if "our offer of 4 seats" in each.value)
    app.checkbox[0].set_value(tell).run()
    app.button(key="dialog.save").click().run()
    assert "Offer taken back" in toasts(app)
    with venue.reading(DESK) as session:
        texts = session.scalars(select(Message.body).where(Message.kind == "offer_withdrawn")).all()
    assert (entry(venue).state, texts) == ("waiting", [words] if tell else [])


@pytest.mark.parametrize(
    ("name", "said_then", "state"),
    [(waiting.DECLINE, "Offer declined", "declined"), (waiting.WITHDRAW, "Offer taken back", "waiting")],
)
def test_an_answer_or_an_offer_taken_back_is_undone_from_the_toast(
    venue, screen, add_customer, full, name, said_then, state
) -> None:
    party = offered(venue, screen, add_customer, full)
    app = press(screen("events/one.py", id=full.id), name, party.id)
    app.button(key="dialog.save").click().run()
    assert (toasts(app)[-1], entry(venue).state) == (said_then, state)
    undo_from_toast(venue, app)
    assert (entry(venue).state, entry(venue).answer_by) == ("offered", party.answer_by)


def test_who_joined_or_was_removed_by_mistake_is_put_back(venue, screen, add_customer, full) -> None:
    app = join(screen, full, add_customer())
    undo_from_toast(venue, app)
    assert entry(venue).state == "left"
    undo_from_toast(venue, app, of_undo=True)
    assert entry(venue).state == "waiting"
    app = press(screen("events/one.py", id=full.id), waiting.LEAVE, entry(venue).id)
    app.button(key="dialog.save").click().run()
    undo_from_toast(venue, app)
    assert entry(venue).state == "waiting"


def undo_from_toast(venue, app, *, of_undo=False) -> None:
    """Undo the entry that the last toast offers to undo, or the undo of it."""
    entry_id = [message for shown in given(app, "toast") for message in shown["messages"]][-1]["undo"]
    with venue.transaction(DESK) as session:
        undone_by = entries.get(session, entry_id).undone_by if of_undo else None
        undo.undo(session, undone_by or entry_id, now=clock.now())


def test_cancelling_and_deleting_say_who_is_on_the_waitlist(venue, screen, add_customer, full) -> None:
    offered(venue, screen, add_customer, full)
    app = press(screen("events/one.py", id=full.id), "cancel", None)
    assert "1 party on the waitlist: 1 with an offer, which ends. They are texted too." in said(app)
    app = press(screen("events/one.py", id=full.id), "delete", None)
    assert "1 party waits for seats. The waitlist is deleted too, and no one is texted." in said(app)
    app.button(key="dialog.save").click().run()
    assert "1 guest holds a text that offers seats at Quiz Night" in app.error[0].value


def test_a_party_is_removed_after_a_question(venue, screen, add_customer, full):
    jo = add_customer()
    join(screen, full, jo)
    app = screen("customers/one.py", id=jo.id)
    assert "Waitlist" in said(app)
    app.session_state["visit.dialog"] = (waiting.LEAVE, entry(venue).id)
    app.run()
    app.button(key="dialog.save").click().run()
    assert entry(venue).state == "left"


def test_a_party_that_does_not_fit_may_join_though_seats_are_left(screen, add_customer, add_event, book):
    quiz = add_event(capacity=4)
    book(add_customer("Al", "Jones"), quiz, seats=3)
    app = screen("events/one.py", id=quiz.id)
    app.session_state["visit.dialog"] = ("book", (quiz.id, add_customer().id))
    app.run()
    assert "join_waitlist" in [each.key for each in app.button]
    field(app, "Seats").set_value(1).run()
    assert "join_waitlist" not in [each.key for each in app.button]
    field(app, "Seats").set_value(4)
    field(app, "Notes").set_value("By the window").run()
    app.button(key="join_waitlist").click().run()
    assert (field(app, "Seats").value, field(app, "Notes").value) == (4, "By the window")


def test_joining_says_how_they_hear_of_free_seats(venue, screen, add_customer, full):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        session.add(PhoneNumber(mobile_number=jo.mobile_number, opted_out_at=clock.now()))
    app = join(screen, full, jo)
    assert "On the waitlist. Call them when seats are free." in toasts(app)
    with venue.transaction(SCHEDULER) as session:
        session.get_one(Event, full.id).capacity = 8
        waitlist.offer_next(session, full.id, now=clock.now())
    (row,) = rows(screen("events/one.py", id=full.id))
    assert "their number gets no texts: call them" in row["cells"][3]
    assert [way["label"] for way in row["ways"]] == ["Call", "Book now", "Remove"]
    assert ("Call Jo Smith: 2 seats free for Quiz Night", f"event?id={full.id}") in links_of(screen("today.py"))


def links_of(app) -> list[tuple[str, str]]:
    return [(link["label"], link["address"]) for section in sections(app) for link in section.get("links", ())]


def test_seats_are_offered_by_hand_with_the_text_shown(venue, screen, add_customer, full) -> None:
    party = offered(venue, screen, add_customer, full)
    with venue.transaction(DESK) as session:
        waitlist.withdraw(session, party.id, now=clock.now())
    app = screen("events/one.py", id=full.id)
    assert [way["label"] for way in rows(app)[0]["ways"]] == ["Offer", "Book now", "Remove"]
    press(app, waiting.OFFER, party.id)
    assert any("4 seats for Quiz Night" in each.value and "Reply YES by" in each.value for each in app.text)
    app.button(key="dialog.save").click().run()
    assert (entry(venue).state, entry(venue).offers) == ("offered", 2)
    assert toasts(app)[-1].startswith("Offered until today")


def test_a_party_that_was_answered_in_another_tab_is_not_asked_about(venue, screen, add_customer, full) -> None:
    party = offered(venue, screen, add_customer, full)
    app = press(screen("events/one.py", id=full.id), waiting.DECLINE, party.id)
    assert app.session_state["visit.dialog_title"] == "Decline the offer: Jo Smith, Quiz Night"
    with venue.transaction(DESK) as session:
        waitlist.answer(session, party.id, accepts=True, now=clock.now())
    app.button(key="dialog.save").click().run()
    assert "This party is no longer on the waitlist." in toasts(app)
    assert entry(venue).state == "booked"


def test_a_guest_with_reminders_only_joins_from_their_booking(venue, screen, add_customer, full, book) -> None:
    booking = book(add_customer(), full, seats=0, notes="Nut allergy")
    app = press(screen("events/one.py", id=full.id), "edit", booking.id)
    app.button(key="join_waitlist").click().run()
    app.button(key="dialog.save").click().run()
    assert (entry(venue).state, entry(venue).notes) == ("waiting", "Nut allergy")


def test_the_dialog_of_a_booking_says_that_they_wait_and_books_what_they_are_offered(
    venue, screen, add_customer, full
) -> None:
    jo = add_customer()
    join(screen, full, jo, seats=4)
    app = press(screen("events/one.py", id=full.id), "book", (full.id, jo.id))
    assert [each.value for each in app.info] == ["On the waitlist for 4 seats"]
    assert "join_waitlist" not in [each.key for each in app.button]
    with venue.transaction(COMMAND_LINE) as session:
        bookings.delete(session, session.scalars(select(Booking.id)).one(), now=clock.now())
        waitlist.offer_next(session, full.id, now=clock.now())
    app = press(screen("events/one.py", id=full.id), "book", (full.id, jo.id))
    app.button(key="book_offer").click().run()
    assert toasts(app)[-1] == "Booked: 4 seats"
    assert entry(venue).state == "booked"
