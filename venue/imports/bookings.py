"""Import bookings: those of upcoming events with their reminders, those of past events as history. No texts are
sent."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, WaitlistEntry
from db.search import fold, sort_key
from db.session import is_trial
from db.writes import insert_new
from sms import phone
from venue import acts, bookings, clock, events
from venue.acts import Act, act
from venue.customers import booking_status, visit_counts
from venue.dates import parse_day, parse_time
from venue.events import offered_seats
from venue.imports import cancelled_events, names, people
from venue.imports.checked import CheckedRow, CheckedRows, Progress, batches, no_progress
from venue.imports.customers import NAMES as CUSTOMER_NAMES
from venue.imports.importer import Importer
from venue.imports.report import Keep, Outcome, Report
from venue.imports.table import Row, Table
from venue.messages import planning
from venue.notes import checked_notes
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.wording import counted, full_name

NAMES: dict[str, tuple[str, ...]] = {
    **{name: CUSTOMER_NAMES[name] for name in ("mobile_number", "first_name", "last_name", "full_name")},
    "event": ("Event", "Event Name"),
    "on": ("Event Date", "Date", "Event Start Date"),
    "at": ("Event Time", "Time", "Event Start Time"),
    "seats": ("Seats", "Places", "Party Size", "Guests", "Covers", "Ticket Quantity", "Quantity"),
    "status": ("Attendee Status", "Booking Status"),
    "notes": ("Notes", "Note", "Comments"),
    cancelled_events.FIELD: ("Event Cancelled",),
}
# What other programs call a booking that does not count, as `fold` returns it.
_CANCELLED = re.compile(r"\b(cancel\w*|refund\w*|deleted|void\w*|not attending|no show|declined)\b")
REQUIRED = ("mobile_number", "event", "on", "seats")
EVENT_CANCELLED = "Was this event cancelled? Add the booking only if it takes place"
# A customer and an event.
_Place = tuple[UUID, UUID]


@act(Act.BOOKINGS_IMPORTED, also=("updated_at",))
def import_bookings(
    session: Session,
    table: Table | CheckedRows,
    *,
    now: datetime,
    add_lines: Collection[int] = (),
    progress: Progress = no_progress,
    keep: Keep | None = None,
) -> Report:
    """Import the bookings of a file, all in this transaction. Their customers and events must already exist.

    `add_lines` are the line numbers of rows in doubt, with a cell in another encoding, to import as the report shows
    them. `progress` is called with the number of rows after each batch, `keep` with each note of the
    report, which then has none of them.
    """
    require(session, Permission.IMPORT)
    report = Report(keep=keep)
    events_by_day, in_this_file = _Events(session), Counter[_Place]()
    for rows in batches(table, check, venue_of(session), now=now):
        _Batch(session, report, events_by_day, now, frozenset(add_lines), in_this_file).import_rows(rows)
        progress(len(rows))
    while planning.sweep(session, now=now).reminders:
        pass
    acts.details(session, **report.numbers())
    return report


def check(row: Row, venue: Venue, now: datetime) -> CheckedRow:
    """One row, with the customer's number, the day and time of the event, and the fields of a booking."""
    row = cancelled_events.with_question(_with_status(people.with_number(row, venue)), EVENT_CANCELLED)
    problems = row.faults
    if not row.has_cells:
        return CheckedRow(row, None, problems)
    fields: dict[str, Any] = {}
    parsers: dict[str, Callable[[str], Any]] = {
        "mobile_number": lambda typed: phone.normalise(
            typed, region=venue.region, allow_fictional=venue.fictional_numbers
        ),
        "on": parse_day,
        "at": lambda typed: parse_time(typed) if typed.strip() else None,
        "seats": _seats,
        "notes": checked_notes,
    }
    for field, parse in parsers.items():
        try:
            fields[field] = parse(row[field])
        except ValueError as problem:
            problems.append(row.problem(field, str(problem)))
    if not row["event"].strip():
        problems.append(row.problem("event", "Enter the event's name"))
    return CheckedRow(row, None if problems else fields, problems)


def _with_status(row: Row) -> Row:
    """The row, with a question if its booking was cancelled in the other program."""
    status = row["status"]
    if not _CANCELLED.search(fold(status)):
        return row
    question = "Was this booking cancelled? Add it only if they come"
    return row.with_value("status", status, column=row.columns["status"], written=status, question=question)


def _seats(typed: str) -> int:
    typed = typed.strip()
    problem = bookings.seats_problem(int(typed) if re.fullmatch(r"-?\d{1,18}", typed) else typed)
    if problem:
        raise ValueError(problem)
    return int(typed)


IMPORTER = Importer(NAMES, REQUIRED, check, import_bookings)


class _Events:
    """All events by name and local day, with the seats taken; in a run locked, so the last seat is booked only once."""

    def __init__(self, session: Session):
        zone = venue_of(session).zone
        self.by_day: dict[tuple[str, date], list[Event]] = defaultdict(list)
        self.taken: dict[UUID, int] = defaultdict(int)
        every = select(Event).order_by(Event.id)
        for event in session.scalars(every if is_trial(session) else every.with_for_update()):
            self.by_day[fold(event.name), clock.today(event.starts_at, zone)].append(event)
            self.taken[event.id] = event.unnamed_seats
        for event_id, seats in session.execute(
            select(Booking.event_id, func.sum(Booking.seats)).group_by(Booking.event_id)
        ):
            self.taken[event_id] += seats
        parties = session.scalars(select(WaitlistEntry).where(WaitlistEntry.state.in_(offered_seats.OPEN))).all()
        self.waiting = {(each.event_id, each.customer_id) for each in parties}
        self.offered = {(each.event_id, each.customer_id): each.seats for each in parties if each.state == "offered"}
        for (event_id, _), seats in self.offered.items():
            self.taken[event_id] += seats

    def left(self, event: Event, customer_id: UUID) -> int | None:
        """The seats that this customer may book; None without a limit. What is offered to them is theirs."""
        if event.capacity is None:
            return None
        return event.capacity - self.taken[event.id] + self.offered.get((event.id, customer_id), 0)

    def book(self, event: Event, customer_id: UUID, seats: int) -> None:
        """Count a new booking. It takes the place of an offer."""
        theirs = self.offered.pop((event.id, customer_id), 0) if seats else 0
        self.taken[event.id] += seats - theirs


class _Batch:
    """Some rows at a time. `in_this_file` are the seats of earlier rows of the file, by customer and event."""

    def __init__(
        self,
        session: Session,
        report: Report,
        events_by_day: _Events,
        now: datetime,
        add_lines: frozenset[int],
        in_this_file: Counter[_Place],
    ):
        self.add_lines = add_lines
        self.in_this_file = in_this_file
        self.session = session
        self.venue: Venue = venue_of(session)
        self.report = report
        self.events = events_by_day
        self.now = now
        self.by_number: dict[str, list[Any]] = defaultdict(list)
        self.booked: dict[_Place, Any] = {}
        self.new: list[dict[str, Any]] = []

    def import_rows(self, rows: list[CheckedRow]) -> None:
        self.report.count_repaired(each.row for each in rows)
        for refused in rows:
            if refused.fields is None:
                self.report.refused(refused.row, refused.problems)
        checked = [(each.row, each.fields) for each in rows if each.fields is not None]
        self._load_existing({fields["mobile_number"] for _, fields in checked})
        for row, fields in checked:
            self._import_row(row, fields)
        if self.new and is_trial(self.session):
            insert_new(self.session, Booking, self.new)
        elif self.new:
            booked = {values["customer_id"] for values in self.new}
            booking_status.lock(self.session, Customer.id.in_(booked))
            insert_new(self.session, Booking, self.new)
            self._end_waiting()
            booking_status.refresh(self.session, booked)
            visit_counts.count_again(self.session)

    def _end_waiting(self) -> None:
        """Take those who are booked now off the waitlists, in the entry of the import, whose undo puts them back."""
        for values in self.new:
            place = values["event_id"], values["customer_id"]
            if values["seats"] and place in self.events.waiting:
                offered_seats.end_when_booked(self.session, *place, now=self.now)

    def _load_existing(self, numbers: set[str]) -> None:
        known = self.session.execute(
            select(
                Customer.id, Customer.first_name, Customer.last_name, Customer.mobile_number, Customer.sort_key
            ).where(Customer.mobile_number.in_(numbers))
        ).all()
        for customer in known:
            self.by_number[customer.mobile_number].append(customer)
        customer_ids = [customer.id for customer in known]
        for booking in self.session.execute(
            select(Booking.customer_id, Booking.event_id, Booking.seats, Booking.notes).where(
                Booking.customer_id.in_(customer_ids)
            )
        ):
            self.booked[booking.customer_id, booking.event_id] = booking

    def _import_row(self, row: Row, fields: dict[str, Any]) -> None:
        customer = self._customer(row, fields)
        event = self._event(row, fields) if customer is not None else None
        if customer is None or event is None:
            return
        if event.cancelled_at is not None:
            row = cancelled_events.without_question(row)
        place = customer.id, event.id
        booked = self.booked.get(place)
        if booked is not None:
            self._compare(row, fields, booked, earlier=self.in_this_file[place])
        elif row.doubtful and row.line not in self.add_lines:
            self.report.in_doubt(row, *row.doubt, may_add=True)
        elif self._fits(row, fields, event, customer.id):
            self._add(customer.id, event, fields)

    def _customer(self, row: Row, fields: dict[str, Any]) -> Any:
        candidates = self.by_number[fields["mobile_number"]]
        if not candidates:
            self.report.refused(
                row, [row.problem("mobile_number", "No customer has this number: add the customer first")]
            )
            return None
        same = [customer for customer in candidates if _is_named(row, customer)]
        if len(same) == 1:
            return same[0]
        names = " and ".join(full_name(customer) for customer in candidates[:3])
        whose = f"{names} {'have' if len(candidates) > 1 else 'has'} this number: is the booking theirs?"
        self.report.in_doubt(row, *row.problem("mobile_number", whose))
        return None

    def _event(self, row: Row, fields: dict[str, Any]) -> Event | None:
        that_day = self.events.by_day.get((fold(row["event"]), fields["on"]), [])
        if fields["at"] is not None:
            that_day = [e for e in that_day if e.starts_at.astimezone(self.venue.zone).time() == fields["at"]]
        if not that_day:
            reason = f"There is no event of this name on {fields['on']:%-d %B %Y}: add the event first"
            self.report.refused(row, [row.problem("event", reason)])
            return None
        if len(that_day) > 1:
            reason = "There are several events of this name that day: add a column Event Time"
            self.report.in_doubt(row, *row.problem("event", reason))
            return None
        return that_day[0]

    def _compare(self, row: Row, fields: dict[str, Any], booked: Any, *, earlier: int) -> None:
        """Compare with the booking that is there; `earlier` are the seats of earlier rows of this file for it."""
        if "status" in row.doubtful and row.line not in self.add_lines:
            here = "still booked here: delete the booking?"
            if earlier:
                here = "but booked earlier in it: is the booking right?"
            self.report.in_doubt(row, *row.problem("status", f"Cancelled in the file, {here}"))
            return
        if cancelled_events.FIELD in row.doubtful and row.line not in self.add_lines:
            self.report.in_doubt(row, *row.problem(cancelled_events.FIELD, cancelled_events.STILL_ON))
            return
        seats = fields["seats"]
        if earlier and seats and earlier + seats > booked.seats:
            reason = f"Booked earlier in this file with {counted(earlier, 'seat')}: are these more seats?"
            self.report.in_doubt(row, *row.problem("seats", reason))
            return
        self.in_this_file[booked.customer_id, booked.event_id] += seats
        if booked.seats == seats and (booked.notes == fields["notes"] or not fields["notes"]):
            self.report.count(Outcome.UNCHANGED)
            return
        field = "seats" if booked.seats != seats else "notes"
        there = counted(booked.seats, "seat") if booked.seats else "a reminder only"
        before = there if field == "seats" else f"the notes: {booked.notes or 'none'}"
        self.report.in_doubt(row, *row.problem(field, f"Already booked, with {before}: which is right?"))

    def _fits(self, row: Row, fields: dict[str, Any], event: Event, customer_id: UUID) -> bool:
        if events.is_over(event, now=self.now, zone=self.venue.zone):
            return True
        if event.cancelled_at is not None:
            self.report.refused(row, [row.problem("event", bookings.why_cancelled(event.name))])
            return False
        left = self.events.left(event, customer_id)
        if left is not None and fields["seats"] > max(left, 0):
            self.report.refused(row, [row.problem("seats", bookings.why_full(event.name, left))])
            return False
        return True

    def _add(self, customer_id: UUID, event: Event, fields: dict[str, Any]) -> None:
        values = {
            "id": uuid4(),
            "customer_id": customer_id,
            "event_id": event.id,
            "seats": fields["seats"],
            "notes": fields["notes"],
            "created_at": self.now,
            "updated_at": self.now,
            "version": 1,
        }
        self.new.append(values)
        self.events.book(event, customer_id, fields["seats"])
        self.booked[customer_id, event.id] = _NewBooking(customer_id, event.id, fields["seats"], fields["notes"])
        self.in_this_file[customer_id, event.id] += fields["seats"]
        self.report.count(Outcome.NEW)


def _is_named(row: Row, customer: Any) -> bool:
    """Whether the row's name, if it has one, is this customer's."""
    if row["first_name"].strip() or row["last_name"].strip():
        return bool(customer.sort_key == sort_key(row["first_name"], row["last_name"]))
    full_name = row["full_name"].strip()
    return not full_name or names.is_called(full_name, first_name=customer.first_name, last_name=customer.last_name)


@dataclass(frozen=True)
class _NewBooking:
    """A booking of this batch that is not stored yet, for comparison with later rows."""

    customer_id: UUID
    event_id: UUID
    seats: int
    notes: str
