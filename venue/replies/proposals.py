"""What staff could do about a reply, checked against what is true now. Nothing is done without a tap: see `answers`."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message
from db.types import AnyRow
from sms.texts import Kind, event_day
from venue import bookings, clock, events
from venue.messages.causes import Cause
from venue.profile import Venue, venue_of
from venue.replies import questions
from venue.replies.meanings import Meaning
from venue.replies.offer_proposals import about_offer, free_for
from venue.replies.proposal import Proposal
from venue.replies.questions import Asked
from venue.replies.reading import Question, Reading, read
from venue.roles import Permission, require
from venue.wording import counted

# Meanings that are about a booking, each with what the guest wants, surely and perhaps.
_WORDS = {
    Meaning.CANCEL: ("They can't come to", "They may not be coming to"),
    Meaning.SEATS: ("They want {seats} for", "They may want {seats} for"),
    Meaning.MORE: ("They want {seats} for", "They may want {seats} for"),
    Meaning.LATE: ("They are running late for", "They may be late for"),
    Meaning.YES: ("They are coming to", "They seem to be coming to"),
}
_LABELS = {
    Meaning.CANCEL: "Cancel booking",
    Meaning.SEATS: "Change to {seats}",
    Meaning.MORE: "Change to {seats}",
    Meaning.LATE: "Mark as running late",
}
_OF_THE_NUMBER = {
    Meaning.WRONG_NUMBER: "They say that this is the wrong number.",
    Meaning.STOP: "They may not want any more texts.",
}


def for_replies(session: Session, message_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Proposal]:
    """The proposals for those of the messages that are unanswered replies and say something that is understood."""
    require(session, Permission.READ)
    read_replies = [
        (asked, read(asked.body, question=asked.question)) for asked in _with_only_booking(session, message_ids, now)
    ]
    booked = _bookings(session, [asked for asked, reading in read_replies if reading.meaning in _WORDS])
    found = {}
    for asked, reading in read_replies:
        if reading.meaning in _OF_THE_NUMBER:
            words = _OF_THE_NUMBER[reading.meaning]
            found[asked.message_id] = Proposal(asked.message_id, reading.meaning, reading.is_certain, words)
        elif asked.question is Question.OFFER and reading.meaning is not Meaning.NOTHING:
            proposal = about_offer(session, asked, reading, now=now)
            found |= {asked.message_id: proposal} if proposal else {}
        elif reading.meaning in _WORDS and asked.event_id is not None:
            found[asked.message_id] = _about_booking(session, asked, reading, booked, now)
    return found


def _with_only_booking(session: Session, message_ids: Collection[UUID], now: datetime) -> list[Asked]:
    """The replies with their questions. One that answers no question is about the customer's only coming booking."""
    asked = questions.of_replies(session, message_ids)
    unasked = {each.replied_by for each in asked if each.question is Question.OTHER and each.replied_by}
    if not unasked:
        return asked
    coming: dict[UUID, list[UUID]] = {}
    for customer_id, event_id in session.execute(
        select(Booking.customer_id, Booking.event_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.customer_id.in_(unasked), Event.starts_at > now, Event.cancelled_at.is_(None))
    ):
        coming.setdefault(customer_id, []).append(event_id)
    only = {customer_id: event_ids[0] for customer_id, event_ids in coming.items() if len(event_ids) == 1}
    return [
        replace(each, customer_id=each.replied_by, event_id=only[each.replied_by])
        if each.question is Question.OTHER and each.replied_by in only
        else each
        for each in asked
    ]


def _bookings(session: Session, asked: Collection[Asked]) -> Mapping[tuple[UUID, UUID], AnyRow]:
    """The events that the replies are about, with the customer's booking: its columns are None if there is none."""
    pairs = {(each.customer_id, each.event_id) for each in asked if each.customer_id and each.event_id}
    found = {}
    for customer_id, event_id in pairs:
        on_it = (Booking.event_id == Event.id) & (Booking.customer_id == customer_id)
        row = session.execute(
            select(
                Booking.id.label("booking_id"),
                Booking.customer_id,
                Booking.seats,
                Booking.version,
                Booking.created_at,
                Booking.updated_at,
                Booking.arrived,
                Booking.late_since,
                Booking.late_minutes,
                Event.id.label("event_id"),
                Event.name,
                Event.starts_at,
                Event.capacity,
                Event.cancelled_at,
            )
            .select_from(Event)
            .outerjoin(Booking, on_it)
            .where(Event.id == event_id)
        ).first()
        if row is not None:
            found[customer_id, event_id] = row
    return found


def _about_booking(
    session: Session, asked: Asked, reading: Reading, booked: Mapping[tuple[UUID, UUID], AnyRow], now: datetime
) -> Proposal:
    venue = venue_of(session)
    row = booked[asked.customer_id, asked.event_id]  # type: ignore[index]
    certain = (
        reading.is_certain
        and asked.is_alone
        and _is_that_day(reading, asked, row, venue)
        and not _is_changed_since(row, asked)
        # "8 instead of 7" may be times.
        and reading.instead_of in (None, row.seats)
    )
    seats = _seats(reading, row)
    surely, perhaps = _WORDS[reading.meaning]
    day = event_day(row.starts_at, now=now, zone=venue.zone)
    minutes = f", {counted(reading.number, 'minute')}" if reading.meaning is Meaning.LATE and reading.number else ""
    words = f"{surely if certain else perhaps} {row.name} {day}{minutes}.".format(seats=counted(seats, "seat"))
    about = Proposal(asked.message_id, reading.meaning, certain, words)
    if reading.meaning is Meaning.YES:
        return about
    problem = _why_not(session, asked, reading, row, seats, now)
    if problem:
        return replace(about, problem=problem)
    return replace(
        about,
        label=_LABELS[reading.meaning].format(seats=counted(seats, "seat")),
        booking_id=row.booking_id,
        version=row.version,
        seats=seats if reading.meaning in (Meaning.SEATS, Meaning.MORE) else None,
        minutes=reading.number if reading.meaning is Meaning.LATE else None,
    )


def _is_changed_since(row: AnyRow, asked: Asked) -> bool:
    """Whether the booking was made or changed after the reply, perhaps because of it."""
    return row.booking_id is not None and max(row.created_at, row.updated_at) > asked.received_at


def _seats(reading: Reading, row: AnyRow) -> int:
    if reading.meaning is Meaning.MORE:
        return max((row.seats or 0) + (reading.number or 0), 0)
    return reading.number or 0


def _is_that_day(reading: Reading, asked: Asked, row: AnyRow, venue: Venue) -> bool:
    """Whether a reply that says "tonight" or "tomorrow" was written on that day."""
    if not reading.day:
        return True
    days = clock.today(row.starts_at, venue.zone) - clock.today(asked.received_at, venue.zone)
    return days == timedelta(days=1 if reading.day == "tomorrow" else 0)


def _why_not(session: Session, asked: Asked, reading: Reading, row: AnyRow, seats: int, now: datetime) -> str:
    """Why what they want cannot be done, as a sentence; empty if it can."""
    if row.cancelled_at is not None:
        return f"{row.name} was cancelled {_on(row.cancelled_at, session)}."
    if row.booking_id is None:
        return _gone(session, asked)
    if reading.meaning is Meaning.LATE:
        return _why_not_late(session, row, reading.number, now)
    if row.starts_at <= now:
        return f"{row.name} has begun."
    return _why_not_seats(session, row, seats) if reading.meaning is not Meaning.CANCEL else ""


def _gone(session: Session, asked: Asked) -> str:
    """When the booking was deleted: its texts that were scheduled were skipped then."""
    at = session.scalar(
        select(func.max(Message.final_at)).where(
            Message.customer_id == asked.customer_id,
            Message.event_id == asked.event_id,
            Message.cause == Cause.BOOKING_DELETED.value,
        )
    ) or session.scalar(
        select(func.max(Message.created_at)).where(
            Message.customer_id == asked.customer_id,
            Message.event_id == asked.event_id,
            Message.kind == Kind.CANCELLATION.value,
        )
    )
    return f"That booking was cancelled {_on(at, session)}." if at else "That booking no longer exists."


def _on(instant: datetime, session: Session) -> str:
    return f"on {clock.format_instant(instant, venue_of(session).zone)}"


def _why_not_late(session: Session, row: AnyRow, minutes: int | None, now: datetime) -> str:
    zone = venue_of(session).zone
    if row.arrived is not None:
        return "They are marked as arrived." if row.arrived else "They are marked as a no-show."
    if row.late_since is not None and minutes in (None, row.late_minutes):
        return "They are marked as running late already."
    if events.is_over(row, now=now, zone=zone) or not events.takes_marks(row, now=now, zone=zone):
        return f"{row.name} is not today."
    return ""


def _why_not_seats(session: Session, row: AnyRow, seats: int) -> str:
    if seats == row.seats:
        return f"They have {counted(seats, 'seat')} already."
    if seats < 1:
        return f"They have only {counted(row.seats, 'seat')}."
    if row.capacity is None or seats <= row.seats:
        return ""
    left = free_for(session, row.event_id, row.customer_id, row.capacity) + row.seats
    return f"{bookings.why_full(row.name, left, already=row.seats)}." if seats > left else ""
