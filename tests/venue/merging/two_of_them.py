"""Two records of one person, and what tests of merging say about them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Base, Customer, DuplicatePair, Household, HouseholdMember, Message
from sms.texts import Kind
from tests.makers import NOW, a_customer, texts_to
from venue import acts, merging
from venue.messages.states import NOT_YET_GONE, State

LATER = NOW + timedelta(minutes=5)
# Counters and logs, which only grow.
GROWING = {"journal_entries", "journal_values", "customer_totals", "booking_totals", "text_totals"}


def two(session: Session, **other: Any) -> tuple[Customer, Customer]:
    return a_customer(session, notes="Vegan"), a_customer(session, **{"first_name": "Joanna", **other})


def merge(session: Session, keep: Customer, other: Customer, *, now: datetime = LATER, **over: Any) -> Customer:
    plan = merging.preview(session, keep.id, other.id, now=now)
    known = {"plan_fingerprint": plan.fingerprint, "now": now, **over}
    return merging.merge(session, keep_id=keep.id, other_id=other.id, **known)


def last(session: Session) -> int:
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    return entry_id


def everything(session: Session, *, without: tuple[str, ...] = ()) -> dict[str, dict[str, dict[str, Any]]]:
    """All columns of all rows, by table and key."""
    session.flush()
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in GROWING:
            rows[table.name] = {
                " ".join(str(row[column.name]) for column in table.primary_key): {
                    name: value for name, value in row.items() if f"{table.name}.{name}" not in without
                }
                for row in session.connection().execute(select(table)).mappings()
            }
    return rows


def a_household(session: Session, *members: Customer) -> Household:
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    rows = [HouseholdMember(customer_id=each.id, household_id=household.id, added_at=NOW) for each in members]
    session.add_all(rows)
    session.flush()
    return household


def a_pair(session: Session, one: Customer, other: Customer, state: str, score: int) -> None:
    first, second = sorted((one.id, other.id))
    known = {"reasons": '["same_number"]', "found_at": NOW}
    session.add(DuplicatePair(first_id=first, second_id=second, state=state, score=score, **known))
    session.flush()


def sent(session: Session, customer: Customer, kind: Kind, *, at: datetime = NOW) -> None:
    for text in texts_to(session, customer, kind):
        text.state, text.provider_id = State.SENT.value, f"SM{uuid4().hex}"
        text.claimed_at = text.sent_at = text.updated_at = at
    session.flush()


def unsure(session: Session, customer: Customer, kind: Kind) -> None:
    for text in texts_to(session, customer, kind):
        text.state, text.next_step_at = State.UNSURE.value, LATER
    session.flush()


def unsent(session: Session, customer: Customer, *kinds: Kind) -> list[Message]:
    return [text for text in texts_to(session, customer, *kinds) if text.state in NOT_YET_GONE]
