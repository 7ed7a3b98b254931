"""Giving many customers the same value of a field, and undoing it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer
from tests.venue.bulk.test_tagging import everyone
from tests.venue.journal.test_undo import last
from venue import bulk, fields
from venue.bulk import Changed
from venue.errors import Invalid, NotFound
from venue.journal import entries, sentences
from venue.journal.undo import undo


def a_field(session: Session, kind: str = "text", **more: Any) -> UUID:
    return fields.add(session, name="Allergies", kind=kind, now=NOW, **more).id


def values(session: Session, field_id: UUID, ids: list[UUID]) -> list[Any]:
    """The customers' values of the field, in this order."""
    of = fields.values_of(session, ids)
    return [of[each][field_id].stored if field_id in of.get(each, {}) else None for each in ids]


def test_all_get_the_value_and_undoing_gives_the_old_ones_back(session: Session) -> None:
    ids, allergies = [a_customer(session).id for _ in range(3)], a_field(session)
    fields.put(session, ids[0], {allergies: "eggs"}, now=NOW)
    fields.put(session, ids[1], {allergies: "nuts"}, now=NOW)
    done = bulk.set_field(session, everyone(session), field_id=allergies, value=" nuts ", now=NOW)
    assert done == Changed(2, 1)
    assert values(session, allergies, ids) == ["nuts"] * 3
    assert sentences.of(entries.get(session, last(session))) == "Max set ‘Allergies’ for 2 customers"
    undo(session, last(session), now=NOW)
    assert values(session, allergies, ids) == ["eggs", "nuts", None]


def test_a_field_is_cleared_and_comes_back(session: Session) -> None:
    ids, allergies = [a_customer(session).id for _ in range(2)], a_field(session)
    fields.put(session, ids[0], {allergies: "eggs"}, now=NOW)
    assert bulk.clear_field(session, everyone(session), field_id=allergies, now=NOW) == Changed(1, 1)
    assert values(session, allergies, ids) == [None, None]
    undo(session, last(session), now=NOW)
    assert values(session, allergies, ids) == ["eggs", None]


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [("number", "12.5", 12.5), ("day", "6/3/2027", date(2027, 3, 6)), ("flag", "Yes", True), ("flag", "no", False)],
)
def test_values_of_each_kind_are_set_and_undone(session: Session, kind: str, typed: str, stored: Any) -> None:
    ids, field_id = [a_customer(session).id for _ in range(2)], a_field(session, kind)
    bulk.set_field(session, everyone(session), field_id=field_id, value=typed, now=NOW)
    assert values(session, field_id, ids) == [stored, stored]
    undo(session, last(session), now=NOW)
    assert values(session, field_id, ids) == [None, None]


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("text", "  ", "Enter a value, or clear the field instead"),
        ("text", "x" * 501, "The limit is 500"),
        ("number", "many", "is not a number"),
        ("day", "31/2/2027", "is not a date"),
    ],
)
def test_bad_values_are_refused(session: Session, kind: str, typed: str, words: str) -> None:
    jo, field_id = a_customer(session), a_field(session, kind)
    with pytest.raises(Invalid, match=words) as refused:
        bulk.set_field(session, everyone(session), field_id=field_id, value=typed, now=NOW)
    assert refused.value.problems.keys() == {"value"}
    assert values(session, field_id, [jo.id]) == [None]


def test_a_choice_that_is_no_longer_offered_and_a_field_that_is_gone_are_refused(session: Session) -> None:
    jo, diet = a_customer(session), a_field(session, "choice", choices=("Vegan", "None"))
    vegan = fields.get(session, diet).choices[0].id
    fields.put(session, jo.id, {diet: vegan}, now=NOW)
    fields.retire_choice(session, vegan, now=NOW)
    a_customer(session)
    with pytest.raises(Invalid, match="no longer offered"):
        bulk.set_field(session, everyone(session), field_id=diet, value=str(vegan), now=NOW)
    with pytest.raises(NotFound, match="This field no longer exists"):
        bulk.set_field(session, everyone(session), field_id=uuid4(), value="x", now=NOW)
    with pytest.raises(NotFound, match="This field no longer exists"):
        bulk.clear_field(session, everyone(session), field_id=uuid4(), now=NOW)
