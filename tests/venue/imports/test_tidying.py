"""What imports leave behind is deleted in time, and a file at once when someone in it is erased."""

import pytest
from sqlalchemy import func, select

from db.models import Customer, ImportPart, ImportRow
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, days
from tests.venue.imports.test_stopped import during_the_work
from tests.venue.imports.uploads import HEADER, PEOPLE, Scheduler, checked, imported, press_import, shown, upload
from venue.imports import runs, tidying
from venue.imports.runs import ImportState
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql

BROKEN = HEADER + "Ann,Lee,nonsense,\nBob,Ray,07700 900902,\n"


@pytest.mark.parametrize(("after", "state"), [(6.9, ImportState.CHECKED), (7, ImportState.CANCELLED)])
def test_a_file_that_is_not_imported_is_deleted_after_a_week(venue: Venue, after: float, state: ImportState) -> None:
    import_id = checked(venue).id

    tidy(venue, after)

    assert shown(venue, import_id).state is state
    assert bool(count(venue, ImportPart)) is (state is ImportState.CHECKED)


def test_a_file_that_waits_for_the_scheduler_is_kept(venue: Venue) -> None:
    import_id = upload(venue)
    tidy(venue, 8)
    assert shown(venue, import_id).state is ImportState.CHECKING


@pytest.mark.parametrize(("after", "left"), [(29, 1), (30, 0)])
def test_notes_about_rows_are_deleted_after_30_days(venue: Venue, after: int, left: int) -> None:
    done = imported(venue, BROKEN)
    tidy(venue, after)
    assert count(venue, ImportRow) == left
    assert shown(venue, done.id).state is ImportState.DONE


@pytest.mark.parametrize(
    ("names", "numbers"),
    [(["Ann Lee"], []), (["LEE, ann"], []), ([], ["+447700900901"]), (["Someone Else"], ["07700900901"])],
)
def test_a_file_with_a_person_who_is_erased_is_deleted(venue: Venue, names: list[str], numbers: list[str]) -> None:
    waiting, other = upload(venue, PEOPLE), upload(venue, HEADER + "Cy,Day,07700 900903,\n")

    erase(venue, names, numbers)

    assert (shown(venue, waiting).state, shown(venue, other).state) == (ImportState.CANCELLED, ImportState.CHECKING)
    assert "someone in it was erased" in shown(venue, waiting).problem
    assert count(venue, ImportPart) == 1


def test_a_file_with_others_of_a_similar_name_stays(venue: Venue) -> None:
    waiting = upload(venue)
    erase(venue, ["Ann Leeson", "Ray Ann"], ["+447700900999", "999"])
    assert shown(venue, waiting).state is ImportState.CHECKING


@ON_BOTH
def test_an_import_that_runs_while_someone_in_its_file_is_erased_leaves_nothing(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(venue)
    press_import(venue, found)
    with during_the_work(monkeypatch, lambda: erase(venue, ["Ann Lee"], [])):
        assert Scheduler(venue).step()

    assert shown(venue, found.id).state is ImportState.CANCELLED
    assert count(venue, Customer) == 0


@ON_BOTH
def test_an_import_that_ends_before_its_file_is_erased_stays_done(venue: Venue) -> None:
    found = checked(venue)
    press_import(venue, found)
    with venue.reading(MANAGER) as session:
        waiting = tidying.waiting_with(session, names=["Ann Lee"], numbers=[])
    assert waiting == [found.id]
    assert Scheduler(venue).step()
    done = shown(venue, found.id)

    with venue.transaction(MANAGER) as session:
        tidying.erase_files(session, waiting, now=NOW)

    assert shown(venue, found.id) == done
    assert (done.state, done.problem) == (ImportState.DONE, "")


def erase(venue: Venue, names: list[str], numbers: list[str]) -> None:
    with venue.transaction(MANAGER) as session:
        found = tidying.waiting_with(session, names=names, numbers=numbers)
        tidying.erase_files(session, found, now=NOW)


def tidy(venue: Venue, after: float) -> None:
    with venue.transaction(SCHEDULER) as session:
        runs.tidy(session, now=NOW + days(after))


def count(venue: Venue, table: type) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
