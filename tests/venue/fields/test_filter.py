"""The customer list's filter by the venue's own fields."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, VIEWER, a_customer
from tests.venue.fields.making import a_field, choice_id
from venue import customers, exports, views
from venue.customers import CustomerFilter
from venue.errors import Invalid, NotFound
from venue.fields import conditions, get

# Of five customers "a" to "e", whose last has nothing.
VALUES: dict[str, list[Any]] = {
    "text": ["Nuts and 50% milk", "milk", "CRÈME ^ brûlée", "a_b"],
    "number": [-1, 5, 5.5, 12],
    "day": ["1980-03-06", "1980-03-07", "1999-12-31", "2030-01-01"],
    "flag": ["yes", "no", "yes", "no"],
    "choice": ["Bar", "Snug", "Bar", "Garden"],
}
FOUND = [
    ("text", "MILK", "ab"),
    ("text", "0%", "a"),
    ("text", "%", "a"),
    ("text", "_", "d"),
    ("text", "crème", "c"),
    ("text", "BRÛLÉE", "c"),
    ("text", "crème ^", "c"),
    ("text", "nothing", ""),
    ("number", "5", "b"),
    ("number", "5..", "bcd"),
    ("number", "..5", "ab"),
    ("number", "5..6", "bc"),
    ("number", "-1..0", "a"),
    ("day", "1980-03-06", "a"),
    ("day", "1980-03-07..1999-12-31", "bc"),
    ("day", "07/03/1980..", "bcd"),
    ("flag", "yes", "ac"),
    ("flag", "no", "bd"),
    ("choice", "Bar", "ac"),
]
MAKES_NO_SENSE = [
    ("number", "many", "Own is not a number: write it like 12 or 12.5"),
    ("number", "..", "Say what to look for in Own"),
    ("day", "soon", "Own is not a date: write it like 31/12/2026"),
    ("flag", "perhaps", "Own is neither yes nor no"),
    ("choice", "Roof", "Own has no choice ‘Roof’. Choose from: Bar, Garden, Snug"),
    ("text", " ", "Say what to look for in Own"),
]

# Of nothing: the same in each test process, as a name of a test.
AN_ID = "5d0c1a52-9c1e-4a63-8f0e-0a4f6f1f7f11"


def with_values(session: Session, kind: str) -> UUID:
    field_id = a_field(session, "Own", kind)
    for name, value in zip("abcd", VALUES[kind], strict=True):
        a_customer(session, first_name=name, own={field_id: value})
    a_customer(session, first_name="e")
    return field_id


def found(session: Session, *wanted: tuple[UUID, str], **more: Any) -> str:
    page = customers.search(session, where=CustomerFilter(own=wanted, **more), now=NOW)
    every = session.execute(customers.every(session, where=CustomerFilter(own=wanted, **more), now=NOW)).all()
    assert page.total == len(page.rows) == len(every)
    return "".join(sorted(row.first_name for row in page.rows))


@pytest.mark.parametrize(("kind", "wanted", "names"), FOUND)
def test_customers_are_found_by_what_they_have(session: Session, kind: str, wanted: str, names: str) -> None:
    field_id = with_values(session, kind)
    assert found(session, (field_id, wanted)) == names
    assert found(session, (field_id, wanted), words="Smith") == names


@pytest.mark.parametrize(("kind", "wanted", "problem"), MAKES_NO_SENSE)
def test_what_makes_no_sense_for_a_field_finds_no_one_and_is_said(
    session: Session, kind: str, wanted: str, problem: str
) -> None:
    field_id = with_values(session, kind)
    assert found(session, (field_id, wanted)) == ""
    assert conditions.problem(session, ((field_id, wanted),)) == problem


def test_several_fields_must_all_match_on_every_page(session: Session) -> None:
    food, score = a_field(session), a_field(session, "Score", "number")
    for number in range(30):
        a_customer(session, first_name=f"N{number:02}", own={food: "nuts" if number % 2 else "milk", score: number})
    wanted = ((food, "nuts"), (score, "10.."))
    where = CustomerFilter(own=wanted)
    first = customers.search(session, where=where, page_size=4, now=NOW)
    second = customers.search(session, where=where, page_size=4, after=first.rows[-1].id, page=2, now=NOW)
    assert [row.first_name for row in first.rows] == ["N11", "N13", "N15", "N17"]
    assert [row.first_name for row in second.rows] == ["N19", "N21", "N23", "N25"]
    assert first.total == second.total == 10
    last = customers.search(session, where=where, page_size=4, last=True, now=NOW)
    assert [row.first_name for row in last.rows] == ["N27", "N29"]


def test_a_field_that_was_deleted_is_said_and_never_ignored(session: Session) -> None:
    a_customer(session)
    where = CustomerFilter(own=((uuid4(), "nuts"),))
    assert customers.search(session, where=where, now=NOW).total == 0
    assert conditions.problem(session, where.own) == "A field of this address no longer exists."
    with pytest.raises(NotFound, match="A field of this address no longer exists"):
        exports.customer_list(session, where=where, now=NOW)
    with pytest.raises(Invalid) as refused:
        views.save(session, name="Nuts", query=where.to_query(), shared=True, now=NOW)
    assert "A field of this view was deleted. Remove that filter, or delete the view." in str(refused.value)


def test_an_address_says_the_same_again(session: Session) -> None:
    texts = ("nuts, 50% & ~tea", f"a,{AN_ID}~b", "%2C,", "José, née O'Neil", "5..10")
    where = CustomerFilter(own=tuple((uuid4(), text) for text in texts))
    assert CustomerFilter.from_query(where.to_query()) == where


def test_an_address_from_before_version_1_says_the_same(session: Session) -> None:
    where = CustomerFilter.from_query({"field": f"{AN_ID}~Mum%2C%20Zo%C3%AB,{AN_ID}~5..10"})
    assert where.own == ((UUID(AN_ID), "Mum, Zoë"), (UUID(AN_ID), "5..10"))


@pytest.mark.parametrize("typed", ["nuts", "x~nuts", AN_ID, f"{AN_ID}~", f"{AN_ID}~,{AN_ID}~a"])
def test_an_address_that_makes_no_sense_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="makes no sense for ‘field’"):
        CustomerFilter.from_query({"field": typed})
    assert CustomerFilter.from_query({"field": typed}, skip_unreadable=True) == CustomerFilter()


@pytest.mark.parametrize("wanted", ["900", "07700", "mum 0", "٩"])
def test_a_viewer_finds_no_one_by_digits_in_a_text(session: Session, wanted: str) -> None:
    contact = a_field(session, "Contact")
    a_customer(session, own={contact: "Mum 07700 900123 ٩"})
    assert found(session, (contact, wanted)) == "Jo"
    session.info["actor"] = VIEWER
    assert found(session, (contact, wanted)) == ""
    assert found(session, (contact, "mum")) == "Jo"


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "label"),
    [
        ("text", " nuts ", "nuts", "Own: nuts"),
        ("number", "5.0", "5", "Own: 5"),
        ("number", "5..10", "5..10", "Own: 5 to 10"),
        ("day", "06/03/1980..", "1980-03-06..", "Own: from 6 March 1980"),
        ("day", "..06/03/1980", "..1980-03-06", "Own: until 6 March 1980"),
        ("flag", "Y", "yes", "Own: Yes"),
        ("choice", "bar", None, "Own: Bar"),
    ],
)
def test_a_filter_is_said_in_words(session: Session, kind: str, typed: str, stored: str | None, label: str) -> None:
    field_id = a_field(session, "Own", kind)
    field = get(session, field_id)
    wanted = conditions.checked_wanted(field, typed)
    assert wanted == (stored or str(choice_id(session, field_id, "Bar")))
    assert conditions.label(field, wanted) == label
