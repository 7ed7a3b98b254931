"""The fields of an event, for adding, changing and moving."""

from datetime import datetime, time
from typing import Any

from pages.parts.desk import house, now
from pages.parts.fields import Fields
from venue import clock
from venue.errors import Invalid, NoSuchTime

LABELS = {
    "name": "Name",
    "short_name": "Short name, for texts",
    "starts_at": "Start",
    "capacity": "Capacity",
    "category": "Category",
    "notes": "Notes",
}


def draw_start(fields: Fields, starts_at: datetime | None) -> None:
    local = starts_at.astimezone(house().zone) if starts_at else None
    fields.day("on", "Day", local.date() if local else clock.today(now(), house().zone))
    fields.time("at", "Starts at", local.time() if local else time(19, 30))


def draw_about(fields: Fields, event: Any = None) -> None:
    fields.text("name", LABELS["name"], event.name if event else "")
    fields.text(
        "short_name", LABELS["short_name"], event.short_name if event else "", placeholder="The name, when left empty"
    )
    draw_start(fields, event.starts_at if event else None)
    fields.number(
        "capacity", LABELS["capacity"], event.capacity if event else None, placeholder="Unlimited when left empty"
    )
    fields.text("category", LABELS["category"], event.category if event else "", placeholder="Quiz, music, supper …")
    fields.long_text("notes", LABELS["notes"], event.notes if event else "")


def start_is_typed_over(fields: Fields, starts_at: datetime) -> bool:
    """Whether the day or the time is another than the form began with: its minutes are all that is shown."""
    local = starts_at.astimezone(house().zone)
    return (fields["on"], fields["at"]) != (local.date(), local.time().replace(second=0, microsecond=0))


def start_of(fields: Fields) -> clock.LocalTime:
    """The start that was typed. Raises Invalid for a time that does not happen."""
    if fields["on"] is None or fields["at"] is None:
        raise Invalid(**({"on": "Choose a day"} if fields["on"] is None else {"at": "Choose a time"}))
    try:
        return clock.from_local(fields["on"], fields["at"], house().zone)
    except NoSuchTime as no_such_time:
        raise Invalid(at=str(no_such_time)) from no_such_time


def about(fields: Fields) -> dict[str, Any]:
    """The fields that an event stores as they were typed."""
    return {name: fields[name] for name in ("name", "short_name", "capacity", "category", "notes")}
