"""What customers have in the venue's fields: how it is read, stored, shown and compared."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, VIEWER, a_customer, hours
from tests.venue.fields.making import a_field, choice_id, words_of
from venue import customers, fields
from venue.errors import Conflict, Invalid
from venue.fields import key_of

LATER = NOW + hours(1)

VALID: list[tuple[str, Any, str]] = [
    ("text", "  no   nuts ", "no nuts"),
    ("text", "=1+1", "=1+1"),
    ("text", "x" * 500, "x" * 500),
    ("number", "12", "12"),
    ("number", " 1,250.50 ", "1250.5"),
    ("number", "-3", "-3"),
    ("number", "-0", "0"),
    ("number", "£7.25", "7.25"),
    ("number", 4, "4"),
    ("number", "0.00001", "0.00001"),
    ("day", "1980-03-06", "6 March 1980"),
    ("day", "06/03/1980", "6 March 1980"),
    ("day", date(1980, 3, 6), "6 March 1980"),
    ("flag", "YES", "Yes"),
    ("flag", "0", "No"),
    ("flag", False, "No"),
    ("choice", "garden", "Garden"),
]
REFUSED = [
    ("text", "x" * 501, "Own is 501 characters long. The limit is 500"),
    ("text", "a\x00b", "Own contains a character that cannot be shown: type it again"),
    ("number", "twelve", "Own is not a number: write it like 12 or 12.5"),
    ("number", "1e5", "Own is not a number: write it like 12 or 12.5"),
    ("number", "nan", "Own is not a number: write it like 12 or 12.5"),
    ("number", float("inf"), "Own is too large: the limit is 1,000,000,000,000"),
    ("number", "9" * 400, "Own is too large: the limit is 1,000,000,000,000"),
    ("day", "12/31/2026", "Own is not a date: write it like 31/12/2026"),
    ("day", "01/01/1066", "Own must be from 1900 to 2999"),
    ("flag", "perhaps", "Own is neither yes nor no"),
    ("choice", "Roof", "Own has no choice ‘Roof’. Choose from: Bar, Garden, Snug"),
]


@pytest.mark.parametrize(("kind", "typed", "shown"), VALID)
def test_a_value_is_stored_and_shown(session: Session, kind: str, typed: Any, shown: str) -> None:
    field_id = a_field(session, "Own", kind)
    customer = a_customer(session, own={field_id: typed})
    assert words_of(session, customer.id) == {"Own": shown}


@pytest.mark.parametrize(("kind", "typed", "problem"), REFUSED)
def test_what_does_not_fit_a_field_is_refused(session: Session, kind: str, typed: Any, problem: str) -> None:
    field_id = a_field(session, "Own", kind)
    with pytest.raises(Invalid) as refused:
        a_customer(session, own={field_id: typed}, first_name="")
    assert refused.value.problems == {key_of(field_id): problem, "first_name": "Enter a first name"}


def test_an_empty_value_is_none_and_clears_what_is_there(session: Session) -> None:
    field_id = a_field(session)
    customer = a_customer(session, own={field_id: "nuts"})
    customers.update(session, customer.id, version=1, own={field_id: "  "}, now=LATER)
    assert fields.values_of(session, [customer.id]) == {}
    assert a_customer(session, own={field_id: ""}).id not in fields.values_of(session, [customer.id])


def test_values_of_many_are_read_in_one_statement(session: Session) -> None:
    food, place = a_field(session), a_field(session, "Place", "choice")
    ann = a_customer(session, own={food: "nuts", place: "Bar"}).id
    bob = a_customer(session, own={food: "milk"}).id
    none = a_customer(session).id
    values = fields.values_of(session, [ann, bob, none])
    assert {key: {each: value.words for each, value in row.items()} for key, row in values.items()} == {
        ann: {food: "nuts", place: "Bar"},
        bob: {food: "milk"},
    }
    assert values[ann][place].stored == choice_id(session, place, "Bar")
    assert fields.values_of(session, []) == {}


def test_a_field_that_was_not_given_is_not_touched(session: Session) -> None:
    food, score = a_field(session), a_field(session, "Score", "number")
    customer = a_customer(session, own={food: "nuts", score: 3})
    customers.update(session, customer.id, version=1, own={score: 4}, now=LATER)
    assert words_of(session, customer.id) == {"Allergies": "nuts", "Score": "4"}


def test_saving_the_same_values_changes_nothing(session: Session) -> None:
    food = a_field(session)
    customer = a_customer(session, own={food: "nuts"})
    customers.update(session, customer.id, version=1, own={food: "nuts"}, now=LATER)
    assert (customer.version, customer.updated_at) == (1, NOW)


# Two who edit


def save(session: Session, customer_id: UUID, field_id: UUID, was: Any, value: Any) -> None:
    was = {key_of(field_id): was}
    customers.update(session, customer_id, version=1, own={field_id: value}, was=was, now=LATER)


def test_what_both_changed_is_a_conflict_and_what_one_changed_is_none(session: Session) -> None:
    food = a_field(session)
    customer = a_customer(session, own={food: "nuts"})
    save(session, customer.id, food, "nuts", "milk")
    with pytest.raises(Conflict) as conflict:
        save(session, customer.id, food, "nuts", "eggs")
    assert conflict.value.fields == {key_of(food): ("milk", "eggs")}
    # They did not touch it: the other's change stays.
    save(session, customer.id, food, "nuts", "nuts")
    assert words_of(session, customer.id) == {"Allergies": "milk"}
    # Both typed the same.
    save(session, customer.id, food, "nuts", "milk")


def test_a_conflict_names_own_fields_and_others_at_once(session: Session) -> None:
    food = a_field(session)
    customer = a_customer(session, notes="")
    customers.update(session, customer.id, version=1, own={food: "milk"}, notes="Theirs", now=LATER)
    was = {"notes": "", key_of(food): None}
    with pytest.raises(Conflict) as conflict:
        customers.update(session, customer.id, version=1, own={food: "nuts"}, notes="Mine", was=was, now=LATER)
    assert conflict.value.fields == {"notes": ("Theirs", "Mine"), key_of(food): ("milk", "nuts")}


def test_a_field_that_is_renamed_while_it_is_edited_keeps_what_was_typed(session: Session) -> None:
    food = a_field(session)
    customer = a_customer(session)
    fields.update(session, food, name="Diet", now=LATER)
    save(session, customer.id, food, None, "vegan")
    assert words_of(session, customer.id) == {"Diet": "vegan"}


def test_a_field_that_is_deleted_while_it_is_edited_is_named(session: Session) -> None:
    food, score = a_field(session), a_field(session, "Score", "number")
    customer = a_customer(session)
    fields.delete(session, food, now=LATER)
    with pytest.raises(Invalid) as refused:
        customers.update(session, customer.id, version=1, own={food: "nuts", score: 3}, now=LATER)
    assert refused.value.problems == {
        key_of(food): "This field was deleted in the meantime. Save again to leave it out"
    }
    customers.update(session, customer.id, version=1, own={score: 3}, now=LATER)
    assert words_of(session, customer.id) == {"Score": "3"}


def test_a_choice_that_is_deleted_while_it_is_edited_is_named(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    snug = choice_id(session, place, "Snug")
    fields.retire_choice(session, snug, now=LATER)
    with pytest.raises(Invalid, match="This choice of Place no longer exists"):
        a_customer(session, own={place: snug})
    with pytest.raises(Invalid, match="This field was deleted in the meantime"):
        a_customer(session, own={uuid4(): "x"})


def test_a_viewer_sees_no_number_in_a_text(session: Session) -> None:
    contact = a_field(session, "Emergency contact")
    customer = a_customer(session, own={contact: "Mum 07700 900123"})
    session.info["actor"] = VIEWER
    assert words_of(session, customer.id) == {"Emergency contact": "Mum 07700 ••••••"}
