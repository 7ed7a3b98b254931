"""Stored values as staff read them."""

import functools
import re
from datetime import date, datetime

from pages.parts.context import venue
from sms import phone
from venue import clock
from venue.events import capacities
from venue.rows import EventRow, WithSeats
from venue.wording import counted

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit turns into a link, a logo or an arrow even when escaped: an invisible character splits it.
_MAGIC = re.compile(r"(?i)(?<=:)(?=//|streamlit)|(?<=www)(?=\.)|(?=@)|(?<=[<\-~])(?=[-=>])|(?<=>)(?==)")
_JOINER = "\u2060"


def plain(typed: object) -> str:
    """Typed text, escaped so that Streamlit shows it literally where it reads Markdown."""
    return _PUNCTUATION.sub(r"\\\1", _MAGIC.sub(_JOINER, _closed(" ".join(str(typed).split()))))


# Characters that change the writing direction, and those that end it: https://www.unicode.org/reports/tr9/
_TURNS = (("\u202a\u202b\u202d\u202e", "\u202c"), ("\u2066\u2067\u2068", "\u2069"))


def _closed(typed: str) -> str:
    """Ends each change of writing direction, which would otherwise affect the text after it."""
    for turns, back in _TURNS:
        typed += back * (sum(map(typed.count, turns)) - typed.count(back))
    return typed


def with_full_stop(sentence: str) -> str:
    """The sentence, ready to be followed by another one. Empty stays empty."""
    return f"{sentence}." if sentence and not sentence.endswith((".", "!", "?")) else sentence


def number(mobile_number: str | None) -> str:
    return phone.display(mobile_number, region=venue().region) if mobile_number else ""


def tel(mobile_number: str | None) -> str:
    """A link that calls the number; empty if some of its digits are hidden."""
    return f"tel:{mobile_number}" if mobile_number and not mobile_number.endswith(phone.HIDDEN) else ""


def day(instant: datetime) -> str:
    return clock.format_day(instant, venue().zone)


def short_day(instant: datetime) -> str:
    """Like "6 Mar 2027"."""
    return day_in_short(instant.astimezone(venue().zone).date())


@functools.lru_cache
def day_in_short(day: date) -> str:
    """Like "6 Mar 2027"."""
    return f"{day:%-d %b %Y}"


def when(instant: datetime | None) -> str:
    """Like "Fri 6 March 2027, 19:30"."""
    return clock.format_instant(instant, venue().zone) if instant else ""


def time_of_day(instant: datetime) -> str:
    """Like "19:30", in the venue's zone."""
    return clock.format_time(instant, venue().zone)


def near(instant: datetime, now: datetime) -> str:
    """Like `when`, but with "yesterday", "today" or "tomorrow" for the date."""
    called = _called(instant, now)
    return f"{called}, {clock.format_time(instant, venue().zone)}" if called else when(instant)


def near_in_short(instant: datetime, now: datetime) -> str:
    """Like `near` but shorter, for half a line on a phone: "Fri 6 Mar, 19:30". Other years are shown."""
    local, today = instant.astimezone(venue().zone), clock.today(now, venue().zone)
    year = "" if local.year == today.year else f" {local.year}"
    return f"{_called(instant, now) or f'{local:%a %-d %b}{year}'}, {local:%H:%M}"


def _called(instant: datetime, now: datetime) -> str | None:
    zone = venue().zone
    days = (clock.today(instant, zone) - clock.today(now, zone)).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)


def seats(booking: WithSeats) -> str:
    return counted(booking.seats, "seat") if booking.seats else "Reminder only"


def fill(event: EventRow) -> str:
    """How full an event is: "12 of 40 seats, 28 left"."""
    if event.capacity is None:
        return f"{counted(event.seats_taken, 'seat')} booked · no limit"
    left = event.capacity - event.seats_taken
    offered = f" ({event.seats_offered} offered)" if event.seats_offered else ""
    free = f"{left} left" if left > 0 else capacities.in_words(-left) if left < 0 else "full"
    return f"{event.seats_taken} of {event.capacity} seats{offered}, {free}"


def visit_in_words(number: int) -> str:
    """Like "First visit" or "8th visit"."""
    if number == 1:
        return "First visit"
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} visit"


BOOKING_STATUS = {"active": "Active bookings", "reminder_only": "Reminder only", "none": "No bookings"}
STATUS_COLOUR = {"active": "green", "reminder_only": "blue", "none": "gray"}
