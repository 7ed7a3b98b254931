"""What imports leave behind is deleted in time, and at once when it is about someone who is erased."""

import pytest
from sqlalchemy import func, select

from db.models import ImportPart, ImportRow
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, NOW, a_customer, days
from tests.venue.imports.uploads import HEADER, PEOPLE, checked, imported, shown, upload
from venue.imports import runs
from venue.imports.runs import ImportState
from venue.profile import Venue
from venue.roles import SCHEDULER

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
def test_a_person_who_is_erased_is_no_longer_in_imports(venue: Venue, names: list[str], numbers: list[str]) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, mobile_number="+447700900901", last_name="Other")
    imported(venue, HEADER + "Ann,Lee,07700 900901,\nBob,Ray,nonsense,\n")
    waiting, other = upload(venue, PEOPLE), upload(venue, HEADER + "Cy,Day,07700 900903,\n")

    with venue.transaction(MANAGER) as session:
        runs.erase(session, names=names, numbers=numbers, now=NOW)

    with venue.reading(MANAGER) as session:
        said = [(row.value, row.reason, row.cells) for row in session.scalars(select(ImportRow).order_by(ImportRow.id))]
    assert said[0] == ("", "(erased)", None)
    assert said[1][0] == "nonsense"
    assert (shown(venue, waiting).state, shown(venue, other).state) == (ImportState.CANCELLED, ImportState.CHECKING)
    assert "someone in it was erased" in shown(venue, waiting).problem


def test_others_stay_when_a_person_is_erased(venue: Venue) -> None:
    imported(venue, BROKEN)
    waiting = upload(venue)

    with venue.transaction(MANAGER) as session:
        runs.erase(session, names=["Ann Leeson", "Ray Ann"], numbers=["+447700900999", "999"], now=NOW)

    assert shown(venue, waiting).state is ImportState.CHECKING
    with venue.reading(MANAGER_AND_SCHEDULER) as session:
        assert session.scalars(select(ImportRow.value)).one() == "nonsense"


def tidy(venue: Venue, after: float) -> None:
    with venue.transaction(SCHEDULER) as session:
        runs.tidy(session, now=NOW + days(after))


def count(venue: Venue, table: type) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
