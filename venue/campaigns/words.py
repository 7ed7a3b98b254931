"""What a bulk text says: its variables, the line about STOP that is added to it, and the longest case."""

from dataclasses import replace
from datetime import datetime, timedelta

from db.models import Event
from sms import segments, texts
from sms.texts import Facts
from venue.profile import Venue
from venue.rows import Named

# Each text must offer a simple way to refuse the next one, and say who sends it (Privacy and Electronic Communications
# Regulations 2003, regulations 22(3)(c) and 23).
STOP_LINE = "Reply STOP to opt out."
VARIABLES = ("first_name", "last_name", "venue_name", "venue_phone")
EVENT_VARIABLES = ("event_name", "event_day", "event_time")
DEFAULT = "{venue_name}: Hi {first_name}, "


def variables(*, about_event: bool) -> tuple[str, ...]:
    """Those that the words may use: of an event only if one is chosen."""
    return (*VARIABLES, *EVENT_VARIABLES) if about_event else VARIABLES


def with_stop_line(body: str) -> str:
    """The words with the line that is added to them."""
    body = segments.straighten(body).strip()
    return body if not body or body.endswith(STOP_LINE) else f"{body} {STOP_LINE}"


def problems(body: str, venue: Venue, *, about_event: bool) -> list[str]:
    """The errors that must be fixed before it can be sent, as sentences; an empty list when there are none."""
    if not body.strip():
        return ["The text is empty. Write it."]
    found = texts.check(
        with_stop_line(body),
        venue_name=venue.name,
        venue_phone=venue.phone,
        variables=variables(about_event=about_event),
    )
    if not found and "{venue_name}" not in body and venue.name.casefold() not in body.casefold():
        found = ["Say who it is from: use {venue_name}."]
    return found


def render(body: str, venue: Venue, customer: Named, event: Event | None, *, now: datetime) -> str:
    """The text as this customer gets it. A day is always a date: it may be sent on a later day. Raises BadTemplate."""
    facts = Facts(
        first_name=customer.first_name,
        last_name=customer.last_name,
        event_name=(event.short_name or event.name) if event else "",
        event_starts_at=event.starts_at if event else now,
        seats=1,
        venue_name=venue.name,
        venue_phone=venue.phone,
    )
    return texts.render(with_stop_line(body), facts, now=now, zone=venue.zone, by_date=True)


def longest(body: str, venue: Venue) -> str:
    """The text with the longest possible names. Raises BadTemplate."""
    facts = replace(texts.LONGEST, seats=1, venue_name=venue.name, venue_phone=venue.phone)
    long_before = facts.event_starts_at - timedelta(days=330)
    return texts.render(with_stop_line(body), facts, now=long_before, zone=venue.zone, by_date=True)
