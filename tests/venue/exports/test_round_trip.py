"""An exported file is imported back without a change, whatever is in it (ACCEPTANCE F5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.databases import ON_BOTH, SOAK_IS_FULL
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event
from tests.venue.imports.taking import counts, take_bookings, take_customers, take_events
from venue import exports, tags
from venue.errors import Invalid
from venue.exports import Export, Format
from venue.profile import Venue
from venue.roles import COMMAND_LINE

pytestmark = [pytest.mark.plain_sql, pytest.mark.soak]

# Everything that spreadsheets, CSV and our escape give a meaning to.
SIGNS = "=+-@＝＋－＠'\"’`,;|\t\n 0a1é€🎉_x<&(){}#%\u00a0\u200b\u2028\r"
TEXTS = st.one_of(
    st.text(SIGNS, max_size=12),
    st.sampled_from(
        [
            "=1+1",
            "'=1+1",
            "''+x",
            "＝1+1",
            '="0123"',
            "+33 6 12",
            "-",
            "- a",
            "@SUM(A1)",
            "1/2",
            "TRUE",
            "1E5",
            "_x000A_",
        ]
    ),
    st.text(max_size=12),
)
NUMBERS = st.sampled_from(["+33612345678", "+12015550123", *(f"+4477009009{last:02}" for last in range(50))])
FORMATS = list(Format)
EXAMPLES = settings(
    max_examples=100 if SOAK_IS_FULL else 12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def file_of(export: Export, file_format: Format) -> bytes:
    return b"".join(exports.write(export, file_format))


def add_if_valid(add: Callable[..., Any], session: Session, **fields: Any) -> Any:
    """What is added, or None if the rules refuse it."""
    try:
        return add(session, **fields)
    except Invalid:
        return None


def add_tagged(session: Session, first_name: str, last_name: str, number: str, notes: str, names: list[str]) -> Any:
    """A customer with these tags, as far as the rules allow them; or None."""
    fields = {"first_name": first_name, "last_name": last_name, "mobile_number": number, "notes": notes}
    customer = add_if_valid(a_customer, session, **fields)
    for name in names:
        tag = add_if_valid(tags.add, session, name=name, now=NOW)
        if customer and tag:
            tags.put_on(session, customer.id, tag.id, now=NOW)
    return customer


def without_a_change(rows: int) -> dict[str, int]:
    return {"unchanged": rows} if rows else {}


@EXAMPLES
@given(
    people=st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, TEXTS, st.lists(TEXTS, max_size=3)), max_size=15),
    file_format=st.sampled_from(FORMATS),
)
def test_customers(venue: Venue, people: list[Any], file_format: Format) -> None:
    with venue.transaction(COMMAND_LINE) as session:
        added = [add_tagged(session, *person) for person in people]
        report = take_customers(session, file_of(exports.customer_list(session, now=NOW), file_format))
        session.rollback()
    assert (counts(report), report.rows) == (without_a_change(sum(map(bool, added))), [])


@EXAMPLES
@given(people=st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, TEXTS, st.lists(TEXTS, max_size=3)), max_size=20))
def test_what_postgresql_writes_is_what_we_write(shared_venue: Callable[[str], Venue], people: list[Any]) -> None:
    with shared_venue("postgresql").transaction(COMMAND_LINE) as session:
        for person in people:
            add_tagged(session, *person)
        export = exports.customer_list(session, now=NOW)
        assert export.csv_rows is not None
        ours = file_of(replace(export, csv_rows=None), Format.CSV)
        assert file_of(export, Format.CSV) == ours
        session.rollback()


@ON_BOTH
def test_father_and_son_of_one_name_on_one_number_stay_two(venue: Venue) -> None:
    with venue.transaction(COMMAND_LINE) as session:
        for notes in ("Father", "Son", ""):
            a_customer(session, first_name="John", mobile_number="+447700900123", notes=notes)
        report = take_customers(session, file_of(exports.customer_list(session, now=NOW), Format.CSV))
        session.rollback()
    assert (counts(report), report.rows) == ({"unchanged": 3}, [])


@EXAMPLES
@given(
    listed=st.lists(st.tuples(TEXTS, st.integers(0, 60 * 24 * 270), TEXTS, TEXTS, TEXTS), max_size=15),
    capacity=st.none() | st.integers(1, 500),
    file_format=st.sampled_from(FORMATS),
)
def test_events(
    venue: Venue, listed: list[tuple[str, int, str, str, str]], capacity: int | None, file_format: Format
) -> None:
    # Of a time that the clocks go through twice, the import takes the first: such events are not in here.
    before = IN_TWO_WEEKS.replace(month=10)
    with venue.transaction(COMMAND_LINE) as session:
        added = [
            add_if_valid(
                an_event,
                session,
                name=name,
                starts_at=before - timedelta(minutes=minutes),
                short_name=short_name,
                category=category,
                notes=notes,
                capacity=capacity,
            )
            for name, minutes, short_name, category, notes in listed
        ]
        report = take_events(session, file_of(exports.event_list(session, now=NOW), file_format))
        session.rollback()
    assert (counts(report), report.rows) == (without_a_change(sum(map(bool, added))), [])


@EXAMPLES
@given(
    booked=st.lists(
        st.tuples(TEXTS, NUMBERS, st.integers(0, 20), TEXTS), max_size=15, unique_by=lambda booking: booking[1]
    ),
    name=TEXTS,
    file_format=st.sampled_from(FORMATS),
)
def test_bookings(venue: Venue, booked: list[tuple[str, str, int, str]], name: str, file_format: Format) -> None:
    with venue.transaction(COMMAND_LINE) as session:
        event = add_if_valid(an_event, session, name=name) or an_event(session)
        added = []
        for last_name, number, seats, notes in booked:
            customer = add_if_valid(a_customer, session, last_name=last_name, mobile_number=number)
            if customer:
                added.append(add_if_valid(a_booking, session, customer=customer, event=event, seats=seats, notes=notes))
        report = take_bookings(session, file_of(exports.booking_list(session), file_format))
        session.rollback()
    assert (counts(report), report.rows) == (without_a_change(sum(map(bool, added))), [])
