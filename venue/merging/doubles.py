"""Two bookings for one event, of two customers who are merged: one stays, with the texts of both.

A reminder that was sent for either is not sent again: the booking that was reminded stays, and of the other's texts
nothing is sent any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow, AnySelect
from db.writes import delete_where, insert_once, update_where
from venue import messages, reminders
from venue.bookings.edit import LARGEST_BOOKING
from venue.errors import Invalid
from venue.messages import planning
from venue.messages.causes import Cause, Reason
from venue.messages.states import MAYBE_GONE, NOT_YET_GONE, State
from venue.notes import checked_notes
from venue.roles import Permission, require
from venue.wording import counted

GONE = (*MAYBE_GONE, State.SENT, State.DELIVERED, State.UNDELIVERED)
SENT_FOR_THE_OTHER = Reason(Cause.REPLACED, "it was sent for the other booking, before the customers were merged")
OTHER_BOOKING_STAYS = Reason(Cause.REPLACED, "the customers were merged, and the other booking stays")


@dataclass(frozen=True)
class Double:
    """An event on which both are booked. `choices` are the possible numbers of seats by what to do: "keep" or "other"
    is the one customer's booking, "sum" all seats, "larger" the larger booking. `starts_at` is in UTC."""

    event_id: UUID
    event_name: str
    starts_at: datetime
    keep: AnyRow
    other: AnyRow
    texts: Mapping[UUID, Sequence[AnyRow]] = field(repr=False)

    @property
    def choices(self) -> dict[str, int]:
        keep, other = self.keep.seats, self.other.seats
        choices = {"larger": max(keep, other), "sum": keep + other, "keep": keep, "other": other}
        return {name: seats for name, seats in choices.items() if seats <= LARGEST_BOOKING}

    @property
    def staying(self) -> AnyRow:
        """The booking that stays: the one of which a reminder may be on its way, was sent, or is to be sent."""
        return max((self.other, self.keep), key=self._rank)

    @property
    def going(self) -> AnyRow:
        return self.other if self.staying is self.keep else self.keep

    def _rank(self, booking: AnyRow) -> tuple[Any, ...]:
        texts = self.texts[booking.id]
        sent = [text for text in texts if text.kind in reminders.KINDS]
        return (
            any(map(_is_in_doubt, sent)),
            sum(text.state in GONE for text in sent),
            sum(text.state in NOT_YET_GONE for text in sent),
            any(text.state in GONE for text in texts),
            any(text.state in NOT_YET_GONE for text in texts),
            booking is self.keep,
        )


def of(session: Session, keep_id: UUID, other_id: UUID) -> list[Double]:
    """The events on which both customers are booked, soonest first."""
    require(session, Permission.MERGE)
    mine, theirs = aliased(Booking), aliased(Booking)
    both = (
        select(Event.id, Event.name, Event.starts_at, mine.id.label("mine"), theirs.id.label("theirs"))
        .join(mine, and_(mine.event_id == Event.id, mine.customer_id == keep_id))
        .join(theirs, and_(theirs.event_id == Event.id, theirs.customer_id == other_id))
        .order_by(Event.starts_at, Event.id)
    )
    events = session.execute(both).all()
    ids = [booking_id for event in events for booking_id in (event.mine, event.theirs)]
    table = Booking.__table__
    bookings = {row.id: row for row in session.execute(select(table).where(table.c.id.in_(ids)))}
    texts: dict[UUID, list[AnyRow]] = {booking_id: [] for booking_id in ids}
    for text in session.execute(_texts().where(Message.booking_id.in_(ids))):
        texts[text.booking_id].append(text)
    return [
        Double(row.id, row.name, row.starts_at, bookings[row.mine], bookings[row.theirs], texts)
        for row in events
        if row.mine in bookings and row.theirs in bookings  # Unless someone has just deleted one.
    ]


def _texts() -> AnySelect:
    """A reminder that was sent together with another of the household counts as that one."""
    one_text = aliased(Message)
    is_together = and_(one_text.id == Message.sent_with_id, Message.cause == Cause.SENT_TOGETHER.value)
    return select(
        *(Message.booking_id, Message.kind, Message.dedupe_key),
        func.coalesce(one_text.state, Message.state).label("state"),
        func.coalesce(one_text.next_step_at, Message.next_step_at).label("next_step_at"),
    ).outerjoin(one_text, is_together)


def problem(double: Double, choice: str, *, now: datetime) -> str:
    """Why these two bookings cannot become one in this way, as a sentence; empty if they can."""
    if choice not in double.choices:
        return f"Choose what to do about the two bookings for {double.event_name}"
    going = double.texts[double.going.id]
    if double.starts_at > now and any(_is_in_doubt(text) for text in going if text.kind in reminders.KINDS):
        return f"A reminder of {double.event_name} is being sent right now: try again in a few minutes"
    try:
        checked_notes(_notes(double))
    except ValueError:
        return f"The notes of the two bookings for {double.event_name} are too long together: shorten them first"
    return ""


def combine(session: Session, double: Double, choice: str, *, event: AnyRow, customer: Customer, now: datetime) -> None:
    """Make one booking of the two: the other is deleted, and its texts become those of the one that stays. Raises
    Invalid. The rows are locked by now."""
    require(session, Permission.MERGE)
    why_not = problem(double, choice, now=now)
    if why_not:
        raise Invalid(bookings=why_not)
    staying, going = double.staying, double.going
    _keep_one_of_each_text(session, double, event, customer, now)
    update_where(session, Message, Message.booking_id == going.id, {"booking_id": staying.id})
    delete_where(session, Booking, Booking.id == going.id)
    values = {"seats": double.choices[choice], "notes": _notes(double), **_arrival(double, choice)}
    changed: dict[str, Any] = {name: value for name, value in values.items() if getattr(staying, name) != value}
    if changed:
        changed |= {"updated_at": now, "version": staying.version + 1}
    if staying.customer_id != customer.id:
        changed["customer_id"] = customer.id
    if changed:
        update_where(session, Booking, Booking.id == staying.id, changed)


def _keep_one_of_each_text(session: Session, double: Double, event: AnyRow, customer: Customer, now: datetime) -> None:
    staying, going = double.staying, double.going
    gone = {
        kind.value
        for kind in reminders.KINDS
        for text in double.texts[going.id]
        if text.dedupe_key == planning.key(kind, going.id, event.schedule_rev) and text.state in GONE
    }
    if gone:
        again = and_(Message.booking_id == staying.id, Message.kind.in_(gone))
        messages.skip_planned(session, again, SENT_FOR_THE_OTHER, now=now)
        # A reminder that was never planned for this booking would be planned by the scheduler.
        booking = session.get_one(Booking, staying.id)
        planned = planning.about(session, booking, event, customer, now=now, skipped=SENT_FOR_THE_OTHER)
        insert_once(session, Message, [row for row in planned if row["kind"] in gone])
    messages.skip_planned(session, Message.booking_id == going.id, OTHER_BOOKING_STAYS, now=now)


def _is_in_doubt(text: AnyRow) -> bool:
    """Whether it is not known yet if the text was sent, and it may still be sent again."""
    return text.state in MAYBE_GONE and text.next_step_at is not None


def _notes(double: Double) -> str:
    return "\n".join(dict.fromkeys(filter(None, (double.keep.notes, double.other.notes))))


def _arrival(double: Double, choice: str) -> dict[str, Any]:
    """Who came with either booking came. The time is the earlier one, and the seats are the larger number, or those of
    both if all seats stay."""
    both = (double.keep, double.other)
    marks = {booking.arrived for booking in both}
    arrived = True if True in marks else False if False in marks else None
    came = [booking for booking in both if booking.arrived]
    return {
        "arrived": arrived,
        "arrived_at": min((booking.arrived_at for booking in came if booking.arrived_at), default=None),
        "arrived_seats": _arrived_seats(came, choice),
        "walked_in": all(booking.walked_in for booking in both),
        "late_since": min((booking.late_since for booking in both if booking.late_since), default=None),
        "late_minutes": max((booking.late_minutes for booking in both if booking.late_minutes), default=None),
    }


def _arrived_seats(came: Sequence[AnyRow], choice: str) -> int | None:
    if choice == "sum" and came:
        return sum(int(row.seats if row.arrived_seats is None else row.arrived_seats) for row in came)
    return max((int(row.arrived_seats) for row in came if row.arrived_seats), default=None)


def in_words(double: Double) -> str:
    """Like "Both are booked on Quiz Night: 2 seats and 4 seats"."""
    said = [
        counted(booking.seats, "seat") if booking.seats else "reminder only" for booking in (double.keep, double.other)
    ]
    return f"Both are booked on {double.event_name}: {' and '.join(said)}"
