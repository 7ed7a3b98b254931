"""A customer who is probably there already, under another spelling or number: a question, with the reason in words."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import DuplicatePair, JournalEntry, JournalValue
from tests.makers import NOW, a_customer, hours
from venue import customers
from venue.errors import AlreadyThere

LATER = NOW + hours(1)
NUMBER = "+447700900801"


def pairs(session: Session) -> list[tuple[str, str]]:
    return [(pair.state, pair.reasons) for pair in session.scalars(select(DuplicatePair))]


@pytest.mark.parametrize(
    ("first_name", "number", "reason"),
    [
        ("Bob", "07700 900801", "Same number, one first name is short for the other, same last name"),
        ("Robert", "07700 900802", "Numbers differ by one digit, same name"),
        ("Robert", "07700 900998", "Same name, few customers have this last name"),
    ],
)
def test_adding_asks_and_says_why(session: Session, first_name: str, number: str, reason: str) -> None:
    robert = a_customer(session, first_name="Robert", last_name="Quartermaine", mobile_number=NUMBER)
    with pytest.raises(AlreadyThere) as known:
        customers.add(session, first_name=first_name, last_name="Quartermaine", mobile_number=number, now=NOW)
    (person,) = known.value.people
    assert (person.id, person.reason) == (robert.id, reason)
    assert pairs(session) == []


def test_who_is_added_anyway_is_listed_as_a_pair_in_the_same_entry(session: Session) -> None:
    a_customer(session, first_name="Robert", last_name="Quartermaine", mobile_number=NUMBER)
    a_customer(session, first_name="Bob", last_name="Quartermaine", mobile_number=NUMBER)
    assert pairs(session) == [("open", '["same_number", "first_nickname", "last_same"]')]
    last = session.scalar(select(func.max(JournalEntry.id)))
    tables = session.scalars(select(JournalValue.table_name).where(JournalValue.entry_id == last)).all()
    assert sorted(tables) == ["customers", "duplicate_pairs"]


def test_a_pair_goes_when_a_change_shows_that_they_differ(session: Session) -> None:
    a_customer(session, first_name="Robert", last_name="Quartermaine", mobile_number=NUMBER)
    other = a_customer(session, first_name="Bob", last_name="Quartermaine", mobile_number=NUMBER)
    customers.update(session, other.id, version=other.version, first_name="Ann", save_anyway=True, now=LATER)
    assert pairs(session) == []


def test_a_change_asks_about_a_new_pair_once(session: Session) -> None:
    a_customer(session, first_name="Robert", last_name="Quartermaine", mobile_number=NUMBER)
    other = a_customer(session, first_name="Ann", last_name="Lee")
    fields = {"first_name": "Robert", "last_name": "Quatermaine", "mobile_number": "07700 900802"}
    with pytest.raises(AlreadyThere) as known:
        customers.update(session, other.id, version=1, **fields, now=LATER)
    assert [person.reason for person in known.value.people] == [
        "Numbers differ by one digit, same first name, last names are spelt almost alike"
    ]
    changed = customers.update(session, other.id, version=1, **fields, save_anyway=True, now=LATER)
    assert [state for state, _ in pairs(session)] == ["open"]
    # It was answered: another change of theirs does not ask again.
    customers.update(session, other.id, version=changed.version, first_name="Rob", now=LATER)


def test_namesakes_with_other_numbers_are_no_pair(session: Session) -> None:
    for number in range(6):
        a_customer(session, mobile_number=f"+4477009001{number}{number}")
    assert pairs(session) == []
