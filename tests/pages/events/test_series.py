"""Events that repeat, as they are planned on the screens."""

from datetime import date, timedelta

from sqlalchemy import select

from db.models import Event, Message
from tests.pages.conftest import button, field, rows, said, toasts
from venue import clock, events
from venue.events import series
from venue.events.repeats import Repeat, occurrences
from venue.roles import DESK


def all_events(venue):
    with venue.reading(DESK) as session:
        return session.scalars(select(Event).order_by(Event.starts_at)).all()


def a_series(venue, number=4, first=date(2027, 3, 3), at="19:30"):
    """Every week from `first` on. The tests' today is Tuesday 2 March 2027."""
    dates = occurrences(first, clock.time.fromisoformat(at), repeat=Repeat.WEEKLY, times=number, zone=venue.zone)
    with venue.transaction(DESK) as session:
        starts = [each.starts_at for each in dates]
        return series.add(session, name="Quiz Night", starts=starts, capacity=40, now=clock.now())


def typed(app, at="19:30", on="24/3/2027"):
    field(app, "Name").set_value("Quiz Night")
    field(app, "Date").set_value(on)
    field(app, "Start time").set_value(at)
    field(app, "Repeat").set_value("Every week")
    button(app, "Save").click().run()


def test_a_weekly_event_is_added_after_a_look_at_its_dates(venue, screen):
    app = screen("events/add.py")
    typed(app)
    assert all_events(venue) == []
    assert app.button(key="repeat.add").disabled

    field(app, "Until").set_value("14/4/2027").run()
    assert app.button(key="repeat.add").label == "Add 4 events"
    field(app, "Wed 7 April 2027").uncheck().run()
    app.button(key="repeat.add").click().run()

    added = all_events(venue)
    # The same wall-clock time on both sides of the change of the clocks.
    assert [f"{event.starts_at:%d %b %H:%M}" for event in added] == ["24 Mar 19:30", "31 Mar 18:30", "14 Apr 18:30"]
    assert len({event.series_id for event in added}) == 1
    assert app.title[0].value == "Quiz Night"
    assert toasts(app) == ["3 events of Quiz Night added"]


def test_problems_of_a_series_are_said_in_its_dialog(venue, screen):
    app = screen("events/add.py")
    typed(app, at="1:30", on="21/3/2027")
    field(app, "Or number of events").set_value(2).run()
    assert "01\\:30 does not happen\\: 02\\:30 is used" in said(app)
    field(app, "Or number of events").set_value(200).run()
    assert "Enter a whole number from 2 to 104" in said(app)
    assert app.button(key="repeat.add").disabled


def test_an_event_says_its_place_in_the_series_and_opens_the_others(venue, screen):
    added = a_series(venue)
    with venue.transaction(DESK) as session:
        events.cancel(session, added[2].id, now=clock.now())
    app = screen("events/one.py", id=added[1].id)
    assert app.expander[0].label == "Every Wednesday, 2 of 4"
    shown = rows(app, "Dates of the series")
    assert [row.get("address", "") for row in shown] == [
        *(f"event?id={event.id}" if event is not added[1] else "" for event in added)
    ]
    assert shown[2]["cells"][-1]["words"] == "Cancelled"


def test_an_event_without_a_series_says_nothing_of_one(venue, screen, add_event):
    assert rows(screen("events/one.py", id=add_event().id), "Dates of the series") == []


def test_an_edit_asks_whether_it_is_for_all_coming_ones(venue, screen):
    added = a_series(venue)
    for key, expected in [("scope.one", [40, 50, 40, 40]), ("scope.all", [40, 60, 60, 60])]:
        app = screen("events/edit.py", id=added[1].id)
        field(app, "Capacity").set_value(max(expected))
        button(app, "Save").click().run()
        assert "This and all later ones are 3 events until Wed 24 March 2027" in said(app)
        app.button(key=key).click().run()
        assert [event.capacity for event in all_events(venue)] == expected
    assert toasts(app) == ["3 events saved"]


def test_a_new_time_for_all_says_how_many_guests_are_texted(venue, screen, add_customer, book):
    added = a_series(venue)
    book(add_customer(), added[1])
    book(add_customer("Ann", "Lee", "07700 900124"), added[3])
    app = screen("events/edit.py", id=added[1].id)
    field(app, "Start time").set_value("20:00")
    button(app, "Save").click().run()
    app.button(key="scope.all").click().run()
    assert "3 events to 20:00" in said(app)
    assert "2 guests will be texted" in said(app)
    app.button(key="moving.sure").click().run()
    assert [event.starts_at.hour for event in all_events(venue)] == [19, 20, 20, 20]


def test_a_time_left_as_someone_else_saved_it_moves_none_of_them(venue, screen):
    added = a_series(venue)
    app = screen("events/edit.py", id=added[1].id)
    theirs = added[1].starts_at + timedelta(hours=2)
    with venue.transaction(DESK) as session:
        events.update(session, added[1].id, version=1, now=clock.now(), starts_at=theirs)
    field(app, "Start time").set_value("20:00")
    field(app, "Name").set_value("Big Quiz")
    button(app, "Save").click().run()
    app.button(key="scope.all").click().run()
    app.button(key="conflict.saved").click().run()
    assert [event.name for event in all_events(venue)] == ["Quiz Night", "Big Quiz", "Big Quiz", "Big Quiz"]
    assert [event.starts_at.hour for event in all_events(venue)] == [19, 21, 19, 19]


def test_a_new_date_is_for_one_event_and_asks_nothing(venue, screen):
    added = a_series(venue)
    app = screen("events/edit.py", id=added[1].id)
    field(app, "Date").set_value("11/3/2027")
    button(app, "Save").click().run()
    assert [event.starts_at.day for event in all_events(venue)] == [3, 11, 17, 24]


def test_an_event_that_someone_else_changed_is_named_and_nothing_is_saved(venue, screen):
    added = a_series(venue)
    app = screen("events/edit.py", id=added[1].id)
    with venue.transaction(DESK) as session:
        events.update(session, added[2].id, version=1, now=clock.now(), name="Theirs")
    field(app, "Capacity").set_value(50)
    button(app, "Save").click().run()
    app.button(key="scope.all").click().run()
    assert "Someone else changed Wed 17 March 2027" in said(app)
    assert {event.capacity for event in all_events(venue)} == {40}
    # Having read that, they save again.
    button(app, "Save").click().run()
    app.button(key="scope.all").click().run()
    assert [event.capacity for event in all_events(venue)] == [40, 50, 50, 50]


def test_all_coming_ones_are_cancelled_with_one_undo(venue, screen):
    added = a_series(venue)
    app = screen("events/one.py", id=added[1].id)
    app.session_state["more"] = True
    app.run()
    button(app, ":red[Cancel event]").click().run()
    field(app, "For").set_value("This and all later ones").run()
    app.button(key="dialog.save").click().run()
    assert [event.cancelled_at is not None for event in all_events(venue)] == [False, True, True, True]
    assert toasts(app) == ["3 events cancelled"]


def test_cancelled_from_one_that_has_begun_the_guests_of_later_ones_are_told(venue, screen, add_customer, book):
    begun, later, *_ = a_series(venue, first=date(2027, 3, 2), at="11:00")
    book(add_customer(), later)
    app = screen("events/one.py", id=begun.id)
    app.session_state["more"] = True
    app.run()
    button(app, ":red[Cancel event]").click().run()
    assert "Text the customers" not in [box.label for box in app.checkbox]
    field(app, "For").set_value("This and all later ones").run()
    assert field(app, "Text the customers").value
    app.button(key="dialog.save").click().run()
    with venue.reading(DESK) as session:
        told = session.scalars(select(Message.event_id).where(Message.kind == "event_cancelled")).all()
    assert told == [later.id]


def test_a_duplicate_of_one_is_not_in_the_series(venue, screen):
    added = a_series(venue)
    app = screen("events/add.py", id=added[1].id)
    field(app, "Date").set_value("01/07/2027")
    button(app, "Save").click().run()
    assert [event.series_id for event in all_events(venue)] == [added[0].series_id] * 4 + [None]
