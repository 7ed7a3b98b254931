"""The sample venue of the demo: what it holds, and that nothing in it is wrong."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings
from cli.sample import load
from db import schema
from db.models import (
    Booking,
    Campaign,
    Consent,
    Customer,
    CustomerVisits,
    DuplicatePair,
    Event,
    Import,
    JournalEntry,
    Message,
    Request,
    Staff,
    WaitlistEntry,
)
from db.session import open_database
from scheduler_jobs import Scheduler
from sms.simulated_gateway import SimulatedGateway
from tests.db.test_booking_totals import kept, recount
from tests.makers import a_venue
from venue import campaigns, duplicates
from venue.customers import booking_status, visit_counts
from venue.insight import fill, no_shows, returning, texts
from venue.insight.period import Period
from venue.journal import verify
from venue.profile import Venue
from venue.roles import COMMAND_LINE

# Around midnight, when it is hardest to tell what tonight is. A Wednesday, so that the sample's files have an event on
# this day, too.
LATE, EARLY = datetime(2027, 3, 3, 23, 58, 10, tzinfo=UTC), datetime(2027, 3, 3, 0, 4, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    """The sample venue, after the scheduler has done its work once."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.db'}")
    schema.migrate(database)
    venue = a_venue(database, phone="")
    assert [name for name, _ in load.load(venue, now=LATE)] == ["customers.csv", "events.csv", "bookings.csv"]
    Scheduler(venue, SimulatedGateway(), settings.load({}), now=lambda: LATE).once()
    yield venue
    database.close()


@pytest.fixture
def session(venue: Venue) -> Iterator[Session]:
    with venue.reading(COMMAND_LINE) as session:
        yield session


def counts(session: Session, column: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(select(column, func.count()).group_by(column))}


def test_messages_are_in_every_state_that_lasts(session: Session) -> None:
    states = set(counts(session, Message.state))
    assert states >= {"planned", "sent", "delivered", "undelivered", "failed", "held", "unsure", "skipped", "received"}
    assert set(counts(session, Message.channel)) == {"text", "email"}


def test_every_list_has_rows(session: Session) -> None:
    assert counts(session, Campaign.state) == {"draft": 1, "sending": 1, "paused": 1}
    assert {"waiting", "offered", "left"} <= set(counts(session, WaitlistEntry.state))
    assert {"open", "not_same"} <= set(counts(session, DuplicatePair.state))
    assert set(counts(session, Request.kind)) == {"access", "correction", "erasure", "complaint"}
    assert set(counts(session, Staff.role)) == {"viewer", "staff", "manager"}
    assert set(counts(session, Consent.basis)) == {"consent", "refused", "withdrawn"}
    assert counts(session, Import.kind) == {"customers": 1, "events": 2, "bookings": 2}
    assert session.scalar(select(func.count()).where(Event.series_id.is_not(None))) == 28
    assert {"customers.merged", "undone", "event.cancelled"} <= set(counts(session, JournalEntry.act))
    assert duplicates.count_open(session, now=LATE) >= 5


def test_tonight_guests_have_come_and_one_is_late(session: Session) -> None:
    tonight = select(Booking).join(Event).where(Event.name == "Board Games Night")
    booked = session.scalars(tonight).all()
    assert sum(bool(each.arrived) for each in booked) == 4
    assert [each.late_minutes for each in booked if each.late_since] == [20]


def test_a_bulk_text_was_sent_to_all_who_agreed(session: Session) -> None:
    sent = next(row for row in campaigns.listed(session) if row.campaign.name == "Christmas menu")
    assert sent.progress.waiting == 0 < sent.campaign.messages


def test_insight_has_a_year_to_show(session: Session) -> None:
    year = Period.ending(LATE.date(), days=365)
    assert len({(each.first.year, each.first.month) for each in texts.texts(session, year).counts}) >= 12
    assert len(no_shows.no_shows(session, year, now=LATE).events) > 100
    assert len(fill.fill_by_category(session, year, now=LATE).categories) >= 4
    assert sum(month.came_again for month in returning.returning(session, year, now=LATE).months) > 100


def test_numbers_are_of_the_range_that_is_given_to_no_one(session: Session) -> None:
    numbers = {*session.scalars(select(Customer.mobile_number)), *session.scalars(select(Message.mobile_number))}
    assert all(number.startswith("+447700900") and len(number) == 13 for number in numbers)


def test_what_is_kept_equals_a_recount(session: Session) -> None:
    assert kept(session) == recount(session)
    ids = session.scalars(select(Customer.id)).all()
    came = visit_counts.visits_of(session, ids, now=LATE)
    stored = {row.customer_id: row.visits for row in session.scalars(select(CustomerVisits))}
    assert stored == {customer_id: len(visited) for customer_id, visited in came.items()}
    assert not booking_status.drifted(session)


def test_the_journal_is_whole(session: Session) -> None:
    assert verify.verify(session).problems == []


def test_loading_it_again_adds_nothing(venue: Venue) -> None:
    assert list(load.load(venue, now=LATE + timedelta(days=9))) == []


def test_it_can_be_loaded_just_after_midnight_on_postgresql(new_database: Callable[..., str]) -> None:
    venue = a_venue(open_database(new_database("postgresql")))
    assert len(list(load.load(venue, now=EARLY))) == 3
    with venue.reading_at_length(COMMAND_LINE) as session:
        assert kept(session) == recount(session)
        assert verify.verify(session).problems == []
    venue.database.close()
