"""Taking files in, as tests do."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.makers import NOW
from venue import imports
from venue.imports import Report
from venue.imports.table import Row

HEADER = "First Name,Last Name,Mobile,Notes\n"
ON = (NOW + timedelta(days=14)).date().isoformat()
SAMPLE = Path(__file__).parents[3] / "db" / "sample"


def take_customers(session: Session, content: str | bytes, **over: Any) -> Report:
    data = content.encode() if isinstance(content, str) else content
    table = imports.importer_for(session, "customers").open(io.BytesIO(data))
    return imports.import_customers(session, table, now=over.pop("now", NOW), **over)


def take_events(session: Session, content: str | bytes, **over: Any) -> Report:
    data = content.encode() if isinstance(content, str) else content
    table = imports.EVENTS.open(io.BytesIO(data))
    return imports.import_events(session, table, now=over.pop("now", NOW), **over)


def take_bookings(session: Session, content: str | bytes, **over: Any) -> Report:
    data = content.encode() if isinstance(content, str) else content
    table = imports.BOOKINGS.open(io.BytesIO(data))
    return imports.import_bookings(session, table, now=over.pop("now", NOW), **over)


def take_sample(session: Session) -> dict[str, Report]:
    now = NOW - timedelta(days=54)
    return {
        "customers": take_customers(session, (SAMPLE / "customers.csv").read_bytes(), now=now),
        "events": take_events(session, (SAMPLE / "events.csv").read_text(), now=now),
        "bookings": take_bookings(session, (SAMPLE / "bookings.csv").read_text(), now=now),
    }


def counts(report: Report) -> dict[str, int]:
    return {outcome.value: count for outcome, count in report.counts.items() if count}


def booking_rows(*rows: str) -> str:
    return "\n".join(["Mobile,First Name,Last Name,Event,Event Date,Seats,Notes", *rows, ""])


def read_customers(content: str | bytes, **mapped: str) -> list[Row]:
    """The rows of a file of customers, before any is checked."""
    data = content.encode() if isinstance(content, str) else content
    return list(imports.CUSTOMERS.open(io.BytesIO(data), mapped=mapped).rows())
