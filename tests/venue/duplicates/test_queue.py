"""The queue of pairs: staff decide each once, and it can be emptied."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer, DuplicatePair, JournalEntry
from tests.makers import NOW, VIEWER, a_booking, a_customer, an_event, days
from venue import acts, customers, duplicates, households, tags
from venue.duplicates import full_pass
from venue.errors import Invalid, NotAllowed, NotFound
from venue.journal.undo import undo
from venue.profile import Venue
from venue.roles import DESK

NUMBER = "+447700900801"


@pytest.fixture
def two(session: Session) -> tuple[Customer, Customer]:
    return twice(session)


def twice(session: Session, **fields: str) -> tuple[Customer, Customer]:
    about = {"last_name": "Lee", "mobile_number": NUMBER, **fields}
    return a_customer(session, first_name="Bob", **about), a_customer(session, first_name="Robert", **about)


def asked(session: Session, at=NOW) -> list[set[str]]:
    return [{pair.first.first_name, pair.second.first_name} for pair in duplicates.queue(session, now=at, limit=10)]


def decide(session: Session, two: tuple[Customer, Customer], answer: str, at=NOW, **more: bool) -> None:
    duplicates.decide(session, two[0].id, two[1].id, answer=answer, now=at, **more)


def test_a_pair_shows_both_and_why(session: Session, two) -> None:
    bob, robert = two
    past, coming = an_event(session, starts_at=NOW + days(1)), an_event(session, name="Jazz")
    a_booking(session, robert, past)
    a_booking(session, robert, coming)
    vip = tags.add(session, name="VIP", now=NOW)
    tags.put_on(session, bob.id, vip.id, now=NOW)
    (pair,) = duplicates.queue(session, now=NOW + days(2), limit=10)
    sides = {side.first_name: side for side in (pair.first, pair.second)}
    assert pair.reasons == "Same number, one first name is short for the other, same last name"
    assert (sides["Robert"].bookings, sides["Robert"].last_visit) == (2, past.starts_at)
    assert (sides["Bob"].bookings, sides["Bob"].last_visit) == (0, None)
    assert [tag.name for tag in sides["Bob"].tags] == ["VIP"]


@pytest.mark.parametrize("answer", ["not_same", "household"])
def test_a_decided_pair_is_never_asked_again(session: Session, two, answer: str) -> None:
    assert (asked(session), duplicates.count_open(session, now=NOW)) == ([{"Bob", "Robert"}], 1)
    decide(session, two, answer)
    assert (asked(session, NOW + days(400)), duplicates.count_open(session, now=NOW + days(400))) == ([], 0)
    assert bool(households.of(session, two[0].id)) == (answer == "household")
    customers.update(session, two[0].id, version=1, first_name="Rob", now=NOW, save_anyway=True)
    assert asked(session, NOW + days(400)) == []


def test_later_comes_back_after_a_week_at_the_end(session: Session, two) -> None:
    decide(session, two, "later")
    assert asked(session, NOW + days(6)) == []
    twice(session, last_name="Ray", mobile_number="+447700900999")
    likelier = duplicates.queue(session, now=NOW + days(7), limit=10)
    assert [pair.first.last_name for pair in likelier] == ["Ray", "Lee"]


@pytest.mark.parametrize("answer", ["not_same", "household", "later"])
def test_an_answer_is_one_entry_and_undone(session: Session, two, answer: str) -> None:
    before = len(session.scalars(select(JournalEntry)).all())
    decide(session, two, answer)
    decide(session, two, answer)
    assert len(session.scalars(select(JournalEntry)).all()) == before + 1
    undo(session, acts.last_entry(session) or 0, now=NOW)
    assert asked(session) == [{"Bob", "Robert"}]
    assert households.of(session, two[0].id) == []


def test_members_of_one_household_are_not_asked_about(session: Session, two) -> None:
    households.join(session, [each.id for each in two], now=NOW)
    assert asked(session) == []
    assert duplicates.of_customer(session, two[0].id, now=NOW) == []


def test_members_of_two_households_are_asked_about_first(session: Session, two) -> None:
    for each, name in zip(two, ("Ann", "Cy"), strict=True):
        households.join(session, [each.id, a_customer(session, first_name=name).id], now=NOW)
    with pytest.raises(Invalid, match="Make them all one household"):
        decide(session, two, "household")
    assert asked(session) == [{"Bob", "Robert"}]
    decide(session, two, "household", unite=True)
    assert len(households.of(session, two[0].id)) == 3


def test_what_cannot_be_decided_says_why(session: Session, two) -> None:
    with pytest.raises(Invalid, match="Answer with not_same, household, later"):
        decide(session, two, "merge")
    with pytest.raises(Invalid, match="two different customers"):
        decide(session, (two[0], two[0]), "not_same")
    session.delete(two[1])
    session.flush()
    with pytest.raises(NotFound, match="One of these customers no longer exists"):
        decide(session, two, "not_same")


def test_a_viewer_sees_masked_numbers_and_decides_nothing(session: Session, two) -> None:
    session.info["actor"] = VIEWER
    (pair,) = duplicates.queue(session, now=NOW, limit=10)
    assert pair.first.mobile_number.endswith("•••")
    with pytest.raises(NotAllowed):
        decide(session, two, "not_same")


def test_a_second_booking_of_one_person_is_seen(session: Session, two) -> None:
    bob, robert = two
    quiz, jazz = an_event(session), an_event(session, name="Jazz")
    booking = a_booking(session, robert, quiz)
    (found,) = duplicates.probably_booked(session, bob.id, event_id=quiz.id)
    assert (found.booking_id, found.first_name, found.seats) == (booking.id, "Robert", 2)
    assert duplicates.probably_booked(session, bob.id, event_id=jazz.id) == []
    decide(session, two, "not_same")
    assert duplicates.probably_booked(session, bob.id) == []


def test_the_queue_is_emptied(venue: Venue) -> None:
    with venue.transaction(DESK) as session:
        for number in range(6):
            twice(session, last_name=f"Quarter{'abcdef'[number]}maine", mobile_number=f"+447700900{number}{number}0")
    full_pass.find_all(venue, now=NOW)
    for answer in list(duplicates.Answer) * 2:
        with venue.transaction(DESK) as session:
            pair = duplicates.queue(session, now=NOW, limit=1)[0]
            duplicates.decide(session, pair.first.id, pair.second.id, answer=answer, now=NOW)
    full_pass.find_all(venue, now=NOW + days(1))
    with venue.transaction(DESK) as session:
        assert duplicates.count_open(session, now=NOW + days(1)) == 0
        assert len(session.scalars(select(DuplicatePair)).all()) == 6
