"""The checks of `doctor` of what is in the database: the journal, the accounts, the search."""

from collections.abc import Iterator

from cli.finding import Finding
from db import search
from db.session import has_our_settings
from venue.journal import verify
from venue.profile import Venue
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts


def findings(venue: Venue, *, is_demo: bool) -> Iterator[Finding]:
    """Whether the journal is whole, a manager can sign in, and PostgreSQL can search."""
    yield _journal(venue)
    yield from _managers(venue, is_demo=is_demo)
    if not venue.bulk_texts.can_be_answered:
        words = "TWILIO_FROM has letters in it: guests can answer no text, nor stop them with STOP"
        yield Finding(False, f"{words}. Use a number, or a messaging service")
    if venue.database.dialect == "postgresql":
        yield _search(venue)
        yield _own_settings(venue)


def _journal(venue: Venue) -> Finding:
    with venue.reading_at_length(COMMAND_LINE) as session:
        report = verify.verify(session)
    if report.problems:
        return Finding(False, f"The journal was changed from outside: {report.problems[0].sentence}")
    return Finding(True, "The journal is whole")


def _managers(venue: Venue, *, is_demo: bool) -> Iterator[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        managers = [row for row in accounts.listed(session) if row.role == Role.MANAGER and not row.disabled_at]
    if not managers and not is_demo:
        yield Finding(False, "No manager can sign in: python manage.py staff set-up, or staff add NAME --role manager")


def _search(venue: Venue) -> Finding:
    with venue.reading(COMMAND_LINE) as session:
        found = search.has_trigrams(session)
    if not found:
        return Finding(False, "The extension pg_trgm is missing, so searching is slow: CREATE EXTENSION pg_trgm")
    return Finding(True, "PostgreSQL has pg_trgm, for searching")


def _own_settings(venue: Venue) -> Finding:
    with venue.reading(COMMAND_LINE) as session:
        found = has_our_settings(session)
    if not found:
        words = "The database does not get the settings of our connections: is a pooler such as PgBouncer in between?"
        return Finding(False, f"{words} Connect to PostgreSQL itself")
    return Finding(True, "PostgreSQL has the settings of our connections")
