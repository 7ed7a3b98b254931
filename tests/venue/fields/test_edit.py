"""Making, renaming, moving and deleting fields, and their choices."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, CustomerValue, CustomField, FieldChoice
from tests.makers import NOW, STAFF, VIEWER, a_customer, hours
from tests.venue.fields.making import OPTIONS, a_field, choice_id, words_of
from venue import customers, fields
from venue.errors import Invalid, NotAllowed, NotFound
from venue.fields.edit import MOST_FIELDS

LATER = NOW + hours(1)


def names(session: Session) -> list[str]:
    return [field.name for field in fields.listed(session)]


def test_fields_are_listed_in_the_order_they_were_made(session: Session) -> None:
    a_field(session, "Allergies")
    a_field(session, "Favourite place", "choice")
    listed = fields.listed(session)
    assert [(field.name, field.kind) for field in listed] == [("Allergies", "text"), ("Favourite place", "choice")]
    assert tuple(choice.name for choice in listed[1].choices) == OPTIONS
    assert [column.label for column in fields.list_columns(session)] == ["Allergies", "Favourite place"]
    assert fields.list_columns(session)[0].name == f"field.{listed[0].id}"


def test_a_form_that_is_sent_twice_makes_one_field(session: Session) -> None:
    first, again = (a_field(session, "Allergies", form_token="once") for _ in range(2))
    assert first == again
    assert names(session) == ["Allergies"]


REFUSED = [
    ({"name": " "}, {"name": "Enter a name"}),
    ({"name": "x" * 61}, {"name": "Name is 61 characters long. The limit is 60"}),
    ({"name": "a\x07b"}, {"name": "Name contains a character that cannot be shown: type it again"}),
    ({"name": "mobile  NUMBER"}, {"name": "Every customer has ‘mobile NUMBER’ already: choose another name"}),
    ({"name": "E-mail"}, {"name": "Every customer has ‘E-mail’ already: choose another name"}),
    ({"name": "ALLERGÌES"}, {"name": "There is a field ‘Allergies’ already"}),
    ({"kind": "choice"}, {"choices": "Enter at least one choice, each on its own line"}),
    ({"kind": "choice", "choices": ["Nuts", "NUTS"]}, {"choices": "‘NUTS’ is there twice"}),
    ({"kind": "choice", "choices": ["Nuts", ""]}, {"choices": "Enter a name"}),
    (
        {"name": "", "kind": "colour"},
        {"name": "Enter a name", "kind": "Choose what the field holds: text, number, day, flag, choice"},
    ),
]


@pytest.mark.parametrize(("typed", "problems"), REFUSED)
def test_what_makes_no_field_is_refused_with_every_problem(
    session: Session, typed: dict[str, object], problems: dict[str, str]
) -> None:
    a_field(session, "Allergies")
    with pytest.raises(Invalid) as refused:
        fields.add(session, **{"name": "Food", "kind": "text", "now": NOW, **typed})  # type: ignore[arg-type]
    assert refused.value.problems == problems
    assert names(session) == ["Allergies"]


def test_there_are_not_too_many_fields(session: Session) -> None:
    for number in range(MOST_FIELDS):
        a_field(session, f"Field {number}")
    with pytest.raises(Invalid, match="There are 40 fields already: delete one first"):
        a_field(session, "One more")


def test_making_a_field_writes_no_customer(session: Session) -> None:
    customer = a_customer(session)
    version, changed_at = customer.version, customer.updated_at
    a_field(session)
    session.refresh(customer)
    assert (customer.version, customer.updated_at) == (version, changed_at)
    assert session.scalar(select(func.count()).select_from(CustomerValue)) == 0


def test_a_field_is_renamed_with_its_values(session: Session) -> None:
    field_id = a_field(session)
    customer = a_customer(session, own={field_id: "nuts"})
    fields.update(session, field_id, name="Allergy", was="Allergies", now=LATER)
    assert words_of(session, customer.id) == {"Allergy": "nuts"}


def test_of_two_who_rename_a_field_the_second_is_told(session: Session) -> None:
    field_id = a_field(session)
    fields.update(session, field_id, name="Food", was="Allergies", now=LATER)
    with pytest.raises(Invalid, match="Someone else renamed this field ‘Food’ in the meantime"):
        fields.update(session, field_id, name="Allergy", was="Allergies", now=LATER)
    a_field(session, "Birthday", "day")
    with pytest.raises(Invalid, match="There is a field ‘Birthday’ already"):
        fields.update(session, field_id, name="BIRTHDAY", now=LATER)
    fields.update(session, field_id, name="FOOD", now=LATER)
    assert names(session) == ["FOOD", "Birthday"]


@pytest.mark.parametrize(("position", "order"), [(1, "CAB"), (2, "ACB"), (3, "ABC"), (99, "ABC"), (-5, "CAB")])
def test_a_field_is_moved(session: Session, position: int, order: str) -> None:
    ids = {name: a_field(session, name) for name in "ABC"}
    fields.move(session, ids["C"], position=position, now=LATER)
    assert "".join(names(session)) == order


def test_a_deleted_field_goes_with_its_values_and_no_others(session: Session) -> None:
    food, place = a_field(session), a_field(session, "Place", "choice")
    bar = choice_id(session, place, "Bar")
    customer = a_customer(session, own={food: "nuts", place: bar})
    a_customer(session, own={place: bar})
    assert fields.count(session, fields.get(session, place)) == 2
    assert fields.delete(session, place, now=LATER) == 2
    assert words_of(session, customer.id) == {"Allergies": "nuts"}
    assert session.scalar(select(func.count()).select_from(FieldChoice)) == 0
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
    with pytest.raises(NotFound, match="This field no longer exists"):
        fields.delete(session, place, now=LATER)


def test_a_choice_in_use_stays_shown_and_is_no_longer_offered(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    bar, snug = (choice_id(session, place, name) for name in ("Bar", "Snug"))
    customer = a_customer(session, own={place: bar})
    assert fields.retire_choice(session, bar, now=LATER) == 1
    assert fields.retire_choice(session, snug, now=LATER) == 0
    field = fields.get(session, place)
    assert [choice.name for choice in field.offered] == ["Garden"]
    assert [choice.name for choice in field.choices] == ["Bar", "Garden"]
    assert words_of(session, customer.id) == {"Place": "Bar"}
    # Who has it keeps it when something else is saved.
    customers.update(session, customer.id, version=1, own={place: bar}, notes="Regular", now=LATER)
    with pytest.raises(Invalid, match="‘Bar’ is no longer offered: choose another one"):
        a_customer(session, own={place: bar})


def test_a_retired_choice_that_is_added_again_is_offered_again(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    bar = choice_id(session, place, "Bar")
    a_customer(session, own={place: bar})
    fields.retire_choice(session, bar, now=LATER)
    assert fields.add_choice(session, place, name="bar", now=LATER).id == bar
    with pytest.raises(Invalid, match="There is a choice ‘Bar’ already"):
        fields.add_choice(session, place, name="BAR", now=LATER)


def test_a_choice_is_renamed_for_everyone_who_has_it(session: Session) -> None:
    place = a_field(session, "Place", "choice")
    bar = choice_id(session, place, "Bar")
    customer = a_customer(session, own={place: bar})
    fields.rename_choice(session, bar, name="Long bar", now=LATER)
    assert words_of(session, customer.id) == {"Place": "Long bar"}
    with pytest.raises(Invalid, match="There is a choice ‘Snug’ already"):
        fields.rename_choice(session, bar, name="snug", now=LATER)


def test_the_last_choice_stays(session: Session) -> None:
    place = a_field(session, "Place", "choice", choices=["Bar"])
    with pytest.raises(Invalid, match="‘Bar’ is the only choice of Place"):
        fields.retire_choice(session, choice_id(session, place, "Bar"), now=LATER)


@pytest.mark.parametrize("actor", [STAFF, VIEWER])
def test_fields_are_made_by_managers(session: Session, actor: object) -> None:
    session.info["actor"] = actor
    with pytest.raises(NotAllowed, match="may not change tags and fields of customers"):
        a_field(session)
    assert session.scalar(select(func.count()).select_from(CustomField)) == 0
