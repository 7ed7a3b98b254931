"""Two taps at the same moment: Streamlit runs the second while the first is still at work. What is added is added once,
and the second tap finds it."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.at_once import wait_until_one_waits
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, an_event, days
from venue import campaigns, customers, events, fields, messages, tags, views, waitlist
from venue.events import series
from venue.imports import runs
from venue.privacy import requests
from venue.profile import Venue

# On SQLite there is one writer at a time.
pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
Act = Callable[[Session], Any]
TAP = {"form_token": "one form", "now": NOW}


def add_customer(_session: Session) -> Act:
    jo = {"first_name": "Jo", "last_name": "Smith", "mobile_number": "07700 900123"}
    return lambda session: customers.add(session, **jo, **TAP)


def add_event(_session: Session) -> Act:
    return lambda session: events.add(session, name="Quiz", starts_at=IN_TWO_WEEKS, **TAP)


def add_series(_session: Session) -> Act:
    starts = [IN_TWO_WEEKS, IN_TWO_WEEKS + days(7)]
    return lambda session: series.add(session, name="Quiz", starts=starts, **TAP)


def join_waitlist(session: Session) -> Act:
    event, customer = an_event(session, capacity=2), a_customer(session)
    a_booking(session, event=event, seats=2)
    party = {"event_id": event.id, "customer_id": customer.id, "seats": 2}
    return lambda session: waitlist.join(session, **party, **TAP)


def add_campaign(_session: Session) -> Act:
    return lambda session: campaigns.add(session, name="News", query={}, **TAP)


def save_view(_session: Session) -> Act:
    return lambda session: views.save(session, name="Smiths", query={"q": "smith"}, shared=True, **TAP)


def add_tag(_session: Session) -> Act:
    return lambda session: tags.add(session, name="Regular", **TAP)


def add_field(_session: Session) -> Act:
    return lambda session: fields.add(session, name="Table", kind="choice", choices=["Bar", "Window"], **TAP)


def add_request(_session: Session) -> Act:
    asked = {
        "kind": "access",
        "person": "Jo Smith",
        "contact": "07700 900123",
        "details": "",
        "received_on": NOW.date(),
    }
    return lambda session: requests.add(session, **asked, **TAP)


def text_customer(session: Session) -> Act:
    customer = a_customer(session)
    return lambda session: messages.text_customer(session, customer_id=customer.id, body="Your scarf is here", **TAP)


def start_import(_session: Session) -> Act:
    def start(session: Session) -> Any:
        content = io.BytesIO(b"First Name,Last Name,Mobile\nAnn,Lee,07700 900901\n")
        return runs.start(session, kind="customers", file_name="a.csv", content=content, **TAP)

    return start


ACTS = [
    add_customer,
    add_event,
    add_series,
    join_waitlist,
    add_campaign,
    save_view,
    add_tag,
    add_field,
    add_request,
    text_customer,
    start_import,
]


@pytest.mark.parametrize("prepared", ACTS)
def test_the_second_finds_what_the_first_adds(venue: Venue, prepared: Callable[[Session], Act]) -> None:
    with venue.transaction(MANAGER) as session:
        act = prepared(session)

    def tap() -> Any:
        with venue.transaction(MANAGER) as session:
            return ids(act(session))

    with ThreadPoolExecutor(1) as pool:
        with venue.transaction(MANAGER) as session:
            first = ids(act(session))
            rows = counted(session)
            second = pool.submit(tap)
            wait_until_one_waits(venue)
        assert second.result() == first
    with venue.reading(MANAGER) as session:
        assert counted(session) == rows


def ids(added: Any) -> Any:
    if isinstance(added, list | tuple):
        return [ids(each) for each in added]
    return getattr(added, "id", added)


def counted(session: Session) -> dict[str, int]:
    """How many rows each table has, as the session sees it."""
    names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).all()
    return {name: session.scalars(text(f'SELECT count(*) FROM "{name}"')).one() for name in names}
