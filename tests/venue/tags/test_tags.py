"""Tags: their names, what changing, merging and deleting them does, and the customers who have them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_booking, a_customer, an_event, days
from venue import tags
from venue.errors import Conflict, Invalid, NotFound

TODAY = date(2027, 1, 15)
TOMORROW, LAST_WEEK = date(2027, 1, 16), date(2027, 1, 8)


def a_tag(session: Session, name: str = "VIP", **over: Any) -> UUID:
    return tags.add(session, name=name, now=NOW, **over).id


def tags_of(session: Session, customer_id: UUID, *, today: date = TODAY) -> list[tuple[str, date | None]]:
    return [(tag.name, tag.last_day) for tag in tags.of_customers(session, [customer_id], today=today)[customer_id]]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("VIP", "VIP"),
        ("  Gluten  free ", "Gluten free"),
        ("Café\u0301", "Café\u0301"),
        ("🎂", "🎂"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_stored_as_typed_without_needless_spaces(session: Session, typed: str, name: str) -> None:
    assert tags.add(session, name=typed, now=NOW).name == name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a name"),
        (" \u200b ", "Enter a name"),
        ("x" * 41, "41 characters long. The limit is 40"),
        ("VIP; Regular", "Leave out ‘;’"),
        ("VIP, Regular", "Leave out ‘,’"),
        ("VIP|Regular", "Leave out ‘|’"),
        ('"VIP"', 'Leave out ‘"’'),
        ("a\x00b", "cannot be shown"),
        ("\u202e", "no visible characters"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(session: Session, typed: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        tags.add(session, name=typed, now=NOW)
    assert refused.value.problems.keys() == {"name"}


@pytest.mark.parametrize("typed", ["vip", "VIP ", "V\u00edp", "ＶＩＰ"])
def test_a_name_in_another_case_names_the_tag_that_is_there(session: Session, typed: str) -> None:
    a_tag(session, "VIP")
    with pytest.raises(Invalid, match="There is a tag ‘VIP’ already"):
        tags.add(session, name=typed, now=NOW)
    other = a_tag(session, "Regular")
    with pytest.raises(Invalid, match="There is a tag ‘VIP’ already"):
        tags.update(session, other, version=1, name=typed, now=NOW)


def test_a_tag_may_change_the_case_of_its_own_name(session: Session) -> None:
    tags.update(session, a_tag(session, "vip"), version=1, name="VIP", now=NOW)
    assert [tag.name for tag in tags.every(session)] == ["VIP"]


def test_names_of_symbols_only_are_told_apart(session: Session) -> None:
    a_tag(session, "+")
    a_tag(session, "!")
    with pytest.raises(Invalid, match="‘!’"):
        a_tag(session, "!")


def test_a_form_that_is_submitted_twice_adds_one_tag(session: Session) -> None:
    assert a_tag(session, form_token="one") == a_tag(session, form_token="one")


def test_an_unknown_colour_is_refused_with_the_name(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        tags.add(session, name="", colour="plaid", now=NOW)
    assert refused.value.problems.keys() == {"name", "colour"}


def test_changing_the_same_field_at_once_is_a_conflict(session: Session) -> None:
    tag_id = a_tag(session)
    was = {"name": "VIP", "colour": "gray"}
    tags.update(session, tag_id, version=1, name="Regular", now=NOW)
    assert tags.update(session, tag_id, version=1, was=was, colour="red", now=NOW).name == "Regular"
    with pytest.raises(Conflict) as conflict:
        tags.update(session, tag_id, version=1, was=was, name="Friend", now=NOW)
    assert conflict.value.fields == {"name": ("Regular", "Friend")}


def test_a_tag_that_is_gone_is_said_to_be(session: Session) -> None:
    customer = a_customer(session)
    for act in (
        lambda: tags.update(session, uuid4(), version=1, name="VIP", now=NOW),
        lambda: tags.put_on(session, customer.id, uuid4(), now=NOW),
        lambda: tags.merge(session, into=a_tag(session), tag_id=uuid4(), now=NOW),
    ):
        with pytest.raises(NotFound, match="This tag no longer exists"):
            act()
    tags.delete(session, uuid4(), now=NOW)
    with pytest.raises(NotFound, match="This customer no longer exists"):
        tags.put_on(session, uuid4(), tags.named(session, "vip").id, now=NOW)


def test_a_tag_is_put_on_and_taken_off_however_often(session: Session) -> None:
    customer, tag_id = a_customer(session), a_tag(session, at_door=True, colour="red")
    for _ in range(2):
        tags.put_on(session, customer.id, tag_id, now=NOW)
        assert tags_of(session, customer.id) == [("VIP", None)]
    tags.put_on(session, customer.id, tag_id, last_day=TOMORROW, now=NOW)
    assert tags_of(session, customer.id) == [("VIP", TOMORROW)]
    for _ in range(2):
        tags.take_off(session, customer.id, tag_id, now=NOW)
        assert tags_of(session, customer.id) == []


def test_a_tag_counts_until_the_end_of_its_last_day(session: Session) -> None:
    customer, tag_id = a_customer(session), a_tag(session)
    tags.put_on(session, customer.id, tag_id, last_day=TODAY, now=NOW)
    for today, customers in ((TODAY, 1), (TOMORROW, 0)):
        assert len(tags_of(session, customer.id, today=today)) == customers
        assert tags.count(session, tag_id, today=today) == customers
        assert [tag.customers for tag in tags.listed(session, today=today)] == [customers]


def test_a_last_day_in_the_past_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="in the past"):
        tags.put_on(session, a_customer(session).id, a_tag(session), last_day=LAST_WEEK, now=NOW)


def test_tags_that_are_over_are_removed(session: Session) -> None:
    customer = a_customer(session)
    for name, last_day in (("For good", None), ("Today", TODAY), ("Tomorrow", TOMORROW)):
        tags.put_on(session, customer.id, a_tag(session, name), last_day=last_day, now=NOW)
    # London's next day has begun.
    assert tags.on_customers.tidy(session, now=NOW + days(0.5)) == 1
    assert tags_of(session, customer.id) == [("For good", None), ("Tomorrow", TOMORROW)]


def test_tags_of_many_take_one_statement_and_are_sorted_by_name(session: Session) -> None:
    ann, bob = a_customer(session).id, a_customer(session).id
    for name in ("Regular", "allergy", "VIP"):
        tags.put_on(session, ann, a_tag(session, name), now=NOW)
    of = tags.of_customers(session, [ann, bob], today=TODAY)
    assert [[tag.name for tag in of[each]] for each in (ann, bob)] == [["allergy", "Regular", "VIP"], []]


def test_deleting_a_tag_takes_it_off_everyone(session: Session) -> None:
    customer, tag_id = a_customer(session), a_tag(session)
    tags.put_on(session, customer.id, tag_id, now=NOW)
    tags.delete(session, tag_id, now=NOW)
    assert tags.every(session) == []
    assert tags_of(session, customer.id) == []


@pytest.mark.parametrize(
    ("of_tag", "of_into", "kept"),
    [
        (None, TOMORROW, None),
        (TOMORROW, None, None),
        (TODAY, TOMORROW, TOMORROW),
        (TOMORROW, TODAY, TOMORROW),
    ],
)
def test_of_two_merged_tags_the_later_last_day_is_kept(
    session: Session, of_tag: date | None, of_into: date | None, kept: date | None
) -> None:
    both, one = a_customer(session).id, a_customer(session).id
    tag_id, into = a_tag(session, "VIP"), a_tag(session, "Regular")
    tags.put_on(session, both, tag_id, last_day=of_tag, now=NOW)
    tags.put_on(session, both, into, last_day=of_into, now=NOW)
    tags.put_on(session, one, tag_id, last_day=of_tag, now=NOW)
    assert tags.merge(session, into=into, tag_id=tag_id, now=NOW) == 2
    session.expire_all()
    assert tags_of(session, both) == [("Regular", kept)]
    assert tags_of(session, one) == [("Regular", of_tag)]
    assert [tag.name for tag in tags.every(session)] == ["Regular"]


def test_a_tag_is_not_merged_into_itself(session: Session) -> None:
    tag_id = a_tag(session)
    with pytest.raises(Invalid, match="Choose another tag"):
        tags.merge(session, into=tag_id, tag_id=tag_id, now=NOW)


@pytest.mark.parametrize("name", ["vip", "VIP"])
def test_a_tag_is_found_by_name(session: Session, name: str) -> None:
    tag_id = a_tag(session)
    assert tags.named(session, name).id == tag_id
    with pytest.raises(NotFound, match="There is no tag with this name"):
        tags.named(session, "Friend")


def test_only_tags_for_the_door_are_shown_there(session: Session) -> None:
    jo, quiz = a_customer(session), an_event(session)
    a_booking(session, jo, quiz)
    a_booking(session, None, quiz)
    for name, at_door, last_day in (("Allergy", True, None), ("Regular", False, None), ("Crutches", True, TODAY)):
        tags.put_on(session, jo.id, a_tag(session, name, at_door=at_door), last_day=last_day, now=NOW)
    for today, names in ((TODAY, ["Allergy", "Crutches"]), (TOMORROW, ["Allergy"])):
        shown = tags.at_door(session, quiz.id, today=today)
        assert {guest: [tag.name for tag in of] for guest, of in shown.items()} == {jo.id: names}
        assert tags.at_door(session, quiz.id, customer_ids=[jo.id], today=today) == shown
    assert tags.at_door(session, quiz.id, customer_ids=[a_customer(session).id], today=TODAY) == {}
