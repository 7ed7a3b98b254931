"""To whom a bulk text goes: the customers of a filter, or those who were selected one by one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import CampaignCustomer, Customer
from db.writes import delete_where, insert_new
from venue import bulk, clock
from venue.bulk import Chosen
from venue.bulk.selection import in_parts
from venue.customers.filters import conditions
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.views import parts


def matching(
    session: Session, *, query: Mapping[str, str], list_of: UUID | None, now: datetime
) -> list[ColumnElement[bool]]:
    """SQL conditions on Customer: they match this filter or, with `list_of`, are those who were selected for this bulk
    text. Raises Invalid for a filter that no longer makes sense, such as of a deleted tag."""
    require(session, Permission.BULK, ask_again=False)
    if list_of is not None:
        return [Customer.id.in_(select(CampaignCustomer.customer_id).where(CampaignCustomer.campaign_id == list_of))]
    today = clock.start_of_business_day(now, venue_of(session).zone)
    return conditions(session, parts.read(session, query).where, today=today)


def count_selected(session: Session, campaign_id: UUID) -> int:
    """How many customers were selected for it, without those who were deleted since."""
    require(session, Permission.BULK, ask_again=False)
    people = func.count(CampaignCustomer.customer_id.distinct())
    return session.scalars(select(people).where(CampaignCustomer.campaign_id == campaign_id)).one()


def store(session: Session, campaign_id: UUID, chosen: Chosen, *, now: datetime) -> None:
    """Keep the selected customers with a draft. Raises SelectionChanged."""
    require(session, Permission.BULK, ask_again=False)
    ids = bulk.confirm(session, chosen, now=now)
    for part in in_parts(ids):
        rows = [{"id": uuid4(), "campaign_id": campaign_id, "customer_id": each} for each in part]
        insert_new(session, CampaignCustomer, rows)


def forget(session: Session, campaign_id: UUID) -> None:
    """The draft goes to others now."""
    require(session, Permission.BULK, ask_again=False)
    delete_where(session, CampaignCustomer, CampaignCustomer.campaign_id == campaign_id)
