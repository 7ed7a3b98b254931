"""Sentences about events and bookings."""

from collections.abc import Callable

from venue.acts import Act
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import (
    changes,
    customer,
    event,
    first,
    notified,
    notified_guests,
    shown,
    values_changed,
    with_changes,
)
from venue.wording import ERASED, counted

ARRIVED = {True: "as arrived", False: "as a no-show", None: "as neither arrived nor a no-show"}


def seats(value: Value | None) -> str:
    if value is None or value.is_erased or value.after is None or "seats" not in value.after:
        return ""
    return f" ({counted(value.after['seats'], 'seat')})" if value.after["seats"] else " (reminder only)"


def _changed_booking(entry: EntryRow) -> str:
    done = f"changed the booking of {customer(entry)} for {event(entry)}"
    return with_changes(done, changes(entry, "bookings")) + notified(entry)


def _moved_booking(entry: EntryRow) -> str:
    value = next((each for each in entry.values if each.table == "bookings" and each.after), None)
    right = shown(entry, "customer_id", value.after.get("customer_id")) if value and value.after else ERASED
    return f"moved the booking of {customer(entry)} for {event(entry)} to {right}{notified(entry)}"


def _arrival(entry: EntryRow) -> str:
    value = first(entry, "bookings")
    after = value.after if value and value.after else {}
    if "arrived" not in after and "arrived_seats" in after:
        return f"noted that {counted(after['arrived_seats'] or 0, 'guest')} of {customer(entry)} came to {event(entry)}"
    return f"marked {customer(entry)} {ARRIVED[after.get('arrived')]} at {event(entry)}"


def _reward(entry: EntryRow) -> str:
    value = first(entry, "rewards")
    name = (value.after or {}).get("name") if value else None
    return f"gave {customer(entry)} the reward" + (f" ‘{name}’" if name else "")


def _late(entry: EntryRow) -> str:
    value = first(entry, "bookings")
    after = (value.after if value else None) or {}
    minutes = f", about {counted(after['late_minutes'], 'minute')}" if after.get("late_minutes") else ""
    late = "running" if after.get("late_since") else "no longer running"
    return f"marked {customer(entry)} as {late} late for {event(entry)}{minutes}"


def _walk_ins(entry: EntryRow) -> str:
    value = first(entry, "events")
    before, after = ((each or {}).get("unnamed_seats", 0) for each in (value and value.before, value and value.after))
    more = after - before
    done = "counted" if more > 0 else "took back"
    return f"{done} {counted(abs(more), 'walk-in')} without a number at {event(entry)}"


def _answered_offer(entry: EntryRow) -> str:
    if not entry.details.get("accepts"):
        return f"noted that {customer(entry)} declined a place at {event(entry)}"
    booked = seats(first(entry, "bookings"))
    return f"booked {customer(entry)} from the waitlist onto {event(entry)}{booked}{notified(entry)}"


def _series(entry: EntryRow, done: str) -> str:
    return f"{done} {counted(entry.details.get('events', 0), 'event')} of the series {event(entry)}"


def _changed_series(entry: EntryRow) -> str:
    """With the changes of the first event: those of the others are the same."""
    said = next(filter(None, (values_changed(entry, value) for value in entry.values if value.table == "events")), "")
    return with_changes(_series(entry, "changed"), said) + notified_guests(entry)


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.EVENT_ADDED: lambda entry: f"added {event(entry)}",
    Act.EVENT_CHANGED: lambda entry: (
        with_changes(f"changed {event(entry)}", changes(entry, "events")) + notified_guests(entry)
    ),
    Act.EVENT_CANCELLED: lambda entry: f"cancelled {event(entry)}{notified_guests(entry)}",
    Act.EVENT_RESTORED: lambda entry: f"undid the cancellation of {event(entry)}{notified_guests(entry)}",
    Act.EVENT_DELETED: lambda entry: f"deleted {event(entry)}",
    Act.SERIES_ADDED: lambda entry: _series(entry, "added"),
    Act.SERIES_CHANGED: _changed_series,
    Act.SERIES_CANCELLED: lambda entry: _series(entry, "cancelled") + notified_guests(entry),
    Act.EVENTS_EXPORTED: lambda _entry: "exported events",
    Act.GUESTS_EXPORTED: lambda _entry: "exported the guests of an event",
    Act.BOOKING_ADDED: lambda entry: (
        f"booked {customer(entry)} onto {event(entry)}" + seats(first(entry, "bookings")) + notified(entry)
    ),
    Act.BOOKING_CHANGED: _changed_booking,
    Act.BOOKING_MOVED: _moved_booking,
    Act.BOOKING_DELETED: lambda entry: f"deleted the booking of {customer(entry)} for {event(entry)}" + notified(entry),
    Act.ARRIVAL_MARKED: _arrival,
    Act.LATE_MARKED: _late,
    Act.WALK_IN_ADDED: lambda entry: (
        f"added {customer(entry)} as a walk-in at {event(entry)}" + seats(first(entry, "bookings"))
    ),
    Act.WALK_INS_COUNTED: _walk_ins,
    Act.WAITLIST_JOINED: lambda entry: (
        f"added {customer(entry)} to the waitlist of {event(entry)}" + seats(first(entry, "waitlist_entries"))
    ),
    Act.WAITLIST_LEFT: lambda entry: f"took {customer(entry)} off the waitlist of {event(entry)}",
    Act.WAITLIST_OFFERED: lambda entry: f"offered {customer(entry)} seats at {event(entry)} by text",
    Act.WAITLIST_ANSWERED: _answered_offer,
    Act.WAITLIST_WITHDRAWN: lambda entry: (
        f"took back the seats offered to {customer(entry)} for {event(entry)}{notified(entry)}"
    ),
    Act.REWARD_GIVEN: _reward,
    Act.BOOKINGS_EXPORTED: lambda _entry: "exported bookings",
}
