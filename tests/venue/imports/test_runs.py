"""Imports step by step: what each command allows, and what it leaves. The scheduler's part is in test_work.py."""

import io
from typing import BinaryIO
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.models import Import, ImportPart, ImportRow
from tests.at_once import at_once
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, minutes
from tests.venue.imports.uploads import HEADER, PEOPLE, shown, upload
from venue.errors import Invalid, NotFound
from venue.imports import BadFile, FileShape, Outcome, describe, parts, runs
from venue.imports.runs import ImportState
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

UNUSUAL = "Vorname,Nachname,Handynr.\nAnn,Lee,07700 900901\n"
MAPPING = {"first_name": "Vorname", "last_name": "Nachname", "mobile_number": "Handynr."}


def test_a_file_with_known_headings_is_checked_at_once(venue: Venue) -> None:
    found = shown(venue, upload(venue))

    assert (found.kind, found.file_name, found.state) == ("customers", "customers.csv", ImportState.CHECKING)
    assert found.header == ("First Name", "Last Name", "Mobile", "Notes")
    assert (found.actor, found.doing, found.progress) == ("Max", "Waiting for the scheduler", 0)


@ON_BOTH
def test_taps_at_the_same_moment_start_one_import(venue: Venue) -> None:
    started = at_once([lambda: upload(venue, form_token="t1")] * 4)
    with venue.reading(MANAGER) as session:
        assert {run.id for run in runs.listed(session)} == set(started)
        assert len(set(started)) == 1
        assert session.scalar(select(func.count()).select_from(ImportPart)) == 1
    assert upload(venue, form_token="t2") != started[0]


@ON_BOTH
def test_a_file_is_stored_as_it_was(venue: Venue) -> None:
    content = HEADER + "Ann,Lee,07700 900901,é\n" * 50_000

    import_id = upload(venue, content)

    with venue.reading(MANAGER) as session, parts.opened(session, import_id) as file:
        assert file.read() == content.encode()
    assert shown(venue, import_id).size == len(content.encode())


@pytest.mark.parametrize("content", ["", "\x00\x01", "Ann,Lee\n\x00"])
def test_a_file_that_cannot_be_read_leaves_nothing(venue: Venue, content: str) -> None:
    with pytest.raises(BadFile):
        upload(venue, content)

    with venue.reading(MANAGER) as session:
        assert not runs.listed(session)
        assert session.scalar(select(func.count()).select_from(ImportPart)) == 0


def test_unknown_headings_are_mapped_by_hand_and_remembered(venue: Venue) -> None:
    import_id = upload(venue, UNUSUAL)
    assert shown(venue, import_id).state is ImportState.UPLOADED
    with venue.transaction(MANAGER) as session:
        assert runs.shape(session, import_id).examples["Vorname"] == ("Ann",)
        runs.map_columns(session, import_id, mapping=MAPPING, repair_zeros=True, now=NOW)

    mapped = shown(venue, import_id)
    assert (mapped.state, mapped.mapping, mapped.repairs_zeros) == (ImportState.CHECKING, MAPPING, True)
    again = shown(venue, upload(venue, UNUSUAL))
    assert (again.state, again.mapping) == (ImportState.CHECKING, MAPPING)


def test_the_last_mapping_of_a_header_row_counts(venue: Venue) -> None:
    import_id = upload(venue, UNUSUAL)
    for swapped in (MAPPING, {**MAPPING, "first_name": "Nachname", "last_name": "Vorname"}):
        with venue.transaction(MANAGER) as session:
            runs.map_columns(session, import_id, mapping=swapped, now=NOW)

    assert shown(venue, upload(venue, UNUSUAL)).mapping["first_name"] == "Nachname"


@ON_BOTH
def test_a_file_is_read_once_and_before_the_database_is_locked(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    read_at: list[bool] = []

    def described(content: BinaryIO, kind: str) -> FileShape:
        read_at.append(is_locked(venue))
        return describe(content, kind)

    monkeypatch.setattr(runs, "describe", described)
    import_id = upload(venue, UNUSUAL)
    with venue.transaction(MANAGER) as session:
        runs.map_columns(session, import_id, mapping=MAPPING, now=NOW)

    assert read_at == [False]


def is_locked(venue: Venue) -> bool:
    """Whether no one else can write just now."""
    with venue.database.engine.connect() as connection:
        try:
            connection.exec_driver_sql("UPDATE imports SET size = size")
        except OperationalError:
            return True
    return False


@pytest.mark.parametrize("mapping", [{"first_name": "Vorname"}, {"colour": "Vorname"}])
def test_a_mapping_without_a_needed_column_is_refused(venue: Venue, mapping: dict[str, str]) -> None:
    import_id = upload(venue, UNUSUAL)

    with pytest.raises(Invalid), venue.transaction(MANAGER) as session:
        runs.map_columns(session, import_id, mapping=mapping, now=NOW)

    assert shown(venue, import_id).state is ImportState.UPLOADED


def test_a_heading_that_is_not_in_the_file_is_refused(venue: Venue) -> None:
    import_id = upload(venue, UNUSUAL)
    with pytest.raises(BadFile, match="no column 'Tel'"), venue.transaction(MANAGER) as session:
        runs.map_columns(session, import_id, mapping={**MAPPING, "mobile_number": "Tel"}, now=NOW)


def test_only_a_checked_file_is_imported(venue: Venue) -> None:
    import_id = upload(venue)
    with pytest.raises(Invalid, match="must be checked"), venue.transaction(MANAGER) as session:
        runs.run(session, import_id, version=1, now=NOW)


@ON_BOTH
def test_pressing_import_again_changes_nothing(venue: Venue) -> None:
    import_id = checked(venue)
    for _ in range(2):
        with venue.transaction(MANAGER) as session:
            runs.run(session, import_id, version=2, now=NOW)

    assert (shown(venue, import_id).state, shown(venue, import_id).version) == (ImportState.RUNNING, 3)


@ON_BOTH
def test_an_import_that_someone_else_changed_is_looked_at_again(venue: Venue) -> None:
    import_id = checked(venue)
    with venue.transaction(MANAGER) as session:
        runs.decide(session, import_id, lines={3: "add"}, now=NOW)

    with pytest.raises(Invalid, match="Someone else changed this"), venue.transaction(MANAGER) as session:
        runs.run(session, import_id, version=2, now=NOW)


@ON_BOTH
def test_rows_in_doubt_are_decided_by_line(venue: Venue) -> None:
    import_id = checked(venue)
    with venue.transaction(MANAGER) as session:
        assert runs.lines_to_decide(session, import_id) == [3]
        runs.decide(session, import_id, lines={3: "skip"}, now=NOW)
        runs.decide(session, import_id, lines={3: "add"}, now=NOW)
        rows = runs.rows_of(session, import_id, outcome=Outcome.IN_DOUBT)
        assert [(row.line, row.may_add, row.decision) for row in rows] == [(3, True, "add"), (4, False, None)]

    assert (shown(venue, import_id).decisions, shown(venue, import_id).undecided) == ({3: "add"}, 1)


@pytest.mark.parametrize("line", [2, 4, 99])
def test_a_row_that_cannot_be_added_is_not_decided(venue: Venue, line: int) -> None:
    import_id = checked(venue)
    with pytest.raises(Invalid, match=f"Line {line}"), venue.transaction(MANAGER) as session:
        runs.decide(session, import_id, lines={line: "add"}, now=NOW)


def test_rows_are_read_page_by_page(venue: Venue) -> None:
    import_id = checked(venue)
    with venue.reading(MANAGER) as session:
        first = runs.rows_of(session, import_id, limit=2)
        rest = runs.rows_of(session, import_id, after=first[-1].id)
        assert [row.line for row in [*first, *rest]] == [2, 3, 4]
        assert runs.count_rows(session, import_id, outcome=Outcome.IN_DOUBT) == 2


@pytest.mark.parametrize("state", ["uploaded", "checking", "checked", "running", "failed"])
def test_a_cancelled_import_leaves_no_file(venue: Venue, state: str) -> None:
    import_id = checked(venue, state)
    for _ in range(2):
        with venue.transaction(MANAGER) as session:
            runs.cancel(session, import_id, now=NOW + minutes(1))

    found = shown(venue, import_id)
    assert (found.state, found.finished_at, found.may_run) == (ImportState.CANCELLED, NOW + minutes(1), False)
    with venue.reading(MANAGER) as session:
        assert not runs.rows_of(session, import_id)
        with pytest.raises(NotFound), parts.opened(session, import_id):
            pass


@pytest.mark.parametrize("state", ["done", "undoing", "undone"])
def test_what_is_done_is_not_cancelled(venue: Venue, state: str) -> None:
    import_id = checked(venue, state)
    with pytest.raises(Invalid, match="undo it instead"), venue.transaction(MANAGER) as session:
        runs.cancel(session, import_id, now=NOW)


@pytest.mark.parametrize("state", ["uploaded", "checking", "checked", "running", "failed", "cancelled", "done"])
def test_only_an_import_that_changed_something_is_undone(venue: Venue, state: str) -> None:
    import_id = checked(venue, state)
    with pytest.raises(Invalid), venue.transaction(MANAGER) as session:
        runs.undo(session, import_id, now=NOW)


def test_all_imports_are_listed_latest_first(venue: Venue) -> None:
    ids = [upload(venue, now=NOW + minutes(n)) for n in range(3)]
    with venue.reading(MANAGER) as session:
        assert [row.id for row in runs.listed(session)] == ids[::-1]
        assert [row.id for row in runs.at_work(session)] == ids


def checked(venue: Venue, state: str = "checked") -> UUID:
    """An import with a new row, and two in doubt, of which only the first can be added."""
    import_id = upload(venue, PEOPLE)
    with venue.transaction(MANAGER) as session:
        row = session.get_one(Import, import_id)
        row.state, row.counts = state, '{"new": 1, "in_doubt": 2}'
        for line, outcome, may_add in ((2, "new", False), (3, "in_doubt", True), (4, "in_doubt", False)):
            add_row(session, row, line, outcome, may_add)
    return import_id


def add_row(session: Session, row: Import, line: int, outcome: str, may_add: bool) -> None:
    said = {"column_name": "Mobile", "value": "07700 900901", "reason": "The same person?"}
    session.add(ImportRow(import_id=row.id, line=line, outcome=outcome, may_add=may_add, **said))
    session.flush()


def test_a_stream_that_was_read_is_stored_from_its_start(venue: Venue) -> None:
    file = io.BytesIO(PEOPLE.encode())
    file.read()
    with venue.transaction(MANAGER) as session:
        import_id = runs.start(session, kind="customers", file_name="C:\\lists/people.csv", content=file, now=NOW)

    assert shown(venue, import_id).size == len(PEOPLE)
