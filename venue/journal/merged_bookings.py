"""Undo what a merge did to bookings: they go back, and two that became one are two again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Event
from db.recorded import parsed, plain, table_of
from db.types import AnyRow
from db.writes import insert_once, update_where
from venue import events
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import label

FIELDS = ("seats", "notes", "arrived", "arrived_at", "arrived_seats", "walked_in", "late_since", "late_minutes")


class Undoing(Protocol):
    """The undo of a merge that is in progress."""

    session: Session
    entry: EntryRow
    now: datetime
    writes: bool
    keep_id: UUID
    other_id: UUID
    result: Any

    def name_of(self, customer_id: UUID) -> str: ...


class MergedBookings:
    """The bookings of one merge, as its entry holds them."""

    def __init__(self, undoing: Undoing, values: Sequence[Value]):
        self.undoing, self.session = undoing, undoing.session
        self.changed = {UUID(value.row_id): value for value in values if value.before and value.after}
        self.deleted = {UUID(value.row_id): value for value in values if value.before and value.after is None}
        ids = [*self.changed, *self.deleted]
        table = table_of(Booking)
        query = select(*table.c, Event.name.label("event_name"), Event.capacity).join(Event)
        self.present = {row.id: row for row in self.session.execute(query.where(table.c.id.in_(ids)))}

    def give_back(self) -> set[UUID]:
        """Give back what was not changed since. Returns the ids of the deleted bookings that are back."""
        back: set[UUID] = set()
        for booking_id, value in self.changed.items():
            row = self.present.get(booking_id)
            if row is None or row.customer_id != self.undoing.keep_id:
                self._leave_gone(value, row)
                continue
            # The deleted one of two for the same event, if there were two.
            twin = next((UUID(each.row_id) for each in self._of_event(row.event_id)), None)
            fits = twin is None or self._fits(row, value, self.deleted[twin])
            self._restore(row, value, with_seats=fits)
            if twin is not None:
                self._put_back(twin, self.deleted[twin], row.event_name, with_seats=fits)
                back.add(twin)
        for booking_id, value in self.deleted.items():
            if booking_id not in back and not self._is_changed(value):
                # The one that stayed was not changed by the merge, so the entry does not hold it.
                back |= self._put_back_alone(booking_id, value)
        return back

    def _of_event(self, event_id: UUID) -> list[Value]:
        return [value for value in self.deleted.values() if value.event_id == event_id]

    def _is_changed(self, deleted: Value) -> bool:
        return any(value.event_id == deleted.event_id for value in self.changed.values())

    def _leave_gone(self, value: Value, row: AnyRow | None) -> None:
        event = self.session.get(Event, value.event_id) if value.event_id else None
        what = "was deleted" if row is None else "was moved to another customer"
        name = event.name if event else "A booking"
        self.undoing.result.leaves.append(f"{name}: the booking {what} since, and is not given back")

    def _put_back_alone(self, booking_id: UUID, value: Value) -> set[UUID]:
        mine = select(Booking.__table__, Event.name.label("event_name"), Event.capacity).join(Event)
        of_keep = (Booking.customer_id == self.undoing.keep_id, Booking.event_id == value.event_id)
        row = self.session.execute(mine.where(*of_keep)).first()
        if row is None:
            self._leave_gone(value, None)
            return set()
        fits = self._fits(row, None, value)
        self._put_back(booking_id, value, row.event_name, with_seats=fits)
        return {booking_id}

    def _fits(self, row: AnyRow, changed: Value | None, deleted: Value) -> bool:
        """Whether there is room for both bookings again: others may have taken what became free."""
        before, after = (changed.before, changed.after) if changed else (None, None)
        stays = row.seats
        if before and after and "seats" in before and after.get("seats") == row.seats:
            stays = before["seats"]
        more = stays + (deleted.before or {})["seats"] - row.seats
        if more <= 0 or row.capacity is None:
            return True
        return bool(events.seats_taken(self.session, row.event_id) + more <= row.capacity)

    def _restore(self, row: AnyRow, value: Value, *, with_seats: bool) -> None:
        before, after = value.before or {}, value.after or {}
        owner = UUID(before["customer_id"]) if "customer_id" in before else row.customer_id
        values: dict[str, Any] = {}
        for name in FIELDS:
            if name not in after or before.get(name) == after[name]:
                continue
            present = plain("bookings", name, getattr(row, name))
            if name == "seats" and not with_seats:
                continue
            if present == after[name]:
                values[name] = parsed("bookings", name, before.get(name))
            elif present != before.get(name):
                whose = f"{self.undoing.name_of(owner)} at {row.event_name}"
                self.undoing.result.leaves.append(f"{whose}: {label(name)} changed since, and not undone")
        if values:
            values |= {"version": row.version + 1, "updated_at": self._updated_at(row, before, after)}
        if owner != row.customer_id:
            values["customer_id"] = owner
        if values and self.undoing.writes:
            update_where(self.session, Booking, Booking.id == row.id, values)

    def _updated_at(self, row: AnyRow, before: Mapping[str, Any], after: Mapping[str, Any]) -> datetime:
        is_untouched = plain("bookings", "updated_at", row.updated_at) == after.get("updated_at")
        old: datetime | None = parsed("bookings", "updated_at", before.get("updated_at")) if is_untouched else None
        return old or self.undoing.now

    def _put_back(self, booking_id: UUID, value: Value, event_name: str, *, with_seats: bool) -> None:
        table = table_of(Booking)
        values: dict[str, Any] = {column.name: None for column in table.c}
        values |= {"id": booking_id, "walked_in": False}  # Entries from before walk-ins do not hold it.
        values |= {name: parsed("bookings", name, old) for name, old in (value.before or {}).items()}
        whose = f"{self.undoing.name_of(values['customer_id'])} at {event_name}"
        if not with_seats:
            self.undoing.result.leaves.append(
                f"{whose}: there are not enough seats left for both, so they get a reminder only"
            )
            values |= {"seats": 0, "updated_at": self.undoing.now, "version": values["version"] + 1}
        self.undoing.result.restores.append(f"{whose}: the booking is back")
        if self.undoing.writes:
            insert_once(self.session, Booking, [values])
