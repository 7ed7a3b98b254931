"""The consent ledger: whether a customer agreed to news and offers, on what basis, and how that is proven.

It only grows. For each channel the latest line counts; without one the customer was not asked, which is not a no.
Consent is given for one channel at a time, and a soft opt-in rests on a sale (Privacy and Electronic Communications
Regulations 2003, regulation 22; ICO, "Electronic mail marketing"). Confirmations and reminders need no consent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from db.models import Consent, Customer, PhoneNumber
from venue import masking
from venue.acts import Act, act
from venue.customers.booking_status import ROW_LOCK
from venue.customers.merged import survivor_of
from venue.errors import Invalid
from venue.messages import agreements
from venue.notes import checked_notes
from venue.roles import Actor, Permission, require

# The same line again within this time is a double tap.
DOUBLE_TAP = timedelta(minutes=1)


class Channel(StrEnum):
    TEXT = "text"
    EMAIL = "email"


class Basis(StrEnum):
    """What a line says. NOT_ASKED is never stored: it is the state of a customer without a line."""

    CONSENT = "consent"
    SOFT_OPT_IN = "soft_opt_in"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not_asked"


AGREED = tuple(map(Basis, agreements.AGREED))


@dataclass(frozen=True)
class ConsentLine:
    """One line of the ledger. `at` is in UTC. `wording` is what the customer was told, `how` is how they answered."""

    channel: Channel
    basis: Basis
    wording: str
    how: str
    sale: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class ConsentState:
    """What counts now for one channel, and the line that says so, if there is one.

    While the customer's number gets no texts at all, they count as withdrawn from texts, whatever the line says:
    `stopped_at` is since when, `stopped_by` the member of staff who stopped it, None if the customer texted STOP.
    """

    basis: Basis
    line: ConsentLine | None = None
    stopped_at: datetime | None = None
    stopped_by: str | None = None


@act(Act.CONSENT_RECORDED)
def record(
    session: Session,
    customer_id: UUID,
    *,
    channel: str,
    basis: str,
    wording: str = "",
    how: str = "",
    sale: str = "",
    now: datetime,
) -> None:
    """Add a line to the ledger. Raises Invalid with every problem at once.

    Agreement needs how it was given and the wording that was agreed to, and a soft opt-in the sale. No one can agree
    for a customer who was erased or deleted; a refusal or withdrawal of one needs no line, and does nothing. A line
    about a customer who was merged into another is the other's.
    """
    actor = require(session, Permission.CUSTOMERS)
    line = _checked(channel=channel, basis=basis, wording=wording, how=how, sale=sale)
    # On a screen that was open before a merge, a refusal must not be lost.
    customer_id = survivor_of(session, customer_id) or customer_id
    customer = session.get(Customer, customer_id, with_for_update=ROW_LOCK)
    agrees = line["basis"] in AGREED
    if customer is None and not agrees:
        return
    if customer is None:
        raise Invalid(customer_id="This customer was erased or deleted: no one can agree for them")
    if agrees and line["channel"] == Channel.TEXT:
        _refuse_for_stopped_number(session, customer.mobile_number)
    if not _is_double_tap(session, customer_id, line, actor, now):
        session.add(Consent(customer_id=customer_id, **line, at=now, actor=actor.name, staff_id=actor.staff_id))
        session.flush()


def state(session: Session, customer_id: UUID, channel: str = Channel.TEXT) -> ConsentState:
    """What counts now for this customer and channel."""
    line = next(iter(history(session, customer_id, channel, limit=1)), None)
    stopped = _stopped(session, customer_id) if channel == Channel.TEXT else None
    if stopped is not None:
        return ConsentState(Basis.WITHDRAWN, line, stopped.opted_out_at, stopped.opted_out_by)
    return ConsentState(line.basis if line else Basis.NOT_ASKED, line)


def may_market(session: Session, customer_id: UUID, channel: str = Channel.TEXT) -> bool:
    """Whether news and offers may be sent to this customer by this channel."""
    require(session, Permission.READ)
    one = select(Customer.id).where(Customer.id == customer_id, may_market_in_sql(channel))
    return session.scalar(one) is not None


def may_market_in_sql(channel: str = Channel.TEXT) -> ColumnElement[bool]:
    """A SQL condition on Customer: news and offers may be sent to them by this channel."""
    agreed = agreements.agreed(Channel(channel).value)
    if channel != Channel.TEXT:
        return agreed
    stopped = exists().where(PhoneNumber.mobile_number == Customer.mobile_number, PhoneNumber.opted_out_at.is_not(None))
    return and_(agreed, ~stopped.correlate(Customer))


def history(
    session: Session, customer_id: UUID, channel: str | None = None, *, limit: int | None = None
) -> Sequence[ConsentLine]:
    """The lines of a customer, latest first; of one channel or of all."""
    require(session, Permission.READ)
    names = ("channel", "basis", "wording", "how", "sale", "at", "actor")
    columns = masking.shown([Consent.__table__.c[name] for name in names], full=masking.sees_numbers(session))
    lines = select(*columns).where(Consent.customer_id == customer_id).order_by(Consent.id.desc()).limit(limit)
    if channel is not None:
        lines = lines.where(Consent.channel == Channel(channel).value)
    return [
        ConsentLine(Channel(row.channel), Basis(row.basis), row.wording, row.how, row.sale, row.at, row.actor)
        for row in session.execute(lines)
    ]


def _checked(**fields: str) -> dict[str, str]:
    """The columns of a line. Raises Invalid with every problem at once."""
    problems: dict[str, str] = {}
    line = {name: typed.strip() for name, typed in fields.items()}
    if line["channel"] not in [*Channel]:
        problems["channel"] = f"Choose {' or '.join(Channel)}"
    if line["basis"] not in [basis for basis in Basis if basis is not Basis.NOT_ASKED]:
        problems["basis"] = "Choose whether they agreed, refused or withdrew"
    for name, label in {"wording": "The wording", "how": "How they answered", "sale": "The sale"}.items():
        try:
            line[name] = checked_notes(line[name], label)
        except ValueError as problem:
            problems[name] = str(problem)
    if line["basis"] != Basis.SOFT_OPT_IN:
        line["sale"] = ""
    problems |= {name: problem for name, problem in _missing(line).items() if not line[name]}
    if problems:
        raise Invalid(**problems)
    return line


def _missing(line: dict[str, str]) -> dict[str, str]:
    """What a line of this basis needs, and what to say if it is empty."""
    needed = {}
    if line["basis"] in AGREED:
        needed["how"] = "Say how they answered, e.g. in person"
        needed["wording"] = "Enter the wording that they were told: it is the proof"
    if line["basis"] == Basis.SOFT_OPT_IN:
        needed["sale"] = "Say which sale this rests on, e.g. Christmas dinner, paid on 3 December"
    return needed


def _refuse_for_stopped_number(session: Session, mobile_number: str) -> None:
    number = session.get(PhoneNumber, mobile_number, with_for_update={"read": True}, populate_existing=True)
    if number is None or number.opted_out_at is None:
        return
    if number.opted_out_by is None:
        raise Invalid(channel="They texted STOP: only they can end that, by texting START")
    raise Invalid(channel=f"{number.opted_out_by} stopped texts to this number: allow them first")


def _stopped(session: Session, customer_id: UUID) -> Any:
    """Since when the customer's number gets no texts, and who of the staff stopped it; None if it does get them."""
    columns = select(PhoneNumber.opted_out_at, PhoneNumber.opted_out_by)
    of_customer = columns.join(Customer, Customer.mobile_number == PhoneNumber.mobile_number)
    return session.execute(of_customer.where(Customer.id == customer_id, PhoneNumber.opted_out_at.is_not(None))).first()


def _is_double_tap(session: Session, customer_id: UUID, line: dict[str, str], actor: Actor, now: datetime) -> bool:
    columns = {**line, "customer_id": customer_id, "actor": actor.name}
    same = and_(*(Consent.__table__.c[name] == value for name, value in columns.items()))
    return session.scalar(select(Consent.id).where(same, Consent.at > now - DOUBLE_TAP).limit(1)) is not None
