"""What a saved view holds: a filter and an order of the customer list, which may be outdated by now."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event
from venue import tags
from venue.customers.filters import CustomerFilter
from venue.customers.order import DEFAULT_SORT, SORTS
from venue.errors import Invalid
from venue.fields import conditions as own_fields
from venue.roles import Permission, require

SORT = "sort"
WHAT_TO_DO = "Remove that filter, or delete the view."


@dataclass(frozen=True)
class Parts:
    """`sort` is one of SORTS."""

    where: CustomerFilter
    sort: str = DEFAULT_SORT

    def to_query(self) -> dict[str, str]:
        """The query parameters of the list, without defaults."""
        return self.where.to_query() | ({} if self.sort == DEFAULT_SORT else {SORT: self.sort})


def read(session: Session, query: Mapping[str, str]) -> Parts:
    """The parts in the list's query parameters.

    Raises Invalid for what does not exist or makes no sense, by the name of the filter's field: nothing is ignored.
    """
    require(session, Permission.READ)
    where, problems = _filter(query)
    unknown = [key for key in query if key not in (*CustomerFilter.keys().values(), SORT)]
    problems |= {key: f"This view has a filter ‘{key}’ that does not exist. {WHAT_TO_DO}" for key in unknown}
    sort = query.get(SORT, DEFAULT_SORT)
    if sort not in SORTS:
        problems[SORT] = f"This view has an order ‘{sort}’ that does not exist. {WHAT_TO_DO}"
    problems |= missing(session, where)
    if problems:
        raise Invalid(**problems)
    return Parts(where, sort)


def what_reads(session: Session, query: Mapping[str, str]) -> Parts:
    """The parts that are still right, without those for which `read` raises."""
    require(session, Permission.READ)
    where, _ = _filter(query)
    sort = query.get(SORT, DEFAULT_SORT)
    return Parts(where.without(*missing(session, where)), sort if sort in SORTS else DEFAULT_SORT)


def missing(session: Session, where: CustomerFilter) -> dict[str, str]:
    """A sentence for each field of the filter that is about something that was deleted."""
    require(session, Permission.READ)
    problems: dict[str, str] = {}
    if where.event_id is not None and session.scalar(select(Event.id).where(Event.id == where.event_id)) is None:
        problems["event_id"] = f"The event of this view was deleted. {WHAT_TO_DO}"
    if tags.missing(session, where.tags):
        problems["tags"] = f"A tag of this view was deleted. {WHAT_TO_DO}"
    problem = own_fields.problem(session, where.own)
    if problem == own_fields.GONE:
        problems["own"] = f"A field of this view was deleted. {WHAT_TO_DO}"
    elif problem:
        problems["own"] = f"{problem}. {WHAT_TO_DO}"
    return problems


def _filter(query: Mapping[str, str]) -> tuple[CustomerFilter, dict[str, str]]:
    """The filter, without what cannot be read, and a sentence for each of those."""
    try:
        return CustomerFilter.from_query(query), {}
    except Invalid as invalid:
        problems = {
            name: f"A filter of this view cannot be read: {problem}. {WHAT_TO_DO}"
            for name, problem in invalid.problems.items()
        }
        return CustomerFilter.from_query(query, skip_unreadable=True), problems
