"""What staff are told when someone else changes the same at the same moment: not an error of ours."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Customer
from tests.at_once import at_once
from tests.makers import MANAGER, NOW, a_customer, an_event
from venue import events
from venue.errors import ChangedJustNow
from venue.journal import undo
from venue.profile import Venue

# On SQLite there is one writer at a time.
pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])


def rename(venue: Venue, event_id: UUID, name: str, *, version: int) -> int:
    """Rename an event, and return the number of the journal's entry."""
    with venue.transaction(MANAGER) as session:
        events.update(session, event_id, version=version, name=name, now=NOW)
        return session.info["last_journal_entry"]


def test_an_undo_of_what_someone_changes_is_refused(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        event_id = an_event(session).id
    entry_id = rename(venue, event_id, "Quiz", version=1)
    plan = undo._plan

    def plan_then_wait(*args: object) -> object:
        planned = plan(*args)
        rename(venue, event_id, "Bingo", version=2)
        return planned

    monkeypatch.setattr(undo, "_plan", plan_then_wait)
    with pytest.raises(ChangedJustNow, match="Look again"), venue.transaction_for_staff(MANAGER) as session:
        undo.undo(session, entry_id, now=NOW)
    with venue.reading(MANAGER) as session:
        assert events.get(session, event_id).name == "Bingo"


def test_of_two_who_wait_for_each_other_one_is_told_to_try_again(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        ids = [a_customer(session).id for _ in range(2)]
    have_one = threading.Barrier(2)

    def lock(first: UUID, second: UUID) -> str:
        with venue.transaction_for_staff(MANAGER) as session:
            session.execute(select(Customer.id).where(Customer.id == first).with_for_update())
            have_one.wait()
            session.execute(select(Customer.id).where(Customer.id == second).with_for_update())
        return "saved"

    ended = at_once([lambda: lock(*ids), lambda: lock(*reversed(ids))])
    assert {str(end) for end in ended} == {"saved", str(ChangedJustNow())}
