"""The reward for coming often: due, given once, undone."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CustomerVisits, Reward
from tests.at_once import at_once
from tests.makers import MANAGER, NOW, a_customer
from venue import acts, choices
from venue.errors import Invalid
from venue.journal.undo import undo
from venue.profile import Venue, venue_of
from venue.visits import rewards

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def a_guest_with(session: Session, visits: int):
    """A customer with this number of visits, of a venue that gives a free pint for every five."""
    choices.save(session, "reward_name", "a free pint", now=NOW)
    choices.save(session, "reward_every", "5", now=NOW)
    venue_of(session).choices.read(session)
    guest = a_customer(session)
    day = NOW.date()
    session.add(CustomerVisits(customer_id=guest.id, visits=visits, seats=visits, first_day=day, last_day=day))
    session.flush()
    return guest


@on_sqlite
@pytest.mark.parametrize(("visits", "left"), [(1, 4), (4, 1), (5, 0), (23, 0)])
def test_a_reward_is_due_after_these_visits(session: Session, visits: int, left: int) -> None:
    guest = a_guest_with(session, visits)
    assert rewards.progress(session, [guest.id])[guest.id].left == left


@pytest.mark.parametrize(("visits", "last", "rewarded"), [(5, 0, 5), (7, 0, 5), (23, 0, 20), (12, 5, 10)])
def test_the_next_is_counted_from_the_visit_that_was_rewarded(visits: int, last: int, rewarded: int) -> None:
    assert rewards.visit_rewarded(visits, last, every=5) == rewarded
    assert rewards.visits_left(visits, rewarded, every=5) > 0


@on_sqlite
def test_it_is_given_once_and_undone(session: Session) -> None:
    guest = a_guest_with(session, 7)
    rewards.give(session, guest.id, now=NOW)
    entry = acts.last_entry(session)
    assert rewards.progress(session, [guest.id])[guest.id] == rewards.Progress("a free pint", 3, NOW)
    with pytest.raises(Invalid, match="No reward is due"):
        rewards.give(session, guest.id, now=NOW)
    undo(session, entry, now=NOW)
    assert rewards.progress(session, [guest.id])[guest.id].left == 0


@on_sqlite
def test_without_a_reward_none_is_due(session: Session) -> None:
    guest = a_customer(session)
    assert rewards.progress(session, [guest.id]) == {}
    with pytest.raises(Invalid, match="No reward is due"):
        rewards.give(session, guest.id, now=NOW)


def test_of_two_phones_at_once_one_gives_it(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        guest = a_guest_with(session, 5)

    def give() -> str:
        try:
            with venue.transaction(MANAGER) as session:
                rewards.give(session, guest.id, now=NOW)
        except Invalid:
            return "refused"
        return "given"

    results = at_once([give] * 4)
    assert sorted(results) == ["given", "refused", "refused", "refused"]
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).select_from(Reward)) == 1
