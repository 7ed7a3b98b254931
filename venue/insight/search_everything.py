"""The search from any screen: customers, events, saved views and tags that match what is typed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy.orm import Session

from venue import customers, events, tags, views
from venue.customers.names import match
from venue.roles import Permission, require
from venue.rows import DatedEventRow, ListedCustomerRow
from venue.tags import TagRow
from venue.views import ViewRow

MOST_CUSTOMERS = 6
MOST_OTHERS = 4
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """What matches: the first of each kind, upcoming events before past ones. `customer_total` is how many customers
    there are in all."""

    customers: Sequence[ListedCustomerRow] = ()
    customer_total: int = 0
    events: Sequence[DatedEventRow] = ()
    views: Sequence[ViewRow] = ()
    tags: Sequence[TagRow] = ()


def search_everything(session: Session, words: str, *, now: datetime) -> Found:
    """What matches these words: customers by name and number, all else by name. Nothing for no words."""
    require(session, Permission.READ)
    if not words.strip():
        return Found()
    page = customers.search(session, words, page_size=MOST_CUSTOMERS, now=now)

    def named(rows: Iterable[T], name: Callable[[T], str]) -> list[T]:
        return list(islice((row for row in rows if match(name(row), words)), MOST_OTHERS))

    return Found(
        customers=page.rows,
        customer_total=page.total,
        events=named(events.nearest_first(session, now=now), lambda event: event.name),
        views=named(views.listed(session), lambda view: view.name),
        tags=named(tags.every(session), lambda tag: tag.name),
    )
