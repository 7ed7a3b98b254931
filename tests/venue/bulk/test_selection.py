"""Selections: who they are when counted, and that a bulk act is about no one else."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, STAFF, VIEWER, a_booking, a_customer
from venue import customers, privacy
from venue.bulk import Selection, SelectionChanged, Summary, choose, summary
from venue.bulk.selection import confirm
from venue.customers import CustomerFilter
from venue.customers.booking_status import Booked
from venue.errors import NotAllowed


def test_a_filter_selects_what_the_list_shows_with_it_but_those_left_out(session: Session) -> None:
    booked = [a_booking(session).customer_id for _ in range(3)]
    a_customer(session)
    where = CustomerFilter(booked=Booked.ACTIVE)
    assert customers.search(session, where=where, now=NOW).total == 3
    chosen = choose(session, Selection(where=where, without=frozenset(booked[:1])), now=NOW)
    assert (chosen.count, list(chosen.ids)) == (2, sorted(booked[1:]))
    assert confirm(session, chosen, now=NOW) == sorted(booked[1:])


def test_ids_select_those_who_exist(session: Session) -> None:
    jo = a_customer(session)
    chosen = choose(session, Selection(ids=frozenset({jo.id, uuid4()})), now=NOW)
    assert list(chosen.ids) == [jo.id]
    assert choose(session, Selection(), now=NOW).count == 0


def test_an_empty_filter_selects_everyone_and_no_filter_no_one(session: Session) -> None:
    jo = a_customer(session)
    assert choose(session, Selection(), now=NOW).count == 0
    assert list(choose(session, Selection(where=CustomerFilter()), now=NOW).ids) == [jo.id]


def test_a_filter_and_some_more_by_hand_are_selected_together(session: Session) -> None:
    lees = [a_customer(session, first_name=name, last_name="Lee") for name in ("Ann", "Bob", "Cy")]
    fox, owl = a_customer(session, last_name="Fox"), a_customer(session, last_name="Owl")
    selection = Selection(frozenset({fox.id}), CustomerFilter(words="lee"), frozenset({lees[0].id}))
    assert set(choose(session, selection, now=NOW).ids) == {lees[1].id, lees[2].id, fox.id}
    foxes = CustomerFilter(words="fox")
    said = summary(session, selection, listed=foxes, rows=[fox.id, owl.id, lees[0].id], now=NOW)
    assert said == Summary(count=3, in_list=1, ticked=frozenset({fox.id}))
    said = summary(session, Selection(where=foxes), listed=foxes, rows=[fox.id], now=NOW)
    assert said == Summary(count=1, in_list=1, ticked=frozenset({fox.id}))


def test_all_of_one_filter_after_another_are_selected_until_they_are_unticked(session: Session) -> None:
    ann, bob = (a_customer(session, first_name=name, last_name="Lee") for name in ("Ann", "Bob"))
    fox, other = (a_customer(session, first_name=name, last_name="Fox") for name in ("Bob", "Cy"))
    lees, bobs = CustomerFilter(words="lee"), CustomerFilter(words="bob")
    a_customer(session, last_name="Owl")

    def those(selection: Selection) -> set[UUID]:
        return set(choose(session, selection, now=NOW).ids)

    by_lees = Selection(ids=frozenset({other.id})).and_all(lees)
    both = by_lees.and_all(bobs)
    assert those(both) == {other.id, ann.id, bob.id, fox.id}
    said = summary(session, both, listed=bobs, rows=[bob.id, fox.id], now=NOW)
    assert said == Summary(count=4, in_list=2, ticked=frozenset({bob.id, fox.id}))
    without = both.unticked(frozenset({bob.id, other.id}))
    assert those(without) == {ann.id, fox.id}
    assert those(without.ticked(frozenset({bob.id}))) == {ann.id, bob.id, fox.id}
    assert those(without.and_all(lees)) == {ann.id, bob.id, fox.id}
    # Unticked under the first filter, and of the second one's list all the same.
    assert those(by_lees.unticked(frozenset({bob.id})).and_all(bobs)) == {other.id, ann.id, bob.id, fox.id}


def test_newcomers_are_named_and_asked_about(session: Session) -> None:
    a_customer(session, last_name="Lee")
    lees = Selection(where=CustomerFilter(words="lee"))
    chosen = choose(session, lees, now=NOW)
    for name in ("Ann", "Bob", "Cy", "Dee"):
        a_customer(session, first_name=name, last_name="Lee")
    with pytest.raises(SelectionChanged) as changed:
        confirm(session, chosen, now=NOW)
    error = changed.value
    assert (error.more, error.gone, error.chosen.count) == (4, 0, 5)
    assert str(error).startswith("4 customers more match since you looked (")
    assert str(error).endswith(", …)")
    assert len(confirm(session, error.chosen, now=NOW)) == 5


def test_those_who_are_gone_are_named_if_they_exist(session: Session) -> None:
    people = [a_customer(session, first_name=name, last_name="Lee") for name in ("Ann", "Bob")]
    chosen = choose(session, Selection(where=CustomerFilter(words="lee")), now=NOW)
    customers.update(session, people[0].id, version=1, now=NOW, last_name="Fox", save_anyway=True)
    with pytest.raises(SelectionChanged, match=r"1 customer no longer matches \(Ann Fox\)"):
        confirm(session, chosen, now=NOW)
    by_id = choose(session, Selection(ids=frozenset(each.id for each in people)), now=NOW)
    privacy.erase(session, people[1].id, now=NOW)
    with pytest.raises(SelectionChanged) as changed:
        confirm(session, by_id, now=NOW)
    assert str(changed.value) == "1 customer no longer matches"
    assert list(changed.value.chosen.ids) == [people[0].id]


def test_one_for_another_is_a_change(session: Session) -> None:
    ann = a_customer(session, first_name="Ann", last_name="Lee")
    chosen = choose(session, Selection(where=CustomerFilter(words="lee")), now=NOW)
    customers.update(session, ann.id, version=1, now=NOW, last_name="Fox", save_anyway=True)
    a_customer(session, first_name="Bob", last_name="Lee")
    with pytest.raises(SelectionChanged) as changed:
        confirm(session, chosen, now=NOW)
    assert (changed.value.more, changed.value.gone) == (1, 1)
    assert str(changed.value) == "1 customer more matches since you looked (Bob Lee); 1 customer no longer matches"


def test_only_managers_choose_many(session: Session) -> None:
    for actor in (VIEWER, STAFF):
        session.info["actor"] = actor
        with pytest.raises(NotAllowed):
            choose(session, Selection(where=CustomerFilter()), now=NOW)
