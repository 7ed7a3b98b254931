"""What the journal says about fields and their values."""

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer, hours
from tests.venue.fields.making import a_field, choice_id, words_of
from venue import acts, customers, fields
from venue.journal import entries, sentences
from venue.journal.undo import undo

LATER = NOW + hours(1)


def said(session: Session) -> str:
    return sentences.of(entries.get(session, acts.last_entry(session) or 0))


def test_each_act_has_a_sentence(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    assert said(session) == "Max added the field ‘Place’"
    a_field(session, "Diet")
    fields.update(session, place, name="Seat", now=LATER)
    assert said(session) == "Max renamed the field ‘Place’ to ‘Seat’"
    fields.move(session, place, position=2, now=LATER)
    assert said(session) == "Max changed the order of the fields"
    fields.add_choice(session, place, name="Roof", now=LATER)
    assert said(session) == "Max added the choice ‘Roof’ of ‘Seat’"
    fields.rename_choice(session, choice_id(session, place, "Bar"), name="Long bar", now=LATER)
    assert said(session) == "Max renamed a choice of a field: Bar → Long bar"
    fields.retire_choice(session, choice_id(session, place, "Snug"), now=LATER)
    assert said(session) == "Max removed the choice ‘Snug’ of ‘Seat’"
    for _ in range(2):
        a_customer(session, own={place: "Garden"})
    fields.delete(session, place, now=LATER)
    assert said(session) == "Max deleted the field ‘Seat’ of 2 customers"


@pytest.mark.parametrize(
    ("kind", "first", "then", "sentence"),
    [
        ("text", "nuts", None, "nuts → none"),
        ("number", 3, 4.5, "3 → 4.5"),
        ("day", "2027-03-06", "2027-03-07", "6 March 2027 → 7 March 2027"),
        ("flag", None, "no", "none → No"),
        ("choice", "Bar", "Snug", "Bar → Snug"),
    ],
)
def test_a_changed_value_is_named(session: Session, kind: str, first: object, then: object, sentence: str) -> None:
    field_id = a_field(session, "Own", kind)
    customer = a_customer(session, own={field_id: first})
    customers.update(session, customer.id, version=1, own={field_id: then}, notes="Regular", now=LATER)
    assert said(session) == f"Max changed Jo Smith: notes, Own {sentence}"


def test_a_long_value_is_only_named(session: Session) -> None:
    field_id = a_field(session)
    customer = a_customer(session)
    customers.update(session, customer.id, version=1, own={field_id: "x" * 60}, now=LATER)
    assert said(session) == "Max changed Jo Smith: Allergies"


def test_a_value_of_a_deleted_field_is_said_without_its_name(session: Session) -> None:
    field_id = a_field(session)
    customer = a_customer(session)
    customers.update(session, customer.id, version=1, own={field_id: "nuts"}, now=LATER)
    entry_id = acts.last_entry(session) or 0
    fields.delete(session, field_id, now=LATER)
    assert sentences.of(entries.get(session, entry_id)) == "Max changed Jo Smith: a deleted field none → nuts"


def test_a_removed_choice_that_some_keep_is_named_too(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    a_customer(session, own={place: "Bar"})
    fields.retire_choice(session, choice_id(session, place, "Bar"), now=LATER)
    assert said(session) == "Max removed the choice ‘Bar’ of ‘Place’"


def test_what_was_done_with_fields_is_undone(session: Session) -> None:
    place, diet = a_field(session, "Place", "choice"), a_field(session, "Diet")
    customer = a_customer(session, own={place: "Bar", diet: "vegan"})
    customers.update(session, customer.id, version=1, own={place: "Snug", diet: None}, notes="Regular", now=LATER)
    take_back(session)
    assert words_of(session, customer.id) == {"Place": "Bar", "Diet": "vegan"}
    fields.update(session, diet, name="Food", now=LATER)
    take_back(session)
    fields.retire_choice(session, choice_id(session, place, "Garden"), now=LATER)
    take_back(session)
    fields.delete(session, place, now=LATER)
    take_back(session)
    assert words_of(session, customer.id) == {"Place": "Bar", "Diet": "vegan"}
    assert [choice.name for choice in fields.get(session, place).offered] == ["Bar", "Garden", "Snug"]


def take_back(session: Session) -> None:
    session.flush()
    session.expire_all()
    undone = undo(session, acts.last_entry(session) or 0, now=LATER)
    assert not undone.left
    session.expire_all()
