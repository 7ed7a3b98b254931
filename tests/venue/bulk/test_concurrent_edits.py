"""Edits between counting and acting, and during the act: a bulk act is about exactly those who were confirmed.

100 random edits of each kind on each database here; `SOAK=full` (make soak) makes 10,000.
"""

import os
import random
import threading
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Customer, JournalValue
from tests.makers import MANAGER, NOW, a_customer
from venue import acts, bulk, customers, privacy, tags
from venue.bulk import Chosen, Selection, SelectionChanged
from venue.customers import CustomerFilter
from venue.errors import NotFound
from venue.profile import Venue

pytestmark = pytest.mark.soak

EDITS = 10_000 if os.environ.get("SOAK") == "full" else 100
LEES = CustomerFilter(words="lee")


class Edits:
    """Makes random edits of a few customers, some of whom are called Lee: each in a transaction of its own."""

    def __init__(self, venue: Venue, seed: int):
        self.venue = venue
        self.random = random.Random(seed)
        self.done = 0

    def make(self) -> None:
        self.done += 1
        with self.venue.transaction(MANAGER) as session:
            people = session.scalars(select(Customer.id).order_by(Customer.id)).all()
            kind = self.random.choices(("add", "rename", "note", "erase"), (4, 12, 12, 1))[0]
            if kind == "add" or len(people) < 5:
                a_customer(session, last_name=self.random.choice(("Lee", "Fox")))
                return
            customer_id = self.random.choice(people)
            if kind == "erase" or len(people) > 40:
                privacy.erase(session, customer_id, now=NOW)
                return
            customer = session.get_one(Customer, customer_id)
            new = {"last_name": self.random.choice(("Lee", "Fox"))} if kind == "rename" else {"notes": str(self.done)}
            customers.update(session, customer_id, version=customer.version, now=NOW, save_anyway=True, **new)


def lees(venue: Venue) -> set[UUID]:
    with venue.reading(MANAGER) as session:
        return set(session.scalars(select(Customer.id).where(Customer.last_name == "Lee")))


def selection(venue: Venue, of: random.Random) -> Selection:
    """All Lees, all but one, or some of the customers."""
    there = sorted(lees(venue))
    kind = of.choice(("all", "without", "ids"))
    if kind == "ids":
        return Selection(ids=frozenset(of.sample(there, len(there) // 2)))
    return Selection(where=LEES, without=frozenset(there[:1] if kind == "without" else ()))


def meant(venue: Venue, chosen: Selection) -> set[UUID]:
    """Who is of the selection now, found without it."""
    with venue.reading(MANAGER) as session:
        everyone = set(session.scalars(select(Customer.id)))
    return chosen.ids & everyone if chosen.where is None else lees(venue) - chosen.without


def choose(venue: Venue, wanted: Selection) -> Chosen:
    with venue.reading(MANAGER) as session:
        return bulk.choose(session, wanted, now=NOW)


def a_new_tag(venue: Venue, number: int) -> UUID:
    with venue.transaction(MANAGER) as session:
        return tags.add(session, name=f"Tag {number}", now=NOW).id


def tag(venue: Venue, chosen: Chosen, tag_id: UUID) -> set[UUID]:
    """Tag them with a tag that no one has, and return who the journal says were tagged."""
    with venue.transaction(MANAGER) as session:
        done = bulk.tag(session, chosen, tag_id=tag_id, now=NOW)
        entry_id = acts.last_entry(session)
    with venue.reading(MANAGER) as session:
        theirs = select(JournalValue.customer_id).where(JournalValue.entry_id == entry_id)
        tagged = {each for each in session.scalars(theirs) if each} if done.changed else set()
    assert done.changed == len(tagged)
    return tagged


def refusal(venue: Venue, chosen: Chosen, tag_id: UUID) -> SelectionChanged:
    with pytest.raises(SelectionChanged) as refused:
        tag(venue, chosen, tag_id)
    return refused.value


def test_edits_between_counting_and_acting_are_noticed(venue: Venue) -> None:
    edits, rounds, refused = Edits(venue, seed=1), 0, 0
    for _ in range(20):
        edits.make()
    while edits.done < EDITS:
        rounds += 1
        chosen = choose(venue, selection(venue, edits.random))
        counted = set(chosen.ids)
        tag_id = a_new_tag(venue, rounds)
        for _ in range(edits.random.choice((0, 1, 2, 5, 20))):
            edits.make()
        now = meant(venue, chosen.selection)
        changed = refusal(venue, chosen, tag_id) if now != counted else None
        if changed is not None:
            refused += 1
            assert (changed.more, changed.gone) == (len(now - counted), len(counted - now))
            chosen = changed.chosen
        assert tag(venue, chosen, tag_id) == set(chosen.ids) == now
    assert 0.1 * rounds < refused < 0.9 * rounds


def test_edits_during_the_act_change_nothing_of_it(venue: Venue) -> None:
    edits = Edits(venue, seed=2)
    for _ in range(20):
        edits.make()
    stop = threading.Event()
    failed: list[Exception] = []

    def keep_editing() -> None:
        # SQLite has no queue for writers: without a pause here, an act may wait until it is refused as busy.
        while not stop.wait(0.01):
            try:
                edits.make()
            except NotFound:
                pass
            except Exception as error:
                failed.append(error)

    editor = threading.Thread(target=keep_editing)
    editor.start()
    confirmed = 0
    try:
        while confirmed < 6 or edits.done < EDITS // 4:
            chosen = choose(venue, Selection(where=LEES))
            tag_id = a_new_tag(venue, confirmed)
            for _ in range(20):
                try:
                    assert tag(venue, chosen, tag_id) == set(chosen.ids)
                    break
                except SelectionChanged as changed:
                    chosen = changed.chosen
            confirmed += 1
    finally:
        stop.set()
        editor.join()
    assert not failed
