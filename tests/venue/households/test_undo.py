"""Undoing what was done with households."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Household, HouseholdMember
from tests.makers import NOW
from tests.venue.households.test_households import LATER, names, people
from venue import acts, households
from venue.journal.undo import undo


def undo_last(session: Session) -> list[str]:
    restored = list(undo(session, acts.last_entry(session) or 0, now=LATER).restored)
    session.expire_all()
    return restored


def sizes(session: Session) -> list[int]:
    members = select(func.count(HouseholdMember.customer_id)).select_from(Household).outerjoin(HouseholdMember)
    return list(session.scalars(members.group_by(Household.id)))


def test_a_household_that_was_made_goes_and_comes_back(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    undo_last(session)
    assert (names(session, ann), sizes(session)) == ([], [])
    undo_last(session)
    assert (names(session, ann), sizes(session)) == (["Bob"], [2])


def test_one_who_left_is_back(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id, cy.id], now=NOW)
    households.leave(session, bob.id, now=NOW)
    undo_last(session)
    assert names(session, ann) == ["Bob", "Cy"]


def test_an_ended_household_is_back(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.leave(session, bob.id, now=NOW)
    undo_last(session)
    assert (names(session, ann), sizes(session)) == (["Bob"], [2])


def test_two_that_became_one_are_two_again(session: Session) -> None:
    ann, bob, cy, di = people(session, "Ann", "Bob", "Cy", "Di")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.join(session, [cy.id, di.id], now=NOW)
    households.join(session, [ann.id, di.id], unite=True, now=NOW)
    undo_last(session)
    assert (names(session, ann), names(session, cy)) == (["Bob"], ["Di"])


def test_what_was_declined_is_offered_again(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.decline(session, ann.id, bob.id, now=NOW)
    undo_last(session)
    assert [each.id for each in households.offers(session, ann.id)] == [bob.id]


def test_an_undo_leaves_no_household_of_one(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id], now=NOW)
    made: UUID | int | None = acts.last_entry(session)
    households.join(session, [bob.id, cy.id], now=NOW)
    undo(session, made, now=LATER)  # type: ignore[arg-type]
    session.expire_all()
    assert names(session, cy) == []
    assert sizes(session) == []


def test_who_joined_another_household_since_stays_there(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.leave(session, ann.id, now=NOW)
    left = acts.last_entry(session) or 0
    households.join(session, [ann.id, cy.id], now=NOW)
    undo(session, left, now=LATER)
    session.expire_all()
    assert (names(session, ann), names(session, bob), sizes(session)) == (["Cy"], [], [2])
