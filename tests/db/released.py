"""A database of the first version (revision 0001): its tables, and rows as that version stored them.

The same rows each time, one by one, so that they need not be kept in memory to be compared later.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Connection, Integer, TableClause, Text, Uuid, column, insert, table
from sqlalchemy.types import TypeEngine

from db.types import Instant
from tests.makers import NOW

Row = dict[str, Any]

# Sentences of skipped messages up to revision 0007, and the cause that 0008 reads from each.
SKIPPED = {
    "Opted out: they texted STOP": "opted_out",
    "Texts to this number were stopped by staff": "stopped_by_staff",
    "This number cannot receive texts: This is a landline and cannot receive texts.": "cannot_receive",
    "Too late: it would have been of no use any more": "too_late",
    "Too late: it was held until it was of no use any more": "too_late",
    "Booked too late for this reminder": "booked_too_late",
    "Replaced: the event has moved": "replaced",
    "Replaced: the event has moved again": "replaced",
    "Replaced: the text still waiting to go says it": "replaced",
    "The event is cancelled": "event_cancelled",
    "The event is on again": "event_on_again",
    "The booking was deleted": "booking_deleted",
    "The customer was deleted": "customer_deleted",
    "Written by hand": None,
}

# First name, last name, and both as that version folded them for searching.
NAMES = (
    ("Jo", "Smith", "jo smith", "smith\x1fjo"),
    ("Seán", "Ní Dhomhnaill", "sean ni dhomhnaill", "ni dhomhnaill\x1fsean"),
    ("Pat", "O´Dea", "pat o dea", "o dea\x1fpat"),
    ("李", "小龙", "li xiaolong", "xiaolong\x1fli"),
    ("Anne-Marie", "Fitzgerald-Hughes", "anne marie fitzgerald hughes", "fitzgerald hughes\x1fanne marie"),
    # Two spaces: refused since revision 0004, and kept where they are.
    ("Mary  Ann", "Taylor", "mary ann taylor", "taylor\x1fmary ann"),
)
STATES = ("planned", "held", "sent", "delivered", "undelivered", "failed", "unsure", "skipped", "skipped", "skipped")
REASONS = {"held": "Held by staff", "failed": "Twilio refused it", "unsure": "Twilio's answer was lost"}
KINDS = ("confirmation", "change", "event_moved", "reminder_7_day", "reminder_24_hour")
CUSTOMERS_TO_AN_EVENT = 50
SOME_DAYS = timedelta(days=20)
AT_ONCE = 1_000


def _table(name: str, types: dict[type[TypeEngine[Any]], str]) -> TableClause:
    return table(name, *(column(each, of_type()) for of_type, names in types.items() for each in names.split()))


CUSTOMERS = _table(
    "customers",
    {
        Uuid: "id",
        Text: "first_name last_name mobile_number notes form_token search_text sort_key",
        Integer: "version search_id",
        Instant: "created_at updated_at active_until reminder_until",
    },
)
EVENTS = _table(
    "events",
    {
        Uuid: "id",
        Text: "name short_name category notes form_token",
        Integer: "capacity schedule_rev version",
        Instant: "starts_at cancelled_at created_at updated_at",
    },
)
BOOKINGS = _table(
    "bookings",
    {
        Uuid: "id customer_id event_id",
        Text: "notes",
        Integer: "seats version",
        Instant: "created_at updated_at told_at",
        Boolean: "arrived",
    },
)
MESSAGES = _table(
    "messages",
    {
        Uuid: "id customer_id booking_id event_id again_of_id",
        Text: "dedupe_key direction kind state reason mobile_number body encoding account provider_id error_code",
        Integer: "segments priority fence empty_looks polls retries",
        Instant: "due_at useful_until next_step_at created_at updated_at sent_at final_at",
        Boolean: "resent erase_when_settled",
    },
)
ATTEMPTS = _table(
    "message_attempts",
    {
        Uuid: "id message_id",
        Text: "worker outcome detail provider_id",
        Integer: "fence",
        Instant: "started_at ended_at",
    },
)


def fill(connection: Connection, *, customers: int) -> None:
    """Insert that many customers, with two bookings each, and for each booking two messages and an attempt."""
    for stored, rows in every_table(customers).items():
        while chunk := list(islice(rows, AT_ONCE)):
            connection.execute(insert(stored), chunk)


def every_table(customers: int) -> dict[TableClause, Iterator[Row]]:
    """The rows of each table in the order of their ids."""
    bookings = 2 * customers
    return {
        CUSTOMERS: map(customer, range(customers)),
        EVENTS: map(event, range(customers // CUSTOMERS_TO_AN_EVENT + 2)),
        BOOKINGS: map(booking, range(bookings)),
        MESSAGES: map(message, range(2 * bookings)),
        ATTEMPTS: map(attempt, range(bookings)),
    }


def customer(number: int) -> Row:
    first_name, last_name, folded, sort_key = NAMES[number % len(NAMES)]
    digits = f"7700900{number % 1000:03d}"
    return {
        "id": UUID(int=number),
        "first_name": first_name,
        "last_name": last_name,
        "mobile_number": f"+44{digits}",
        "notes": f"Table {number}, by the window" if number % 3 else "",
        "form_token": f"token {number}" if number % 2 else None,
        "search_text": f"{folded} 44{digits} 0{digits}",
        "sort_key": sort_key,
        "version": 1 + number % 4,
        "search_id": number,
        "active_until": NOW + SOME_DAYS if number % 2 else None,
        "reminder_until": None if number % 2 else NOW + SOME_DAYS,
        **_stored_at(number),
    }


def event(number: int) -> Row:
    return {
        "id": UUID(int=number),
        "name": f"Quiz Night {number} — ‘the café one’",
        "short_name": f"Quiz {number}",
        "category": "Quiz",
        "notes": "Two rounds\nand a raffle",
        "form_token": None,
        "capacity": None if number % 3 else 400,
        "schedule_rev": number % 3,
        "version": 1 + number % 3,
        "starts_at": NOW + SOME_DAYS * (number % 2 or -1),
        "cancelled_at": None if number % 10 else NOW,
        **_stored_at(number),
    }


def booking(number: int) -> Row:
    customer_number, second = divmod(number, 2)
    return {
        "id": UUID(int=number),
        "customer_id": UUID(int=customer_number),
        "event_id": UUID(int=customer_number // CUSTOMERS_TO_AN_EVENT + second),
        "notes": "Birthday 🎂" if number % 7 == 0 else "",
        "seats": number % 5,
        "version": 1 + number % 2,
        "told_at": NOW if number % 3 else None,
        "arrived": (None, True, False)[number % 3],
        **_stored_at(number),
    }


def message(number: int) -> Row:
    """A message in each state in turn. Skipped ones have each sentence in turn, with which 0001 said why."""
    booked = booking(number // 2)
    state = STATES[number % len(STATES)]
    kind = KINDS[number // len(STATES) % len(KINDS)]
    left = state not in ("planned", "held", "skipped")
    return {
        "id": UUID(int=number),
        "customer_id": booked["customer_id"],
        "booking_id": booked["id"],
        "event_id": booked["event_id"],
        "again_of_id": UUID(int=number - 1) if number % 40 == 5 else None,
        "dedupe_key": f"{kind}:{number}",
        "direction": "out",
        "kind": kind,
        "state": state,
        "reason": list(SKIPPED)[number % len(SKIPPED)] if state == "skipped" else REASONS.get(state, ""),
        "mobile_number": f"+447700900{number % 1000:03d}" if left else None,
        "body": f"The Anchor: see you at {kind} {number} 🎉" if left else None,
        "encoding": "UCS-2" if left else None,
        "account": "AC1" if left else None,
        "provider_id": f"SM{number:032x}" if state in ("sent", "delivered", "undelivered") else None,
        "error_code": "30005" if state == "undelivered" else None,
        "segments": 1 if left else None,
        "priority": 1 if kind.startswith("reminder") else 0,
        "fence": int(left),
        **dict.fromkeys(("empty_looks", "polls", "retries"), number % 3),
        "due_at": NOW,
        "useful_until": NOW + SOME_DAYS,
        # A message whose outcome is unknown and that has no next step was settled by staff.
        "next_step_at": NOW if number % 3 else None,
        "sent_at": NOW if left else None,
        "final_at": NOW if state == "delivered" else None,
        "resent": number % 11 == 0,
        "erase_when_settled": state == "unsure" and number % 4 == 0,
        **_stored_at(number),
    }


def attempt(number: int) -> Row:
    return {
        "id": UUID(int=number),
        "message_id": UUID(int=2 * number),
        "worker": "scheduler",
        "outcome": "sent" if number % 2 else None,
        "detail": "" if number % 2 else "ReadTimeout",
        "provider_id": None,
        "fence": 1,
        "started_at": NOW,
        "ended_at": NOW if number % 2 else None,
    }


def _stored_at(number: int) -> Row:
    created_at = NOW - timedelta(seconds=number, microseconds=number % 1_000)
    return {"created_at": created_at, "updated_at": created_at + timedelta(minutes=number % 60)}
