import uuid
from datetime import timedelta

from sqlalchemy import select

from db.models import Booking, Customer, Message
from tests.pages.conftest import button, cards, field, rows, said, sections, texts_shown
from venue import bookings, clock, customers, events
from venue.messages import blocking
from venue.messages.happenings import Reported
from venue.messages.outbox import Kind
from venue.roles import DESK, SCHEDULER


def all_of(venue, model):
    with venue.reading(DESK) as session:
        return session.scalars(select(model)).all()


def open_booking_dialog(screen, customer, event):
    app = screen("customers/one.py", id=customer.id)
    open_by_button(app, "Add booking")
    field(app, "Event").set_value(event.id).run()
    return app


def acts(app) -> list[tuple[str, str]]:
    """What the buttons on cards and rows are called, and what each is about."""
    return [(way["label"], way.get("about", "")) for way in ways(app)]


def ways(app) -> list[dict]:
    return [way for each in (*cards(app), *rows(app)) for way in each.get("ways", ())]


def open_by_button(app, label: str, about=None):
    """What a button on the board opens: tests of the browser press it."""
    wanted = (label, str(about.id) if about else "")
    (pressed,) = [way for way in ways(app) if (way["label"], way.get("about", "")) == wanted]
    app.session_state["visit.dialog"] = (pressed["name"], about and about.id)
    app.run()


def test_every_section_is_there(screen, add_customer):
    app = screen("customers/one.py", id=add_customer().id)

    titles = [
        "Active bookings",
        "Reminders",
        "Booking history",
        "Texts",
        "News and offers",
        "Requests about data",
        "Their data",
        "Details",
    ]
    assert [section["heading"] for section in sections(app) if "heading" in section] == titles


def test_a_number_that_texts_did_not_reach_is_texted_again_when_staff_say_so(venue, screen, add_customer):
    customer = add_customer()
    lost = Reported("undelivered", "30006")
    with venue.transaction(SCHEDULER) as session:
        blocking.record_report(session, customer.mobile_number, lost, called_at=clock.now(), now=clock.now())
    app = screen("customers/one.py", id=customer.id)
    assert "Call instead" in said(app)
    assert ("Send a text", "") not in acts(app)

    button(app, "Try texting again").click().run()

    assert "Texts to this number are on again" in said(app)
    assert "Call instead" not in said(app)
    assert ("Send a text", "") in acts(app)


def test_only_its_owner_undoes_a_stop(venue, screen, add_customer):
    customer = add_customer()
    with venue.transaction(SCHEDULER) as session:
        blocking.opt_out(session, customer.mobile_number, now=clock.now())
    app = screen("customers/one.py", id=customer.id)
    assert "Call instead" in said(app)
    assert ("Send a text", "") not in acts(app)
    assert "Try texting again" not in [found.label for found in app.button]


def test_a_booking_is_saved_with_the_very_text_that_was_shown(venue, screen, add_customer, add_event):
    app = open_booking_dialog(screen, add_customer(), add_event(capacity=12))

    field(app, "Seats").set_value(4).run()
    assert "(4 seats)" in said(app)
    app.button(key="dialog.save").click().run()

    (booking,) = all_of(venue, Booking)
    assert booking.seats == 4
    assert "Booked: 4 seats" in said(app)
    assert "confirmation" in {message.kind for message in all_of(venue, Message)}


def test_too_many_seats_is_said_under_the_field_and_nothing_is_lost(venue, screen, add_customer, add_event):
    app = open_booking_dialog(screen, add_customer(), add_event(capacity=3))

    field(app, "Seats").set_value(4).run()
    field(app, "Notes").set_value("Birthday").run()
    app.button(key="dialog.save").click().run()

    assert "Only 3 seats are left" in app.error[0].value
    assert (field(app, "Seats").value, field(app, "Notes").value) == (4, "Birthday")
    assert all_of(venue, Booking) == []


def test_no_text_goes_when_the_box_is_not_ticked(venue, screen, add_customer, add_event):
    app = open_booking_dialog(screen, add_customer(), add_event())

    field(app, "Text the customer").uncheck().run()
    app.button(key="dialog.save").click().run()

    assert "confirmation" not in {message.kind for message in all_of(venue, Message)}


def test_a_booking_without_seats_stands_under_reminders(venue, screen, add_customer, add_event, book):
    jo, quiz = add_customer(), add_event()
    booking = book(jo, quiz, seats=2)
    app = screen("customers/one.py", id=jo.id)

    open_by_button(app, "Edit booking", booking)
    field(app, "Seats").set_value(0).run()
    app.button(key="dialog.save").click().run()

    assert all_of(venue, Booking)[0].seats == 0
    assert "No active bookings" in said(app)


def test_a_booking_goes_only_after_confirmation(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    booking = book(jo, add_event())
    app = screen("customers/one.py", id=jo.id)

    open_by_button(app, "Delete booking", booking)
    assert len(all_of(venue, Booking)) == 1
    app.button(key="dialog.save").click().run()

    assert all_of(venue, Booking) == []


def test_a_customer_is_deleted_after_what_goes_was_shown(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    ann = add_customer("Ann", "Lee", mobile_number="07700 900124", notes="Sister of Jo Smith")
    book(jo, add_event())
    app = screen("customers/one.py", id=jo.id)
    open_by_button(app, "Delete")
    assert "1 booking" in said(app)
    assert "3 scheduled texts" in said(app)
    assert "notes of 1 customer" in said(app)
    assert len(all_of(venue, Customer)) == 2

    app.button(key="dialog.save").click().run()
    (left,) = all_of(venue, Customer)
    assert (left.id, left.notes) == (ann.id, "Sister of (erased)")
    assert app.title[0].value == "Customers"


def test_what_is_held_is_counted_and_downloaded(screen, add_customer, add_event, book):
    jo = add_customer()
    book(jo, add_event())
    app = screen("customers/one.py", id=jo.id)
    open_by_button(app, "What we hold")
    assert "1 booking" in said(app)
    assert "3 texts" in said(app)
    (download,) = app.get("link_button")
    assert download.proto.url == f"/download/person.zip?id={jo.id}"


def test_a_name_in_capitals_is_offered_in_proper_case(screen, add_customer):
    app = screen("customers/one.py", id=add_customer("JO", "MCDONALD").id)

    button(app, "Change to ‘Jo McDonald’").click().run()

    assert app.title[0].value == "Jo McDonald"


def test_an_address_that_leads_nowhere_says_so_calmly(screen):
    for nowhere in ("", "x", uuid.uuid4()):
        assert screen("customers/one.py", id=nowhere).title[0].value == "Customer not found"


def test_a_name_full_of_markdown_is_shown_as_it_is(screen, add_customer):
    app = screen("customers/one.py", id=add_customer("*Jo*", ":red[Smith]").id)

    assert app.title[0].value == r"\*Jo\* \:red\[Smith\]"


def test_what_is_known_of_the_number_is_shown(venue, screen, add_customer):
    jo = add_customer()
    with venue.transaction(SCHEDULER) as session:
        blocking.opt_out(session, jo.mobile_number, now=clock.now())

    app = screen("customers/one.py", id=jo.id)

    known = dict(sections(app)[-1]["facts"])
    assert known["Texted STOP"].startswith("today")
    assert "Call instead" in said(app)


def test_a_long_history_is_folded_away(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        for number in range(8):
            event = events.add(
                session, name=f"Quiz {number}", starts_at=clock.now() - timedelta(days=number + 2), now=clock.now()
            )
            bookings.book(
                session, customer_id=jo.id, event_id=event.id, seats=2, now=clock.now(), reason="Noted afterwards"
            )

    app = screen("customers/one.py", id=jo.id)

    assert [each.label for each in app.expander if "older" in each.label] == ["3 older bookings"]
    assert "Quiz 7" in said(app)


def test_older_texts_are_drawn_when_they_are_asked_for(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    for number in range(3):
        book(jo, add_event(f"Quiz {number}"))
    app = screen("customers/one.py", id=jo.id)

    assert [each.label for each in app.expander] == ["4 more texts", "History"]
    assert len(texts_shown(app)) == 5
    app.session_state["older_texts"] = True
    app.run()
    assert len(texts_shown(app)) == 9


def test_many_older_texts_are_counted_and_turned_like_pages(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    for number in range(25):
        book(jo, add_event(f"Quiz {number}"))
    app = screen("customers/one.py", id=jo.id)
    assert [each.label for each in app.expander] == ["70 more texts", "History"]
    said = [line for row in rows(app, "Active bookings") for line in row.get("said", [])]
    assert len(said) == 75, "each booking has all of its texts"
    app.session_state["older_texts"] = True
    app.run()
    assert len(texts_shown(app)) == 5 + 25
    app.session_state["older_texts.page"] = 3
    app.run()
    assert len(texts_shown(app)) == 5 + 20


def test_that_a_number_cannot_be_texted_is_said_once(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event(days=40))
    lost = Reported("undelivered", "30006")
    with venue.transaction(SCHEDULER) as session:
        blocking.record_report(session, customer.mobile_number, lost, called_at=clock.now(), now=clock.now())

    app = screen("customers/one.py", id=customer.id)

    assert said(app).count("cannot receive texts") == 1


def test_what_was_sent_last_is_shown_before_what_is_scheduled(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event(days=60))
    with venue.transaction(DESK) as session:
        confirmation = session.scalars(select(Message).where(Message.kind == Kind.CONFIRMATION)).one()
        confirmation.state, confirmation.sent_at, confirmation.provider_id = "delivered", clock.now(), "SM1"

    app = screen("customers/one.py", id=customer.id)

    assert [text.partition(" · ")[0] for text in texts_shown(app)] == [
        "Confirmation",
        "7-day reminder",
        "24-hour reminder",
    ]


def test_the_way_back_leads_to_the_page_of_the_list_that_it_was_opened_from(screen, add_customer):
    jo = add_customer()
    app = screen("customers/one.py", id=jo.id, list=f"page=2.25.after.{jo.id}&q=jo")
    assert not app.error
    assert "Jo Smith" in said(app)


def test_it_says_by_which_way_confirmations_go_and_offers_the_other(venue, screen, add_customer):
    customer = add_customer()
    with venue.transaction(DESK) as session:
        customers.update(session, customer.id, version=1, email="jo@example.com", now=clock.now())
    app = screen("customers/one.py", id=customer.id)
    assert ("Send e-mails instead", "") in acts(app)
    assert "Gets e-mails" not in said(app)
    with venue.transaction(DESK) as session:
        customers.update(session, customer.id, version=2, prefers_email=True, now=clock.now())
    app.run()
    assert ("Send texts again", "") in acts(app)
    assert "Gets e-mails instead of texts" in said(app)
