"""Find customers: a page of them for the list, or all of them for an export."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer
from db.types import AnySelect
from venue import clock, masking
from venue.customers.filters import CustomerFilter, conditions, merged
from venue.customers.order import Order
from venue.customers.paging import CustomerList, CustomerPage, listed_columns
from venue.profile import venue_of
from venue.roles import Permission, require


def search(
    session: Session,
    words: str = "",
    *,
    where: CustomerFilter | None = None,
    sort: str = "name",
    descending: bool = False,
    page: int | None = 1,
    after: UUID | None = None,
    before: UUID | None = None,
    last: bool = False,
    letter: str = "",
    page_size: int = 50,
    now: datetime | None = None,
    **filters: Any,
) -> CustomerPage:
    """A page of the customers who match `where`, whose fields can also be given as arguments.

    It is the page that starts with names from `letter` on, or the `last` page, or the page `after` or `before` the
    customer with this id (then `page` is the number it gets), or else page number `page`. Rows are `ListedCustomerRow`.
    """
    require(session, Permission.READ)
    order = _order(session, sort, descending, now or clock.now())
    listed = CustomerList(session, merged(where, words, filters), order, page_size)
    if letter:
        return listed.from_letter(letter)
    if last:
        return listed.last()
    for customer_id, forward in ((after, True), (before, False)):
        beside = listed.beside(customer_id, forward=forward, page=page) if customer_id else None
        if beside is not None:
            return beside
    return listed.numbered(page or 1)


def every(
    session: Session,
    words: str = "",
    *,
    where: CustomerFilter | None = None,
    now: datetime,
    sort: str = "name",
    descending: bool = False,
    **filters: Any,
) -> AnySelect:
    """A query for all customers who match, in the list's order, to be read as a stream."""
    require(session, Permission.READ)
    order = _order(session, sort, descending, now)
    matching = conditions(session, merged(where, words, filters), today=order.today)
    query = select(*listed_columns(session, order.today)).where(*matching)
    return query.order_by(*order.directed(order.keys(Customer.__table__.c)))


def _order(session: Session, sort: str, descending: bool, now: datetime) -> Order:
    """Who may not see full numbers cannot sort by them either: digits could be told from the order."""
    hidden = sort == "mobile_number" and not masking.sees_numbers(session)
    return Order("name" if hidden else sort, descending, _today(session, now))


def _today(session: Session, now: datetime) -> datetime:
    """The instant at which the venue's business day began."""
    return clock.start_of_business_day(now, venue_of(session).zone)
