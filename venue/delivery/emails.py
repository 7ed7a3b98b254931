"""What an e-mail about a booking says: the text's words, how to answer, a subject, and an entry for a calendar."""

from datetime import datetime
from uuid import UUID

from channels.gateway import OutgoingEmail
from db.types import AnyRow
from mail import calendar_files
from mail import emails as mail
from mail.calendar_files import CANCEL, REQUEST, CalendarEntry
from sms import texts
from sms.texts import Kind
from venue.profile import Venue

SUBJECTS = {
    Kind.CONFIRMATION: "Booked",
    Kind.CHANGE: "Booking changed",
    Kind.CANCELLATION: "Booking cancelled",
    Kind.REMINDER_7_DAY: "Reminder",
    Kind.REMINDER_24_HOUR: "Reminder",
    Kind.EVENT_MOVED: "New time",
    Kind.EVENT_CANCELLED: "Cancelled",
    Kind.EVENT_ON_AGAIN: "On after all",
}
# What each does to the guest's calendar; a reminder changes nothing there.
METHODS = {
    Kind.CONFIRMATION: REQUEST,
    Kind.CHANGE: REQUEST,
    Kind.EVENT_MOVED: REQUEST,
    Kind.EVENT_ON_AGAIN: REQUEST,
    Kind.CANCELLATION: CANCEL,
    Kind.EVENT_CANCELLED: CANCEL,
}


def outgoing(venue: Venue, text: AnyRow, subject: str, body: str, *, now: datetime) -> OutgoingEmail:
    """The e-mail for a message, a row of `facts.with_facts`, with these words."""
    calendar, method = _calendar(venue, text, now)
    body = f"{body}\n\n{how_to_answer(venue)}"
    html = mail.html(subject, body)
    return OutgoingEmail(str(text.id), text.email_now, subject, body, html, calendar, method, venue.name)


def how_to_answer(venue: Venue) -> str:
    """The last line of each e-mail: answers go to SMTP_REPLY_TO or SMTP_FROM, which the venue reads."""
    call = f", or call {venue.phone}" if venue.phone else ""
    return f"To reach {venue.name}, answer this e-mail{call}."


def subject(venue: Venue, text: AnyRow, *, now: datetime) -> str:
    """Like "Booked: Quiz Night, Friday 29 January at 7.30pm"."""
    about = SUBJECTS[Kind(text.kind)]
    if text.event_id is None:
        return f"{about}: {venue.name}"
    day = texts.event_day(text.starts_at, now=now, zone=venue.zone, by_date=True).removeprefix("on ")
    return f"{about}: {text.name}, {day} at {texts.event_time(text.starts_at, zone=venue.zone)}"


def _calendar(venue: Venue, text: AnyRow, now: datetime) -> tuple[str, str]:
    """The calendar file and its method; both empty where there is none."""
    method = METHODS.get(Kind(text.kind), "")
    if not method or text.event_id is None:
        return "", ""
    entry = CalendarEntry(
        uid=f"{_booking_of(text)}@anchor-desk",
        title=text.name,
        starts_at=text.starts_at,
        zone=venue.zone,
        place=venue.name,
        organiser=venue.email_from,
        guest=text.email_now,
    )
    return calendar_files.written(entry, method, now=now), method


def _booking_of(text: AnyRow) -> UUID:
    """The booking's id, which the message's key keeps when the booking is gone: "cancellation:{hex}"."""
    return UUID(text.dedupe_key.split(":")[1])
