"""How the sample venue is set up: staff, settings, tags, fields of its own, views."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cli.sample.cast import FORMER, MANAGER, ROLES, Cast
from db.types import AnyRow
from venue import bulk, choices, clock, customers, fields, households, tags, views
from venue.privacy import consents, requests
from venue.roles import COMMAND_LINE
from venue.staff import accounts

SETTINGS = {
    "venue_phone": "01632 960123",
    "text_price": "£0.04",
    "reward_name": "a free pint",
    "reward_every": "10",
}
# The name, its colour, whether it shows at the door, and which customers have it.
TAGS = (
    ("VIP", "violet", True, slice(0, 14)),
    ("Regular", "green", False, slice(7, 67)),
    ("Quiz team", "blue", False, slice(14, 59)),
    ("Allergy", "red", True, slice(21, 39)),
    ("Local business", "yellow", False, slice(80, 110)),
)
ASKED_FOR_CONSENT = 110
SEATS = ("Bar", "Snug", "Window", "Garden")
DRINKS = ("Guinness", "Red wine", "Pale ale", "Gin and tonic", "Alcohol-free", "Dry cider")
ALLERGIES = ("Nuts", "Gluten", "Shellfish", "Dairy")
HOW = ("In person", "By phone", "On the sign-up sheet")


def add_staff(cast: Cast) -> None:
    """Add an account for each, one of which is disabled. No one has a password: the demo needs none."""
    now = cast.ago(days=3, hours=5)
    with cast.venue.transaction(COMMAND_LINE) as session:
        for name, role in ROLES.items():
            email = f"{name.lower()}@example.com"
            cast.staff[name] = accounts.add(
                session, name=name, role=role, email=email, now=cast.ago(days=3, hours=5)
            ).id
        accounts.disable(session, cast.staff[FORMER], now=now)


def choose_settings(cast: Cast) -> None:
    """Change the settings that managers change first."""
    with cast.by(MANAGER) as session:
        for name, value in SETTINGS.items():
            choices.save(session, name, value, now=cast.ago(days=3, hours=4))
    cast.venue.choices.read_at = None


def describe_customers(cast: Cast) -> None:
    """Give customers tags, values of the venue's own fields, e-mail addresses, households and consent."""
    with cast.by(MANAGER) as session:
        _tags(session, cast)
        _fields(session, cast)
        _emails(session, cast)
        _households(session, cast)
        _consents(session, cast)
        _views(session, cast)


def _tags(session: Session, cast: Cast) -> None:
    now = cast.ago(days=3, hours=3, minutes=30)
    last_day = clock.today(cast.now, cast.venue.zone) + timedelta(days=40)
    for name, colour, at_door, part in TAGS:
        tag = tags.add(session, name=name, colour=colour, at_door=at_door, now=now)
        chosen = _some(session, cast, part)
        bulk.tag(session, chosen, tag_id=tag.id, last_day=last_day if name == "Local business" else None, now=now)


def _fields(session: Session, cast: Cast) -> None:
    now = cast.ago(days=3, hours=3, minutes=20)
    given: tuple[tuple[str, str, Any], ...] = (
        ("Favourite drink", "text", DRINKS),
        ("Where they sit", "choice", SEATS),
        ("Allergies", "text", ALLERGIES),
        ("Birthday", "day", [date(1990, month, 3 + month).isoformat() for month in range(1, 13)]),
    )
    for place, (name, kind, values) in enumerate(given):
        field = fields.add(session, name=name, kind=kind, choices=values if kind == "choice" else (), now=now)
        for number, value in enumerate(values):
            start = place * 5 + number * 9
            chosen = _some(session, cast, slice(start, start + 9))
            bulk.set_field(session, chosen, field_id=field.id, value=value, now=now)


def _some(session: Session, cast: Cast, part: slice) -> bulk.Chosen:
    ids = frozenset(row.id for row in cast.customers[part])
    return bulk.choose(session, bulk.Selection(ids=ids), now=cast.now)


def _emails(session: Session, cast: Cast) -> None:
    for place, row in enumerate(cast.customers[2:14]):
        email = email_of(row, place)
        customers.update(
            session,
            row.id,
            version=1,
            email=email,
            prefers_email=place % 3 == 0,
            save_anyway=True,
            now=cast.ago(days=3, hours=3, minutes=10),
        )


def email_of(row: AnyRow, place: int) -> str:
    """The address of the customer in this place among those who have one."""
    letters = "".join(letter for letter in row.first_name.lower() if letter.isascii() and letter.isalpha())
    return f"{letters}.{place}@example.com"


def _households(session: Session, cast: Cast) -> None:
    for place in range(60, 76, 2):
        pair = [row.id for row in cast.customers[place : place + 2]]
        households.join(session, pair, now=cast.ago(days=3, hours=3))


def _consents(session: Session, cast: Cast) -> None:
    wording = cast.venue.current().consent_wordings[0]
    for place, row in enumerate(cast.customers[:ASKED_FOR_CONSENT]):
        given: dict[str, Any] = {"basis": "consent", "how": HOW[place % 3], "wording": wording}
        if place % 9 == 4:
            given = {"basis": "refused"}
        consents.record(
            session, row.id, channel="text", **given, now=cast.ago(days=3, hours=2, minutes=55, seconds=-place * 20)
        )


def _views(session: Session, cast: Cast) -> None:
    tag: UUID = tags.named(session, "VIP").id
    now = cast.ago(days=3, hours=2, minutes=10)
    views.save(session, name="VIPs", query={"tag": str(tag)}, shared=True, on_today=True, now=now)
    views.save(session, name="Stopped coming", query={"came": "quiet"}, shared=True, on_today=True, now=now)
    views.save(session, name="First visit", query={"came": "first"}, shared=True, now=now)
    views.save(session, name="No-shows this year", query={"came": "no_show"}, now=now)


def answer_requests(cast: Cast) -> None:
    """What guests asked about their data: one answered, one whose clock is paused, two to answer."""
    today = clock.today(cast.now, cast.venue.zone)
    one, two, three, four = cast.customers[100:104]
    with cast.by(MANAGER) as session:
        done = _request(session, cast, "correction", one, today - timedelta(days=24))
        requests.answer(session, done, outcome="Name corrected, and told by phone", now=cast.ago(days=3, hours=1))
        paused = _request(session, cast, "erasure", two, today - timedelta(days=9))
        requests.pause(session, paused, now=cast.ago(days=3, hours=1))
        _request(session, cast, "access", three, today - timedelta(days=27))
        complaint = _request(session, cast, "complaint", four, today - timedelta(days=4))
        requests.acknowledge(session, complaint, now=cast.ago(days=3))


def _request(session: Session, cast: Cast, kind: str, row: Any, received_on: date) -> UUID:
    return requests.add(
        session,
        kind=kind,
        person=f"{row.first_name} {row.last_name}",
        contact="By phone",
        received_on=received_on,
        customer_id=row.id,
        now=cast.ago(days=3, hours=2),
    ).id
