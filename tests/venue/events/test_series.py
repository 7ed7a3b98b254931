"""Series of events: added, changed and cancelled together."""

from datetime import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Event, JournalEntry
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event, days, texts_to
from tests.previews import preview
from venue import acts, events
from venue.customers import booking_status
from venue.errors import Conflict, Invalid
from venue.events import series
from venue.journal import entries, sentences
from venue.journal.undo import undo

pytestmark = pytest.mark.plain_sql


def a_series(session: Session, number: int = 4, **over: Any) -> list[Event]:
    starts = [IN_TWO_WEEKS + days(7 * week) for week in range(number)]
    return list(series.add(session, **{"name": "Quiz Night", "starts": starts, "now": NOW, "capacity": 40, **over}))


def change(session: Session, event: Event, **how: Any) -> list[Event]:
    coming = series.coming(session, event.id, now=NOW)
    known: dict[str, Any] = {"version": event.version, "versions": coming.versions, "now": NOW, **how}
    return list(series.update_coming(session, event.id, **known))


def last_sentence(session: Session) -> str:
    return sentences.of(entries.get(session, acts.last_entry(session) or 0))


def test_each_date_is_an_event_of_its_own_and_all_are_one_act(session: Session) -> None:
    added = a_series(session, category="Quiz", notes="Pens", form_token="t")
    assert len({event.series_id for event in added}) == 1
    assert {(event.short_name, event.capacity, event.category) for event in added} == {("Quiz Night", 40, "Quiz")}
    a_booking(session, event=added[1])
    assert [row.seats_taken for row in series.listed(session, added[0].id)] == [0, 2, 0, 0]
    # A double tap adds them once.
    assert [event.id for event in a_series(session, form_token="t")] == [event.id for event in added]
    assert session.scalar(select(func.count()).where(JournalEntry.act == "series.added")) == 1


def test_a_series_is_said_in_one_sentence(session: Session) -> None:
    a_series(session)
    assert last_sentence(session) == "Max added 4 events of the series Quiz Night"


def test_every_problem_of_a_series_is_reported(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        a_series(session, name=" ", capacity=0)
    assert set(refused.value.problems) == {"name", "capacity"}
    with pytest.raises(Invalid, match="2 to 104"):
        a_series(session, 1)


def test_this_and_all_coming_ones_are_changed_but_not_earlier_or_cancelled_ones(session: Session) -> None:
    first, second, third, fourth = a_series(session)
    events.cancel(session, third.id, now=NOW)
    change(session, second, name="Big Quiz", short_name="", capacity=50)
    assert [event.name for event in (first, second, third, fourth)] == [
        "Quiz Night",
        "Big Quiz",
        "Quiz Night",
        "Big Quiz",
    ]
    assert (fourth.short_name, fourth.capacity) == ("Big Quiz", 50)
    assert last_sentence(session).startswith("Max changed 2 events of the series Big Quiz: ")


def test_a_new_time_of_day_moves_each_on_its_own_day_and_texts_their_guests(session: Session) -> None:
    added = a_series(session, 10)
    jo, ann = a_customer(session), a_customer(session, first_name="Ann")
    a_booking(session, jo, added[0])
    a_booking(session, jo, added[9])
    a_booking(session, ann, added[9])
    move = series.preview_move(session, added[0].id, at=time(20, 0), now=NOW)
    assert (move.guests_texted, move.unreachable) == (3, [])
    change(session, added[0], at=time(20, 0))
    # The last is after the clocks went forward.
    assert [added[0].starts_at.hour, added[9].starts_at.hour] == [20, 19]
    assert len(texts_to(session, jo, Kind.EVENT_MOVED)) == 2
    assert last_sentence(session).endswith("and notified 3 guests")
    assert booking_status.drifted(session) == []


def test_a_capacity_below_what_is_booked_on_one_of_them_changes_none(session: Session) -> None:
    added = a_series(session)
    a_booking(session, event=added[2], seats=5)
    with pytest.raises(Invalid) as refused, session.begin_nested():
        change(session, added[0], capacity=4)
    assert refused.value.problems["capacity"].startswith("Fri 12 February 2027: 5 seats are already booked")
    session.expire_all()
    assert {event.capacity for event in added} == {40}


def test_one_that_someone_else_changed_meantime_is_named_and_none_is_written(session: Session) -> None:
    first, second, _third, _fourth = a_series(session)
    versions = series.coming(session, first.id, now=NOW).versions
    events.update(session, second.id, version=1, now=NOW, notes="Theirs")
    with pytest.raises(Invalid, match="Someone else changed Fri 5 February 2027"):
        change(session, first, versions=versions, name="Big Quiz")
    events.update(session, first.id, version=1, now=NOW, name="Their Quiz")
    with pytest.raises(Conflict):
        change(session, first, version=1, was={"name": "Quiz Night"}, name="Big Quiz")


def test_a_change_of_a_series_is_undone_as_one(session: Session) -> None:
    added = a_series(session)
    change(session, added[1], name="Big Quiz", at=time(20, 0))
    entry_id = acts.last_entry(session) or 0
    events.update(session, added[3].id, version=added[3].version, now=NOW, name="Final")
    planned = preview(session, entry_id, now=NOW)
    assert "Big Quiz, Fri 5 February 2027: name Big Quiz → Quiz Night" in planned.restores
    assert planned.leaves == ["Final, Fri 19 February 2027: name was changed since, and stays as it is"]
    undo(session, entry_id, now=NOW)
    assert [event.name for event in added] == ["Quiz Night", "Quiz Night", "Quiz Night", "Final"]
    assert [event.starts_at for event in added] == [IN_TWO_WEEKS + days(7 * week) for week in range(4)]


def test_all_coming_ones_are_cancelled_and_put_back_as_one(session: Session) -> None:
    added = a_series(session)
    jo = a_customer(session)
    a_booking(session, jo, added[3])
    assert series.coming(session, added[1].id, now=NOW).booked == 1
    series.cancel_coming(session, added[1].id, now=NOW)
    assert [event.cancelled_at is not None for event in added] == [False, True, True, True]
    assert len(texts_to(session, jo, Kind.EVENT_CANCELLED)) == 1
    assert last_sentence(session) == "Max cancelled 3 events of the series Quiz Night and notified 1 guest"
    undo(session, acts.last_entry(session) or 0, now=NOW)
    assert [event.cancelled_at for event in added] == [None] * 4
    assert booking_status.drifted(session) == []


def test_adding_a_series_is_undone_but_for_events_with_bookings_or_changes(session: Session) -> None:
    _first, second, third, _fourth = a_series(session)
    entry_id = acts.last_entry(session) or 0
    a_booking(session, event=second, seats=2)
    events.update(session, third.id, version=1, now=NOW, notes="Final")
    planned = preview(session, entry_id, now=NOW)
    assert planned.restores == [
        "Quiz Night, Fri 29 January 2027: is deleted",
        "Quiz Night, Fri 19 February 2027: is deleted",
    ]
    assert planned.leaves == [
        "Quiz Night, Fri 5 February 2027: has 1 booking and stays",
        "Quiz Night, Fri 12 February 2027: was changed since and stays",
    ]
    undo(session, entry_id, now=NOW)
    assert set(session.scalars(select(Event.id))) == {second.id, third.id}
    with pytest.raises(Invalid, match="Add the series again instead"):
        undo(session, acts.last_entry(session) or 0, now=NOW)


def test_past_events_of_a_series_stay(session: Session) -> None:
    first, second, third, fourth = a_series(session)
    later = second.starts_at + days(1)
    assert [row.id for row in series.coming(session, first.id, now=later).events] == [first.id, third.id, fourth.id]
    assert [row.id for row in series.coming(session, third.id, now=later).events] == [third.id, fourth.id]


def test_a_single_event_is_in_no_series(session: Session) -> None:
    event = an_event(session)
    assert series.listed(session, event.id) == []
    assert [row.id for row in series.coming(session, event.id, now=NOW).events] == [event.id]


def test_a_single_event_has_nothing_in_common_with_other_single_events(session: Session) -> None:
    quiz, curry = an_event(session), an_event(session, name="Curry Night")
    assert [row.id for row in series.coming(session, quiz.id, now=NOW).events] == [quiz.id]
    series.cancel_coming(session, quiz.id, now=NOW)
    assert (quiz.cancelled_at, curry.cancelled_at) == (NOW, None)
