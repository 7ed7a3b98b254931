"""`manage.py customers merge` and `manage.py bookings move`."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from db.models import Booking, Customer, JournalEntry
from db.session import open_database
from manage import main
from tests.makers import MANAGER, NOW, a_booking, a_customer, a_venue, an_event
from venue import merging
from venue.profile import Venue

RUN = CliRunner()


@pytest.fixture
def venue(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Venue:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    return a_venue(open_database(url))


def run(*arguments: object) -> Result:
    return RUN.invoke(main, [str(each) for each in arguments])


def two(venue: Venue) -> tuple[Customer, Customer]:
    with venue.transaction(MANAGER) as session:
        keep, other = a_customer(session), a_customer(session, first_name="Joanna")
        event = an_event(session)
        a_booking(session, keep, event, seats=2)
        a_booking(session, other, event, seats=4)
    return keep, other


def test_customers_are_merged_and_given_back(venue: Venue) -> None:
    keep, other = two(venue)
    dry = run("customers", "merge", keep.id, other.id, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Would be done:\n  1 booking and 3 scheduled texts of Joanna Smith move to Jo Smith." in dry.output
    assert len(stored(venue)) == 2
    done = run("customers", "merge", keep.id, other.id, "--field", "first_name=other", "--doubles", "sum")
    assert done.exit_code == 0, done.output
    assert stored(venue) == [("Joanna", [6])]
    with venue.reading(MANAGER) as session:
        entry_id = session.scalar(select(func.max(JournalEntry.id)))
    undone = run("journal", "undo", entry_id)
    assert "Joanna Smith is back, with 1 booking and 3 texts" in undone.output
    assert stored(venue) == [("Jo", [2]), ("Joanna", [4])]


def test_what_is_wrong_is_said(venue: Venue) -> None:
    keep, other = two(venue)
    assert "one and the same" in run("customers", "merge", keep.id, keep.id).output
    missing = run("customers", "merge", keep.id, uuid4())
    assert (missing.exit_code, missing.output) == (1, "Error: This customer no longer exists.\n")
    assert run("customers", "merge", keep.id, other.id, "--field", "first_name").exit_code == 2
    assert "Enter a first name" in run("customers", "merge", keep.id, other.id, "--field", "first_name=").output


def test_an_old_id_says_that_it_was_merged(venue: Venue) -> None:
    keep, other = two(venue)
    with venue.transaction(MANAGER) as session:
        plan = merging.preview(session, keep.id, other.id, now=NOW)
        merging.merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=plan.fingerprint, now=NOW)
    assert "was merged into another already" in run("customers", "merge", keep.id, other.id).output
    shown = run("privacy", "erase", other.id, "--dry-run").output
    assert f"This customer was merged into Jo Smith, {keep.id}." in shown
    recorded = run("privacy", "consent", "record", other.id, "--channel", "email", "--basis", "refused")
    assert recorded.exit_code == 0, recorded.output
    assert "refused" in run("privacy", "consent", "show", keep.id, "--channel", "email").output


def test_a_booking_is_moved(venue: Venue) -> None:
    keep, _ = two(venue)
    with venue.transaction(MANAGER) as session:
        right = a_customer(session, first_name="Bea")
        booking_id = session.scalars(select(Booking.id).where(Booking.customer_id == keep.id)).one()
    moved = run("bookings", "move", booking_id, right.id, "--text")
    assert (moved.exit_code, moved.output) == (0, "Moved to Bea Smith: Quiz Night\n")
    with venue.reading(MANAGER) as session:
        assert session.get_one(Booking, booking_id).customer_id == right.id


def stored(venue: Venue) -> list[tuple[str, list[int]]]:
    with venue.reading(MANAGER) as session:
        people = session.scalars(select(Customer).order_by(Customer.first_name)).all()
        return [
            (each.first_name, list(session.scalars(select(Booking.seats).where(Booking.customer_id == each.id))))
            for each in people
        ]
