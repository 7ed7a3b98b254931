"""An import whose process is killed or stopped, that is cancelled, or that meets a bug."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from db.models import Customer, ImportPart
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, seconds
from tests.venue.imports.uploads import (
    Scheduler,
    checked,
    imported,
    press_import,
    shown,
    upload,
)
from venue.imports import CUSTOMERS, runs
from venue.imports.runs import ImportState
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


@ON_BOTH
def test_two_schedulers_do_not_work_on_one_import(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(venue)
    seen: list[bool] = []
    with during_the_work(monkeypatch, lambda: seen.append(Scheduler(venue, "two").step())):
        assert Scheduler(venue).step()

    assert seen == [False]


@pytest.mark.parametrize("again", ["check", "undo"])
def test_a_check_or_an_undo_whose_process_was_killed_is_begun_again(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    import_id = upload(venue) if again == "check" else imported(venue).id
    if again == "undo":
        with venue.transaction(MANAGER) as session:
            runs.undo(session, import_id, now=NOW)
    kill(venue, monkeypatch)

    assert not Scheduler(venue, "two", now=NOW + seconds(59)).step()
    assert Scheduler(venue, "two", now=NOW + seconds(61)).step()
    assert shown(venue, import_id).state is (ImportState.CHECKED if again == "check" else ImportState.UNDONE)


@ON_BOTH
def test_a_run_whose_process_was_killed_has_failed_and_can_be_begun_again(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(venue)
    press_import(venue, found)
    kill(venue, monkeypatch)

    assert not Scheduler(venue, "two", now=NOW + seconds(61)).step()

    failed = shown(venue, found.id)
    assert (failed.state, failed.may_run) == (ImportState.FAILED, True)
    assert failed.problem.endswith("nothing was imported. Press Import to try again.")
    assert names(venue) == []
    press_import(venue, failed)
    assert Scheduler(venue, "two", now=NOW + seconds(62)).step()
    assert names(venue) == ["Lee", "Ray"]


def test_cancelling_a_running_import_leaves_nothing(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked(venue)
    press_import(venue, found)

    def cancel() -> None:
        with venue.transaction(MANAGER) as session:
            runs.cancel(session, found.id, now=NOW)

    with during_the_work(monkeypatch, cancel):
        assert Scheduler(venue).step()

    assert shown(venue, found.id).state is ImportState.CANCELLED
    assert names(venue) == []


@pytest.mark.parametrize(("pressed", "state"), [(False, ImportState.CHECKING), (True, ImportState.FAILED)])
def test_a_scheduler_that_is_stopped_lets_go_of_the_import_at_once(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, pressed: bool, state: ImportState
) -> None:
    import_id = checked(venue).id if pressed else upload(venue)
    if pressed:
        press_import(venue, shown(venue, import_id))
    scheduler = Scheduler(venue)

    with during_the_work(monkeypatch, scheduler.stopping.set):
        assert scheduler.step()

    assert shown(venue, import_id).state is state
    assert names(venue) == []
    assert Scheduler(venue, "two").step() is not pressed


def test_a_bug_fails_the_import_and_says_where_to_look(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = upload(venue)

    def bug() -> None:
        raise ZeroDivisionError

    with during_the_work(monkeypatch, bug):
        assert Scheduler(venue).step()

    found = shown(venue, import_id)
    assert (found.state, found.may_run) == (ImportState.FAILED, False)
    assert str(import_id) in found.problem


def test_a_file_whose_end_cannot_be_read_fails_with_its_line(venue: Venue) -> None:
    import_id = upload(venue)
    with venue.transaction(MANAGER) as session:
        stored = session.scalars(select(ImportPart)).one()
        stored.content += ("x" * 1_100_000).encode()

    assert Scheduler(venue).step()

    found = shown(venue, import_id)
    assert found.state is ImportState.FAILED
    assert "Line 4 is longer" in found.problem


@ON_BOTH
def test_an_unreachable_database_leaves_the_import_to_try_again(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = upload(venue)

    def away() -> None:
        raise OperationalError("", {}, Exception())

    with during_the_work(monkeypatch, away), pytest.raises(OperationalError):
        Scheduler(venue).step()

    assert shown(venue, import_id).state is ImportState.CHECKING
    assert Scheduler(venue, "two", now=NOW + seconds(61)).step()
    assert shown(venue, import_id).state is ImportState.CHECKED


@contextmanager
def during_the_work(monkeypatch: pytest.MonkeyPatch, happening: Callable[[], None]) -> Iterator[None]:
    """Something happens while the file's rows are checked, before any of them is stored."""
    check = CUSTOMERS.check
    happened: list[bool] = []

    def check_and_more(*args: object) -> object:
        if not happened:
            happened.append(True)
            happening()
        return check(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setitem(CUSTOMERS.__dict__, "check", check_and_more)
        yield


class Killed(BaseException):
    """The process ends without a word: nothing is caught, nothing is written."""


def kill(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler begins to work on an import, and is killed."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Scheduler, "_work", die)
        with pytest.raises(Killed):
            Scheduler(venue).step()


def names(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return sorted(session.scalars(select(Customer.last_name)))
