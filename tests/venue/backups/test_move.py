"""Everything is carried from SQLite to PostgreSQL, and nothing is half carried."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cli import move as cli
from db import backup, schema
from db.backup_problem import BackupProblem
from db.models import Base, Customer, Erasure, Heartbeat, JournalEntry
from db.move import NOT_COPIED
from db.session import Database, open_briefly, open_database
from db.writes import insert_once
from tests.databases import KINDS_OF_DATABASE
from tests.db import released
from tests.makers import MANAGER, NOW, a_booking, a_customer, a_venue, days
from tests.venue.fields.making import a_field
from tests.venue.merging.two_of_them import merge
from venue import customers, duplicates, households, tags, views
from venue.backups import move
from venue.customers import booking_status
from venue.journal import seals, verify
from venue.profile import Venue
from venue.roles import SCHEDULER

HOW_MANY = 100_000 if os.environ.get("SOAK") == "full" else 2_000


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def target(new_database: Callable[..., str]) -> Iterator[Database]:
    database = open_database(new_database("postgresql", migrated=False))
    yield database
    database.close()


def rows(database: Database) -> dict[str, list[tuple]]:
    with database.reading_at_length() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
            if name not in NOT_COPIED
        }


# The tables of what is known about people.
KNOWN = (
    *("tags", "customer_tags", "custom_fields", "field_choices", "customer_values", "households", "household_members"),
    *("saved_views", "duplicate_pairs", "merged_customers"),
)


def what_is_known(session: Session) -> None:
    """Rows in all of them."""
    ann, bob, cy, twin = (a_customer(session, first_name=name) for name in ("Ann", "Bob", "Cy", "Ann"))
    tags.put_on(session, ann.id, tags.add(session, name="Crème", now=NOW).id, last_day=NOW.date(), now=NOW)
    values = {"text": "\\N", "number": "0.1", "day": "1980-03-06", "flag": "no", "choice": "Bar"}
    own = {a_field(session, f"Own {kind}", kind): value for kind, value in values.items()}
    customers.update(session, ann.id, version=1, own=own, now=NOW)
    households.join(session, [ann.id, bob.id], now=NOW)
    duplicates.decide(session, ann.id, cy.id, answer="not_same", now=NOW)
    views.save(session, name="Café", query={"q": "é"}, columns=["tags"], shared=True, now=NOW)
    merge(session, ann, twin)


def test_every_row_of_every_table_is_the_same(venue: Venue, target: Database) -> None:
    with venue.transaction(MANAGER) as session:
        for number in range(5):
            a_booking(session, a_customer(session, last_name=f"Müller-{number}", notes="Two\nlines\t\\. and 🍺"))
        what_is_known(session)
    seals.seal_all(lambda: venue.transaction(SCHEDULER), now=NOW)

    moved = move.to_postgresql(venue, target, now=NOW + days(1))

    before, after = rows(venue.database), rows(target)
    entries = before.pop("journal_entries"), after.pop("journal_entries")
    assert after == before
    assert set(entries[0]) < set(entries[1])
    assert moved.journal_is_right
    assert [name for name in KNOWN if not before[name]] == []
    assert moved.copied.rows["customers"] == 8
    schema.check(target)
    copy = a_venue(target)
    with copy.reading_at_length(MANAGER) as session:
        assert verify.verify(session).counts == {}
        assert customers.search(session, "muller").total == 5
        assert customers.search(session, "").total == 8
        assert booking_status.drifted(session) == []
        last = session.scalars(select(JournalEntry.act).order_by(JournalEntry.id.desc())).first()
        assert last == "database.moved"


def test_the_copy_goes_on_where_the_original_was(venue: Venue, target: Database) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session)
        a_customer(session)
        last = session.execute(text("SELECT max(id) FROM journal_entries")).scalar()
        session.execute(text("DELETE FROM journal_values WHERE entry_id = :last"), {"last": last})
        session.execute(text("DELETE FROM journal_entries WHERE id = :last"), {"last": last})
    move.to_postgresql(venue, target, now=NOW)
    with a_venue(target).transaction(MANAGER) as session:
        a_booking(session)
        # The number of the removed entry is not used again.
        ids = session.scalars(select(JournalEntry.id).order_by(JournalEntry.id)).all()
        assert last not in ids
        assert ids[-1] > last
    with a_venue(target).reading(MANAGER) as session:
        assert customers.search(session, "").total == 3


def test_a_database_in_use_is_not_overwritten(venue: Venue, target: Database) -> None:
    schema.migrate(target)
    with a_venue(target).transaction(MANAGER) as session:
        a_customer(session)
    with pytest.raises(BackupProblem, match="has customers: copy into an empty one"):
        move.to_postgresql(venue, target, now=NOW)
    with target.reading() as session:
        assert backup.count_rows(session)["customers"] == 1


def test_a_database_that_only_has_erasures_is_not_overwritten(venue: Venue, target: Database) -> None:
    schema.migrate(target)
    with a_venue(target).transaction(MANAGER) as session:
        insert_once(session, Erasure, [{"customer_id": uuid4(), "erased_at": NOW, "actor": "Max"}])
    with pytest.raises(BackupProblem, match="has erasures: copy into an empty one"):
        move.to_postgresql(venue, target, now=NOW)
    with target.reading() as session:
        assert backup.count_rows(session)["erasures"] == 1


def test_an_older_database_in_use_is_not_even_migrated(venue: Venue, target: Database) -> None:
    schema.migrate(target, to="0011")
    with pytest.raises(schema.SchemaMismatch):
        move.to_postgresql(venue, target, now=NOW)
    assert schema.revision_of(target) == "0011"


def test_nul_characters_are_removed_and_counted(venue: Venue, target: Database) -> None:
    with venue.transaction(MANAGER) as session:
        customer_id = a_customer(session).id
        session.execute(text("UPDATE customers SET notes = 'a' || char(0) || 'b'"))
    moved = move.to_postgresql(venue, target, now=NOW)
    assert moved.copied.removed == 1
    with target.reading() as session:
        assert session.scalar(select(Customer.notes).where(Customer.id == customer_id)) == "ab"


def test_rows_from_before_a_check_are_carried_too(venue: Venue, target: Database) -> None:
    """As an update to a later version leaves them. New rows are checked all the same."""
    with venue.transaction(MANAGER) as session:
        customer_id = a_customer(session).id
        session.execute(text("DROP TRIGGER guard_customers_first_name_update"))
        session.execute(text("UPDATE customers SET first_name = 'Two  spaces'"))
    move.to_postgresql(venue, target, now=NOW)
    with target.reading() as session:
        assert session.scalar(select(Customer.first_name).where(Customer.id == customer_id)) == "Two  spaces"
        checks = text("SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND NOT convalidated")
        assert session.scalar(checks) == 6


def test_a_row_that_postgresql_refuses_leaves_the_target_empty(venue: Venue, target: Database) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session)
        # SQLite knows no lengths of texts.
        session.add(Heartbeat(worker="x" * 81, started_at=NOW, seen_at=NOW))
    with pytest.raises(BackupProblem, match="does not accept the rows of heartbeats: value too long"):
        move.to_postgresql(venue, target, now=NOW)
    with target.reading() as session:
        assert sum(backup.count_rows(session).values()) == 1


def test_an_sqlite_database_in_use_is_refused(venue: Venue, target: Database) -> None:
    with open_briefly(venue.database.engine.url) as other, other.reading() as session:
        session.scalar(select(Customer.id))
        with pytest.raises(BackupProblem, match="in use by other processes"):
            move.to_postgresql(venue, target, now=NOW)


def test_only_from_sqlite_to_postgresql(venue: Venue, target: Database) -> None:
    with pytest.raises(BackupProblem, match="DATABASE_URL must be the SQLite database"):
        move.to_postgresql(venue, venue.database, now=NOW)


def test_the_command_reports_what_it_did(venue: Venue, target: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    monkeypatch.setattr(cli, "open_venue", lambda: venue)
    url = target.engine.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(cli.copy_to_postgresql, [url])
    assert result.exit_code == 0, result.output
    assert "Copied and compared: 1 customer, 1 booking, 3 messages; " in result.output
    assert "The journal is verified." in result.output


@pytest.mark.soak
def test_many_customers_are_moved_in_seconds(
    new_database: Callable[..., str], target: Database, tmp_path: Path
) -> None:
    source = open_database(new_database(KINDS_OF_DATABASE[0], migrated=False))
    schema.migrate(source, to="0001")
    with source.engine.begin() as connection:
        released.fill(connection, customers=HOW_MANY)
    schema.migrate(source)
    started = time.monotonic()
    moved = move.to_postgresql(a_venue(source), target, now=NOW)
    print(f"{sum(moved.copied.rows.values()):,} rows moved in {time.monotonic() - started:.1f} seconds")
    assert moved.copied.rows["customers"] == HOW_MANY
    source.close()
