"""An event with very many guests, and screens that show what others add."""

import pytest
from sqlalchemy import select

from db.models import Booking, Customer, Message
from db.writes import insert_new
from pages.parts import follow
from tests.pages.conftest import field, given, said
from venue import clock
from venue.roles import DESK


@pytest.fixture
def fair(venue, add_event, add_customer):
    """120 guests with seats: Guest 000 to Guest 119."""
    event = add_event("Fair", days=0)
    now = clock.now()
    one = add_customer("Guest", "000", "07700 900000")
    columns = {column.name for column in Customer.__table__.c} - {"id", "search_id"}
    like = {name: getattr(one, name) for name in columns}
    with venue.transaction(DESK) as session:
        people = [
            {**like, "last_name": f"{number:03}", "sort_key": f"{number:03}", "form_token": None}
            for number in range(1, 120)
        ]
        insert_new(session, Customer, people)
        ids = session.scalars(select(Customer.id)).all()
        times = {"created_at": now, "updated_at": now}
        insert_new(session, Booking, [{"customer_id": each, "event_id": event.id, "seats": 2, **times} for each in ids])
    return event


def names(app):
    (shown,) = given(app, "guest_list")
    return [row["name"] for row in shown["rows"]]


@pytest.mark.parametrize("file", ["events/one.py", "events/door_list.py"])
def test_very_many_guests_are_shown_a_page_at_a_time_and_found_on_any(screen, fair, file):
    app = screen(file, id=fair.id)
    assert "120 bookings, 240 seats" in said(app)
    assert (names(app)[0], len(names(app))) == ("Guest 000", 30)

    app.session_state["guests_page"] = 4
    app.run()
    assert (names(app)[0], len(names(app))) == ("Guest 090", 30)

    # A search looks at all pages, from the first.
    field(app, "Find a guest").set_value("07").run()
    assert names(app) == ["Guest 007", "Guest 070", *(f"Guest 07{digit}" for digit in range(1, 10)), "Guest 107"]


def test_guests_on_other_pages_who_could_not_be_texted_are_counted(screen, venue, fair, add_customer, book):
    last = book(add_customer("Guest", "999", "07700 900999"), fair)
    with venue.transaction(DESK) as session:
        confirmation = select(Message).where(Message.booking_id == last.id, Message.kind == "confirmation")
        session.scalars(confirmation).one().state = "failed"
    app = screen("events/one.py", id=fair.id)
    assert "1 guest could not be texted" in said(app)
    assert "Confirmation failed" not in said(app)
    field(app, "Find a guest").set_value("999").run()
    assert (names(app), "Confirmation failed" in said(app)) == (["Guest 999"], True)
    field(app, "Find a guest").set_value("").run()

    app.session_state["guests_page"] = 4
    field(app, "Show only guests who could not be texted").set_value(True).run()
    assert (names(app), "Confirmation failed" in said(app)) == (["Guest 999"], True)
    with venue.transaction(DESK) as session:
        session.scalars(confirmation).one().handled_at = clock.now()
    app.run()
    assert ("could not be texted" in said(app), len(names(app))) == (False, 30)


class Reran(Exception):
    pass


@pytest.fixture
def reruns(monkeypatch):
    def rerun():
        raise Reran

    monkeypatch.setattr(follow.st, "rerun", rerun)
    monkeypatch.setattr(follow.dialog, "current", lambda: ("", None))


def test_a_screen_runs_again_only_when_what_it_shows_has_changed(reruns):
    follow._follow(lambda: 1, 1)
    with pytest.raises(Reran):
        follow._follow(lambda: 2, 1)


def test_a_screen_does_not_run_again_under_an_open_dialog(reruns, monkeypatch):
    monkeypatch.setattr(follow.dialog, "current", lambda: ("edit", None))
    follow._follow(lambda: 2, 1)
