"""The checks of `doctor` of what is in the database: the journal, the accounts, the search."""

from collections.abc import Iterator

from cli.finding import Finding
from db import search
from db.postgresql import has_our_settings, is_read_only
from db.session import DatabaseUnavailable
from venue.journal import verify
from venue.profile import Venue
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts

NAME_THE_POOLER = "DATABASE_URL must name PostgreSQL itself, and the pooler at its end: ?pooler=HOST:PORT"


def findings(venue: Venue, *, is_demo: bool) -> Iterator[Finding]:
    """Whether the journal is whole, a manager can sign in, and PostgreSQL can search."""
    yield _journal(venue)
    yield from _managers(venue, is_demo=is_demo)
    if not venue.bulk_texts.can_be_answered:
        words = "TWILIO_FROM has letters in it: guests can answer no text, nor stop them with STOP"
        yield Finding(False, f"{words}. Use a number, or a messaging service")
    if venue.database.dialect == "postgresql":
        yield from _writing(venue)
        yield _search(venue)
        yield _own_settings(venue)
        yield from _past_the_pooler(venue)


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


def _writing(venue: Venue) -> Iterator[Finding]:
    with venue.transaction(COMMAND_LINE) as session:
        found = is_read_only(session)
    if found:
        yield Finding(False, "The database is read-only, so nothing can be saved: is it a standby, or its disk full?")


def _search(venue: Venue) -> Finding:
    with venue.reading(COMMAND_LINE) as session:
        found = search.has_trigrams(session)
    if not found:
        return Finding(False, "The extension pg_trgm is missing, so searching is slow: CREATE EXTENSION pg_trgm")
    return Finding(True, "PostgreSQL has pg_trgm, for searching")


def _own_settings(venue: Venue) -> Finding:
    database = venue.database
    through = f" through the pooler at {database.pooler}" if database.pooler else ""
    with venue.reading(COMMAND_LINE) as session:
        found = has_our_settings(session)
    if not found:
        words = f"The database does not get our settings, such as time limits{through}"
        return Finding(False, f"{words}: is PgBouncer in between? {NAME_THE_POOLER}")
    return Finding(True, f"PostgreSQL gets our settings{through}")


def _past_the_pooler(venue: Venue) -> Iterator[Finding]:
    """Backups go to PostgreSQL itself, where DATABASE_URL must lead."""
    if not venue.database.pooler:
        return
    try:
        with venue.database.past_the_pooler() as itself, itself.reading() as session:
            itself.check()
            is_itself = has_our_settings(session)
    except DatabaseUnavailable as error:
        yield Finding(False, f"{error}: backups cannot go past the pooler")
        return
    if not is_itself:
        yield Finding(False, f"Backups do not get past the pooler. {NAME_THE_POOLER}")
