"""What guests asked of us: access, correction, erasure, and complaints, with the days by which the law wants an answer.

Staff add what they are asked; those who may answer requests do the rest. `deadlines` computes the days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, null, select, true
from sqlalchemy.orm import Session

from db.models import Customer, Request
from db.writes import add_once
from venue import acts, clock, concurrent_edits
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.notes import checked_notes
from venue.privacy import deadlines
from venue.profile import venue_of
from venue.roles import Permission, require

# The label of each field, by name.
FIELDS = {"person": "Who asked", "contact": "How to reach them", "details": "Details", "received_on": "Received on"}
PERSON_LENGTH = 200
SOON = timedelta(days=7)


class RequestKind(StrEnum):
    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    COMPLAINT = "complaint"


class Show(StrEnum):
    """Which requests a list shows. DUE: those to acknowledge or answer within 7 days, and overdue ones."""

    OPEN = "open"
    DUE = "due"
    ALL = "all"


@dataclass(frozen=True)
class RequestRow:
    """One request. The days are the venue's.

    `next_on` is the day by which something must be done: a complaint acknowledged, else the request answered. It is
    None while the clock is paused, and once it is answered. After an erasure, `person` and the other texts are empty.
    """

    id: UUID
    kind: RequestKind
    customer_id: UUID | None
    person: str
    contact: str
    details: str
    received_on: date
    due_on: date
    acknowledge_by: date | None
    acknowledged_on: date | None
    paused_on: date | None
    paused_days: int
    answered_on: date | None
    outcome: str
    version: int
    next_on: date | None

    @property
    def must_acknowledge(self) -> bool:
        return self.acknowledge_by is not None and self.acknowledged_on is None and self.answered_on is None


@dataclass(frozen=True)
class Due:
    """The number of requests whose next day is past, and of those whose next day is within 7 days."""

    overdue: int
    soon: int


@act(Act.REQUEST_ADDED)
def add(
    session: Session,
    *,
    kind: str,
    person: str,
    contact: str = "",
    details: str = "",
    received_on: date,
    customer_id: UUID | None = None,
    now: datetime,
    form_token: str | None = None,
) -> Request:
    """Add a request. Raises Invalid with every problem at once, and NotFound for a customer who does not exist.

    A form token that was used before returns the request it added.
    """
    require(session, Permission.CUSTOMERS, Permission.REQUESTS)
    existing = select(Request).where(Request.form_token == form_token, Request.form_token.is_not(None))
    added = session.scalar(existing)
    if added is not None:
        return added
    fields = _checked(session, now, person=person, contact=contact, details=details, received_on=received_on)
    if kind not in [*RequestKind]:
        raise Invalid(kind="Choose what was asked")
    if customer_id is not None and session.get(Customer, customer_id) is None:
        raise NotFound("This customer no longer exists.")
    request = Request(kind=kind, customer_id=customer_id, **fields, created_at=now, updated_at=now)
    request.form_token = form_token
    request.paused_days = 0
    _set_deadlines(session, request)
    acts.details(session, kind=request.kind)
    return add_once(session, request)


@act(Act.REQUEST_CHANGED)
def update(
    session: Session,
    request_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Change only the given fields; another day of receipt moves the deadlines. `was` holds the fields' values in the
    version that was read. Raises Invalid, NotFound, and Conflict for fields that someone else changed since."""
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    checked = _checked(session, now, **fields)
    changed = concurrent_edits.to_write(request, checked, version=version, was=was)
    for name, value in changed.items():
        setattr(request, name, value)
    if changed:
        _set_deadlines(session, request)
        _saved(session, request, now)


@act(Act.REQUEST_ACKNOWLEDGED)
def acknowledge(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Record that the guest was told today that the request arrived. Calling it again does nothing."""
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    if request.acknowledged_on is None:
        request.acknowledged_on = _today(session, now)
        _saved(session, request, now)


@act(Act.REQUEST_PAUSED)
def pause(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Stop the clock, because the guest was asked for something without which the request cannot be answered.

    Raises Invalid for a complaint, which has no such pause, and for one that is answered.
    """
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    if request.kind == RequestKind.COMPLAINT:
        raise Invalid(request_id="The clock of a complaint cannot be paused")
    if request.answered_on is not None:
        raise Invalid(request_id="This request is answered: reopen it first")
    if request.paused_on is None:
        request.paused_on = _today(session, now)
        _saved(session, request, now)


@act(Act.REQUEST_RESUMED)
def resume(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Start the clock again: the deadline moves by the days for which it was paused."""
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    if request.paused_on is not None:
        _end_pause(session, request, now)
        _saved(session, request, now)


@act(Act.REQUEST_ANSWERED)
def answer(session: Session, request_id: UUID, *, outcome: str, now: datetime) -> None:
    """Record that the guest was answered today, and what came of it. Raises Invalid without an outcome.

    The answer to a complaint acknowledges it too. Of a request that is answered already, only the outcome changes.
    """
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    outcome = _text("outcome", outcome, "The outcome")
    if not outcome:
        raise Invalid(outcome="Say what came of it: it is the venue's record")
    if request.answered_on is None:
        request.answered_on = _today(session, now)
    if request.acknowledge_by is not None and request.acknowledged_on is None:
        request.acknowledged_on = request.answered_on
    if request.paused_on is not None:
        _end_pause(session, request, now)
    request.outcome = outcome
    _saved(session, request, now)


@act(Act.REQUEST_REOPENED)
def reopen(session: Session, request_id: UUID, *, now: datetime) -> None:
    """Take back that it was answered. The outcome stays, to be completed."""
    require(session, Permission.REQUESTS)
    request = _locked(session, request_id)
    if request.answered_on is not None:
        request.answered_on = None
        _saved(session, request, now)


def get(session: Session, request_id: UUID) -> RequestRow:
    """One request. Raises NotFound."""
    require(session, Permission.REQUESTS)
    rows = _rows(session, Request.id == request_id)
    if not rows:
        raise NotFound("This request no longer exists.")
    return rows[0]


def listed(session: Session, *, show: str = Show.OPEN, now: datetime) -> Sequence[RequestRow]:
    """The requests: what must be done first is first, then paused and answered ones, the latest first."""
    require(session, Permission.REQUESTS)
    wanted = {
        Show.OPEN: Request.answered_on.is_(None),
        Show.DUE: _next_on() <= _today(session, now) + SOON,
        Show.ALL: true(),
    }
    return _rows(session, wanted[Show(show)])


def for_customer(session: Session, customer_id: UUID) -> Sequence[RequestRow]:
    """The requests about one customer, in the same order."""
    require(session, Permission.REQUESTS)
    return _rows(session, Request.customer_id == customer_id)


def due(session: Session, *, now: datetime) -> Due:
    """How many requests are overdue, and how many are due within 7 days."""
    require(session, Permission.REQUESTS)
    today = _today(session, now)
    overdue, soon = _next_on() < today, _next_on().between(today, today + SOON)
    counts = session.execute(
        select(func.count().filter(overdue).label("overdue"), func.count().filter(soon).label("soon")).where(
            Request.answered_on.is_(None)
        )
    ).one()
    return Due(counts.overdue, counts.soon)


def _rows(session: Session, where: ColumnElement[bool]) -> Sequence[RequestRow]:
    names = [name for name in RequestRow.__dataclass_fields__ if name != "next_on"]
    columns = [Request.__table__.c[name] for name in names]
    next_on = _next_on()
    order = (next_on.is_(None), Request.answered_on.is_not(None), next_on, Request.received_on.desc(), Request.id)
    rows = session.execute(select(*columns, next_on.label("next_on")).where(where).order_by(*order))
    return [RequestRow(**{**row, "kind": RequestKind(row["kind"])}) for row in rows.mappings()]


def _next_on() -> ColumnElement[date | None]:
    """A SQL expression for `RequestRow.next_on`."""
    unacknowledged = Request.acknowledge_by.is_not(None) & Request.acknowledged_on.is_(None)
    return case(
        (Request.answered_on.is_not(None), null()),
        (unacknowledged, Request.acknowledge_by),
        (Request.paused_on.is_not(None), null()),
        else_=Request.due_on,
    )


def _locked(session: Session, request_id: UUID) -> Request:
    request = session.get(Request, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotFound("This request no longer exists.")
    return request


def _saved(session: Session, request: Request, now: datetime) -> None:
    request.updated_at = now
    acts.details(session, kind=request.kind)
    session.flush()


def _end_pause(session: Session, request: Request, now: datetime) -> None:
    if request.paused_on is not None:
        request.paused_days += max((_today(session, now) - request.paused_on).days, 0)
    request.paused_on = None
    _set_deadlines(session, request)


def _set_deadlines(session: Session, request: Request) -> None:
    region = venue_of(session).region
    request.due_on = deadlines.answer_by(request.received_on, paused_days=request.paused_days, region=region)
    if request.kind == RequestKind.COMPLAINT:
        request.acknowledge_by = deadlines.acknowledge_by(request.received_on, region=region)


def _checked(session: Session, now: datetime, **fields: Any) -> dict[str, Any]:
    """The fields as they are stored. Raises Invalid with every problem at once."""
    checked: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, typed in fields.items():
        try:
            checked[name] = _received(session, typed, now) if name == "received_on" else _text(name, typed)
        except Invalid as invalid:
            problems |= invalid.problems
    if checked.get("person") == "":
        problems["person"] = "Enter who asked"
    elif len(checked.get("person", "")) > PERSON_LENGTH:
        problems["person"] = f"The limit is {PERSON_LENGTH} characters"
    if problems:
        raise Invalid(**problems)
    return checked


def _text(name: str, typed: str, label: str = "") -> str:
    try:
        return checked_notes(typed, label or FIELDS[name])
    except ValueError as problem:
        raise Invalid(**{name: str(problem)}) from problem


def _received(session: Session, day: date, now: datetime) -> date:
    if day > _today(session, now):
        raise Invalid(received_on="This day is still to come: enter the day on which it arrived")
    if day < clock.FIRST_DAY:
        raise Invalid(received_on=f"Enter a day after {clock.FIRST_DAY.year}")
    return day


def _today(session: Session, now: datetime) -> date:
    return clock.today(now, venue_of(session).zone)
