"""Calendar files for e-mails: the guest's calendar adds, moves and removes the booking by them (RFC 5545, RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

REQUEST, CANCEL = "REQUEST", "CANCEL"
# Events have no end here, and calendars draw one without as a moment.
LENGTH = timedelta(hours=2)
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CalendarEntry:
    """A booking in a calendar. `uid` is the same for all files about one booking. Instants are aware."""

    uid: str
    title: str
    starts_at: datetime
    zone: ZoneInfo
    place: str
    organiser: str
    guest: str


def written(entry: CalendarEntry, method: str, *, now: datetime) -> str:
    """The file, with REQUEST to add or change the entry, or CANCEL to remove it.

    SEQUENCE must grow with each change (RFC 5545, 3.8.7.4): it counts the seconds since 2025, so that it also grows
    from a booking to its cancellation, when the booking is gone.
    """
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", max(0, int((now - _FIRST).total_seconds())))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(entry.zone))
    event.add("dtend", (entry.starts_at + LENGTH).astimezone(entry.zone))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", vCalAddress(f"mailto:{entry.organiser}"))
    guest = vCalAddress(f"mailto:{entry.guest}")
    guest.params["RSVP"] = "FALSE"
    event.add("attendee", guest)
    calendar = Calendar()
    calendar.add("prodid", "-//Anchor Desk//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
