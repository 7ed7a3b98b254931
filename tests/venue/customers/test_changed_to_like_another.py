"""A customer whose name or number becomes another customer's: a question, as when one is added."""

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer, hours
from venue import customers
from venue.customers.edit import Change
from venue.errors import AlreadyThere

LATER = NOW + hours(1)
ANN, BOB = "+447700900801", "+447700900802"


@pytest.fixture
def bob(session: Session):
    a_customer(session, first_name="Ann", last_name="Lee", mobile_number=ANN)
    return a_customer(session, first_name="Bob", last_name="Lee", mobile_number=BOB)


def change(session: Session, customer, **given):
    return customers.update(session, customer.id, version=customer.version, now=LATER, **given)


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({"mobile_number": "07700 900801"}, (False, True)),
        ({"first_name": "ann"}, (True, False)),
        ({"first_name": "Ann", "mobile_number": "07700 900801"}, (True, True)),
    ],
)
def test_it_is_asked_about_and_nothing_is_saved(session: Session, bob, fields: dict, same: tuple) -> None:
    with pytest.raises(AlreadyThere) as known:
        change(session, bob, **fields)
    (person,) = known.value.people
    assert (person.name, person.same_name, person.same_number) == ("Ann Lee", *same)
    assert (bob.first_name, bob.mobile_number) == ("Bob", BOB)


def test_who_has_the_same_e_mail_address_is_asked_about(session: Session) -> None:
    a_customer(session, first_name="Ann", last_name="Lee", mobile_number=ANN, email="ann@example.com")
    typed = {"last_name": "Quirk", "mobile_number": "07700 900888", "email": "Ann@example.com", "now": NOW}
    for first_name, reason in (("Zed", ""), ("Ann", "Same e-mail address, same first name, different last names")):
        with pytest.raises(AlreadyThere) as known:
            customers.add(session, first_name=first_name, **typed)
        (person,) = known.value.people
        assert (person.name, person.same_email, person.reason) == ("Ann Lee", True, reason)
    cat = a_customer(session, first_name="Cat", last_name="Quirk", mobile_number="+447700900555")
    with pytest.raises(AlreadyThere):
        change(session, cat, email="ANN@example.com")


def test_families_share_a_phone(session: Session, bob) -> None:
    assert change(session, bob, mobile_number="07700 900801", save_anyway=True).mobile_number == ANN
    # It was answered: another change of theirs does not ask again.
    assert change(session, bob, notes="Ann's brother", last_name="Leigh").last_name == "Leigh"


@pytest.mark.parametrize("fields", [{"mobile_number": "07700 900803"}, {"first_name": "BOB"}, {"notes": "Ann Lee"}])
def test_a_unique_name_and_number_are_saved_without_a_question(session: Session, bob, fields: dict) -> None:
    change(session, bob, **fields)


def test_of_many_changes_only_that_one_waits_for_an_answer(session: Session, bob) -> None:
    other = a_customer(session, first_name="Cat")
    ask = Change(bob.id, bob.version, {"mobile_number": "07700 900801"})
    saved = customers.update_many(session, [ask, Change(other.id, other.version, {"notes": "x"})], now=LATER)
    assert list(saved.changed) == [other.id]
    assert [person.name for person in saved.lookalikes[bob.id]] == ["Ann Lee"]

    anyway = Change(bob.id, bob.version, {"mobile_number": "07700 900801"}, save_anyway=True)
    assert list(customers.update_many(session, [anyway], now=LATER).changed) == [bob.id]
