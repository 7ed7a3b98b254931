"""A venue in which no screen is empty: the sample venue, with something of everything that staff do in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from cli.sample.load import load
from sms.texts import Kind
from tests.browser.people import add
from tests.makers import texts_to
from tests.venue.imports import uploads
from venue import bookings, campaigns, clock, events, fields, households, tags, views, waitlist
from venue.delivery import inbound
from venue.messages import actions
from venue.privacy import consents, requests
from venue.profile import Venue
from venue.roles import DESK, SCHEDULER

FILE = uploads.HEADER + "Ada,Byron,07700 900901,\nGus,Grey,07700 900001,\nCy,Fox,020 7946 0123,\n"
REPLIES = ["we'll be 3 now", "is there parking?"]


@dataclass(frozen=True)
class Filled:
    """The ids that addresses of screens need."""

    customer: UUID
    same_person: UUID
    event: UUID
    message: UUID
    campaign: UUID
    request: UUID
    import_: UUID

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
        filled = _add(session, now)
    with venue.transaction(SCHEDULER) as session:
        for number, body in enumerate(REPLIES):
            _receive(session, f"SM{number}", body, now)
    import_id = uploads.checked(venue, FILE, now=now).id
    return Filled(**filled, import_=import_id)


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
    _know(session, ann.id, bob.id, now)
    (text, *_) = texts_to(session, ann, Kind.CONFIRMATION)
    (held, *_) = texts_to(session, bob, Kind.CONFIRMATION)
    actions.hold(session, [held.id], now=now)
    campaign = campaigns.add(session, name="Quiz news", query={"q": "poe"}, body="A quiz on Sunday!", now=now)
    asked = requests.add(session, kind="access", person="Ann Poe", received_on=now.date(), customer_id=ann.id, now=now)
    return {
        "customer": ann.id,
        "same_person": again.id,
        "event": quiz.id,
        "message": text.id,
        "campaign": campaign.id,
        "request": asked.id,
    }


def _know(session: Session, ann: UUID, bob: UUID, now: datetime) -> None:
    """What is known of these two besides their names: a tag, a field, a household, an agreement, a view of them."""
    allergy = tags.add(session, name="Nut allergy", colour="red", at_door=True, now=now)
    tags.put_on(session, ann, allergy.id, now=now)
    fields.add(session, name="Favourite table", kind="choice", choices=["Window", "Snug"], now=now)
    households.join(session, [ann, bob], now=now)
    said = {"how": "In person", "wording": "May we text you?", "sale": ""}
    consents.record(session, ann, channel="text", basis="consent", now=now, **said)
    views.save(session, name="The Poes", query={"q": "poe"}, shared=True, now=now)


def _receive(session: Session, provider_id: str, body: str, now: datetime) -> None:
    number = "+447700900001"
    text = ProviderMessage(provider_id, "+447700900999", body, "received", "inbound", now, None, number)
    inbound.store(session, text, now=now)
