"""Preview a bulk text that is being written, on customers who would get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import Customer, Event, PhoneNumber
from db.types import AnyRow
from venue.campaigns import whom, words
from venue.messages import agreements, numbers
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import full_name

SHOWN = 25


@dataclass(frozen=True)
class Example:
    """The text as one customer would get it, without their number."""

    id: UUID
    name: str
    body: str


@dataclass(frozen=True)
class Examples:
    """`problems` must be put right before it can be sent, as sentences; with some, the rest is empty. `people` are some
    who would get it, the one with the longest name first; `longest` is the text with the longest possible names."""

    problems: Sequence[str] = ()
    people: Sequence[Example] = ()
    longest: str = ""


def examples(
    session: Session,
    *,
    query: Mapping[str, str],
    list_of: UUID | None = None,
    body: str,
    event_id: UUID | None,
    now: datetime,
) -> Examples:
    """The words that are typed, for customers of this filter or, with `list_of`, for those who were selected for this
    bulk text. Raises Invalid for a filter that makes no sense."""
    require(session, Permission.BULK, ask_again=False)
    venue = venue_of(session)
    event = session.get(Event, event_id) if event_id else None
    problems = words.problems(body, venue, about_event=event is not None)
    if problems:
        return Examples(problems)
    rows = _people(session, whom.matching(session, query=query, list_of=list_of, now=now))
    said = [Example(row.id, full_name(row), words.render(body, venue, row, event, now=now)) for row in rows]
    return Examples(people=said, longest=words.longest(body, venue))


def _people(session: Session, where: Sequence[ColumnElement[bool]]) -> Sequence[AnyRow]:
    """The one with the longest name, then the first ones of the list."""
    blocked = select(PhoneNumber.mobile_number).where(numbers.is_blocked())
    may_get_it = and_(agreements.agreed(), Customer.mobile_number.not_in(blocked), *where)
    people = select(Customer.id, Customer.first_name, Customer.last_name).where(may_get_it)
    length = func.length(Customer.first_name) + func.length(Customer.last_name)
    longest = session.execute(people.order_by(length.desc(), Customer.id).limit(1)).all()
    first = session.execute(people.order_by(Customer.sort_key, Customer.id).limit(SHOWN)).all()
    return [*longest, *(row for row in first if row.id not in {each.id for each in longest})]
