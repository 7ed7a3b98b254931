"""Who gets a bulk text, who is left out of it and why, and what it costs."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, select, true
from sqlalchemy.orm import Session

from db.models import Campaign, Consent, Customer, Event, PhoneNumber
from db.types import AnyRow
from sms import segments
from venue.campaigns import whom, words
from venue.delivery.bulk_texts import texted_since
from venue.errors import Invalid
from venue.messages import agreements, numbers
from venue.profile import venue_of
from venue.roles import Permission, require


class LeftOut(StrEnum):
    """Why a customer of the audience gets no text. The values are stored."""

    NOT_ASKED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()
    STOPPED = auto()
    CANNOT_RECEIVE = auto()
    TEXTED_LATELY = auto()
    SAME_PHONE = auto()


@dataclass(frozen=True)
class Recipient:
    """One customer who gets the text, and its words for them."""

    id: UUID
    first_name: str
    last_name: str
    mobile_number: str
    body: str
    segments: int


@dataclass(frozen=True)
class Audience:
    """The customers to whom it goes: the `recipients`, in the order of their ids, and the rest by reason.

    `agreed_first` and `agreed_last` are when the first and the last of the recipients agreed, in UTC. `problems` are
    sentences about what must be put right before it can be sent.
    """

    total: int = 0
    recipients: Sequence[Recipient] = ()
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    agreed_first: datetime | None = None
    agreed_last: datetime | None = None
    problems: Sequence[str] = ()

    @property
    def segments(self) -> int:
        """Of all texts together."""
        return sum(each.segments for each in self.recipients)

    @property
    def ids(self) -> bytes:
        """The ids of the recipients, each as 16 bytes: a screen keeps them while staff confirm."""
        return b"".join(each.id.bytes for each in self.recipients)


def find(session: Session, campaign: Campaign, *, now: datetime, lock: bool = False) -> Audience:
    """Its audience now. With `lock`, none of them can be erased or deleted until the transaction ends."""
    require(session, Permission.BULK, ask_again=False)
    event = session.get(Event, campaign.event_id) if campaign.event_id else None
    venue = venue_of(session)
    problems = [*words.problems(campaign.body, venue, about_event=event is not None), *_problems(campaign, event, now)]
    if not venue.bulk_texts.can_be_answered:
        problems.append(
            "Guests cannot answer the sender of your texts, so STOP would not arrive. Set a number to send from."
        )
    try:
        where = whom.matching(session, **_whom(campaign), now=now)
    except Invalid as invalid:
        return Audience(problems=[*problems, *invalid.problems.values()])
    rows = _rows(session, where, now, lock)
    return _sorted(session, rows, "" if problems else campaign.body, event, problems, now)


def _whom(campaign: Campaign) -> dict[str, Any]:
    return {"query": json.loads(campaign.query or "{}"), "list_of": campaign.id if campaign.is_list else None}


def _problems(campaign: Campaign, event: Event | None, now: datetime) -> list[str]:
    found = []
    if campaign.body.strip() == words.DEFAULT.strip():
        found.append("The text says nothing yet after the greeting. Write it.")
    if campaign.event_id and event is None:
        found.append("The event of this text was deleted. Choose another one.")
    if event is not None and event.cancelled_at is not None:
        found.append("The event of this text is cancelled.")
    if event is not None and event.starts_at <= now:
        found.append("The event of this text has begun.")
    if campaign.useful_until is not None and campaign.useful_until <= now:
        found.append("The last day for sending it is over. Choose a later one.")
    return found


def _rows(session: Session, where: Sequence[ColumnElement[bool]], now: datetime, lock: bool) -> Sequence[AnyRow]:
    venue = venue_of(session)
    since = now - timedelta(days=venue.bulk_texts.days_apart)
    mine = Customer.__table__.c
    columns = (
        *(Customer.id, Customer.first_name, Customer.last_name, Customer.mobile_number),
        numbers.block_in_sql().label("blocked"),
        agreements.latest(Consent.basis).label("basis"),
        agreements.latest(Consent.at).label("agreed_at"),
        texted_since(literal(since, Consent.at.type), mine.mobile_number, mine.id).label("texted_lately"),
    )
    query = (
        select(*columns)
        .outerjoin(PhoneNumber, PhoneNumber.mobile_number == Customer.mobile_number)
        .where(and_(true(), *where))
        .order_by(Customer.id)
    )
    if lock:
        query = query.with_for_update(of=Customer, read=True, key_share=True)
    return session.execute(query).all()


def _sorted(
    session: Session, rows: Sequence[AnyRow], body: str, event: Event | None, problems: Sequence[str], now: datetime
) -> Audience:
    """The rows as recipients and those left out. Without a `body` nothing is rendered."""
    venue = venue_of(session)
    left_out: Counter[LeftOut] = Counter()
    recipients, agreed_at, taken = [], [], set[str]()
    for row in rows:
        reason = _why_left_out(row, taken)
        if reason is not None:
            left_out[reason] += 1
            continue
        taken.add(row.mobile_number)
        agreed_at.append(row.agreed_at)
        said = words.render(body, venue, row, event, now=now) if body else ""
        name = (row.id, row.first_name, row.last_name, row.mobile_number)
        recipients.append(Recipient(*name, said, segments.count(said).segments if said else 0))
    return Audience(
        total=len(rows),
        recipients=recipients,
        left_out={reason: left_out[reason] for reason in LeftOut if left_out[reason]},
        agreed_first=min(agreed_at, default=None),
        agreed_last=max(agreed_at, default=None),
        problems=[*problems, *([] if recipients else ["No one in this audience can get it."])],
    )


def _why_left_out(row: AnyRow, taken: set[str]) -> LeftOut | None:
    blocked = numbers.reason_for_block(row.blocked)
    if blocked is not None:
        return LeftOut.CANNOT_RECEIVE if row.blocked not in ("opted_out", "stopped_by_staff") else LeftOut.STOPPED
    if row.basis not in agreements.AGREED:
        return LeftOut(row.basis) if row.basis else LeftOut.NOT_ASKED
    if row.texted_lately:
        return LeftOut.TEXTED_LATELY
    return LeftOut.SAME_PHONE if row.mobile_number in taken else None
