"""People (200 for a soak test) go through every feature there is, and are erased: nothing of them is in any file."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Message
from tests.databases import SOAK_IS_FULL
from tests.makers import IN_TWO_WEEKS, MANAGER_AND_SCHEDULER, NOW, a_booking, an_event, days, texts_to
from tests.venue.campaigns.people import a_draft
from tests.venue.imports import uploads
from venue import (
    acts,
    bookings,
    bulk,
    customers,
    duplicates,
    events,
    exports,
    fields,
    households,
    merging,
    messages,
    privacy,
    tags,
    views,
)
from venue.customers import CustomerFilter, deletions
from venue.imports import runs
from venue.journal.undo import undo
from venue.journal.verify import verify
from venue.messages import blocking
from venue.privacy import consents, requests, traces
from venue.privacy.mentions import Name
from venue.profile import Venue
from venue.roles import SCHEDULER

# The whole number takes minutes: SOAK=full (make soak) has it.
PEOPLE = 200 if SOAK_IS_FULL else 4
# The second records of people have the names and numbers from here on.
OTHERS = 600
HEADER = "First Name,Last Name,Mobile"
LATER = NOW + timedelta(hours=1)


def last_name(number: int) -> str:
    """A name without a part that occurs in any word of ours."""
    letters = "bcdfgjkmpqvwxz"
    return "Z" + "".join(letters[number // 14**place % 14] + "q" for place in range(3)) + "x"


def phone(number: int) -> str:
    return f"+447700900{number:03}"


def spaced(number: int) -> str:
    return f"07700 900 {number:03}"


def put_through_everything(venue: Venue) -> list[UUID]:
    transaction = partial(venue.transaction, MANAGER_AND_SCHEDULER)
    half, tenth = range(PEOPLE // 2), range(0, PEOPLE, 10)
    uploads.imported(venue, "\n".join([HEADER, *(f"Yq,{last_name(each)},{phone(each)}" for each in half)]))
    # Not imported for lack of a number, and uploaded without being imported.
    uploads.imported(venue, "\n".join([HEADER, *(f"Yq,{last_name(each)},{phone(each)}9" for each in tenth)]))
    uploads.checked(venue, "\n".join([HEADER, *(f"Yq,{last_name(each)},{phone(each)}" for each in tenth)]))
    with transaction() as session:
        for each in range(PEOPLE // 2, PEOPLE):
            name = {"first_name": "Yq", "last_name": last_name(each)}
            customers.add(session, **name, mobile_number=phone(each), now=NOW, add_anyway=True)
        fields.add(session, name="Contact", kind="text", now=NOW)
        tags.add(session, name="VIP", now=NOW)
        quiz = an_event(session)
        jazz = an_event(session, name="Jazz", starts_at=IN_TWO_WEEKS + days(1))
        ids = list(session.scalars(select(Customer.id).order_by(Customer.mobile_number)))
    for number, customer_id in enumerate(ids):
        with transaction() as session:
            _live(session, number, customer_id, quiz.id)
    rows = [f"{phone(each)},Jazz,{jazz.starts_at:%Y-%m-%d},4" for each in tenth]
    found = uploads.imported(venue, "\n".join(["Mobile,Event,Event Date,Seats", *rows]), kind="bookings")
    with transaction() as session:
        runs.undo(session, found.id, now=NOW)
    assert uploads.Scheduler(venue).step()
    return ids


def _live(session: Session, number: int, customer_id: UUID, quiz: UUID) -> None:
    """Everything that can happen to one guest; the mentions in what is of others for some of them."""
    name = f"Yq {last_name(number)}"
    known = {"now": NOW, "version": 1, "save_anyway": True}
    customers.update(session, customer_id, **known, notes=f"{name} likes the window", mobile_number=phone(number + 300))
    customers.update(session, customer_id, now=NOW, version=2, mobile_number=phone(number), save_anyway=True)
    field_id = fields.named(session, "Contact").id
    for version, contact in ((3, f"Ask {name}"), (4, f"{name}'s mother, {phone(number)}")):
        customers.update(session, customer_id, now=NOW, version=version, own={field_id: contact})
    tag_id = tags.named(session, "VIP").id
    tags.put_on(session, customer_id, tag_id, now=NOW)
    tags.put_on(session, customer_id, tag_id, last_day=LATER.date(), now=NOW)
    only = bulk.choose(session, bulk.Selection(ids=frozenset({customer_id})), now=NOW)
    bulk.set_field(session, only, field_id=field_id, value=f"{name}, {phone(number)}", now=NOW)
    bulk.untag(session, only, tag_id=tag_id, now=NOW)
    undo(session, acts.last_entry(session) or 0, now=NOW)
    booking = bookings.book(session, customer_id=customer_id, event_id=quiz, seats=2, notes=f"For {name}", now=NOW)
    bookings.update(session, booking.id, version=1, seats=3, now=NOW)
    undo(session, acts.last_entry(session) or 0, now=NOW)
    messages.text_customer(session, customer_id=customer_id, body=f"Hi {name}", form_token=f"t{number}", now=NOW)
    for text in session.scalars(select(Message).where(Message.customer_id == customer_id, Message.state == "planned")):
        text.provider_id, text.body, text.state = f"SM{text.id.hex}", f"{name}, see you", "delivered"
    reply = Message(
        kind="inbound", direction="in", state="received", dedupe_key=f"in{number}", provider_id=f"R{number}"
    )
    reply.mobile_number, reply.body, reply.created_at, reply.updated_at = phone(number), f"{name} here", NOW, NOW
    session.add(reply)
    blocking.opt_out(session, phone(number), now=NOW)
    consents.record(session, customer_id, channel="text", basis="withdrawn", how=f"{name} rang", now=NOW)
    asked = {"person": name, "contact": phone(number), "details": f"{name} wants it all"}
    requests.add(session, kind="access", customer_id=customer_id, received_on=NOW.date(), **asked, now=NOW)
    privacy.archive(session, customer_id, now=NOW)
    _merge(session, number, customer_id, quiz)
    if number % 10 == 0:
        view = views.save(session, name=f"{name} & co", query={"q": name}, shared=True, now=NOW)
        views.update(session, view.id, version=1, query={"q": phone(number)}, now=NOW)
        contact = fields.listed(session)[0].id
        said = CustomerFilter(own=((contact, f"{last_name(number)}, Yq"), (contact, f"{name} {spaced(number)}")))
        views.save(session, name=f"Of {number}", query=said.to_query(), shared=True, now=NOW)
        a_draft(session, name=f"To {number}", query=said.to_query())
        event = an_event(session, name=f"{name} is 40", starts_at=IN_TWO_WEEKS + days(number), notes=phone(number))
        events.update(session, event.id, version=1, notes=f"Cake for {name}", now=NOW)
        friend = customers.add(
            session, first_name="Ann", last_name=f"Friend {number}", mobile_number="07700 900999", notes=name,
            now=NOW, add_anyway=True,
        )  # fmt: skip
        a_booking(session, friend, event, notes=f"Sits with {name}, {phone(number)}")
        households.join(session, [customer_id, friend.id], now=NOW)
        for text in texts_to(session, friend):
            text.state, text.cause, text.reason = "skipped", "sent_together", f"Sent together with {name}'s"


def _merge(session: Session, number: int, customer_id: UUID, quiz: UUID) -> None:
    """A second record of the guest, under another name and number, is merged into theirs, separated and merged."""
    second, other_number = {"first_name": "Yq", "last_name": last_name(number + OTHERS)}, phone(number + OTHERS)
    other = customers.add(session, **second, mobile_number=other_number, notes=other_number, now=NOW, add_anyway=True)
    duplicates.decide(session, customer_id, other.id, answer="later", now=NOW)
    bookings.book(session, customer_id=other.id, event_id=quiz, seats=1, notes=second["last_name"], now=NOW)
    messages.text_customer(session, customer_id=other.id, body=other_number, form_token=f"o{number}", now=NOW)
    for undone in (True, False):
        plan = merging.preview(session, customer_id, other.id, now=NOW)
        known = {"plan_fingerprint": plan.fingerprint, "fields": {"last_name": "other"}, "now": NOW}
        merging.merge(session, keep_id=customer_id, other_id=other.id, **known)
        if undone:
            undo(session, acts.last_entry(session) or 0, now=NOW)


@pytest.mark.soak
def test_nothing_is_left_of_anyone(venue: Venue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ids = put_through_everything(venue)
    for customer_id in ids:
        with venue.transaction(MANAGER_AND_SCHEDULER) as session:
            privacy.erase(session, customer_id, now=LATER)
    everyone = [*range(PEOPLE), *range(OTHERS, OTHERS + PEOPLE)]
    names = [Name("Yq", last_name(each)) for each in everyone]
    with venue.reading_at_length(MANAGER_AND_SCHEDULER) as session:
        assert privacy.scan(session, names=names, numbers=[phone(each) for each in everyone]) == []
        assert verify(session).problems == []
        assert (
            session.scalars(select(Booking.notes).where(Booking.notes != "")).first() == "Sits with (erased), (erased)"
        )
        assert b"Yq" not in b"".join(exports.write(exports.customer_list(session, now=NOW), exports.Format.CSV))
    assert traces.remove_traces(partial(venue.transaction, SCHEDULER), venue.database, now=LATER)
    assert not any(last_name(each) in caplog.text for each in everyone)
    if venue.database.file is not None:
        assert left_in_files(venue.database.file) == []


def left_in_files(database: Path) -> list[str]:
    """What is in the bytes of the database and the files beside it, its own write-ahead log included."""
    found = []
    for file in database.parent.glob(f"{database.name}*"):
        content = file.read_bytes().lower()
        for each in (*range(PEOPLE), *range(OTHERS, OTHERS + PEOPLE)):
            texts = (last_name(each), phone(each).removeprefix("+44"))
            found += [f"{text} in {file.name}" for text in texts if text.lower().encode() in content]
    return found


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_traces_are_removed_once_after_each_erasure(venue: Venue) -> None:
    transaction: Callable[..., Any] = partial(venue.transaction, SCHEDULER)
    assert not traces.remove_traces(transaction, venue.database, now=NOW)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        jo = customers.add(session, first_name="Jo", last_name="Smith", mobile_number="07700 900123", now=NOW)
        privacy.erase(session, jo.id, now=LATER)
        assert deletions.find(session, "Jo Smith", now=LATER)
    assert traces.remove_traces(transaction, venue.database, now=LATER)
    assert not traces.remove_traces(transaction, venue.database, now=LATER)
