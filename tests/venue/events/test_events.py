"""Events: adding, changing, moving, cancelling and deleting them."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Event, Message
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event, an_opt_out, days, hours, texts_to
from venue import bookings, events
from venue.errors import Conflict, Invalid, NotFound
from venue.messages import planning, resend
from venue.profile import venue_of

LATER = NOW + hours(1)
A_WEEK_ON = IN_TWO_WEEKS + days(7)
REMINDERS = (Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR)


def states(session: Session, customer_id: object, *kinds: Kind) -> list[tuple[str, str]]:
    return [(text.kind, text.state) for text in texts_to(session, customer_id, *kinds)]  # type: ignore[arg-type]


def test_an_events_notes_follow_the_rules_of_a_customers_notes(session: Session) -> None:
    assert an_event(session, notes=" Bring pens\r\nand paper\n").notes == "Bring pens\nand paper"
    with pytest.raises(Invalid, match="Notes contain a character that cannot be stored"):
        an_event(session, notes="\x00")


def test_every_problem_of_an_event_is_reported_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        an_event(session, name=" ", capacity=0, category="x" * 101, notes="x" * 2_001)
    assert set(refused.value.problems) == {"name", "capacity", "category", "notes"}
    assert session.scalar(select(func.count()).select_from(Event)) == 0


@pytest.mark.parametrize("capacity", [0, -3, 100_001])
def test_a_capacity_is_at_least_one(session: Session, capacity: int) -> None:
    with pytest.raises(Invalid) as refused:
        an_event(session, capacity=capacity)
    assert "leave it empty for unlimited" in refused.value.problems["capacity"]


def test_no_capacity_is_unlimited(session: Session) -> None:
    event = an_event(session, capacity=None)
    a_booking(session, event=event, seats=9_999)
    row = events.row(session, event.id)
    assert (row.capacity, row.seats_taken) == (None, 9_999)


def test_a_short_name_is_made_from_the_name_when_there_is_none(session: Session) -> None:
    assert an_event(session, name="  Quiz   Night ").short_name == "Quiz Night"
    assert an_event(session, name="The Great Quiz", short_name="Quiz").short_name == "Quiz"


def test_a_double_tap_adds_one_event(session: Session) -> None:
    assert an_event(session, form_token="t").id == an_event(session, form_token="t").id


def test_changing_one_field_leaves_the_others(session: Session) -> None:
    event = an_event(session, capacity=20, notes="Bring pens")
    events.update(session, event.id, version=1, now=LATER, name="Big Quiz")
    assert (event.name, event.capacity, event.notes, event.starts_at) == ("Big Quiz", 20, "Bring pens", IN_TWO_WEEKS)


def test_a_capacity_is_lifted_by_clearing_it(session: Session) -> None:
    event = an_event(session, capacity=20)
    events.update(session, event.id, version=1, now=LATER, capacity=None)
    assert event.capacity is None


def test_a_capacity_is_never_less_than_what_is_booked(session: Session) -> None:
    event = an_event(session, capacity=20)
    a_booking(session, event=event, seats=5)
    with pytest.raises(Invalid) as refused:
        events.update(session, event.id, version=event.version, now=LATER, capacity=4)
    assert refused.value.problems["capacity"].startswith("5 seats are already booked")
    events.update(session, event.id, version=event.version, now=LATER, capacity=5)


def test_the_second_to_save_an_event_gets_a_conflict(session: Session) -> None:
    event = an_event(session)
    events.update(session, event.id, version=1, now=LATER, starts_at=A_WEEK_ON)
    with pytest.raises(Conflict) as conflict:
        events.update(session, event.id, version=1, now=LATER, starts_at=IN_TWO_WEEKS, name="Quiz Night")
    assert conflict.value.fields == {"starts_at": (A_WEEK_ON, IN_TWO_WEEKS)}


def test_a_colleagues_change_of_another_field_is_kept(session: Session) -> None:
    event = an_event(session, capacity=20)
    was = {"name": "Quiz Night", "capacity": 20, "category": ""}
    events.update(session, event.id, version=1, now=LATER, capacity=30, category="Quiz")
    events.update(session, event.id, version=1, was=was, now=LATER, name="Big Quiz", capacity=20)
    assert (event.name, event.capacity, event.category) == ("Big Quiz", 30, "Quiz")


def test_only_the_field_that_both_changed_is_a_conflict(session: Session) -> None:
    event = an_event(session, capacity=20)
    was = {"name": "Quiz Night", "capacity": 20}
    events.update(session, event.id, version=1, now=LATER, capacity=30)
    with pytest.raises(Conflict) as conflict:
        events.update(session, event.id, version=1, was=was, now=LATER, name="Big Quiz", capacity=40)
    assert conflict.value.fields == {"capacity": (30, 40)}
    assert event.name == "Quiz Night"


def test_a_short_name_that_is_cleared_is_made_from_the_name(session: Session) -> None:
    event = an_event(session, name="The Great Quiz", short_name="Quiz")
    events.update(session, event.id, version=1, now=LATER, short_name="")
    assert event.short_name == "The Great Quiz"


def test_an_event_that_is_not_there_cannot_be_changed(session: Session) -> None:
    for command in (events.cancel, events.delete):
        with pytest.raises(NotFound):
            command(session, uuid4(), now=NOW)


# Moving


def test_a_move_can_be_previewed(session: Session) -> None:
    event = an_event(session)
    reachable, lost = a_customer(session), a_customer(session, first_name="Ann", last_name="Lee")
    a_booking(session, reachable, event)
    a_booking(session, lost, event)
    an_opt_out(session, lost.mobile_number)
    plan = events.preview_move(session, event.id, starts_at=A_WEEK_ON, now=LATER)
    assert (plan.guests_texted, plan.unreachable, plan.reminders_replaced) == (1, ["Ann Lee"], 4)
    assert event.starts_at == IN_TWO_WEEKS


def test_moving_a_cancelled_event_texts_no_one(session: Session) -> None:
    event = an_event(session)
    a_booking(session, event=event)
    events.cancel(session, event.id, now=LATER)
    assert events.preview_move(session, event.id, starts_at=A_WEEK_ON, now=LATER) == events.MovePreview(0, [], 0)


def test_moving_texts_all_guests_and_replaces_their_reminders(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=A_WEEK_ON)
    assert states(session, booking.customer_id, Kind.EVENT_MOVED) == [("event_moved", "planned")]
    sent = texts_to(session, booking.customer_id, *REMINDERS)
    assert [(text.kind, text.due_at, text.state) for text in sent] == [
        ("reminder_7_day", IN_TWO_WEEKS - days(7), "skipped"),
        ("reminder_24_hour", IN_TWO_WEEKS - days(1), "skipped"),
        ("reminder_7_day", A_WEEK_ON - days(7), "planned"),
        ("reminder_24_hour", A_WEEK_ON - days(1), "planned"),
    ]
    assert {text.reason for text in sent if text.state == "skipped"} == {"Replaced: the event has moved"}
    assert sent[2].useful_until == A_WEEK_ON - hours(36)


def test_queued_texts_expire_at_the_new_start_after_a_move(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=A_WEEK_ON)
    (confirmation,) = texts_to(session, booking.customer_id, Kind.CONFIRMATION)
    assert (confirmation.state, confirmation.useful_until) == ("planned", A_WEEK_ON)


def test_moving_twice_sends_only_the_last_text(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=A_WEEK_ON)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=IN_TWO_WEEKS)
    assert states(session, booking.customer_id, Kind.EVENT_MOVED) == [
        ("event_moved", "skipped"),
        ("event_moved", "planned"),
    ] or sorted(states(session, booking.customer_id, Kind.EVENT_MOVED)) == [
        ("event_moved", "planned"),
        ("event_moved", "skipped"),
    ]
    planned = [text for text in texts_to(session, booking.customer_id, *REMINDERS) if text.state == "planned"]
    assert [text.due_at for text in planned] == [IN_TWO_WEEKS - days(7), IN_TWO_WEEKS - days(1)]


def test_changing_anything_but_the_start_moves_nothing(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    rev = event.schedule_rev
    events.update(session, event.id, version=event.version, now=LATER, starts_at=IN_TWO_WEEKS, name="Big Quiz")
    assert event.schedule_rev == rev
    assert states(session, booking.customer_id, Kind.EVENT_MOVED) == []


def test_moving_quietly_sends_no_text_but_moves_the_reminders(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=A_WEEK_ON, tell_customers=False)
    assert states(session, booking.customer_id, Kind.EVENT_MOVED) == []
    assert len([t for t in texts_to(session, booking.customer_id, *REMINDERS) if t.state == "planned"]) == 2


@pytest.mark.parametrize("state", ["sent", "delivered", "unsure"])
@pytest.mark.parametrize("before", [hours(9), hours(1)], ids=["in time for a reminder", "too late for one"])
def test_moved_quietly_after_a_reminder_went_no_other_one_goes(session: Session, state: str, before: timedelta) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    now = IN_TWO_WEEKS - before
    for text in texts_to(session, booking.customer_id):
        text.state, text.provider_id = state, f"SM{text.kind}"
    session.flush()
    moved = {"starts_at": IN_TWO_WEEKS + timedelta(minutes=15), "tell_customers": False}
    events.update(session, event.id, version=event.version, now=now, **moved)
    planning.sweep(session, now=now)
    added = [text for text in texts_to(session, booking.customer_id, *REMINDERS) if text.state != state]
    assert [(text.state, text.reason) for text in added] == [
        ("skipped", "Replaced: they were reminded before the event moved")
    ] * len(REMINDERS)


@pytest.mark.parametrize("failures", [1, 2])
def test_a_reminder_that_staff_sent_again_went(session: Session, failures: int) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    (text,) = texts_to(session, booking.customer_id, Kind.REMINDER_24_HOUR)
    now = IN_TWO_WEEKS - hours(9)
    for number in range(failures):
        text.state, text.provider_id = "undelivered", f"SM{number}"
        session.flush()
        resend.send_again(session, text.id, form_token=f"again {number}", now=now)
        (text,) = session.scalars(select(Message).where(Message.again_of_id == text.id))
    text.state, text.provider_id = "delivered", "SM9"
    session.flush()
    moved = {"starts_at": IN_TWO_WEEKS + timedelta(minutes=15), "tell_customers": False}
    events.update(session, event.id, version=event.version, now=now, **moved)
    new = texts_to(session, booking.customer_id, Kind.REMINDER_24_HOUR)[-1]
    assert (new.state, new.reason) == ("skipped", "Replaced: they were reminded before the event moved")


def test_moved_quietly_before_a_reminder_went_the_reminder_goes(session: Session) -> None:
    event = an_event(session, starts_at=A_WEEK_ON)
    booking = a_booking(session, event=event)
    events.update(
        session,
        event.id,
        version=event.version,
        now=IN_TWO_WEEKS - hours(9),
        starts_at=IN_TWO_WEEKS,
        tell_customers=False,
    )
    texts = texts_to(session, booking.customer_id, Kind.REMINDER_24_HOUR)
    assert sorted(text.state for text in texts) == ["planned", "skipped"]


def test_a_reminder_of_who_was_booked_by_mistake_is_not_theirs(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    wrong = booking.customer_id
    for text in texts_to(session, wrong, Kind.REMINDER_24_HOUR):
        text.state, text.provider_id = "delivered", "SM1"
    session.flush()
    now = IN_TWO_WEEKS - hours(9)
    right = a_customer(session)
    bookings.move(session, booking.id, customer_id=right.id, version=booking.version, now=now)
    events.update(
        session,
        event.id,
        version=event.version,
        now=now,
        starts_at=IN_TWO_WEEKS + hours(1),
        tell_customers=False,
    )
    assert ("reminder_24_hour", "planned") in states(session, right.id, Kind.REMINDER_24_HOUR)


def test_moving_into_the_past_sends_no_text(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.update(session, event.id, version=event.version, now=LATER, starts_at=NOW - days(1))
    assert states(session, booking.customer_id, Kind.EVENT_MOVED) == []
    assert [text for text in texts_to(session, booking.customer_id, *REMINDERS) if text.state == "planned"] == []


# Cancelling and deleting


def test_cancelling_texts_each_booking_once_and_skips_reminders(session: Session) -> None:
    event = an_event(session)
    guests = [a_booking(session, event=event, seats=seats).customer_id for seats in (4, 0)]
    events.cancel(session, event.id, now=LATER)
    events.cancel(session, event.id, now=LATER + hours(1))
    for guest in guests:
        planned = [text for text in texts_to(session, guest) if text.state == "planned"]
        assert [text.kind for text in planned] == ["event_cancelled"]
    assert event.cancelled_at == LATER
    assert planning.sweep(session, now=LATER).reminders == 0


def test_cancelling_quietly_sends_no_text(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    events.cancel(session, event.id, now=LATER, tell_customers=False)
    assert {text.state for text in texts_to(session, booking.customer_id)} == {"skipped"}


def test_what_was_sent_is_not_touched_by_cancelling(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event)
    (confirmation,) = texts_to(session, booking.customer_id, Kind.CONFIRMATION)
    confirmation.state, confirmation.provider_id = "delivered", "SM1"
    session.flush()
    events.cancel(session, event.id, now=LATER)
    assert states(session, booking.customer_id, Kind.CONFIRMATION) == [("confirmation", "delivered")]


def test_a_cancelled_event_is_neither_booked_nor_offered(session: Session) -> None:
    event, customer = an_event(session), a_customer(session)
    events.cancel(session, event.id, now=LATER)
    with pytest.raises(Invalid, match="is cancelled: choose another event"):
        a_booking(session, customer, event)
    assert events.to_book(session, customer_id=customer.id, now=LATER) == []


def test_an_event_with_bookings_is_cancelled_not_deleted(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event, seats=0)
    with pytest.raises(Invalid, match="has 1 booked and cannot be deleted: cancel it instead"):
        events.delete(session, event.id, now=LATER)
    bookings.delete(session, booking.id, now=LATER)
    events.delete(session, event.id, now=LATER)
    assert session.scalar(select(func.count()).select_from(Event)) == 0
    assert session.scalar(select(func.count()).select_from(Message)) == 3


# Lists


def test_todays_event_is_coming_until_the_venues_day_is_over(session: Session) -> None:
    noon = an_event(session, starts_at=NOW)
    before_six = NOW + hours(17.9)
    assert [row.id for row in events.upcoming(session, now=before_six)] == [noon.id]
    assert events.past(session, now=before_six).total == 0
    assert [row.id for row in events.past(session, now=NOW + hours(18)).rows] == [noon.id]


def test_guests_come_from_the_day_of_the_event_until_it_is_over(session: Session) -> None:
    tonight, small_hours, cancelled = (an_event(session, starts_at=NOW + hours(each)) for each in (7, 12.5, 7))
    events.cancel(session, cancelled.id, now=NOW)

    def are_on(now: datetime) -> list[bool]:
        return [events.is_on(each, now=now, zone=venue_of(session).zone) for each in (tonight, small_hours, cancelled)]

    assert are_on(NOW - hours(12.5)) == [False, False, False]
    assert are_on(NOW - hours(12)) == [True, False, False]
    assert are_on(NOW + hours(10)) == [True, True, False]  # The event at 00:30 takes guests from 21:30 on.
    assert are_on(NOW + hours(17.9)) == [True, True, False]
    assert are_on(NOW + hours(18)) == [False, True, False]  # Tonight's is over at six in the morning.
    assert events.takes_marks(tonight, now=NOW + days(3), zone=venue_of(session).zone)


def test_coming_events_are_paged_soonest_first_each_on_one_page(session: Session) -> None:
    an_event(session, starts_at=NOW - days(1))
    programme = [an_event(session, starts_at=IN_TWO_WEEKS + days(number // 2)).id for number in range(7)]
    a_booking(session, event=events.get(session, programme[0]), seats=3)
    pages = [events.upcoming_page(session, now=NOW, page=number, page_size=3) for number in (1, 2, 3, 9)]
    assert [len(page.rows) for page in pages] == [3, 3, 1, 1]
    assert {row.id for page in pages for row in page.rows} == set(programme)
    assert (pages[0].total, pages[0].pages, pages[3].page) == (7, 3, 3)
    assert [row[:-1] for row in pages[0].rows] == events.upcoming(session, now=NOW)[:3]  # The last is the total.
    assert sum(row.seats_taken for row in pages[0].rows) == 3


def test_past_events_are_paged_latest_first(session: Session) -> None:
    an_event(session, starts_at=IN_TWO_WEEKS)
    over = [an_event(session, starts_at=NOW - days(number + 1)).id for number in range(7)]
    pages = [events.past(session, now=NOW, page=number, page_size=3) for number in (1, 2, 3, 9)]
    assert [[row.id for row in page.rows] for page in pages] == [over[:3], over[3:6], over[6:], over[6:]]
    assert [(page.total, page.page) for page in pages] == [(7, 1), (7, 2), (7, 3), (7, 3)]


def test_a_page_of_events_with_their_seats_and_total_is_one_question(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("The same statement, and only SQLite's driver is asked without SQLAlchemy's knowledge")
    a_booking(session, event=an_event(session))
    asked: list[str] = []
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_trace_callback(asked.append)
    page = events.upcoming_page(session, now=NOW, page_size=3)
    driver.set_trace_callback(None)
    assert (len(page.rows), len(asked)) == (1, 1)


def test_a_page_of_no_events_is_the_first(session: Session) -> None:
    nothing = events.past(session, now=NOW, page=4, page_size=3)
    assert (nothing.rows, nothing.total, nothing.page, nothing.pages) == ([], 0, 1, 1)


def test_all_events_are_listed_the_soonest_first_and_then_past_ones_latest_first(session: Session) -> None:
    for name, at in (
        ("Next year", NOW + days(300)),
        ("Old", NOW - days(9)),
        ("Soon", NOW + days(1)),
        ("Gone", NOW - days(2)),
    ):
        an_event(session, name=name, starts_at=at)
    assert [row.name for row in events.nearest_first(session, now=NOW)] == ["Soon", "Next year", "Gone", "Old"]


def test_the_seats_of_a_list_are_summed_from_the_kept_totals_by_an_index(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("Only SQLite says so without rows")
    listed = events.LISTING.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {listed}").all()
    assert any("USING COVERING INDEX ix_booking_totals_event_id " in step[-1] for step in steps)
    assert not any("ix_bookings" in step[-1] for step in steps)


def test_in_summer_the_evening_ends_at_five_in_utc(session: Session) -> None:
    evening = NOW.replace(month=7, day=1, hour=22, minute=30)
    an_event(session, starts_at=evening)
    assert len(events.upcoming(session, now=evening + hours(6.4))) == 1
    assert events.upcoming(session, now=evening + hours(6.5)) == []


def test_offered_are_coming_events_that_one_is_not_on_full_ones_too(session: Session) -> None:
    customer = a_customer(session)
    mine, full, free, unlimited = (
        an_event(session, name=name, capacity=capacity)
        for name, capacity in (("Mine", 10), ("Full", 2), ("Free", 3), ("Unlimited", None))
    )
    an_event(session, name="Past", starts_at=NOW - days(1))
    a_booking(session, customer, mine)
    a_booking(session, event=full, seats=2)
    a_booking(session, event=free, seats=2)
    offered = events.to_book(session, customer_id=customer.id, now=NOW)
    shown = {(row.name, row.capacity, row.seats_taken, events.is_full(row)) for row in offered}
    assert shown == {("Full", 2, 2, True), ("Free", 3, 2, False), ("Unlimited", None, 0, False)}
    assert unlimited.id in {row.id for row in offered}


def test_no_bookings_yet_is_not_full(session: Session) -> None:
    row = events.row(session, an_event(session, capacity=3).id)
    assert (row.capacity, row.seats_taken) == (3, 0)
