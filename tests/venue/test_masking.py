"""Viewers see no full number: every public function is called as one, and all that it returns is searched."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Result, Row, Select
from sqlalchemy.orm import Session

from db.models import Base, Message, MessageAttempt, Pause, VenueSetting
from db.session import open_database
from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER_AND_SCHEDULER,
    NOW,
    STAFF,
    VIEWER,
    a_booking,
    a_customer,
    a_venue,
    an_event,
    hours,
    minutes,
)
from tests.venue.public_functions import WITH_SESSION, call
from venue import acts, customers, fields, households, masking, messages, privacy
from venue.customers import deletions
from venue.delivery import after_restore
from venue.errors import NotAllowed
from venue.messages import log, needs_call
from venue.messages.filters import MessageFilter
from venue.profile import Venue
from venue.roles import Actor

JO, STRANGER = "+447700900123", "+447700900124"
# In a note, in a text and in the provider's answer.
TYPED = "Partner: 07700 900123"

# Functions that return numbers to those who may see them. Each is known to be reached with a number by these tests.
RETURNS_NUMBERS = {
    "venue.bookings.find.for_customer",
    "venue.bookings.find.row",
    "venue.bookings.guests.for_event",
    "venue.bookings.guests.of_customers",
    "venue.bookings.guests.page_for_event",
    "venue.customers.lookalikes.lookalikes",
    "venue.customers.edit.row",
    "venue.customers.find.every",
    "venue.customers.find.search",
    "venue.delivery.after_restore.found",
    "venue.delivery.schedulers.state",
    "venue.households.find.listed",
    "venue.households.find.of",
    "venue.households.find.offers",
    "venue.households.find.with_same_number",
    "venue.fields.find.values_of",
    "venue.insight.search_everything.search_everything",
    "venue.insight.today.overview",
    "venue.journal.entries.get",
    "venue.journal.entries.page",
    "venue.journal.entries.values_of",
    "venue.journal.undo.preview",
    "venue.messages.log.due_next",
    "venue.messages.log.every",
    "venue.messages.log.for_customer",
    "venue.messages.log.listing",
    "venue.messages.log.sent_again",
    "venue.messages.log.story",
    "venue.messages.needs_call.for_event",
    "venue.messages.pauses.current",
    "venue.messages.needs_call.listing",
    "venue.messages.upcoming.get",
    "venue.messages.upcoming.this_week",
    "venue.replies.conversations.read",
}

# It returns a row to insert, within a command that has checked.
FOR_WRITES = {"venue.messages.planning.about"}


def a_text(session: Session, **columns: Any) -> Message:
    """A text that did not arrive, to Jo, whose every column of text contains the number."""
    values = {
        "kind": Kind.MANUAL.value,
        "dedupe_key": f"manual:{uuid4().hex}",
        "state": "failed",
        "reason": TYPED,
        "mobile_number": JO,
        "body": TYPED,
        "due_at": NOW + minutes(10),
        "useful_until": NOW + hours(24),
        "created_at": NOW,
        "updated_at": NOW,
    }
    text = Message(**values | columns)
    session.add(text)
    session.flush()
    return text


def rows_with_numbers(session: Session, *, shared: bool = False) -> dict[str, Any]:
    """One row of each kind that has a number, and the arguments that find it. A `shared` number is that of two others,
    one of the same household."""
    contact = fields.add(session, name="Contact", kind="text", now=NOW).id
    customer = a_customer(session, mobile_number=STRANGER, notes=TYPED, own={contact: TYPED})
    customers.update(session, customer.id, version=1, mobile_number=JO, now=NOW)
    entry_id = acts.last_entry(session)
    if shared:
        households.join(session, [customer.id, a_customer(session, mobile_number=JO).id], now=NOW)
        a_customer(session, first_name="Ann", mobile_number=JO)
    event = an_event(session)
    booking = a_booking(session, customer, event, notes=TYPED)
    about = {"customer_id": customer.id, "booking_id": booking.id, "event_id": event.id}
    failed = a_text(session, **about)
    a_text(session, **about, again_of_id=failed.id)
    a_text(session, mobile_number=STRANGER)
    a_text(session, mobile_number=JO)
    queued = a_text(session, **about, state="planned")
    a_text(session, state="received", direction="in", kind="inbound", mobile_number=STRANGER)
    found = {"dedupe_key": f"{after_restore.FOUND}1", "state": "sent", "provider_id": "SM1", "sent_at": NOW}
    a_text(session, **found)
    held = f'{{"phase": "held", "since": "{(NOW - hours(1)).isoformat()}"}}'
    session.add(VenueSetting(name=after_restore.SENDING_HELD, value=held, updated_at=NOW))
    session.add(Pause(account="AC1", scope="", reason=TYPED, paused_at=NOW, try_again_at=NOW))
    attempt = {"started_at": NOW, "ended_at": NOW, "outcome": "refused", "detail": TYPED}
    session.add(MessageAttempt(message_id=failed.id, fence=1, worker="w", **attempt))
    session.flush()
    return {
        "subject_id": customer.id,
        **about,
        "entry_id": entry_id,
        "message_id": failed.id,
        "queued_id": queued.id,
        "message_ids": [failed.id],
        "customer_ids": [customer.id],
        "booking_ids": [booking.id],
        "typed": "Smith",
        "customer": customer,
        "event": event,
        "booking": booking,
        "mobile_number": JO,
        "first_name": "Jo",
        "last_name": "Smith",
        "version": 1,
        "body": "Hi {first_name}",
    }


def returned(session: Session, name: str, rows: dict[str, Any]) -> Any:
    """What the function returns, or the error that it raises."""
    if name.startswith("venue.messages.upcoming."):
        rows = {**rows, "message_id": rows["queued_id"]}
    try:
        return call(WITH_SESSION[name], session, **rows)
    except Exception as error:
        return error


def numbers_in(session: Session, value: Any, seen: set[int] | None = None) -> set[str]:
    """The full numbers in a value, and in everything that it consists of."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return set()
    seen.add(id(value))
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, str):
        digits = re.sub(r"\D", "", value)
        return {number for number in (JO, STRANGER) if number.removeprefix("+44") in digits}
    parts = list(parts_of(session, value))
    # What is searched must stay in memory: ids are not unique otherwise.
    return {number for part in parts for number in numbers_in(session, part, seen)}


def parts_of(session: Session, value: Any) -> Iterable[Any]:
    if isinstance(value, Select):
        return session.execute(value, log.attention_values(NOW)).all()
    if isinstance(value, Result):
        return value.all()
    if isinstance(value, Row):
        return tuple(value)
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, Base):
        return [getattr(value, column.key) for column in value.__table__.columns]
    if isinstance(value, Exception):
        return [*value.args, *vars(value).values()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Venue):
        properties = [name for name, each in vars(type(value)).items() if isinstance(each, property)]
        return [*(vars(value) or {}).values(), *(getattr(value, name) for name in properties)]
    return ()


WithRows = Callable[[str], tuple[Session, dict[str, Any]]]


@pytest.fixture(scope="module")
def with_rows(new_database: Callable[..., str]) -> Iterator[WithRows]:
    """The session for a function, and the rows that it may find: made once for hundreds of functions."""
    made: dict[bool, tuple[Session, dict[str, Any]]] = {}
    with ExitStack() as at_the_end:

        def of(name: str) -> tuple[Session, dict[str, Any]]:
            shared = name.startswith("venue.households.")
            if shared not in made:
                venue = a_venue(open_database(new_database("sqlite")))
                session = at_the_end.enter_context(venue.transaction(MANAGER_AND_SCHEDULER))
                at_the_end.callback(session.rollback)
                made[shared] = session, rows_with_numbers(session, shared=shared)
            return made[shared]

        yield of


def numbers_told(with_rows: WithRows, name: str, actor: Actor) -> set[str]:
    """The full numbers that the function tells the actor. What it wrote is undone."""
    session, rows = with_rows(name)
    tried = session.begin_nested()
    session.info["actor"] = actor
    try:
        return numbers_in(session, returned(session, name, rows))
    finally:
        tried.rollback()
        session.info["actor"] = MANAGER_AND_SCHEDULER


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - FOR_WRITES))
def test_no_function_returns_a_full_number_to_a_viewer(with_rows: WithRows, name: str) -> None:
    assert not numbers_told(with_rows, name, VIEWER)


@pytest.mark.parametrize("name", sorted(RETURNS_NUMBERS))
def test_the_search_for_numbers_finds_those_that_staff_see(with_rows: WithRows, name: str) -> None:
    assert numbers_told(with_rows, name, STAFF)


def test_both_databases_hide_the_last_digits(session: Session) -> None:
    customer_id: UUID = rows_with_numbers(session)["customer_id"]
    session.info["actor"] = VIEWER
    row = customers.row(session, customer_id)
    assert row.mobile_number == "+447700900•••"
    assert row.notes == "Partner: 07700 ••••••"
    assert {text.mobile_number for text in log.listing(session).rows} == {"+447700900•••"}


def test_guests_whose_numbers_look_alike_stay_apart(session: Session) -> None:
    rows_with_numbers(session)
    session.info["actor"] = VIEWER
    people = needs_call.listing(session, now=NOW).rows
    assert sorted((person.name, len(person.texts)) for person in people) == [("", 1), ("", 1), ("Jo Smith", 2)]


@pytest.mark.parametrize("words", ["900123", "07700 900", "+44 7700", "Jo 123", "٩٠٠١٢٣", "⁹⁰⁰", "123 Smith", "1"])
def test_a_viewer_finds_no_one_by_digits(session: Session, words: str) -> None:
    rows_with_numbers(session)
    assert customers.search(session, words, now=NOW).total == 1
    assert log.listing(session, MessageFilter(words=words)).total > 0
    session.info["actor"] = VIEWER
    assert customers.search(session, words, now=NOW).total == 0
    assert log.listing(session, MessageFilter(words=words)).total == 0


def test_a_viewer_cannot_sort_by_number(session: Session) -> None:
    for last_name, number in (("Adams", STRANGER), ("Brown", JO)):
        a_customer(session, last_name=last_name, mobile_number=number)

    def in_order() -> list[list[str]]:
        page = customers.search(session, sort="mobile_number", now=NOW)
        every = session.execute(customers.every(session, sort="mobile_number", now=NOW))
        return [[row.last_name for row in rows] for rows in (page.rows, every)]

    assert in_order() == [["Brown", "Adams"]] * 2
    session.info["actor"] = VIEWER
    assert in_order() == [["Adams", "Brown"]] * 2


def test_a_viewer_finds_customers_by_name(session: Session) -> None:
    rows_with_numbers(session)
    session.info["actor"] = VIEWER
    assert customers.search(session, "smi jo", now=NOW).total == 1


def test_a_viewer_is_not_told_whose_number_was_deleted(session: Session) -> None:
    customer = a_customer(session, mobile_number=JO)
    privacy.erase(session, customer.id, now=NOW)
    assert deletions.find(session, "07700 900123", now=NOW)
    session.info["actor"] = VIEWER
    assert deletions.find(session, "07700 900123", now=NOW) is None
    assert deletions.find(session, "Jo Smith", now=NOW)


def test_objects_with_a_full_number_are_not_for_viewers(session: Session) -> None:
    rows = rows_with_numbers(session)
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed, match="Vic may not see full numbers"):
        customers.get(session, rows["customer_id"])


def test_the_queries_of_those_who_see_full_numbers_stay_as_they_were(session: Session) -> None:
    def in_sql() -> str:
        queries = (customers.every(session, now=NOW), log.columns(session))
        return " ".join(str(query.compile(session.connection())) for query in queries)

    session.info["actor"] = STAFF
    assert "substr" not in in_sql()
    session.info["actor"] = VIEWER
    assert in_sql().count("substr(") == 2


def test_a_preview_for_a_viewer_names_no_number(session: Session) -> None:
    rows = rows_with_numbers(session)
    session.info["actor"] = VIEWER
    about = {"customer_id": rows["customer_id"], "event_id": rows["event_id"]}
    assert "Jo" in messages.preview(session, Kind.CONFIRMATION, **about, seats=2, now=IN_TWO_WEEKS - hours(48))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Call 07700 900123 or 07700900124", "Call 07700 •••••• or 07700••••••"),
        ("07700900123 07700900124", "07700•••••• •••••••••••"),
        ("+44 (0)7700-900-123!", "+44 (0)77••-•••-•••!"),
        ("07700/900123, 07700 – 900\u202f124", "07700/••••••, 07700 – •••\u202f•••"),
        ("07700\n900123", "07700\n••••••"),
        ("[07700]_900·123", "[07700]_•••·•••"),
        ("2027-01-29T19:30:00.123456+00:00", "2027-01-29T19:30:00.123456+00:00"),
        ("from 19:30 to 22:00 on 29/01/2027", "from 19:30 to 22:00 on 29/01/2027"),
        ("01234567-8901-4234-8567-890123456789 07700900123", "01234567-8901-4234-8567-890123456789 07700••••••"),
        ("SM0123456789012345678901234567890a", "SM0123456789012345678901234567890a"),
        ("077009001230770090012307700900123", "07700••••••••••••••••••••••••••••"),
        ("Table 12, 4 seats", "Table 12, 4 seats"),
        ("", ""),
    ],
)
def test_numbers_within_text_are_hidden(text: str, shown: str) -> None:
    assert masking.hide_numbers(text) == shown
