"""Random histories of merges, undos and what staff and the scheduler do between them.

Undone, everything is as it was before, except what was changed since. No text is sent twice, and none is lost.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import Sent
from db.models import Booking, Customer, Event, JournalEntry, JournalValue, Message
from sms.texts import Kind
from tests.databases import KINDS_OF_DATABASE, SOAK_IS_FULL
from tests.makers import NOW, a_booking, a_customer, a_number, an_event, an_opt_out
from tests.venue.merging.two_of_them import GROWING, a_household, everything, last, merge
from venue import bookings, customers, reminders, tags
from venue.customers import booking_status
from venue.delivery import attempts
from venue.errors import AlreadyBooked, Invalid
from venue.journal.undo import undo
from venue.messages import planning
from venue.messages.causes import Cause
from venue.messages.states import MAYBE_GONE, State
from venue.privacy import consents
from venue.timing import Timing

# SOAK=full has them all, on both databases: hours, so that they are no part of `make soak`.
HISTORIES = 10_000 if SOAK_IS_FULL else 20
AT_ONCE = 25 if SOAK_IS_FULL else HISTORIES // 2
VERSIONS = ("customers.version", "bookings.version")
GONE = (*MAYBE_GONE, State.SENT, State.DELIVERED, State.UNDELIVERED)
FIRST_NAMES = ("Ann", "Bea", "Cat", "Dee", "Eve")


class History:
    """Some customers with bookings, and what happens to them. `sent` counts the texts that left, by their key."""

    def __init__(self, session: Session, seed: int):
        self.session, self.random, self.now = session, random.Random(seed), NOW
        self.sent: Counter[str] = Counter()
        self.merges: list[int] = []
        self.first_entry = (
            session.scalars(select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1)).first() or 0
        )
        self.people = [self._customer(name) for name in FIRST_NAMES[: self.random.randint(2, 5)]]
        self.events = [
            an_event(session, name=f"Event {number}", capacity=self.random.choice([None, 12]))
            for number in range(self.random.randint(1, 3))
        ]
        self.tags = [tags.add(session, name=name, now=NOW).id for name in ("VIP", "Nuts")]
        for person in self.people:
            self._give_something(person)
        if len(self.people) > 2 and self.random.random() < 0.5:
            a_household(session, *self.random.sample(self.people, 2))
        self.ids = [person.id for person in self.people]

    def _customer(self, first_name: str) -> Customer:
        notes = self.random.choice(["", "Vegan", "Regular"])
        number = a_number() if self.random.random() < 0.7 else "+447700900999"
        return a_customer(self.session, first_name=first_name, notes=notes, mobile_number=number)

    def _give_something(self, person: Customer) -> None:
        for event in self.events:
            if self.random.random() < 0.7:
                self._try(
                    lambda event=event: a_booking(  # type: ignore[misc]
                        self.session, person, event, seats=self.random.choice([0, 1, 3, 5]),
                        tell_customer=self.random.random() < 0.5,
                    )
                )  # fmt: skip
        for tag_id in self.tags:
            if self.random.random() < 0.4:
                tags.put_on(self.session, person.id, tag_id, now=NOW)
        if self.random.random() < 0.3:
            self._consent(person.id)
        if self.random.random() < 0.1:
            an_opt_out(self.session, person.mobile_number)

    def _try(self, step: Callable[[], Any]) -> None:
        """What the rules refuse is not done."""
        try:
            with self.session.begin_nested():
                step()
        except (Invalid, AlreadyBooked):
            pass

    # What happens

    def alive(self) -> list[UUID]:
        return list(
            self.session.scalars(select(Customer.id).where(Customer.id.in_(self.ids)).order_by(Customer.sort_key))
        )

    def merge_two(self) -> None:
        alive = self.alive()
        if len(alive) < 2:
            return
        keep, other = (self.session.get_one(Customer, each) for each in self.random.sample(alive, 2))
        fields = {name: self.random.choice(["keep", "other"]) for name in ("first_name", "mobile_number")}
        doubles = {event.id: self.random.choice(["keep", "other", "sum", "larger"]) for event in self.events}
        merge(self.session, keep, other, now=self.now, fields=fields, bookings=doubles)
        self.merges.append(last(self.session))

    def undo_all(self) -> None:
        while self.merges:
            undo(self.session, self.merges.pop(), now=self.now)

    def change_something(self) -> None:
        person = self.random.choice(self.alive())
        of_bookings = [self._book, self._change_booking, self._move_booking]
        change = self.random.choice([*of_bookings, self._edit, self._tag, self._consent, self._wait])
        self._try(lambda: change(person))

    def _edit(self, person: UUID) -> None:
        version = self.session.get_one(Customer, person, populate_existing=True).version
        field = self.random.choice([{"notes": "New"}, {"first_name": "Zoe"}, {"mobile_number": a_number()}])
        customers.update(self.session, person, version=version, save_anyway=True, now=self.now, **field)

    def _book(self, person: UUID) -> None:
        event = self.random.choice(self.events)
        bookings.book(self.session, customer_id=person, event_id=event.id, seats=2, now=self.now)

    def _change_booking(self, person: UUID) -> None:
        of_person = select(Booking).where(Booking.customer_id == person).order_by(Booking.id)
        booking = self.session.scalars(of_person.execution_options(populate_existing=True)).first()
        if booking is None:
            return
        if self.random.random() < 0.3:
            bookings.delete(self.session, booking.id, now=self.now)
        else:
            seats = self.random.choice([0, 2, 4])
            bookings.update(self.session, booking.id, version=booking.version, seats=seats, now=self.now)

    def _move_booking(self, person: UUID) -> None:
        of_others = select(Booking).where(Booking.customer_id != person).order_by(Booking.id)
        booking = self.session.scalars(of_others.execution_options(populate_existing=True)).first()
        if booking is not None:
            bookings.move(self.session, booking.id, customer_id=person, version=booking.version, now=self.now)

    def _tag(self, person: UUID) -> None:
        put_on = self.random.choice([tags.put_on, tags.take_off])
        put_on(self.session, person, self.random.choice(self.tags), now=self.now)

    def _consent(self, person: UUID) -> None:
        basis = self.random.choice(["consent", "refused", "withdrawn"])
        known = {"how": "Paper", "wording": "May we?"} if basis == "consent" else {}
        consents.record(self.session, person, channel="email", basis=basis, now=self.now, **known)

    def _wait(self, _person: UUID) -> None:
        self.wait(timedelta(hours=self.random.choice([1, 30, 100])))

    def wait(self, time: timedelta) -> None:
        """Time passes, and the scheduler sends what falls due."""
        until = self.now + time
        while self.now < until:
            self.now = min(until, self.now + timedelta(hours=12))
            planning.sweep(self.session, now=self.now)
            attempts.expire(self.session, timing=Timing(), now=self.now)
            while (batch := self._claim()).looked_at:
                results = [(claim, Sent(f"SM{claim.message_id.hex}", "delivered")) for claim in batch.claims]
                attempts.record(self.session, results, account="AC1", timing=Timing(), now=self.now)
                for claim in batch.claims:
                    self._note_sent(claim.message_id)

    def _claim(self) -> attempts.Batch:
        return attempts.claim(self.session, "AC1", limit=50, timing=Timing(), worker="w", now=self.now)

    def _note_sent(self, message_id: UUID) -> None:
        text = self.session.get_one(Message, message_id, populate_existing=True)
        self.sent[text.dedupe_key] += 1
        assert self.sent[text.dedupe_key] == 1, f"sent twice: {text.dedupe_key}"
        if text.kind in reminders.KINDS:
            same = (Message.customer_id == text.customer_id, Message.event_id == text.event_id)
            gone = (Message.kind == text.kind, Message.state.in_(GONE))
            ids = self.session.scalars(select(Message.id).where(*same, *gone)).all()
            assert ids == [message_id], f"reminded twice of one event: {text.dedupe_key}"

    # What was changed

    def touched(self) -> set[tuple[str, str]]:
        """The rows that other acts than merging changed since the beginning."""
        merging = ("customers.merged", "undone")
        rows = (
            select(JournalValue.table_name, JournalValue.row_id)
            .join(JournalEntry, JournalEntry.id == JournalValue.entry_id)
            .where(JournalEntry.id > self.first_entry, JournalEntry.act.not_in(merging))
        )
        return {(row.table_name, row.row_id) for row in self.session.execute(rows)}

    def lost(self) -> list[str]:
        """Reminders of bookings that were neither sent nor skipped for a reason of their own."""
        rows = self.session.execute(
            select(Booking.id, Booking.event_id, Event.schedule_rev).join(Event, Event.id == Booking.event_id)
        ).all()
        lost = []
        for row in rows:
            key = planning.key(Kind.REMINDER_24_HOUR, row.id, row.schedule_rev)
            text = self.session.scalars(
                select(Message).where(Message.dedupe_key == key).execution_options(populate_existing=True)
            ).first()
            is_replaced = text is not None and text.state == State.SKIPPED and text.cause == Cause.REPLACED
            if text is None or text.state == State.PLANNED or (is_replaced and not self._sent_instead(row.event_id)):
                lost.append(key)
        return lost

    def _sent_instead(self, event_id: UUID) -> bool:
        same = (Message.event_id == event_id, Message.kind == Kind.REMINDER_24_HOUR.value, Message.state.in_(GONE))
        return self.session.scalars(select(Message.id).where(*same)).first() is not None


def run(session: Session, seed: int, check: Callable[[History], None]) -> None:
    """One history, of which nothing is kept."""
    savepoint = session.begin_nested()
    try:
        check(History(session, seed))
    except AssertionError as problem:
        raise AssertionError(f"history {seed}: {problem}") from problem
    finally:
        savepoint.rollback()
        session.expunge_all()


def merged_and_undone(history: History) -> None:
    history.wait(timedelta(hours=history.random.choice([0, 1, 200])))
    before = everything(history.session, without=VERSIONS)
    for _ in range(history.random.randint(1, 4)):
        history.merge_two()
    history.undo_all()
    assert everything(history.session, without=VERSIONS) == before
    assert booking_status.drifted(history.session) == []


def changed_between(history: History) -> None:
    before = everything(history.session, without=VERSIONS)
    first = history.first_entry = last(history.session)
    for _ in range(history.random.randint(3, 8)):
        history.random.choice([history.merge_two, history.change_something, history.change_something])()
        if history.merges and history.random.random() < 0.2:
            undo(history.session, history.merges.pop(), now=history.now)
    history.undo_all()
    assert set(history.alive()) == set(history.ids)
    assert first == history.first_entry
    unexplained(before, everything(history.session, without=VERSIONS), history.touched())
    assert booking_status.drifted(history.session) == []
    history.wait(timedelta(days=15))
    assert history.lost() == []


# Texts and what follows from them are changed by the scheduler; refusals are copied to both.
BY_PROGRAMS = {"messages", "message_attempts", "phone_numbers", "consents", "heartbeats", "venue_settings", *GROWING}


def unexplained(before: Any, after: Any, touched: set[tuple[str, str]]) -> None:
    """Fails for a row that is not as it was before, though no act changed it."""
    stored = before["bookings"] | after["bookings"]
    changed_events = {stored[key]["event_id"] for table, key in touched if table == "bookings" and key in stored}
    for table in before.keys() - BY_PROGRAMS:
        for key in before[table].keys() | after[table].keys():
            old, new = before[table].get(key), after[table].get(key)
            if old == new or (table, key) in touched:
                continue
            row = old or new or {}
            if table == "bookings" and (row["event_id"] in changed_events or not old):
                continue
            if table == "customers" and old and new:
                derived = ("active_until", "reminder_until", "updated_at")
                assert {**old, **dict.fromkeys(derived)} == {**new, **dict.fromkeys(derived)}, f"{table} {key}"
                continue
            raise AssertionError(f"{table} {key}: {old} became {new}")


@pytest.mark.parametrize("database_kind", KINDS_OF_DATABASE if SOAK_IS_FULL else ["sqlite"])
@pytest.mark.parametrize("first", range(0, HISTORIES // 2, AT_ONCE))
@pytest.mark.parametrize("check", [merged_and_undone, changed_between])
def test_undone_it_is_as_before(session: Session, check: Callable[[History], None], first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        run(session, seed, check)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_some_on_postgresql_too(session: Session) -> None:
    for seed in (10_000, 10_001):
        run(session, seed, merged_and_undone)
        run(session, seed, changed_between)


@pytest.mark.plain_sql
def test_the_histories_merge_chains_and_send_texts(session: Session) -> None:
    """So that they are about something."""
    seen: Counter[str] = Counter()

    def count(history: History) -> None:
        for _ in range(4):
            history.merge_two()
        history.wait(timedelta(days=15))
        seen.update(chains_of_five=len(history.merges) == 4, texts=sum(history.sent.values()))

    for seed in range(12):
        run(session, seed, count)
    assert seen["chains_of_five"] > 0
    assert seen["texts"] > 20
