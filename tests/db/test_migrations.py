"""The stored shape: made from nothing, the same as the models, and refused when it is another."""

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from db import schema
from db.models import Base, Customer, Import, ImportMapping, Message, SavedView
from db.schema import SchemaMismatch
from db.session import Database, open_database
from tests.db.released import SKIPPED
from tests.makers import MANAGER, NOW, a_venue
from venue import customers
from venue.customers import CustomerFilter
from venue.delivery.due_messages import SENDING_HELD
from venue.delivery.inbound import LISTED
from venue.delivery.schedulers import DAY_USED_UP
from venue.keyed_hashes import KEY


def include_name(name: str | None, _type: str, _parents: object) -> bool:
    return not (name or "").startswith(("customers_search", "ix_customers_search"))


def test_an_empty_database_becomes_the_venue(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    schema.migrate(database)
    schema.check(database)


def test_migrating_again_changes_nothing(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    schema.migrate(database)
    schema.migrate(database)
    schema.check(database)


@pytest.mark.filterwarnings("ignore:autogenerate skipping", "ignore:Skipped unsupported reflection")
@pytest.mark.filterwarnings("ignore:Can't validate argument 'dialect_options'")  # Of a check that is NOT VALID.
def test_migrations_and_models_tell_the_same(database_url: str) -> None:
    with open_database(database_url).engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": include_name, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_migration_may_take_longer_than_other_statements(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[Any] = []

    def upgrade(config: Config, _to: str) -> None:
        limits.append(config.attributes["connection"].scalar(text("SHOW statement_timeout")))

    monkeypatch.setattr(schema.command, "upgrade", upgrade)
    schema.migrate(open_database(empty_database_url))
    assert limits == ["0"]


def test_every_index_of_the_models_is_in_the_database(database_url: str) -> None:
    """Those on expressions too, which the comparison above passes over on SQLite."""
    database = open_database(database_url)
    catalogue = {"sqlite": "SELECT name FROM sqlite_master", "postgresql": "SELECT indexname FROM pg_indexes"}
    with database.engine.connect() as connection:
        stored = set(connection.execute(text(catalogue[database.dialect])).scalars())
    assert {index.name for table in Base.metadata.tables.values() for index in table.indexes} <= stored


def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    with open_database(database_url).engine.connect() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.tables.values():
            named = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            stored = {c["name"] for c in inspector.get_check_constraints(table.name)}
            assert named <= stored, table.name


def test_an_empty_database_is_told_to_migrate(empty_database_url: str) -> None:
    with pytest.raises(SchemaMismatch, match=r"empty.*manage.py migrate"):
        schema.check(open_database(empty_database_url))


def test_an_older_database_is_told_to_migrate(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(database_url)
    _now_at(database, "0000")
    monkeypatch.setattr(schema, "_known_revisions", lambda: {"0000", "0001"})
    with pytest.raises(SchemaMismatch, match=r"older.*manage.py migrate"):
        schema.check(database)


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    _now_at(database, "9999")
    with pytest.raises(SchemaMismatch, match="newer than this version"):
        schema.check(database)
    with pytest.raises(SchemaMismatch, match="newer than this version"):
        schema.migrate(database)


def _now_at(database: Database, revision: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_what_is_planned_keeps_its_place_in_the_queue(empty_database_url: str) -> None:
    """Version 2 of the data has texts about an event between confirmations and reminders."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0001")
    columns = (
        "id, dedupe_key, direction, kind, state, reason, priority, created_at, updated_at, fence, empty_looks, polls, "
        "retries, resent, erase_when_settled"
    )
    for number, (kind, priority) in enumerate([("confirmation", 0), ("event_moved", 0), ("reminder_7_day", 1)]):
        values = f"'{number:032x}', '{kind}', 'out', '{kind}', 'planned', '', {priority}, '2027-01-15 12:00:00', "
        with database.engine.begin() as connection:
            values += "'2027-01-15 12:00:00', 0, 0, 0, 0, :no, :no"
            connection.execute(text(f"INSERT INTO messages ({columns}) VALUES ({values})"), {"no": False})
    schema.migrate(database)
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT kind, priority FROM messages ORDER BY priority")).all()
    assert [tuple(row) for row in found] == [("confirmation", 0), ("event_moved", 1), ("reminder_7_day", 2)]


def test_names_of_older_databases_are_found_without_their_apostrophes(empty_database_url: str) -> None:
    """Up to version 2 of the data some apostrophes were a space to search."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0002")
    asked = text("SELECT search_text, sort_key FROM customers ORDER BY mobile_number")
    with database.engine.begin() as connection:
        for number in range(3):
            insert_customer_at_version_2(connection, f"770090000{number}")
    schema.migrate(database)
    with a_venue(database).transaction(MANAGER) as session:
        old = session.execute(asked).all()
        for customer in session.scalars(select(Customer)):
            customers.update_search_text(session, customer)
        session.flush()
        assert session.execute(asked).all() == old
        assert customers.search(session, "odea").total == 3


def insert_customer_at_version_2(connection: Connection, digits: str) -> None:
    """Pat O´Dea, whose apostrophe was a space to search; `digits` are those of the number without +44."""
    values = {"id": uuid4(), "first_name": "Pat", "last_name": "O´Dea", "mobile_number": f"+44{digits}", "notes": ""}
    values |= {"created_at": NOW, "updated_at": NOW, "version": 1, "search_id": int(digits)}
    values |= {"search_text": f"pat o dea 44{digits} 0{digits}", "sort_key": "x"}
    types = {column.name: column.type for column in Customer.__table__.columns}
    stored = Table("customers", MetaData(), *(Column(name, types[name]) for name in values))
    connection.execute(insert(stored).values(values))


def insert_as_released(connection: Connection, row: dict[str, Any]) -> None:
    """A message as a version before 5 of the data has it."""
    zero = dict.fromkeys(("fence", "empty_looks", "polls", "retries"), 0)
    row = {"direction": "out", "reason": "", "priority": 2, **zero, "resent": False, **row}
    types = {"resent": Boolean(), **{column.name: column.type for column in Message.__table__.columns}}
    messages = Table("messages", MetaData(), *(Column(name, types[name]) for name in row))
    connection.execute(insert(messages).values(row))


def test_a_text_that_was_sent_once_more_is_counted_as_one(empty_database_url: str) -> None:
    """Up to version 4 of the data it was kept whether, and not how often."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0004")
    with database.engine.begin() as connection:
        for resent in (False, True):
            row = {"id": uuid4(), "dedupe_key": str(resent), "kind": "confirmation", "state": "planned"}
            row |= {"created_at": NOW, "updated_at": NOW, "erase_when_settled": False}
            insert_as_released(connection, row | {"resent": resent})
    schema.migrate(database)
    with database.engine.connect() as connection:
        found = connection.execute(select(Message.dedupe_key, Message.resends)).all()
    assert {tuple(row) for row in found} == {("False", 0), ("True", 1)}


def test_what_was_never_forgotten_is(empty_database_url: str) -> None:
    """Up to version 2 of the data a deleted customer's text stayed, once a person had said that it arrived."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0002")
    texts = {"looked for": NOW, "settled by hand": None}
    with database.engine.begin() as connection:
        for kind, next_step_at in texts.items():
            row = {
                "dedupe_key": kind,
                "kind": kind,
                "state": "unsure",
                "mobile_number": "+447700900123",
                "body": "Hi Jo",
            }
            row |= {"id": uuid4(), "created_at": NOW, "updated_at": NOW, "erase_when_settled": True}
            row |= {"next_step_at": next_step_at}
            insert_as_released(connection, row)
    schema.migrate(database)
    with database.engine.connect() as connection:
        left = connection.execute(select(Message.kind, Message.body, Message.mobile_number)).all()
    assert {tuple(row) for row in left} == {("looked for", "Hi Jo", "+447700900123"), ("settled by hand", None, None)}


def test_the_causes_of_skipped_messages_are_read_from_their_sentences_once(empty_database_url: str) -> None:
    """Up to version 7 of the data there was only the sentence. A refusal for a STOP has the provider's own."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0007")
    rows = [("skipped", reason, None, cause) for reason, cause in SKIPPED.items()]
    rows.append(("skipped", "This customer texted STOP and gets no texts from us. Call them.", "21610", "opted_out"))
    rows += [("failed", "Opted out: they texted STOP", "21610", None), ("planned", "", None, None)]
    with database.engine.begin() as connection:
        for number, (state, reason, error_code, _) in enumerate(rows):
            row = {"dedupe_key": str(number), "state": state, "reason": reason, "error_code": error_code}
            insert_at_version_7(connection, row)
    schema.migrate(database)
    with database.engine.connect() as connection:
        stored = connection.execute(select(Message.dedupe_key, Message.reason, Message.cause)).all()
    assert {row.dedupe_key: (row.reason, row.cause) for row in stored} == {
        str(number): (reason, cause) for number, (_, reason, _, cause) in enumerate(rows)
    }
    with pytest.raises(IntegrityError, match="ck_messages_cause"), database.engine.begin() as connection:
        connection.execute(update(Message).where(Message.state == "planned").values(cause="too_late"))


def test_filters_by_own_fields_can_be_read_and_say_the_same(empty_database_url: str) -> None:
    """Up to version 24 of the data they were stored as "Mum%2C%20Zo%C3%AB"."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0024")
    wanted = ((UUID(int=1), "Mum, Zoë 100%"), (UUID(int=2), "5..10"))
    before = ",".join(f"{field_id}~{quote(value, safe='')}" for field_id, value in wanted)
    stored = json.dumps({"q": "50%", "field": before})
    row = {"name": "Mums", "folded_name": "mums", "created_at": NOW, "updated_at": NOW, "updated_by": "Jo"}
    with database.engine.begin() as connection:
        connection.execute(insert(SavedView).values(id=uuid4(), query=stored, **row))
        connection.execute(insert(SavedView).values(id=uuid4(), query='{"q": "%20"}', **{**row, "folded_name": "all"}))
    schema.migrate(database)
    with database.engine.connect() as connection:
        query, other = connection.scalars(select(SavedView.query).order_by(SavedView.folded_name.desc())).all()
    assert "Mum, Zoë" in query
    assert CustomerFilter.from_query(json.loads(query)) == CustomerFilter(words="50%", own=wanted)
    assert other == '{"q": "%20"}'


def test_headings_of_imports_can_be_read_and_say_the_same(empty_database_url: str) -> None:
    """Up to version 25 of the data they were stored as "Zo\\u00eb"."""
    database = open_database(empty_database_url)
    schema.migrate(database, to="0025")
    said = {"header": json.dumps(["Zoë", "\\u"]), "mapping": json.dumps({"first_name": "Zoë"})}
    row = {"kind": "customers", "state": "done", "file_name": "a.csv", "size": 1, "actor": "Jo"}
    with database.engine.begin() as connection:
        connection.execute(insert(Import).values(id=uuid4(), **said, **row, created_at=NOW, updated_at=NOW))
        known = {"kind": "customers", "header_hash": "1", "mapping": said["mapping"]}
        connection.execute(insert(ImportMapping).values(id=uuid4(), **known, updated_at=NOW))
    schema.migrate(database)
    with database.engine.connect() as connection:
        (header, mapping), other = (
            connection.execute(select(Import.header, Import.mapping)).one(),
            connection.scalars(select(ImportMapping.mapping)).one(),
        )
    assert json.loads(header) == ["Zoë", "\\u"]
    assert "Zoë" in header
    assert mapping == other == '{"first_name": "Zoë"}'


def insert_at_version_7(connection: Connection, row: dict[str, Any]) -> None:
    zero = dict.fromkeys(("fence", "empty_looks", "polls", "retries"), 0)
    row = {"id": uuid4(), "direction": "out", "kind": "confirmation", "priority": 2, **zero, **row}
    row |= {"created_at": NOW, "updated_at": NOW, "erase_when_settled": False}
    types = {column.name: column.type for column in Message.__table__.columns}
    messages = Table("messages", MetaData(), *(Column(name, types[name]) for name in row))
    connection.execute(insert(messages).values(row))


def test_what_processes_remember_keeps_its_value_under_its_new_name(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    schema.migrate(database, to="0008")
    names = ("sending held", "day used up", "replies listed", "deletions_key")
    with database.transaction() as session:
        for name in names:
            session.execute(
                text("INSERT INTO venue_settings VALUES (:name, :value, :at)"), {"name": name, "value": name, "at": NOW}
            )
    schema.migrate(database)
    with database.reading() as session:
        stored = dict(session.execute(text("SELECT value, name FROM venue_settings")).all())
    assert [stored[name] for name in names] == [SENDING_HELD, DAY_USED_UP, LISTED, KEY]
