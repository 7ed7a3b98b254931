"""A venue in which no screen is empty: the sample venue, with something of everything that staff do in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from cli.sample.load import load
from db.models import Campaign, Device, Message
from sms.texts import Kind
from tests import signed_in
from tests.browser.people import add
from tests.makers import texts_to
from tests.venue.imports import uploads
from venue import bookings, campaigns, clock, events, fields, households, tags, views, waitlist
from venue.delivery import inbound
from venue.messages import actions
from venue.privacy import consents, requests
from venue.profile import Venue
from venue.roles import DESK, SCHEDULER, Role
from venue.staff import accounts, passwords, tokens, totp

FILE = uploads.HEADER + "Ada,Byron,07700 900901,\nGus,Grey,07700 900001,\nCy,Fox,020 7946 0123,\n"
FILE_WITHOUT_FAULTS = uploads.HEADER + "Dot,Byrne,07700 900902,\n"
MANAGER, PASSWORD, PIN = "Max", "three quiet otters", "4826"
REPLIES = ["we'll be 3 now", "is there parking?"]


@dataclass(frozen=True)
class Filled:
    """The ids that addresses of screens need; the last are of events, imports, texts and a view with more dialogs."""

    customer: UUID
    same_person: UUID
    event: UUID
    message: UUID
    campaign: UUID
    request: UUID
    import_: UUID
    imported: UUID
    failed: UUID
    bulk_text: UUID
    wine: UUID
    tasting: UUID
    cancelled: UUID
    empty: UUID
    series: UUID
    view: UUID

    def queries(self) -> dict[str, list[str]]:
        """The queries with which a screen is opened, by its address. A screen that is not here needs none."""
        one = {
            **dict.fromkeys(("customer", "edit_customer", "conversation"), self.customer),
            **dict.fromkeys(("event", "edit_event", "door_list"), self.event),
            **dict.fromkeys(("campaign", "edit_campaign"), self.campaign),
            "message": self.message,
            "request": self.request,
        }
        return {
            **{address: [f"?id={id_}"] for address, id_ in one.items()},
            "customers": ["?view=Table", "?view=Cards&booked=Active+bookings", "?q=not+a+customer"],
            "merge": [f"?id={self.customer}", f"?id={self.customer}&other={self.same_person}"],
            "events": ["", "?which=Past", "?which=Calendar"],
            "add_event": ["", f"?id={self.event}"],
            "messages": ["", "?texts=Next+7+days", "?texts=Needs+a+call", "?texts=Replies"],
            "import": ["", f"?id={self.import_}"],
        }


def fill(venue: Venue) -> Filled:
    now = clock.now()
    for _report in load(venue, now=now):
        pass
    with venue.transaction(DESK) as session:
        filled = {**_add(session, now), **_add_for_dialogs(session, now)}
    with venue.transaction(SCHEDULER) as session:
        for number, body in enumerate(REPLIES):
            _receive(session, f"SM{number}", body, now)
    signed_in.sign_in(venue, now=now, name="Tom", role=Role.STAFF)
    import_id = uploads.checked(venue, FILE, now=now).id
    imported = uploads.imported(venue, FILE_WITHOUT_FAULTS, now=now).id
    return Filled(**filled, import_=import_id, imported=imported)


def _add(session: Session, now: datetime) -> dict[str, Any]:
    ann, bob, cara = (add(session, name, "Poe", number, now) for number, name in enumerate(("Ann", "Bob", "Cara"), 1))
    again = add(session, "Anne", "Poe", 1, now, "Likes the window table")
    quiz = events.add(
        session, name="Charity Quiz", category="Quiz", starts_at=now + timedelta(hours=3), capacity=6, now=now
    )
    later = events.add(session, name="Harvest Supper", starts_at=now + timedelta(days=9), capacity=30, now=now)
    for customer, event, seats in ((ann, quiz, 4), (bob, quiz, 2), (ann, later, 2), (again, later, 2)):
        bookings.book(session, customer_id=customer.id, event_id=event.id, seats=seats, now=now)
    waitlist.join(session, event_id=quiz.id, customer_id=cara.id, seats=2, now=now)
    _know(session, *(each.id for each in (ann, bob, again, cara)), now)
    (text, *_) = texts_to(session, ann, Kind.CONFIRMATION)
    held = [texts_to(session, each, Kind.CONFIRMATION)[0].id for each in (bob, again)]
    actions.hold(session, held, now=now)
    campaign = campaigns.add(
        session, name="Quiz news", query={"q": "poe"}, body="{venue_name}: A quiz on Sunday!", now=now
    )
    asked = requests.add(session, kind="access", person="Ann Poe", received_on=now.date(), customer_id=ann.id, now=now)
    return {
        "customer": ann.id,
        "same_person": again.id,
        "event": quiz.id,
        "message": text.id,
        "campaign": campaign.id,
        "request": asked.id,
    }


def _add_for_dialogs(session: Session, now: datetime) -> dict[str, UUID]:
    """What has dialogs that the rest has not: an account with a PIN and app codes, a tablet, a party that fits."""
    max_ = accounts.add(session, name=MANAGER, role=Role.MANAGER, now=now)
    max_.password_hash, max_.pin_hash = passwords.hashed(PASSWORD), passwords.hashed(PIN)
    max_.totp_secret = totp.new_secret()
    session.add(
        Device(
            name="Bar tablet",
            token_hash=tokens.hashed(tokens.new_token()),
            is_shared=True,
            created_at=now,
            last_used_at=now,
        )
    )
    wine = events.add(session, name="Wine Evening", starts_at=now + timedelta(days=6), capacity=4, now=now)
    dora, eve = (add(session, name, "Moss", number, now) for number, name in enumerate(("Dora", "Eve"), 4))
    booking = bookings.book(session, customer_id=dora.id, event_id=wine.id, seats=4, now=now)
    waitlist.join(session, event_id=wine.id, customer_id=eve.id, seats=2, now=now)
    bookings.update(session, booking.id, version=booking.version, seats=2, notes="", now=now)
    empty = events.add(session, name="Open Mic", starts_at=now + timedelta(days=7), now=now)
    coming = events.upcoming(session, now=now)
    named = {event.name: event.id for event in reversed(coming)}
    moss = views.save(session, name="The Mosses", query={"q": "moss"}, shared=True, now=now)
    (bulk_text,) = session.scalars(select(Campaign.id).where(Campaign.state == "paused"))
    failed = session.scalars(select(Message.id).where(Message.state == "failed", Message.handled_at.is_(None))).first()
    return {
        "wine": wine.id,
        "empty": empty.id,
        "tasting": named["Whisky Tasting"],
        "cancelled": named["Cider Tasting"],
        "series": named["Acoustic Tuesdays"],
        "failed": failed,
        "bulk_text": bulk_text,
        "view": moss.id,
    }


def _know(session: Session, ann: UUID, bob: UUID, again: UUID, cara: UUID, now: datetime) -> None:
    """What is known of these besides their names: a tag, a field, two households, an agreement, a view of them."""
    allergy = tags.add(session, name="Nut allergy", colour="red", at_door=True, now=now)
    tags.put_on(session, ann, allergy.id, now=now)
    fields.add(session, name="Favourite table", kind="choice", choices=["Window", "Snug"], now=now)
    households.join(session, [ann, bob], now=now)
    households.join(session, [again, cara], now=now)
    said = {"how": "In person", "wording": "May we text you?", "sale": ""}
    consents.record(session, ann, channel="text", basis="consent", now=now, **said)
    views.save(session, name="The Poes", query={"q": "poe"}, shared=True, now=now)


def _receive(session: Session, provider_id: str, body: str, now: datetime) -> None:
    number = "+447700900001"
    text = ProviderMessage(provider_id, "+447700900999", body, "received", "inbound", now, None, number)
    inbound.store(session, text, now=now)
