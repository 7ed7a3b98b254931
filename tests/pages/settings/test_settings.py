"""The settings on screens: who reads and who changes them, what is said, and two managers at once."""

from datetime import time

import pytest

from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, field, given, said, toasts
from venue import choices, clock
from venue.journal import undo
from venue.roles import DESK, Role


@pytest.fixture
def form(screen):
    return screen("settings/change.py")


def save(app):
    button(app, "Save").click().run()
    assert not app.exception
    return app


def table(app) -> str:
    return "\n".join(str(cell) for each in app.table for cell in each.value["value"]).replace("\\", "")


def stored(venue) -> dict[str, str]:
    """What is set here, not the defaults."""
    with venue.reading(DESK) as session:
        return {row.name: row.value for row in choices.rows(session) if row.is_set}


def put(venue, name: str, typed: str) -> None:
    with venue.transaction(DESK) as session:
        choices.save(session, name, typed, now=clock.now())


def test_a_manager_changes_some_and_reads_who_did(venue, form):
    field(form, "Name").set_value("The Crown")
    field(form, "Texts per day").set_value(300)
    field(form, "Questions about news and offers").set_value("Quiz news?\nOffers?")
    app = save(form)
    assert toasts(app) == ["Settings saved"]
    assert stored(venue) == {"venue_name": "The Crown", "sms_per_day": "300", "consent_wordings": "Quiz news?\nOffers?"}
    assert app.title[0].value == "Settings"
    assert "The Crown :gray[:small[(set here by Max on 2 Mar 2027)]]" in table(app)
    assert "Quiz news? / Offers?" in table(app)
    assert "09:00 to 21:00 :gray[:small[(default)]]" in table(app)


def at(app, label: str):
    """The first field for a time with this label."""
    return next(each for each in app.time_input if each.label == label)


def until(app):
    return at(app, "Until (00:00 is midnight)")


def test_hours_end_at_midnight_or_are_all_day(venue, form):
    until(form).set_value(time(0, 0))
    field(form, "Hours of bulk texts").set_value("All day").run()
    save(form)
    assert stored(venue) == {"sending_hours": "09:00-24:00", "bulk_hours": "00:00-24:00"}


def test_hours_of_which_one_end_is_missing_are_refused(venue, form):
    until(form).set_value(None)
    assert "Give opening and closing" in said(save(form))
    assert stored(venue) == {}


def test_hours_are_the_default_again(venue, screen):
    put(venue, "sending_hours", "00:00-24:00")
    app = screen("settings/change.py")
    assert field(app, "Sending hours").value == "All day"
    app.button(key="default.sending_hours").click().run()
    assert (at(app, "From").value, until(app).value) == (time(9, 0), time(21, 0))
    assert stored(venue) == {}


def test_a_default_from_the_environment_is_said_to_be(screen, monkeypatch):
    monkeypatch.setenv("SENDING_HOURS", "09:00-21:00")
    context.opened_venue.cache_clear()
    context.signed_in.cache_clear()
    shown = table(screen("settings/venue.py"))
    assert "09:00 to 21:00 :gray[:small[(from the server's environment)]]" in shown
    assert "09:00 to 20:00 :gray[:small[(default)]]" in shown


def test_staff_read_them_and_cannot_change_them(venue, screen, monkeypatch):
    put(venue, "reward_name", "a free pint")
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=Role.STAFF)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = screen("settings/venue.py")
    assert "a free pint" in table(app)
    assert "Ask a manager to change these." in said(app)
    assert "may not" in said(screen("settings/change.py"))


def test_all_problems_are_said_at_once_and_what_was_typed_stays(venue, form):
    field(form, "Name").set_value(" ")
    until(form).set_value(time(8, 0))
    field(form, "Texts per day").set_value(6000)
    field(form, "Visits for a reward").set_value(1.5)
    field(form, "Phone").set_value("01632 960999")
    app = save(form)
    for words in (
        "Give a name of at most 40 characters",
        "Closing must be later than opening",
        "Give at most 5,000: your administrator set this limit",
        "Give 2 to 100 visits",
    ):
        assert words in said(app).replace("\\", "")
    assert stored(venue) == {}
    assert field(app, "Phone").value == "01632 960999"
    assert field(app, "Texts per day").value == 6000


def test_the_default_is_used_again_and_what_was_typed_elsewhere_stays(venue, screen):
    for name, typed in {"sms_per_day": "300", "reminders_at": "18:00", "consent_wordings": "Offers?"}.items():
        put(venue, name, typed)
    app = screen("settings/change.py")
    field(app, "Name").set_value("The Crown").run()
    for name in ("sms_per_day", "reminders_at"):
        app.button(key=f"default.{name}").click().run()
    assert "Texts per day: default" in toasts(app)
    assert (field(app, "Texts per day").value, field(app, "Name").value) == (5000, "The Crown")
    assert field(app, "Time of day of reminders").value == "Same as the event"
    field(app, "Questions about news and offers").set_value(" ")
    save(app)
    assert stored(venue) == {"venue_name": "The Crown"}


def test_a_default_that_is_undone_from_the_toast_is_shown_as_it_was(venue, screen):
    put(venue, "sms_per_day", "300")
    app = screen("settings/change.py")
    field(app, "Phone").set_value("01632 960999").run()
    app.button(key="default.sms_per_day").click().run()
    [message] = [message for shown in given(app, "toast") for message in shown["messages"]]
    with venue.transaction(DESK) as session:
        undo.undo(session, message["undo"], now=clock.now())
    app.run()
    assert (field(app, "Texts per day").value, field(app, "Phone").value) == (300, "01632 960999")
    assert app.button(key="default.sms_per_day").label.startswith("Use the default: 5")


def test_new_times_say_how_many_reminders_move(venue, form, add_customer, add_event, book):
    book(add_customer(), add_event())
    field(form, "Time of day of reminders").set_value("A fixed time").run()
    at(form, "Time").set_value(time(18, 0))
    app = save(form)
    assert "Settings saved. 2 planned reminders will move to the new time within a minute" in toasts(app)
    assert stored(venue) == {"reminders_at": "18:00"}


def test_the_second_of_two_managers_chooses(venue, form):
    put(venue, "venue_name", "The Bell")
    put(venue, "sms_per_second", "5")
    field(form, "Name").set_value("The Crown")
    field(form, "Phone").set_value("01632 960999")
    app = save(form)
    assert "Someone else changed this while you were editing" in said(app)
    assert stored(venue)["venue_name"] == "The Bell"
    app.button(key="conflict.mine").click().run()
    assert "Someone else also changed: texts per second" in toasts(app)[0]
    assert stored(venue) == {"venue_name": "The Crown", "sms_per_second": "5", "venue_phone": "01632 960999"}


@pytest.mark.parametrize(("name", "is_warned"), [("The Fox’s Den", False), ("The Ânchor", True)])
def test_a_name_that_makes_texts_longer_is_warned_of(form, name, is_warned):
    field(form, "Name").set_value(name).run()
    assert ("make every text take more SMS" in said(form)) == is_warned


def test_it_says_why_the_time_zone_stays(form):
    assert "Time zone: Europe/London" in said(form).replace("\\", "")
    assert "every event that was entered would start at another time" in said(form)
