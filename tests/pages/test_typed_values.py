"""What is typed is kept or refused with words, and never turned into something else."""

import pytest

from db.models import Booking, Event
from tests.pages.conftest import button, field, people, said
from tests.pages.events.test_events import all_of


def new_event(screen, **typed):
    app = screen("events/add.py")
    field(app, "Name").set_value("Quiz")
    for label, value in typed.items():
        field(app, label.replace("_", " ")).set_value(value)
    button(app, "Save").click().run()
    return app


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"Date": "dd/11/2026"}, "Not a date"),
        ({"Date": "31/02/2027"}, "Not a date"),
        ({"Date": ""}, "Not a date"),
        ({"Date": "05/12/0206"}, "The year 206 is not possible"),
        ({"Date": "05/12/1799"}, "The year 1799 is not possible"),
        ({"Start_time": "25:00"}, "Not a time"),
        ({"Start_time": "half seven"}, "Not a time"),
        ({"Start_time": ""}, "Not a time"),
        ({"Capacity": 1.5}, "Enter a whole number"),
        ({"Capacity": 0}, "Enter a whole number"),
        ({"Capacity": -3}, "Enter a whole number"),
        ({"Capacity": 1e300}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_read_is_refused_and_stays_typed(venue, screen, typed, words):
    app = new_event(screen, **typed)
    assert words in said(app).replace("\\", "")
    assert all_of(venue, Event) == []
    ((label, value),) = typed.items()
    assert field(app, label.replace("_", " ")).value == value


def test_all_problems_are_said_at_once(screen):
    app = screen("events/add.py")
    field(app, "Date").set_value("soon")
    field(app, "Start time").set_value("late")
    button(app, "Save").click().run()
    assert len(app.error) == 3


@pytest.mark.parametrize("typed", ["28/11/1999", "1/3/2027"])
def test_a_past_day_is_asked_about(venue, screen, typed):
    app = new_event(screen, Date=typed)
    assert all_of(venue, Event) == []
    app.button(key="past.anyway").click().run()
    assert len(all_of(venue, Event)) == 1


def test_a_past_day_can_be_changed_instead(venue, screen):
    app = new_event(screen, Date="1/3/2027")
    app.button(key="past.cancel").click().run()
    assert field(app, "Date").value == "1/3/2027"
    field(app, "Date").set_value("3/3/2027")
    button(app, "Save").click().run()
    assert len(all_of(venue, Event)) == 1


def test_moving_an_event_to_a_past_day_is_asked_about(venue, screen, add_event):
    quiz = add_event()
    app = screen("events/edit.py", id=quiz.id)
    field(app, "Date").set_value("1/3/2027")
    button(app, "Save").click().run()
    assert all_of(venue, Event)[0].starts_at == quiz.starts_at
    app.button(key="past.anyway").click().run()
    assert all_of(venue, Event)[0].starts_at < quiz.starts_at


@pytest.mark.parametrize("typed", [1.5, -1, None, 1e300])
def test_seats_are_a_whole_number(venue, screen, add_customer, add_event, book, typed):
    booking = book(add_customer(), add_event(), seats=2)
    app = screen("customers/one.py", id=booking.customer_id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()
    field(app, "Seats").set_value(typed).run()
    app.button(key="dialog.save").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert all_of(venue, Booking)[0].seats == 2
    assert field(app, "Seats").value == typed


def test_a_filter_day_that_is_none_is_refused(screen, add_customer):
    add_customer()
    app = screen("customers/list.py")
    app.session_state["filters"] = True
    app.run()
    field(app, "Added from").set_value("31/02/2027").run()
    assert "Not a date" in said(app)
    assert field(app, "Added from").value == "31/02/2027"
    assert len(people(app)) == 1
    assert "from" not in app.query_params

    field(app, "Added from").set_value("1 March 2030").run()
    assert app.query_params["from"] == "2030-03-01"
    assert people(app) == []
    assert "Not a date" not in said(app)


def test_a_day_of_messages_that_is_none_is_refused(screen):
    app = screen("messages/list.py")
    field(app, "Day").set_value("dd/11/2026").run()
    assert "Not a date" in said(app)
    field(app, "Day").set_value("28/11/2026").run()
    assert "Not a date" not in said(app)
