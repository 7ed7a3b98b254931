"""Templates of the texts to customers: the defaults, checking a changed one, and rendering."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sms import segments

VARIABLES = (
    "first_name",
    "last_name",
    "event_name",
    "event_day",
    "event_time",
    "seats",
    "venue_name",
    "venue_phone",
)

MOST_SEGMENTS = 3


class Kind(StrEnum):
    """What a message is for."""

    CONFIRMATION = "confirmation"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER_7_DAY = "reminder_7_day"
    REMINDER_24_HOUR = "reminder_24_hour"
    EVENT_MOVED = "event_moved"
    EVENT_CANCELLED = "event_cancelled"
    EVENT_ON_AGAIN = "event_on_again"
    CAMPAIGN = "campaign"
    WAITLIST_OFFER = "waitlist_offer"
    OFFER_WITHDRAWN = "offer_withdrawn"
    MANUAL = "manual"
    INBOUND = "inbound"


# Only these texts may use a variable of their own.
OWN_VARIABLES: dict[Kind, tuple[str, ...]] = {
    Kind.WAITLIST_OFFER: ("answer_by",),
    Kind.OFFER_WITHDRAWN: ("reason",),
}

# Words for {reason}.
STAYS = "You stay on the list"
SEATS_ARE_GONE = f"the seats are gone. {STAYS}"

# {seats} becomes "4 seats" or "reminder only", {event_day} "tomorrow" or "on Friday 6 March": each sentence fits both.
DEFAULT_TEMPLATES: dict[Kind, str] = {
    Kind.CONFIRMATION: "{venue_name}: Hi {first_name}, you're on the list for {event_name} {event_day} at {event_time} "
    "({seats}). Plans change? Just reply.",
    Kind.CHANGE: "{venue_name}: Hi {first_name}, we've changed your booking for {event_name} {event_day} at "
    "{event_time} to: {seats}. Not right? Just reply.",
    Kind.CANCELLATION: "{venue_name}: Hi {first_name}, we've cancelled your booking for {event_name} {event_day} at "
    "{event_time}. See you another time!",
    Kind.REMINDER_7_DAY: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time} ({seats}). "
    "Can't make it? Please reply.",
    Kind.REMINDER_24_HOUR: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time} ({seats}). "
    "See you then! Can't make it? Please reply.",
    Kind.EVENT_MOVED: "{venue_name}: Hi {first_name}, {event_name} has moved and is now {event_day} at {event_time} "
    "({seats}). Can't make it? Please reply.",
    Kind.EVENT_CANCELLED: "{venue_name}: Hi {first_name}, sorry, {event_name} {event_day} at {event_time} is "
    "cancelled. Hope to see you soon.",
    Kind.EVENT_ON_AGAIN: "{venue_name}: Hi {first_name}, good news: {event_name} {event_day} at {event_time} is on "
    "after all ({seats}). Can't make it? Please reply.",
    Kind.WAITLIST_OFFER: "{venue_name}: Hi {first_name}, {seats} for {event_name} {event_day} at {event_time} can be "
    "yours. Reply YES by {answer_by}, or NO.",
    Kind.OFFER_WITHDRAWN: "{venue_name}: Hi {first_name}, sorry, our offer of {seats} for {event_name} is off: "
    "{reason}.",
}


# The defaults for guests without seats, who want only the reminders and are not expected.
# A template that the venue has changed goes to all guests, with "reminder only" for {seats}.
WITHOUT_SEATS: dict[Kind, str] = {
    Kind.CONFIRMATION: "{venue_name}: Hi {first_name}, we'll remind you about {event_name} {event_day} at "
    "{event_time}. You have no seats booked. Want some? Just reply.",
    Kind.CHANGE: "{venue_name}: Hi {first_name}, you have no seats now for {event_name} {event_day} at {event_time}, "
    "only reminders. Not right? Just reply.",
    Kind.CANCELLATION: "{venue_name}: Hi {first_name}, we won't remind you about {event_name} {event_day} at "
    "{event_time} any more. See you another time!",
    Kind.REMINDER_7_DAY: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time}. "
    "Want seats? Just reply.",
    Kind.REMINDER_24_HOUR: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time}. "
    "Want seats? Just reply.",
    Kind.EVENT_MOVED: "{venue_name}: Hi {first_name}, {event_name} has moved and is now {event_day} at {event_time}. "
    "Want seats? Just reply.",
    Kind.EVENT_ON_AGAIN: "{venue_name}: Hi {first_name}, good news: {event_name} {event_day} at {event_time} is on "
    "after all. Want seats? Just reply.",
}
# The same for an event that is full: these offer no seats.
WITHOUT_SEATS_WHEN_FULL: dict[Kind, str] = {
    **WITHOUT_SEATS,
    Kind.CONFIRMATION: "{venue_name}: Hi {first_name}, we'll remind you about {event_name} {event_day} at "
    "{event_time}. It is full, so you have no seats booked.",
    Kind.REMINDER_7_DAY: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time}. "
    "It is full, and you have no seats booked.",
    Kind.REMINDER_24_HOUR: "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time}. "
    "It is full, and you have no seats booked.",
    Kind.EVENT_MOVED: "{venue_name}: Hi {first_name}, {event_name} has moved and is now {event_day} at {event_time}. "
    "It is full, and you have no seats booked.",
    Kind.EVENT_ON_AGAIN: "{venue_name}: Hi {first_name}, good news: {event_name} {event_day} at {event_time} is on "
    "after all. It is full, and you have no seats booked.",
}


@dataclass(frozen=True)
class Facts:
    """The values of a template's variables. `event_starts_at` is an aware datetime, and so is `answer_by`, when an
    offer of the waitlist ends; None in all other texts. `reason` is why an offer is off. `is_full` says that the event
    has no free seats: guests without seats are not asked whether they want some."""

    first_name: str
    last_name: str
    event_name: str
    event_starts_at: datetime
    seats: int
    venue_name: str
    venue_phone: str = ""
    answer_by: datetime | None = None
    reason: str = ""
    is_full: bool = False


# Each value is longer than what a pub usually has.
LONGEST = Facts(
    first_name="Maximiliana-Josefine",
    last_name="Featherstonehaugh-Wy",
    event_name="The Great Autumn Quiz and Supper",
    event_starts_at=datetime(2026, 9, 30, 21, 45, tzinfo=UTC),
    seats=0,
    venue_name="The Anchor and Hope Free Venue",
    venue_phone="+44 7700 900123",
    answer_by=datetime(2026, 9, 30, 21, 15, tzinfo=UTC),
    reason="it is now on Wednesday 30 September at 9.45pm. You stay on the list",
)


class BadTemplate(ValueError):
    """The template is one that `check` refuses. Rendering it is a bug in the caller."""


def render(template: str, facts: Facts, *, now: datetime, zone: ZoneInfo, by_date: bool = False) -> str:
    """The text as it is sent at `now`, with day and time in the venue's zone. Raises BadTemplate.

    With `by_date` it never says "today" or "tomorrow": for a text that may be sent on a later day than it is rendered.

    A value is never read as a template. Without a venue phone, sentences with {venue_phone} are left out (`check`
    refuses to save such a template).
    """
    if facts.seats == 0:
        template = _without_seats(template, is_full=facts.is_full)
    values = {name: _one_line(value) for name, value in _values(facts, now=now, zone=zone, by_date=by_date).items()}
    if not values["venue_phone"]:
        template = _without_venue_phone(template)
    return segments.straighten(_fill(template, values)).strip()


def render_longest(template: str, facts: Facts, *, now: datetime, zone: ZoneInfo) -> str:
    """The longer of the texts to a guest with 1,000 seats and to a guest without seats."""
    return max((render(template, replace(facts, seats=seats), now=now, zone=zone) for seats in (1_000, 0)), key=len)


def variables_of(kind: Kind) -> tuple[str, ...]:
    """The variables that a template of this kind may use."""
    return (*VARIABLES, *OWN_VARIABLES.get(kind, ()))


def check(
    template: str, *, venue_name: str = "", venue_phone: str | None = None, variables: Sequence[str] = VARIABLES
) -> list[str]:
    """The problems that keep a template from being saved, as sentences for staff; an empty list when there are none.

    `venue_phone` is "" for a venue without a phone number, and None where that is not to be checked. `variables` are
    those that it may use.
    """
    if not any(char.isprintable() and not char.isspace() for char in template):
        return ["The text is empty. Write it."]
    names = VARIABLE.findall(template)
    problems = [_unknown(name, variables) for name in dict.fromkeys(names) if name not in variables]
    if set("{}") & set(VARIABLE.sub("", template)):
        problems.append("Unmatched curly bracket. Write fields like {first_name}.")
    if has_control_characters(template):
        problems.append("The text contains an invisible control character. Retype it.")
    if venue_phone == "" and "venue_phone" in names:
        problems.append("The venue's phone number is not set, so {venue_phone} cannot be used.")
    return problems or _too_long(template, venue_name, venue_phone)


def has_control_characters(text: str) -> bool:
    """Whether it contains invisible characters, other than line breaks, that some networks cannot handle."""
    return CONTROL.search(text.replace("\n", "").replace("\r", "")) is not None


def event_day(starts_at: datetime, *, now: datetime, zone: ZoneInfo, by_date: bool = False) -> str:
    """ "today", "tomorrow" or "on Friday 6 March", by days in the venue's zone; with `by_date` always a date."""
    day = starts_at.astimezone(zone).date()
    days_ahead = (day - now.astimezone(zone).date()).days
    if days_ahead in (0, 1) and not by_date:
        return ("today", "tomorrow")[days_ahead]
    # Within ten months, day and month are unambiguous.
    year = f" {day.year}" if abs(days_ahead) > 300 else ""
    return f"on {DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def answer_time(answer_by: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """When an offer ends, like "6.30pm", "10am tomorrow" or "10am on Friday 6 March"."""
    day = event_day(answer_by, now=now, zone=zone)
    return event_time(answer_by, zone=zone) + ("" if day == "today" else f" {day}")


def event_time(starts_at: datetime, *, zone: ZoneInfo) -> str:
    """ "7pm", "7.30pm", "noon" or "midnight" in the venue's zone."""
    local = starts_at.astimezone(zone)
    if local.minute == 0 and local.hour in (0, 12):
        return "noon" if local.hour else "midnight"
    minutes = f".{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


# strftime would use the server's locale.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

VARIABLE = re.compile(r"\{([^{}]*)\}")
GAP_AND_VARIABLE = re.compile(r"( ?)\{([^{}]*)\}")
SENTENCE_END = re.compile(r"(?<=[.!?])(?=\s)")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def seats_in_words(seats: int) -> str:
    """ "4 seats", "1 seat" or, for a booking without seats, "reminder only"."""
    if seats == 0:
        return "reminder only"
    return "1 seat" if seats == 1 else f"{seats} seats"


def _without_seats(template: str, *, is_full: bool) -> str:
    """The default for guests without seats instead of a default; a template of the venue's own stays as it is."""
    kind = next((kind for kind, default in DEFAULT_TEMPLATES.items() if default == template), None)
    instead = WITHOUT_SEATS_WHEN_FULL if is_full else WITHOUT_SEATS
    return template if kind is None else instead.get(kind, template)


def _values(facts: Facts, *, now: datetime, zone: ZoneInfo, by_date: bool) -> dict[str, str]:
    return {
        "first_name": facts.first_name,
        "last_name": facts.last_name,
        "event_name": facts.event_name,
        "event_day": event_day(facts.event_starts_at, now=now, zone=zone, by_date=by_date),
        "event_time": event_time(facts.event_starts_at, zone=zone),
        "seats": seats_in_words(facts.seats),
        "venue_name": facts.venue_name,
        "venue_phone": facts.venue_phone,
        "answer_by": answer_time(facts.answer_by, now=now, zone=zone) if facts.answer_by else "",
        "reason": facts.reason,
    }


def _fill(template: str, values: dict[str, str]) -> str:
    """The template with its values, filled in one pass. An empty value removes the space before it too."""

    def value(match: re.Match[str]) -> str:
        if match[2] not in values:
            raise BadTemplate(_unknown(match[2]))
        return match[1] + values[match[2]] if values[match[2]] else ""

    if set("{}") & set(VARIABLE.sub("", template)):
        raise BadTemplate("Unmatched curly bracket.")
    return GAP_AND_VARIABLE.sub(value, template)


def _one_line(value: str) -> str:
    return CONTROL.sub(" ", value).strip()


def _without_venue_phone(template: str) -> str:
    """The template without sentences that contain {venue_phone}, unless nothing would be left."""
    others = "".join(sentence for sentence in SENTENCE_END.split(template) if "{venue_phone}" not in sentence)
    return others if others.strip() else template


def _unknown(name: str, variables: Sequence[str] = VARIABLES) -> str:
    available = ", ".join(f"{{{variable}}}" for variable in variables)
    if not name.strip():
        return f"Empty field {{}}. Available: {available}."
    return f"Unknown field {{{name}}}. Available: {available}."


def _too_long(template: str, venue_name: str, venue_phone: str | None) -> list[str]:
    longest = replace(LONGEST, venue_phone=LONGEST.venue_phone if venue_phone is None else venue_phone)
    when: dict[str, Any] = {"now": longest.event_starts_at - timedelta(days=330), "zone": ZoneInfo("UTC")}
    # A shorter name may take more: with a letter like ŷ, a segment has less than half as many characters.
    names = (LONGEST.venue_name, venue_name)
    rendered = [render_longest(template, replace(longest, venue_name=name), **when) for name in names]
    text = max(rendered, key=lambda each: (segments.count(each).segments, len(each)))
    count = segments.count(text)
    if count.segments <= MOST_SEGMENTS:
        return []
    return [
        f"With long names this is {len(text)} characters, which is {count.segments} SMS ({count.encoding}). "
        f"Shorten it to at most {MOST_SEGMENTS}."
    ]
