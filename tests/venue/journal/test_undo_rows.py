"""Undoing what was done to tags, own fields, households and pairs: what comes back, and what is left and why."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    Customer,
    CustomerTag,
    CustomerValue,
    CustomField,
    FieldChoice,
    Household,
    HouseholdMember,
    JournalValue,
    SavedView,
    Tag,
)
from db.writes import delete_where, insert_new, update_where
from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_customer
from tests.previews import preview
from tests.venue.journal.test_undo import last, refusal
from venue import acts, privacy
from venue.acts import Act
from venue.errors import NotAllowed
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.short_names import folded as fold

LATER = NOW + timedelta(hours=1)


def do(session: Session, change: Callable[[], Any], *, kind: Act = Act.CUSTOMERS_TAGGED, **details: Any) -> int:
    """Make a change as one act, and return its entry's id."""

    @acts.act(kind)
    def command(session: Session, *, now: Any) -> None:
        change()
        acts.details(session, **details)

    command(session, now=NOW)
    return last(session)


def a_tag(session: Session, name: str = "VIP") -> Tag:
    tag = Tag(name=name, folded_name=fold(name), created_at=NOW, updated_at=NOW)
    session.add(tag)
    session.flush()
    return tag


def a_field(session: Session, name: str = "Allergies", kind: str = "text") -> CustomField:
    field = CustomField(name=name, folded_name=fold(name), kind=kind, position=1, created_at=NOW)
    session.add(field)
    session.flush()
    return field


def put_on(session: Session, tag: Tag, *customers: Customer, at: Any = NOW, last_day: date | None = None) -> None:
    rows = [{"tag_id": tag.id, "customer_id": each.id, "last_day": last_day, "added_at": at} for each in customers]
    insert_new(session, CustomerTag, rows)


def take_off(session: Session, tag: Tag, *customers: Customer) -> None:
    theirs = CustomerTag.customer_id.in_([each.id for each in customers])
    delete_where(session, CustomerTag, (CustomerTag.tag_id == tag.id) & theirs)


def tagged(session: Session, tag: Tag | UUID) -> set[UUID]:
    tag_id = tag if isinstance(tag, UUID) else tag.id
    return set(session.scalars(select(CustomerTag.customer_id).where(CustomerTag.tag_id == tag_id)))


def some(session: Session, count: int) -> list[Customer]:
    return [a_customer(session, first_name=f"Jo{'x' * place}") for place in range(count)]


def test_a_tag_put_on_many_is_taken_off_and_put_back_by_undoing_the_undo(session: Session) -> None:
    vip, people = a_tag(session), some(session, 3)
    put_on(session, vip, people[0])
    entry_id = do(session, lambda: put_on(session, vip, *people[1:]), customers=2, tag="VIP")
    assert preview(session, entry_id, now=NOW).restores == ["tag ‘VIP’ is removed from 2 customers"]
    done = undo(session, entry_id, now=NOW)
    assert done.restored == ["tag ‘VIP’ is removed from 2 customers"]
    assert tagged(session, vip) == {people[0].id}
    undone = entries.get(session, last(session))
    assert sentences.of(undone) == "Max undid a change to the tags of 2 customers"
    undo(session, last(session), now=NOW)
    assert tagged(session, vip) == {each.id for each in people}


def test_a_tag_taken_off_comes_back_as_it_was(session: Session) -> None:
    vip, (jo, *_) = a_tag(session), some(session, 1)
    put_on(session, vip, jo, last_day=date(2027, 3, 1))
    entry_id = do(session, lambda: take_off(session, vip, jo), kind=Act.CUSTOMERS_UNTAGGED)
    assert undo(session, entry_id, now=NOW).restored == ["tag ‘VIP’ is put back on Jo Smith"]
    row = session.scalars(select(CustomerTag)).one()
    assert (row.last_day, row.added_at) == (date(2027, 3, 1), NOW)


def test_what_was_changed_since_is_named_and_left(session: Session) -> None:
    vip, people = a_tag(session), some(session, 3)
    entry_id = do(session, lambda: put_on(session, vip, *people))
    # Taken off and put on again by hand, and given a last day.
    take_off(session, vip, people[0])
    put_on(session, vip, people[0], at=LATER)
    update_where(session, CustomerTag, CustomerTag.customer_id == people[1].id, {"last_day": date(2027, 2, 1)})
    planned = preview(session, entry_id, now=NOW)
    assert planned.restores == ["tag ‘VIP’ is removed from Joxx Smith"]
    assert sorted(planned.leaves) == [
        "Jo Smith: tag ‘VIP’: was changed since",
        "Jox Smith: tag ‘VIP’: was changed since",
    ]
    undo(session, entry_id, now=NOW)
    assert tagged(session, vip) == {people[0].id, people[1].id}


def test_of_many_that_are_left_twenty_are_named(session: Session) -> None:
    vip, people = a_tag(session), some(session, 25)
    entry_id = do(session, lambda: put_on(session, vip, *people))
    update_where(session, CustomerTag, CustomerTag.tag_id == vip.id, {"added_at": LATER})
    planned = preview(session, entry_id, now=NOW)
    assert (len(planned.leaves), planned.leaves[-1]) == (21, "and 5 more")
    assert planned.why_not.endswith("and 5 more")


def test_after_an_erasure_the_others_are_undone_and_the_erased_are_counted(session: Session) -> None:
    vip, people = a_tag(session), some(session, 20)
    entry_id = do(session, lambda: put_on(session, vip, *people))
    order = session.scalars(
        select(JournalValue.customer_id).where(JournalValue.entry_id == entry_id).order_by(JournalValue.position)
    ).all()
    # More than an entry shows of itself.
    for customer_id in order[:13]:
        assert customer_id is not None
        privacy.erase(session, customer_id, now=NOW)
    done = undo(session, entry_id, now=NOW)
    assert done.restored == ["tag ‘VIP’ is removed from 7 customers"]
    assert done.left == ["13 erased values cannot be undone"]
    assert tagged(session, vip) == set()


def test_after_the_erasure_of_all_it_is_refused(session: Session) -> None:
    vip, people = a_tag(session), some(session, 2)
    entry_id = do(session, lambda: put_on(session, vip, *people))
    for each in people:
        privacy.erase(session, each.id, now=NOW)
    assert refusal(session, entry_id) == "The old values were erased: this cannot be undone."


def test_a_tag_that_was_deleted_since_cannot_be_put_on_again(session: Session) -> None:
    vip, (jo, *_) = a_tag(session), some(session, 1)
    put_on(session, vip, jo)
    entry_id = do(session, lambda: take_off(session, vip, jo))
    delete_where(session, Tag, Tag.id == vip.id)
    assert refusal(session, entry_id) == "Jo Smith: tag ‘(deleted)’: the tag was deleted since"


def test_a_deleted_tag_comes_back_with_its_customers(session: Session) -> None:
    vip, people = a_tag(session), some(session, 2)
    put_on(session, vip, *people)
    entry_id = do(session, lambda: delete_where(session, Tag, Tag.id == vip.id))
    expected = ["tag ‘VIP’ is put back", "tag ‘VIP’ is put back on 2 customers"]
    assert preview(session, entry_id, now=NOW).restores == expected
    assert undo(session, entry_id, now=NOW).restored == expected
    assert tagged(session, vip.id) == {each.id for each in people}
    assert session.execute(select(Tag.folded_name, Tag.version)).one() == ("vip", 1)


def test_a_name_that_was_given_again_since_stops_it(session: Session) -> None:
    vip = a_tag(session)
    entry_id = do(session, lambda: delete_where(session, Tag, Tag.id == vip.id))
    a_tag(session, "Vïp")
    assert refusal(session, entry_id) == "tag ‘VIP’: there is a tag ‘Vïp’ already"


def test_a_renamed_tag_gets_its_old_name_back(session: Session) -> None:
    vip = a_tag(session)

    def rename() -> None:
        vip.name, vip.folded_name = "Gold", "gold"

    entry_id = do(session, rename)
    assert undo(session, entry_id, now=NOW).restored == ["tag ‘Gold’ is as it was before"]
    assert session.execute(select(Tag.name, Tag.folded_name, Tag.version)).one() == ("VIP", "vip", 3)


def test_a_new_tag_that_is_in_use_stays(session: Session) -> None:
    (jo,) = some(session, 1)
    entry_id = do(session, lambda: a_tag(session))
    vip = session.scalars(select(Tag)).one()
    put_on(session, vip, jo)
    assert refusal(session, entry_id) == "tag ‘VIP’: is in use since"
    take_off(session, vip, jo)
    assert undo(session, entry_id, now=NOW).restored == ["tag ‘VIP’ is deleted"]


def test_values_of_a_field_get_back_what_they_were(session: Session) -> None:
    field, people = a_field(session), some(session, 3)
    insert_new(session, CustomerValue, [{"customer_id": people[0].id, "field_id": field.id, "text": "nuts"}])

    def set_all() -> None:
        update_where(session, CustomerValue, CustomerValue.field_id == field.id, {"text": "none"})
        new = [{"customer_id": each.id, "field_id": field.id, "text": "none"} for each in people[1:]]
        insert_new(session, CustomerValue, new)

    entry_id = do(session, set_all, kind=Act.CUSTOMERS_FIELD_SET)
    update_where(session, CustomerValue, CustomerValue.customer_id == people[2].id, {"text": "eggs"})
    done = undo(session, entry_id, now=NOW)
    assert sorted(done.restored) == [
        "‘Allergies’ has its old value for Jo Smith",
        "‘Allergies’ is emptied for Jox Smith",
    ]
    assert done.left == ["Joxx Smith: ‘Allergies’: was changed since"]
    values = {row.customer_id: row.text for row in session.scalars(select(CustomerValue))}
    assert values == {people[0].id: "nuts", people[2].id: "eggs"}


def test_a_deleted_field_comes_back_with_its_choices_and_values(session: Session) -> None:
    field, (jo,) = a_field(session, "Diet", "choice"), some(session, 1)
    choice = FieldChoice(field_id=field.id, name="Vegan", folded_name="vegan", position=1)
    session.add(choice)
    session.flush()
    insert_new(session, CustomerValue, [{"customer_id": jo.id, "field_id": field.id, "choice_id": choice.id}])
    entry_id = do(session, lambda: delete_where(session, CustomField, CustomField.id == field.id))
    assert session.scalar(select(func.count()).select_from(FieldChoice)) == 0
    undo(session, entry_id, now=NOW)
    assert session.scalars(select(CustomerValue.choice_id)).one() == choice.id
    assert session.execute(select(CustomField.folded_name, CustomField.kind)).one() == ("diet", "choice")


def test_a_household_that_was_joined_is_two_again(session: Session) -> None:
    people = some(session, 4)
    first, second = Household(created_at=NOW), Household(created_at=NOW)
    session.add_all([first, second])
    session.flush()
    homes = (first, first, second, second)
    members = [(home.id, each.id) for home, each in zip(homes, people, strict=True)]
    rows = [{"household_id": home, "customer_id": each, "added_at": NOW} for home, each in members]
    insert_new(session, HouseholdMember, rows)

    def join() -> None:
        of_second = HouseholdMember.household_id == second.id
        update_where(session, HouseholdMember, of_second, {"household_id": first.id})
        delete_where(session, Household, Household.id == second.id)

    entry_id = do(session, join)
    assert preview(session, entry_id, now=NOW).leaves == []
    undo(session, entry_id, now=NOW)
    assert set(session.execute(select(HouseholdMember.household_id, HouseholdMember.customer_id)).tuples()) == set(
        members
    )


def test_a_new_household_ends_with_its_members(session: Session) -> None:
    people = some(session, 2)

    def begin() -> None:
        home = Household(id=uuid4(), created_at=NOW)
        session.add(home)
        session.flush()
        rows = [{"household_id": home.id, "customer_id": each.id, "added_at": NOW} for each in people]
        insert_new(session, HouseholdMember, rows)

    entry_id = do(session, begin)
    expected = ["2 customers are no longer in the household", "1 household is ended"]
    assert preview(session, entry_id, now=NOW).restores == expected
    assert undo(session, entry_id, now=NOW).restored == expected
    assert session.scalar(select(func.count()).select_from(Household)) == 0


def test_a_view_of_someone_else_is_left(session: Session) -> None:
    def save() -> None:
        new = {"query": "", "created_at": NOW, "updated_at": NOW, "updated_by": "Max"}
        session.add(SavedView(name="Regulars", folded_name="regulars", **new))

    entry_id = do(session, save, kind=Act.CUSTOMERS_TAGGED)
    session.info["actor"] = STAFF
    assert preview(session, entry_id, now=NOW).why_not == "view ‘Regulars’: is not yours"
    session.info["actor"] = MANAGER
    assert undo(session, entry_id, now=NOW).restored == ["view ‘Regulars’ is deleted"]


def test_only_those_who_may_do_it_undo_it(session: Session) -> None:
    vip, people = a_tag(session), some(session, 2)
    entry_id = do(session, lambda: put_on(session, vip, *people))
    for actor in (VIEWER, STAFF):
        session.info["actor"] = actor
        with pytest.raises(NotAllowed, match="may not change many customers at once"):
            undo(session, entry_id, now=NOW)
    session.info["actor"] = MANAGER
    undo(session, entry_id, now=NOW)
    undone = last(session)
    session.info["actor"] = STAFF
    with pytest.raises(NotAllowed):
        undo(session, undone, now=NOW)
