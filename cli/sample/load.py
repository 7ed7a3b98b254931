"""Load the sample venue, once."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from cli.sample import cast as people
from cli.sample import files, last_days, marks, past_texts, past_year, set_up
from cli.sample.cast import Cast
from db.models import Customer
from venue import clock
from venue.imports.report import Report
from venue.profile import Venue
from venue.roles import COMMAND_LINE

SEED = 1761
# How long ago the files were imported.
IMPORTED = timedelta(days=3, hours=6)
ON_FILE = ("customers.csv", "events.csv", "bookings.csv")


def load(venue: Venue, *, now: datetime) -> Iterator[tuple[str, Report]]:
    """Import the files of the sample, yielding the name and the report of each, and then add all that files do not
    hold; the scheduler counts visits, finds duplicates and seals the journal when it starts. In a venue that has
    customers already, it does nothing."""
    with venue.reading(COMMAND_LINE) as session:
        if session.scalar(select(Customer.id).limit(1)) is not None:
            return
    by = files.weeks_moved(clock.today(now, venue.zone))
    for name in ON_FILE:
        yield name, files.import_rows(venue, name, files.moved(name, by), actor=COMMAND_LINE, now=now - IMPORTED)
    _bring_to_life(venue, now)


def _bring_to_life(venue: Venue, now: datetime) -> None:
    random = Random(SEED)  # noqa: S311 # the same sample each time, no secret
    with venue.reading(COMMAND_LINE) as session:
        customers = people.in_order(session, random)
    cast = Cast(venue, now, random, {}, customers)
    set_up.add_staff(cast)
    set_up.choose_settings(cast)
    _import_past_year(cast, last_days.add_series(cast))
    _write_history(cast)
    set_up.describe_customers(cast)
    set_up.answer_requests(cast)
    last_days.live_through(cast)


def _import_past_year(cast: Cast, days_of_series: Sequence[date]) -> None:
    held = past_year.events(files.first_monday(clock.today(cast.now, cast.venue.zone)))
    of_series = [past_year.Held(last_days.SERIES, day, "20:00", 40) for day in days_of_series]
    at = cast.now - IMPORTED
    for name, rows in (
        ("last-year-events.csv", past_year.event_rows(held)),
        ("last-year-bookings.csv", past_year.booking_rows([*held, *of_series], cast.customers, cast.random)),
    ):
        files.import_rows(cast.venue, name, files.written(rows), actor=COMMAND_LINE, now=at)


def _write_history(cast: Cast) -> None:
    at = cast.now - IMPORTED
    with cast.venue.transaction(COMMAND_LINE) as session:
        marks.write(session, cast.random, made_by=at, now=cast.now)
        past_texts.write(session, cast.random, until=at)
