"""Households: who shares a phone or lives together."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, DuplicatePair, Household, HouseholdMember
from tests.at_once import at_once
from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_customer, hours
from venue import customers, households, privacy
from venue.errors import Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.profile import Venue

NUMBER = "+447700900555"
LATER = NOW + hours(1)


def people(session: Session, *names: str, **over: str) -> list[Customer]:
    return [a_customer(session, first_name=name, last_name="Lee", mobile_number=NUMBER, **over) for name in names]


def names(session: Session, customer: Customer) -> list[str]:
    return [member.first_name for member in households.of(session, customer.id)]


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_each_member_is_shown_the_others(session: Session) -> None:
    ann, bob, cy, _ = people(session, "Ann", "Bob", "Cy", "Di")
    households.join(session, [cy.id, ann.id, bob.id], now=NOW)
    assert names(session, ann) == ["Bob", "Cy"]
    assert names(session, cy) == ["Ann", "Bob"]
    everyone = session.scalars(select(Customer.id)).all()
    assert households.names_of(session, everyone) == {
        ann.id: ["Bob Lee", "Cy Lee"],
        bob.id: ["Ann Lee", "Cy Lee"],
        cy.id: ["Ann Lee", "Bob Lee"],
    }


def test_who_joins_a_member_joins_the_household(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.join(session, [cy.id, bob.id], now=NOW)
    assert names(session, ann) == ["Bob", "Cy"]
    assert count(session, Household) == 1


def test_joining_twice_changes_nothing(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    before = session.execute(select(HouseholdMember.__table__)).all()
    households.join(session, [bob.id, ann.id], now=LATER)
    assert session.execute(select(HouseholdMember.__table__)).all() == before


def test_two_households_become_one_only_when_asked(session: Session) -> None:
    ann, bob, cy, di = people(session, "Ann", "Bob", "Cy", "Di")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.join(session, [cy.id, di.id], now=NOW)
    with pytest.raises(Invalid) as refused:
        households.join(session, [bob.id, cy.id], now=NOW)
    assert refused.value.problems == {
        "unite": "Bob Lee is in a household with Ann Lee, Cy Lee is in a household with Di Lee. "
        "Make them all one household?"
    }
    assert names(session, ann) == ["Bob"]
    households.join(session, [bob.id, cy.id], unite=True, now=NOW)
    assert names(session, ann) == ["Bob", "Cy", "Di"]
    assert count(session, Household) == 1


def test_one_customer_is_no_household(session: Session) -> None:
    (ann,) = people(session, "Ann")
    with pytest.raises(Invalid, match="at least two"):
        households.join(session, [ann.id, ann.id], now=NOW)


def test_a_household_has_a_largest_size(session: Session) -> None:
    everyone = people(session, *(f"Ann{letter}" for letter in "abcdefghijklmnopqrstu"))
    with pytest.raises(Invalid, match="at most 20 members"):
        households.join(session, [each.id for each in everyone], now=NOW)


def test_a_customer_who_does_not_exist_joins_no_household(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    privacy.erase(session, bob.id, now=NOW)
    with pytest.raises(NotFound):
        households.join(session, [ann.id, bob.id], now=NOW)


def test_one_leaves_and_the_others_stay(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id, cy.id], now=NOW)
    households.leave(session, ann.id, now=LATER)
    assert names(session, ann) == []
    assert names(session, bob) == ["Cy"]


def test_a_household_of_one_ends(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.leave(session, ann.id, now=LATER)
    households.leave(session, ann.id, now=LATER)
    assert names(session, bob) == []
    assert count(session, Household) == count(session, HouseholdMember) == 0


def test_an_erased_member_leaves_no_household_of_one(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    privacy.erase(session, ann.id, now=LATER)
    assert names(session, bob) == []
    assert count(session, Household) == count(session, HouseholdMember) == 0


def test_an_erased_member_leaves_the_others_together(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.join(session, [ann.id, bob.id, cy.id], now=NOW)
    privacy.erase(session, ann.id, now=LATER)
    assert names(session, bob) == ["Cy"]


def test_those_with_the_same_number_are_offered(session: Session) -> None:
    ann, bob, _ = people(session, "Ann", "Bob", "Cy")
    a_customer(session, first_name="Eve")
    assert [each.first_name for each in households.offers(session, ann.id)] == ["Bob", "Cy"]
    households.join(session, [ann.id, bob.id], now=NOW)
    assert [each.first_name for each in households.offers(session, ann.id)] == ["Cy"]
    assert [each.first_name for each in households.offers(session, bob.id)] == ["Cy"]


def test_what_staff_declined_is_not_offered_again(session: Session) -> None:
    ann, bob, cy = people(session, "Ann", "Bob", "Cy")
    households.decline(session, bob.id, ann.id, now=NOW)
    households.decline(session, ann.id, bob.id, now=LATER)
    assert [each.id for each in households.offers(session, ann.id)] == [cy.id]
    assert [each.id for each in households.offers(session, bob.id)] == [cy.id]
    assert session.scalars(select(DuplicatePair)).one().state == "not_same"


def test_those_who_may_be_the_same_person_are_asked_about_elsewhere(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    first, second = sorted((ann.id, bob.id))
    pair = DuplicatePair(first_id=first, second_id=second, state="open", score=9, reasons="[]", found_at=NOW)
    session.add(pair)
    assert households.offers(session, ann.id) == []
    pair.state = "household"
    assert [each.id for each in households.offers(session, ann.id)] == [bob.id]


def test_members_of_a_household_are_not_declined(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    with pytest.raises(Invalid, match="in one household"):
        households.decline(session, ann.id, bob.id, now=NOW)


def test_a_merged_customer_gives_the_survivor_their_household(session: Session) -> None:
    ann, bob, anne = people(session, "Ann", "Bob", "Anne")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.move(session, ann.id, anne.id)
    assert names(session, anne) == ["Bob"]
    assert names(session, ann) == []


def test_the_households_of_both_become_one_by_a_merge(session: Session) -> None:
    ann, bob, anne, cy = people(session, "Ann", "Bob", "Anne", "Cy")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.join(session, [anne.id, cy.id], now=NOW)
    households.move(session, ann.id, anne.id)
    assert names(session, anne) == ["Bob", "Cy"]
    assert count(session, Household) == 1


def test_a_merge_within_a_household_of_two_ends_it(session: Session) -> None:
    ann, anne = people(session, "Ann", "Anne")
    households.join(session, [ann.id, anne.id], now=NOW)
    households.move(session, ann.id, anne.id)
    assert count(session, Household) == count(session, HouseholdMember) == 0


def test_the_history_says_who_was_put_together(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    households.join(session, [ann.id, bob.id], now=NOW)
    households.leave(session, ann.id, now=LATER)
    left, joined = entries.page(session, limit=2).rows
    assert sentences.of(joined) == "Max put Ann Lee and Bob Lee into one household"
    assert sentences.of(left) == "Max ended the household of Ann Lee and Bob Lee"
    of_bob = entries.page(session, customer_id=bob.id, limit=2).rows
    assert [sentences.of(entry) for entry in of_bob] == [
        "Max took Bob Lee out of their household",
        "Max put Bob Lee into a household",
    ]


def test_viewers_see_households_and_change_none(venue: Venue) -> None:
    with venue.transaction(STAFF) as session:
        ann, bob = people(session, "Ann", "Bob")
        households.join(session, [ann.id, bob.id], now=NOW)
        ids = [ann.id, bob.id]
    with venue.transaction(VIEWER) as session:
        (member,) = households.of(session, ids[0])
        assert member.mobile_number.endswith("•••")
        with pytest.raises(NotAllowed):
            households.leave(session, ids[0], now=NOW)
        with pytest.raises(NotAllowed):
            households.join(session, ids, now=NOW)


def test_changes_at_the_same_instant_leave_whole_households(venue: Venue) -> None:
    """No household of one, and no member without a household, whatever comes first."""
    with venue.transaction(MANAGER) as session:
        ids = [each.id for each in people(session, *(f"Ann{letter}" for letter in "abcdef"))]

    def change(number: int) -> None:
        with venue.transaction(MANAGER) as session:
            one, other = ids[number % 6], ids[(number * 5 + 1) % 6]
            if number % 3 == 2:
                households.leave(session, one, now=NOW)
            elif one != other:
                households.join(session, [one, other], unite=True, now=NOW)

    for _ in range(5):
        failed = at_once([lambda number=number: change(number) for number in range(8)])
        assert failed == [None] * 8
    with venue.transaction(MANAGER) as session:
        sizes = session.execute(
            select(func.count(HouseholdMember.customer_id))
            .select_from(Household)
            .outerjoin(HouseholdMember)
            .group_by(Household.id)
        ).scalars()
        assert all(size >= 2 for size in sizes)


def test_who_has_another_number_now_is_not_offered(session: Session) -> None:
    ann, bob = people(session, "Ann", "Bob")
    customers.update(session, bob.id, version=1, now=NOW, mobile_number="07700 900556")
    assert households.offers(session, ann.id) == []
