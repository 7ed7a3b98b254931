"""Undo a merge: both customers are back, each with what was theirs, except what was changed since.

Who was removed is put back as they were. What was moved goes back if it is still with the one who stayed; a changed
value gets its old value back if it is still as the merge left it. No text is sent: what is scheduled follows its
booking, and what was sent stays sent. Bookings made since stay with the one who stayed, unless staff say otherwise.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from db import personal
from db.models import (
    Base,
    Booking,
    Consent,
    Customer,
    Event,
    JournalEntry,
    JournalValue,
    MergedCustomer,
    Message,
    WaitlistEntry,
    search_id,
)
from db.recorded import columns_of, parsed, plain, table_of
from db.writes import delete_where, insert_new, update_where
from venue import acts, bookings, customers, messages, reminders
from venue.acts import Act
from venue.customers import booking_status, visit_counts
from venue.customers.merged import survivor_of
from venue.errors import Invalid
from venue.journal import entries, undo_rows
from venue.journal.entries import EntryRow, Value
from venue.journal.merged_bookings import MergedBookings
from venue.journal.merged_texts import MergedTexts
from venue.journal.sentences.parts import label
from venue.journal.undone_rows import ENTITIES
from venue.messages.states import MAYBE_GONE
from venue.messages.withdrawals import REFUSALS, latest_line
from venue.roles import Permission, require
from venue.waitlist.states import OPEN, State
from venue.wording import counted, full_name, in_words, join_names

# In the details of the undo's entry.
UNMERGED = "unmerged"
NOUNS = {"bookings": "booking", "messages": "text", "consents": "line about news and offers", "requests": "request"}
# Tables whose rows have rules of their own.
OWN_RULES = {"customers", "bookings", "messages", "merged_customers", *ENTITIES}


@dataclass(frozen=True)
class BookedSince:
    """A booking that was made for the merged customer, since. `starts_at` is in UTC."""

    booking_id: UUID
    event_name: str
    starts_at: datetime
    seats: int


@dataclass
class MergeUndo:
    """What undoing a merge does or would do, in sentences. `booked_since` is asked about: whose is it?"""

    keep_name: str
    other_name: str
    restores: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    booked_since: Sequence[BookedSince] = ()


def refusal(session: Session, entry: EntryRow) -> str:
    """Why this merge cannot be undone, as a sentence; empty if it can."""
    require(session, Permission.MERGE)
    removed = next((each for each in entries.values_of(session, entry.id) if _is_removed(each)), None)
    if removed is None or removed.before is None:
        return "The old values were erased: this cannot be undone."
    keep_id, other_id = _survivor(entry), UUID(removed.row_id)
    present = survivor_of(session, other_id)
    if present is not None and present != keep_id:
        return f"{_name(session, present)} was merged with another record later: undo that first."
    if present is None:
        return "The one who stayed no longer exists: this cannot be undone."
    if _is_merged_later(session, entry.id, keep_id):
        return f"Another record was merged into {_name(session, keep_id)} later: undo that first."
    if _is_sending(session, entry, keep_id):
        return "A reminder of a booking that both had is being sent right now: try again in a few minutes."
    return ""


def _is_sending(session: Session, entry: EntryRow, keep_id: UUID) -> bool:
    """Whether it is not known yet if a reminder goes that counts for the bookings of both for one event. If it does
    not, each needs their own again."""
    values = entries.values_of(session, entry.id, tables=["bookings"])
    both = {value.event_id for value in values if value.before is not None and value.after is None}
    if not both:
        return False
    in_doubt = and_(Message.state.in_(MAYBE_GONE), Message.next_step_at.is_not(None))
    for_all = Message.sent_with_id.in_(select(Message.id).where(in_doubt))
    theirs = and_(Message.customer_id == keep_id, Message.event_id.in_(both), Message.kind.in_(reminders.KINDS))
    return session.scalars(select(Message.id).where(theirs, or_(in_doubt, for_all)).limit(1)).first() is not None


def look(session: Session, entry: EntryRow, *, now: datetime) -> MergeUndo:
    """What undoing the merge with this entry would do."""
    require(session, Permission.MERGE)
    return _Undoing(session, entry, now=now, writes=False, choices={}).all()


def carry_out(
    session: Session, entry: EntryRow, *, choices: Mapping[UUID, str] | None = None, now: datetime
) -> MergeUndo:
    """Undo the merge with this entry, in the act in progress. `choices` says for bookings made since whether they are
    of "keep", the one who stayed, or of "other"; the others stay."""
    require(session, Permission.MERGE)
    undoing = _Undoing(session, entry, now=now, writes=True, choices=choices or {})
    _lock(session, undoing.keep_id)
    result = undoing.all()
    acts.details(session, **{UNMERGED: undoing.other_id.hex, "survivor": undoing.keep_id.hex})
    return result


class _Undoing:
    def __init__(self, session: Session, entry: EntryRow, *, now: datetime, writes: bool, choices: Mapping[UUID, str]):
        self.session, self.entry, self.now, self.writes, self.choices = session, entry, now, writes, choices
        self.values: dict[str, list[Value]] = defaultdict(list)
        for value in entries.values_of(session, entry.id):
            self.values[value.table].append(value)
        self.removed = next(filter(_is_removed, self.values["customers"]))
        self.keep_id, self.other_id = _survivor(entry), UUID(self.removed.row_id)
        old = self.removed.before or {}
        self.result = MergeUndo(_name(session, self.keep_id), join_names(old["first_name"], old["last_name"]))

    def all(self) -> MergeUndo:
        counts = {noun: sum(map(self._is_moved, self.values[table])) for table, noun in NOUNS.items()}
        theirs = in_words([counted(count, noun) for noun, count in counts.items() if count])
        self.result.restores.append(f"{self.result.other_name} is back" + (f", with {theirs}" if theirs else ""))
        self.result.booked_since = self._booked_since()
        if self.writes:
            self._put_back()
        self._restore_fields()
        back = MergedBookings(self, self.values["bookings"]).give_back()
        if self.writes:
            MergedTexts(self, self.values["messages"], back).give_back()
        for table, values in self.values.items():
            if table not in OWN_RULES:
                self._give_back(personal.entity_of(Base.metadata.tables[table]), values)
        if self.writes:
            self._forget_the_merge()
            self._refuse_too()
        self._side_rows()
        if self.writes:
            self._give_bookings_since()
            for customer_id in (self.keep_id, self.other_id):
                number = self.session.get_one(Customer, customer_id).mobile_number
                messages.renumber(self.session, customer_id, number)
            booking_status.refresh(self.session, [self.keep_id, self.other_id])
            visit_counts.refresh(self.session, [self.keep_id, self.other_id], now=self.now)
        return self.result

    def name_of(self, customer_id: UUID) -> str:
        return self.result.keep_name if customer_id == self.keep_id else self.result.other_name

    def _is_moved(self, value: Value) -> bool:
        before = value.before or {}
        return str(before.get("customer_id", "")) == str(self.other_id)

    # The two customers

    def _put_back(self) -> None:
        """The removed customer, with every column as it was."""
        table = table_of(Customer)
        values: dict[str, Any] = {column.name: None for column in table.c} | {"id": self.other_id}
        values |= {name: parsed("customers", name, value) for name, value in (self.removed.before or {}).items()}
        derived = Customer(**{name: values[name] for name in ("first_name", "last_name", "mobile_number")})
        customers.update_search_text(self.session, derived)
        values |= {"search_text": derived.search_text, "sort_key": derived.sort_key}
        insert_new(self.session, Customer, [{**values, "search_id": search_id(self.other_id)}])

    def _restore_fields(self) -> None:
        """The fields of the one who stayed, where they are still as the merge left them."""
        value = next((each for each in self.values["customers"] if each.row_id == str(self.keep_id)), None)
        if value is None or value.before is None or value.after is None:
            return
        self.session.flush()
        customer = self.session.get_one(Customer, self.keep_id, populate_existing=True)
        changed = {}
        for name in sorted(value.after.keys() & columns_of(table_of(Customer)).keys()):
            if value.before.get(name) == value.after[name]:
                continue
            present = plain("customers", name, getattr(customer, name))
            if present == value.after[name]:
                changed[name] = parsed("customers", name, value.before.get(name))
                self.result.restores.append(f"{self.result.keep_name}: {label(name)} as before the merge")
            elif present != value.before.get(name):
                self.result.leaves.append(f"{self.result.keep_name}: {label(name)} changed since, and not undone")
        if not (self.writes and changed):
            return
        is_untouched = plain("customers", "updated_at", customer.updated_at) == value.after.get("updated_at")
        updated_at = parsed("customers", "updated_at", value.before.get("updated_at")) if is_untouched else self.now
        for name, old in {**changed, "updated_at": updated_at or self.now}.items():
            setattr(customer, name, old)
        customers.update_search_text(self.session, customer)
        self.session.flush()

    # Rows that only changed hands

    def _give_back(self, entity: type[Any], values: Sequence[Value]) -> None:
        key = table_of(entity).primary_key.columns[0]
        for value in values:
            row_id = int(value.row_id) if isinstance(key.type, Integer) else UUID(value.row_id)
            if value.before is None and self.writes:
                delete_where(self.session, entity, key == row_id)
            elif self._is_moved(value) and self.writes:
                still = and_(key == row_id, entity.customer_id == self.keep_id)
                update_where(self.session, entity, still, {"customer_id": self.other_id})
        if entity is WaitlistEntry and self.writes:
            for value in values:
                self._wait_again(value)

    def _wait_again(self, value: Value) -> None:
        """The merge ended a party, of two on one waitlist or as the other was booked: it waits again, in its place, and
        is offered seats again, unless the customer is booked, or has joined again since."""
        before, after = value.before or {}, value.after or {}
        if before.get("state") not in OPEN or after.get("state") not in (State.LEFT, State.BOOKED):
            return
        entry, again = WaitlistEntry, aliased(WaitlistEntry)
        joined_again = exists().where(
            again.event_id == entry.event_id, again.customer_id == entry.customer_id, again.state.in_(OPEN)
        )
        booked = exists().where(
            Booking.event_id == entry.event_id, Booking.customer_id == entry.customer_id, Booking.seats > 0
        )
        still = and_(entry.id == UUID(value.row_id), entry.state == after["state"], ~joined_again, ~booked)
        waits = {"state": State.WAITING.value, "cause": None, "ended_at": None, "updated_at": self.now}
        update_where(self.session, entry, still, waits)

    def _forget_the_merge(self) -> None:
        is_other = MergedCustomer.old_id == self.other_id
        delete_where(self.session, MergedCustomer, is_other)
        earlier = [UUID(value.row_id) for value in self.values["merged_customers"] if value.before is not None]
        still = and_(MergedCustomer.old_id.in_(earlier), MergedCustomer.survivor_id == self.keep_id)
        if earlier:
            update_where(self.session, MergedCustomer, still, {"survivor_id": self.other_id})

    def _refuse_too(self) -> None:
        """Who said no to news and offers since may have been either of the two."""
        actor = require(self.session, Permission.MERGE)
        for channel in ("text", "email"):
            mine, theirs = (latest_line(self.session, each, channel) for each in (self.keep_id, self.other_id))
            is_new = mine is not None and mine.at > self.entry.at and mine.basis in REFUSALS
            if is_new and (theirs is None or theirs.basis not in REFUSALS):
                known = {"channel": channel, "basis": "withdrawn", "at": self.now, "actor": actor.name}
                how = "Withdrawn while merged with another record"
                self.session.add(Consent(customer_id=self.other_id, how=how, staff_id=actor.staff_id, **known))
        self.session.flush()

    def _side_rows(self) -> None:
        called = {self.keep_id: self.result.keep_name, self.other_id: self.result.other_name}
        undo = undo_rows.carry_out if self.writes else undo_rows.look
        rows = undo(self.session, self.entry.id, called=called, now=self.now)
        self.result.restores += rows.restores
        self.result.leaves += rows.leaves

    # Bookings made since

    def _booked_since(self) -> list[BookedSince]:
        known = [UUID(value.row_id) for value in self.values["bookings"]]
        added = and_(
            JournalValue.customer_id == self.keep_id,
            JournalValue.entry_id > self.entry.id,
            JournalValue.table_name == "bookings",
            JournalValue.before.is_(None),
        )
        ids = [UUID(row_id) for row_id in self.session.scalars(select(JournalValue.row_id).where(added))]
        query = (
            select(Booking.id, Event.name, Event.starts_at, Booking.seats)
            .join(Event, Event.id == Booking.event_id)
            .where(Booking.id.in_(ids), Booking.id.not_in(known), Booking.customer_id == self.keep_id)
            .order_by(Event.starts_at, Booking.id)
        )
        return [BookedSince(*row) for row in self.session.execute(query)]

    def _give_bookings_since(self) -> None:
        for booked in self.result.booked_since:
            if self.choices.get(booked.booking_id) != "other":
                continue
            try:
                with self.session.begin_nested():
                    bookings.hand_over(self.session, booked.booking_id, customer_id=self.other_id, now=self.now)
                self.result.restores.append(f"{booked.event_name}: booked since, and now of {self.result.other_name}")
            except Invalid as problem:
                self.result.leaves.append(f"{booked.event_name}: {problem}")


def _is_removed(value: Value) -> bool:
    return value.table == "customers" and value.after is None


def _survivor(entry: EntryRow) -> UUID:
    return UUID(entry.details["survivor"])


def _name(session: Session, customer_id: UUID) -> str:
    return full_name(customers.row(session, customer_id))


def _is_merged_later(session: Session, entry_id: int, keep_id: UUID) -> bool:
    """Whether another was merged into the same customer after this, and that was not undone."""
    undoing = aliased(JournalEntry)
    merge = (
        select(JournalEntry.id)
        .join(JournalValue, JournalValue.entry_id == JournalEntry.id)
        .where(
            JournalEntry.id > entry_id,
            JournalEntry.act == Act.CUSTOMERS_MERGED.value,
            JournalValue.customer_id == keep_id,
            JournalValue.table_name == "merged_customers",
            ~exists().where(undoing.undoes == JournalEntry.id),
        )
    )
    return session.scalars(merge.limit(1)).first() is not None


def _lock(session: Session, keep_id: UUID) -> None:
    """Lock the events of the one who stayed, then the customer: the order of all commands."""
    booked = select(Booking.event_id).where(Booking.customer_id == keep_id)
    events = select(Event.id).where(Event.id.in_(booked)).order_by(Event.id)
    session.execute(events.with_for_update(key_share=True)).all()
    booking_status.lock(session, Customer.id == keep_id)
