"""Merges, and their undo, while others do something at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from channels.gateway import NotSent
from db.models import Booking, Customer, Household, HouseholdMember, MergedCustomer, Message
from sms.texts import Kind
from tests.at_once import at_once
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, an_event, days, minutes
from tests.previews import preview
from tests.venue.merging.two_of_them import LATER, last, merge
from tests.venue.worker import TIMING, Worker, write
from venue import bookings, households, messages
from venue.delivery import attempts
from venue.errors import VenueError
from venue.journal.undo import undo
from venue.merging import doubles
from venue.messages.causes import Cause, Reason
from venue.profile import Venue

DUE = IN_TWO_WEEKS - days(1)


def both_booked(venue: Venue) -> tuple[UUID, UUID]:
    with write(venue) as session:
        event = an_event(session)
        keep, other = a_customer(session), a_customer(session, first_name="Joanna")
        for customer in (keep, other):
            a_booking(session, customer, event)
        only = Kind.REMINDER_24_HOUR.value
        messages.skip_planned(session, Message.kind != only, Reason(Cause.REPLACED), now=NOW)
        return keep.id, other.id


def merge_them(venue: Venue, keep_id: UUID, other_id: UUID) -> int:
    with write(venue) as session:
        keep, other = (session.get_one(Customer, each) for each in (keep_id, other_id))
        merge(session, keep, other, now=DUE)
        return last(session)


@pytest.mark.parametrize("database_kind", ["postgresql"])  # On SQLite only one transaction writes at a time.
def test_a_reminder_claimed_during_a_merge_is_not_sent_twice(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_id, other_id = both_booked(venue)
    worker = Worker(venue, FakeGateway(), DUE)
    combine: Callable[..., None] = doubles.combine

    def sent_first(*args: Any, **known: Any) -> None:
        worker.deliver_all()
        combine(*args, **known)

    monkeypatch.setattr(doubles, "combine", sent_first)
    merge_them(venue, keep_id, other_id)
    worker.deliver_all()
    assert len(worker.gateway.sent) == 1


def test_a_merge_is_not_undone_while_the_reminder_for_both_is_on_its_way(venue: Venue) -> None:
    keep_id, other_id = both_booked(venue)
    entry_id = merge_them(venue, keep_id, other_id)
    worker = Worker(venue, FakeGateway(), DUE)
    with worker.transaction() as session:
        (claimed,) = attempts.claim(session, "test", limit=1, timing=TIMING, worker="w1", now=DUE).claims
    with write(venue) as session:
        assert "being sent right now" in preview(session, entry_id, now=DUE).why_not
    with worker.transaction() as session:
        attempts.record(session, [(claimed, NotSent("Busy"))], account="test", timing=TIMING, now=DUE)
    with write(venue) as session:
        undo(session, entry_id, now=DUE)
    worker.wait(minutes(30))
    worker.deliver_all()
    assert len(worker.gateway.sent) == 2


def test_a_merge_is_undone_once_though_two_undo_it_at_once(venue: Venue) -> None:
    keep_id, other_id = both_booked(venue)
    entry_id = merge_them(venue, keep_id, other_id)

    def undo_it() -> None:
        with write(venue) as session:
            undo(session, entry_id, now=DUE)

    ended = at_once([undo_it, undo_it, undo_it])
    refused = [each for each in ended if each is not None]
    assert [type(each) for each in refused if not isinstance(each, VenueError)] == []
    assert len(refused) == 2
    assert {str(each) for each in refused} == {"This was already undone."}
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(func.count()).select_from(Customer)).one() == 2


@pytest.mark.parametrize("number", range(5))
def test_opposite_acts_at_once_end_and_leave_no_half(venue: Venue, number: int) -> None:
    keep_id, other_id = both_booked(venue)
    with write(venue) as session:
        event_id = an_event(session, name="Jazz").id
        third_id = a_customer(session, first_name="Cy").id

    def join(*ids: UUID) -> None:
        with write(venue) as session:
            households.join(session, ids, unite=True, now=LATER)

    def book(customer_id: UUID) -> None:
        with write(venue) as session:
            bookings.book(session, customer_id=customer_id, event_id=event_id, seats=2, now=LATER)

    acts = [
        partial(merge_them, venue, keep_id, other_id),
        partial(merge_them, venue, other_id, keep_id),
        partial(join, keep_id, third_id),
        partial(join, third_id, other_id),
        partial(book, other_id),
        partial(book, keep_id),
    ]
    ended = at_once(acts)
    odd = [each for each in ended if isinstance(each, Exception) and not isinstance(each, VenueError)]
    assert [f"{type(each).__name__}: {each}" for each in odd if type(each).__name__ != "NoResultFound"] == []
    with venue.reading(MANAGER) as session:
        left = set(session.scalars(select(Customer.id)))
        assert len(left & {keep_id, other_id}) in (1, 2)
        assert set(session.scalars(select(MergedCustomer.survivor_id))) <= left
        assert set(session.scalars(select(Booking.customer_id))) <= left
        members = select(func.count()).select_from(HouseholdMember).group_by(HouseholdMember.household_id)
        assert all(count >= 2 for count in session.scalars(members))
        with_members = set(session.scalars(select(HouseholdMember.household_id)))
        assert set(session.scalars(select(Household.id))) == with_members
