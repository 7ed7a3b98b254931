"""What the scheduler does with an import: the check, the run, the undo; also when it is stopped or killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Base, Booking, Customer, ImportPart, JournalEntry, Message
from tests.databases import ON_BOTH
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, STAFF, a_customer, an_event, minutes
from tests.venue.imports.uploads import (
    HEADER,
    PEOPLE,
    Scheduler,
    checked,
    imported,
    press_import,
    shown,
    upload,
)
from venue import bookings, customers
from venue.imports import Outcome, notes, runs, work
from venue.imports.runs import ImportState
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

EVENTS = "Event,Date,Time,Capacity\nJazz,2027-02-20,20:00,40\n"
BROKEN = HEADER + "Ann,Lee,07700 900901,\nBob,Ray,nonsense,\nCy,Day,07700 900903,\n"


@ON_BOTH
def test_a_check_says_what_a_run_will_do_and_writes_nothing(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, mobile_number="+447700900902", last_name="Other")
        before = sizes(session)

    found = checked(venue, BROKEN + "Bob,Ray,07700 900902,\n")

    with venue.reading(MANAGER) as session:
        assert sizes(session) == before
        said = [(row.line, row.outcome, row.column, row.value) for row in runs.rows_of(session, found.id)]
    assert found.state is ImportState.CHECKED
    assert found.counts == {"new": 2, "changed": 0, "unchanged": 0, "in_doubt": 1, "refused": 1}
    assert said == [(3, Outcome.REFUSED, "Mobile", "nonsense"), (5, Outcome.IN_DOUBT, "Mobile", "07700 900902")]
    assert (found.progress, found.doing, found.may_run, found.undecided) == (1, "", True, 1)


@ON_BOTH
def test_a_run_does_what_the_check_said_in_the_name_of_who_pressed_import(venue: Venue) -> None:
    found = checked(venue, BROKEN)
    press_import(venue, found)
    assert shown(venue, found.id).doing == "Waiting for the scheduler"

    assert Scheduler(venue).step()

    done = shown(venue, found.id)
    assert (done.state, done.counts, done.finished_at) == (ImportState.DONE, found.counts, NOW)
    with venue.reading(MANAGER) as session:
        assert set(session.scalars(select(Customer.last_name))) == {"Lee", "Day"}
        entry = session.get_one(JournalEntry, done.entry_id)
        assert (entry.act, entry.actor) == ("customers.imported", "Max")
        assert session.scalar(select(func.count()).select_from(ImportPart)) == 0
        assert [row.line for row in runs.rows_of(session, found.id, outcome=Outcome.REFUSED)] == [3]


def test_rows_in_doubt_are_added_when_staff_said_so(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, mobile_number="+447700900901", last_name="Other")
        a_customer(session, mobile_number="+447700900902", last_name="Other")
    found = checked(venue)
    with venue.transaction(MANAGER) as session:
        assert runs.lines_to_decide(session, found.id) == [2, 3]
        runs.decide(session, found.id, lines={2: "add", 3: "skip"}, now=NOW)
    press_import(venue, shown(venue, found.id))

    assert Scheduler(venue).step()

    assert names(venue) == ["Lee", "Other", "Other"]
    assert shown(venue, found.id).counts[Outcome.NEW] == 1


def test_the_reminders_of_imported_bookings_are_counted_exactly(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, mobile_number="+447700900901")
        an_event(session)
        an_event(session, name="Tomorrow", starts_at=NOW + minutes(36 * 60))
    file = (
        "Mobile,Event,Event Date,Seats\n"
        f"07700 900901,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2\n"
        f"07700 900901,Tomorrow,{NOW + minutes(36 * 60):%Y-%m-%d},2\n"
    )

    found = checked(venue, file, kind="bookings")
    assert (found.reminders, found.reminders_soon) == (3, 1)

    press_import(venue, found)
    Scheduler(venue).step()
    with venue.reading(MANAGER) as session:
        planned = select(func.count()).select_from(Message).where(Message.state == "planned")
        assert session.scalar(planned) == shown(venue, found.id).reminders == 3
        assert session.scalar(select(func.count()).select_from(Booking)) == 2


@ON_BOTH
def test_no_one_waits_for_a_check(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        known = a_customer(session, mobile_number="+447700900901", notes="Old")
        event = an_event(session)
    people = upload(venue, HEADER + "Jo,Smith,07700 900901,New\nAnn,Lee,07700 900902,\n")
    booked = upload(
        venue, f"Mobile,Event,Event Date,Seats\n07700 900901,Quiz Night,{IN_TWO_WEEKS:%Y-%m-%d},2\n", kind="bookings"
    )

    def at_the_bar() -> None:
        with venue.transaction(STAFF) as session:
            bookings.book(
                session, customer_id=a_customer(session).id, event_id=event.id, seats=1, now=NOW, tell_customer=False
            )
            version = session.get_one(Customer, known.id).version
            customers.update(session, known.id, version=version, now=NOW, notes=f"Seen {version} times")

    with at_the_end_of_a_take(monkeypatch, at_the_bar):
        assert Scheduler(venue).step()
        assert Scheduler(venue).step()

    assert shown(venue, people).counts[Outcome.CHANGED] == 1
    assert shown(venue, booked).counts[Outcome.NEW] == 1
    with venue.reading(MANAGER) as session:
        assert session.get_one(Customer, known.id).notes == "Seen 2 times"
        assert session.scalar(select(func.count()).select_from(Booking)) == 2


@ON_BOTH
def test_an_import_is_undone_by_the_scheduler(venue: Venue) -> None:
    done = imported(venue)
    with venue.transaction(MANAGER) as session:
        assert runs.undo_preview(session, done.id, now=NOW).restores == ["2 customers are removed"]
        runs.undo(session, done.id, now=NOW)

    assert Scheduler(venue).step()

    assert shown(venue, done.id).state is ImportState.UNDONE
    assert names(venue) == []
    again = imported(venue)
    assert again.counts[Outcome.NEW] == 2


def test_an_undo_that_is_not_possible_leaves_the_import_done(venue: Venue) -> None:
    done = imported(venue)
    with venue.transaction(MANAGER) as session:
        runs.undo(session, done.id, now=NOW)
    scheduler = Scheduler(venue, now=NOW + minutes(60 * 24 * 31))

    assert scheduler.step()

    found = shown(venue, done.id)
    assert found.state is ImportState.DONE
    assert "more than 30 days ago" in found.problem
    assert not scheduler.step()


def test_there_is_nothing_to_do_until_staff_decide(venue: Venue) -> None:
    upload(venue, "Vorname,Nachname\nAnn,Lee\n")
    checked(venue)

    assert not Scheduler(venue).step()


def test_what_was_changed_between_check_and_run_is_reported_by_the_run(venue: Venue) -> None:
    found = checked(venue)
    with venue.transaction(MANAGER) as session:
        a_customer(session, first_name="Ann", last_name="Lee", mobile_number="+447700900901")
    press_import(venue, found)

    Scheduler(venue).step()

    done = shown(venue, found.id)
    assert (found.counts[Outcome.NEW], done.counts[Outcome.NEW], done.counts[Outcome.UNCHANGED]) == (2, 1, 1)


def test_importing_events_leaves_them(venue: Venue) -> None:
    assert imported(venue, EVENTS, kind="events").counts[Outcome.NEW] == 1


def test_a_file_that_changes_nothing_has_nothing_to_undo(venue: Venue) -> None:
    imported(venue)
    again = imported(venue)

    assert (again.counts[Outcome.UNCHANGED], again.entry_id, again.may_undo_until) == (2, None, None)
    with venue.reading(MANAGER) as session:
        assert runs.undo_preview(session, again.id, now=NOW).why_not == "This import changed nothing."


def test_no_more_notes_are_kept_than_the_limit(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_KEPT", 5)

    found = checked(venue, HEADER + "Ann,Lee,nonsense,\n" * 9 + PEOPLE.removeprefix(HEADER))

    assert (found.counts[Outcome.REFUSED], found.counts[Outcome.NEW]) == (9, 2)
    with venue.reading(MANAGER) as session:
        assert runs.count_rows(session, found.id) == 5


def test_numbers_get_their_zero_back_when_staff_said_so(venue: Venue) -> None:
    import_id = upload(venue, "Vorname,Nachname,Handynr.\nAnn,Lee,7700900901\n")
    mapping = {"first_name": "Vorname", "last_name": "Nachname", "mobile_number": "Handynr."}
    for repair, outcome in ((False, Outcome.NEW), (True, Outcome.NEW)):
        with venue.transaction(MANAGER) as session:
            runs.map_columns(session, import_id, mapping=mapping, repair_zeros=repair, now=NOW)
        Scheduler(venue).step()
        assert (shown(venue, import_id).counts[outcome] == 1) is repair


@contextmanager
def at_the_end_of_a_take(monkeypatch: pytest.MonkeyPatch, happening: Callable[[], None]) -> Iterator[None]:
    """Something happens when all rows are stored, and the transaction is still open."""
    take = work.take

    def take_and_more(*args: Any, **kwargs: Any) -> Any:
        result = take(*args, **kwargs)
        happening()
        return result

    with monkeypatch.context() as patched:
        patched.setattr(work, "take", take_and_more)
        yield


def names(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return sorted(session.scalars(select(Customer.last_name)))


def sizes(session: Session) -> dict[str, int]:
    return {
        name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in Base.metadata.tables.items()
        if not name.startswith("import") and name not in ("journal_entries", "journal_values")
    }
