"""Merging while others merge, book and edit the same customers at the same moment, on both databases."""

import threading
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Booking, Customer, DuplicatePair
from tests.at_once import at_once
from tests.databases import listening
from tests.makers import MANAGER, NOW, a_booking, a_customer, an_event
from tests.venue.merging.two_of_them import LATER
from venue import bookings, customers, merging
from venue.customers import booking_status
from venue.errors import Conflict, Invalid, NotFound
from venue.merging import moves
from venue.profile import Venue

REFUSALS = (Invalid, NotFound, Conflict)


def the_two(venue: Venue) -> tuple[Customer, Customer, Any]:
    with venue.transaction(MANAGER) as session:
        keep, other, event = a_customer(session), a_customer(session, first_name="Joanna"), an_event(session)
        a_booking(session, keep, event)
        jazz = an_event(session, name="Jazz")
    return keep, other, jazz.id


def merge(venue: Venue, keep: Customer, other: Customer, fingerprint: str) -> None:
    with venue.transaction(MANAGER) as session:
        merging.merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=fingerprint, now=LATER)


def fingerprint(venue: Venue, keep: Customer, other: Customer) -> str:
    with venue.reading(MANAGER) as session:
        return merging.preview(session, keep.id, other.id, now=NOW).fingerprint


def test_two_merge_the_same_two_in_both_directions(venue: Venue) -> None:
    keep, other, _ = the_two(venue)
    directions = [(keep, other), (other, keep)]
    ended = at_once([partial(merge, venue, *pair, fingerprint(venue, *pair)) for pair in directions])
    assert sorted(result is None for result in ended) == [False, True]
    assert [type(result) for result in ended if result is not None] == [NotFound]
    with venue.reading(MANAGER) as session:
        assert session.query(Customer).count() == 1


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_two_merges_of_people_who_are_alike_do_not_wait_for_each_other(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with venue.transaction(MANAGER) as session:
        people = [a_customer(session, notes=f"Number {number}") for number in range(4)]
        session.query(DuplicatePair).delete()
        first, second = sorted((people[1].id, people[3].id))
        session.add(DuplicatePair(first_id=first, second_id=second, score=9, reasons="[]", found_at=NOW))
    both_are_locked, move_all = threading.Barrier(2), moves.move_all

    def move_once_both_are_locked(*args: Any, **more: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            both_are_locked.wait(timeout=1)
        move_all(*args, **more)

    monkeypatch.setattr(moves, "move_all", move_once_both_are_locked)
    pairs = [(people[0], people[1]), (people[2], people[3])]
    ended = at_once([partial(merge, venue, *pair, fingerprint(venue, *pair)) for pair in pairs])
    assert ended == [None, None]
    with venue.reading(MANAGER) as session:
        assert session.query(DuplicatePair).count() == 1


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_booking_deleted_while_the_two_are_compared_is_left_out(venue: Venue) -> None:
    keep, other, jazz = the_two(venue)
    with venue.transaction(MANAGER) as session:
        bookings.book(session, customer_id=keep.id, event_id=jazz, seats=2, now=NOW)
        to_delete = [bookings.book(session, customer_id=other.id, event_id=jazz, seats=2, now=NOW).id]

    def delete_once(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if to_delete and "JOIN bookings AS" in statement:
            with venue.transaction(MANAGER) as session:
                bookings.delete(session, to_delete.pop(), now=NOW)

    reading = venue.database.engine_for_reading
    with listening(reading, "after_cursor_execute", delete_once), venue.reading(MANAGER) as session:
        assert merging.preview(session, keep.id, other.id, now=NOW).doubles == []
    with venue.reading(MANAGER) as session:
        assert session.query(Booking).where(Booking.event_id == jazz).count() == 1


def test_a_booking_made_at_the_same_moment_is_not_lost(venue: Venue) -> None:
    keep, other, jazz = the_two(venue)

    def book() -> None:
        with venue.transaction(MANAGER) as session:
            bookings.book(session, customer_id=other.id, event_id=jazz, seats=2, now=NOW)

    def edit() -> None:
        with venue.transaction(MANAGER) as session:
            customers.update(session, other.id, version=1, notes="Vegan", now=NOW)

    merged, booked, edited = at_once([partial(merge, venue, keep, other, fingerprint(venue, keep, other)), book, edit])
    assert all(result is None or isinstance(result, REFUSALS) for result in (merged, booked, edited))
    with venue.reading(MANAGER) as session:
        owners = session.scalars(select(Booking.customer_id).where(Booking.event_id == jazz)).all()
        assert owners == ([] if booked else [keep.id if merged is None else other.id])
        assert (session.get(Customer, other.id) is None) is (merged is None)
        assert booking_status.drifted(session) == []
