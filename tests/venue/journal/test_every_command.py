"""Every command leaves exactly one entry, and the entry says exactly what changed in all tables (ACCEPTANCE K1)."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Base, JournalEntry, JournalValue
from db.recorded import RECORDED, columns_of
from db.session import open_database
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, a_venue
from tests.venue.journal.commands import CALLS, PREPARE, Rows, some_rows
from tests.venue.public_functions import WITH_SESSION, call
from venue.acts import ACT

# Tables that no entry is about, and why.
NOT_RECORDED = {
    # Logs and counters of programs.
    "backups",
    "booking_totals",
    "customer_totals",
    "deletions",
    "device_users",
    "heartbeats",
    # The uploaded file, what is said about its rows, and how its columns were mapped.
    "import_mappings",
    "import_parts",
    "import_rows",
    "message_attempts",
    "pauses",
    "text_totals",
    # Bookkeeping of programs.
    "erasures",
    "sign_in_attempts",
    "stopped_numbers",
    # What each member of staff chose for their own screens.
    "staff_choices",
    # Computed from bookings.
    "customer_visits",
    # The journal.
    "journal_entries",
    "journal_seals",
    "journal_values",
}
COMMANDS = {name for name, function in WITH_SESSION.items() if hasattr(function, ACT)}
# Their entries hold no values any more.
ERASING = {
    "venue.privacy.erase.erase",
    "venue.privacy.erase.erase_mentions",
    "venue.privacy.retention.erase_chosen",
}
# What writes and is no act, and why. Parts of commands, which have their entry:
PARTS = {
    "venue.acts.erase_customer",
    "venue.acts.erase_customers",
    "venue.acts.note",
    "venue.customers.booking_status.refresh",
    "venue.replies.answers.carry_out",
    "venue.customers.booking_status.refresh_event",
    "venue.customers.deletions.note",
    "venue.bookings.late_cancellations.note",
    "venue.customers.visit_counts.count_again",
    "venue.customers.visit_counts.refresh",
    "venue.customers.visit_counts.refresh_event",
    "venue.duplicates.marks.write",
    "venue.duplicates.pairs.refresh",
    "venue.duplicates.pairs.store",
    "venue.delivery.after_restore.hold",
    "venue.delivery.bulk_texts.skip_waiting",
    "venue.events.edit.add_checked",
    "venue.households.edit.dissolve_with",
    "venue.households.edit.end_small",
    "venue.households.edit.move",
    "venue.imports.notes.store",
    "venue.imports.parts.delete",
    "venue.imports.parts.store",
    "venue.imports.work.take",
    "venue.exports.writing.note",
    "venue.fields.values.put",
    "venue.keyed_hashes.made_key",
    "venue.events.edit.extend_useful_until",
    "venue.events.edit.notify_guests",
    "venue.journal.undo_import.carry_out",
    "venue.bookings.move.hand_over",
    "venue.journal.undo_merge.carry_out",
    "venue.merging.doubles.combine",
    "venue.merging.moves.move_all",
    "venue.messages.blocking.locked_number",
    "venue.messages.outbox.erase_customer",
    "venue.messages.outbox.queue",
    "venue.messages.outbox.renumber",
    "venue.messages.outbox.skip_planned",
    "venue.messages.planning.plan_again",
    "venue.messages.planning.plan_event",
    "venue.messages.planning.replace",
    "venue.messages.withdrawals.withdraw_from_texts",
    "venue.messages.stopped_numbers.block_again",
    "venue.messages.stopped_numbers.forget_numbers",
}

State = dict[tuple[str, str], dict[str, Any]]


def test_every_command_is_called_here() -> None:
    assert {name for name in COMMANDS if not name.startswith("venue.staff.")} == set(CALLS)


def test_every_table_is_recorded_or_not_for_a_reason() -> None:
    assert {entity.__tablename__ for entity in RECORDED} | NOT_RECORDED == set(Base.metadata.tables)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_command_leaves_one_entry_that_says_what_changed(session: Session, name: str) -> None:
    rows = some_rows(session)
    PREPARE.get(name, lambda *_: None)(session, rows)
    session.flush()
    before, entries = everything(session), count_entries(session)

    CALLS[name](session, rows)

    session.flush()
    assert count_entries(session) == entries + 1
    changed = difference(before, everything(session))
    assert changed
    assert recorded(session, erased=name in ERASING) == (
        dict.fromkeys(changed, (None, None)) if name in ERASING else changed
    )


@pytest.fixture(scope="module")
def kept(new_database: Callable[..., str]) -> Iterator[tuple[Session, Rows, State]]:
    """A session, rows in it, and all that is stored: made once for hundreds of functions, each of which is undone."""
    with a_venue(open_database(new_database("sqlite"))).transaction(MANAGER_AND_SCHEDULER) as session:
        rows = some_rows(session)
        session.flush()
        yield session, rows, everything(session)
        session.rollback()


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - COMMANDS - PARTS))
def test_what_is_no_act_writes_nothing_for_staff(kept: tuple[Session, Rows, State], name: str) -> None:
    session, rows, before = kept
    known = {"customer": rows.customer, "event": rows.event, "booking": rows.booking, "version": 1}
    ids = {"customer_id": rows.customer.id, "event_id": rows.event.id, "booking_id": rows.booking.id}
    tried = session.begin_nested()
    session.info["actor"] = MANAGER
    try:
        with suppress(Exception):
            call(WITH_SESSION[name], session, **known, **ids, mobile_number=rows.customer.mobile_number)
            session.flush()
        assert difference(before, everything(session)) == {}
    finally:
        session.info["actor"] = MANAGER_AND_SCHEDULER
        tried.rollback()


def everything(session: Session) -> State:
    """All recorded columns of all rows, by table and key, as JSON holds them."""
    state: State = {}
    for entity in RECORDED:
        table = entity.__table__
        columns = [column for column in table.c if column.info.get("recorded", True)]
        for row in session.connection().execute(select(table)).mappings():
            key = " ".join(str(row[column.name]) for column in table.primary_key)
            if not (table.name == "venue_settings" and key.startswith(("mark.", "secret."))):
                # Who could not be erased from the journal is not named in it.
                is_of_no_one = "customer_id" in row and row["customer_id"] is None
                named = [column for column in columns if not (is_of_no_one and column.info.get("personal"))]
                values = {column.name: as_json(row[column.name]) for column in named if not column.primary_key}
                state[table.name, key] = {name: value for name, value in values.items() if value is not None}
    return state


def as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


Difference = dict[tuple[str, str], tuple[dict[str, Any] | None, dict[str, Any] | None]]


def difference(before: State, after: State) -> Difference:
    """What changed: whole new and deleted rows, and of changed rows the columns that differ."""
    changed: Difference = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            changed[key] = old, new
        elif old != new:
            names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
            changed[key] = {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
    return changed


def count_entries(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(JournalEntry)).one()


def recorded(session: Session, *, erased: bool) -> Difference:
    """What the last entry says."""
    last = select(func.max(JournalEntry.id)).scalar_subquery()
    rows: Difference = {}
    for value in session.scalars(select(JournalValue).where(JournalValue.entry_id == last)):
        assert (value.salt is None) == erased
        before, after = (None if each is None else json.loads(each) for each in (value.before, value.after))
        key = value.row_id or next(values["mobile_number"] for values in (before, after) if values)
        for values in (before, after):
            if values and not value.row_id:
                del values["mobile_number"]
            # Some columns are recorded only so that the act can be undone.
            for column in set(values or ()) - columns_of(Base.metadata.tables[value.table_name]).keys():
                (values or {}).pop(column)
        rows[value.table_name, key] = before, after
    return rows
