"""Merge a customer into another: everything of both is of one, and the old address leads there.

The journal's entry holds each row as it was, so that both can be given back (venue/journal/undo_merge.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, DuplicatePair, Event, Message
from db.types import AnyRow
from db.writes import delete_where, update_where
from venue import acts, customers, messages
from venue.acts import Act, act
from venue.customers import booking_status, visit_counts
from venue.errors import Invalid
from venue.merging import doubles, moves
from venue.merging.plan import OWN, MergePlan, changed_since, preview
from venue.messages import channels, planning, stopped_numbers
from venue.messages.states import MAYBE_GONE, NOT_YET_GONE
from venue.roles import Permission, require

# Columns that are not recorded otherwise, and without which the rows could not be given back exactly.
ALSO = (
    *("version", "created_at", "updated_at", "form_token", "told_at", "final_at", "next_step_at", "error_code"),
    *("score", "reasons", "found_at"),
)


@act(Act.CUSTOMERS_MERGED, also=ALSO)
def merge(
    session: Session,
    *,
    keep_id: UUID,
    other_id: UUID,
    fields: Mapping[str, str] | None = None,
    bookings: Mapping[UUID, str] | None = None,
    plan_fingerprint: str,
    now: datetime,
) -> Customer:
    """Merge the other customer into the first, and return that one. No text is sent.

    `fields` says by the name of a field whether the value of "keep" or "other" counts, or is a text that counts
    instead; a field that is missing is as the plan proposes. `bookings` says for each event on which both are booked
    what becomes of it: see `Double.choices`; without it, the larger booking counts.

    Raises NotFound. Raises Invalid for what cannot be stored, and Invalid(plan_fingerprint=…) with what was changed
    since the plan with that fingerprint was made.
    """
    require(session, Permission.MERGE)
    events = _lock(session, keep_id, other_id)
    plan = preview(session, keep_id, other_id, now=now)
    changed = changed_since(plan_fingerprint, plan.fingerprint)
    if changed:
        raise Invalid(plan_fingerprint=changed)
    fields = {each.name: each.proposed for each in plan.fields} | dict(fields or {})
    values = _values(session, plan, fields)
    keep = customers.get(session, keep_id)
    for double in plan.doubles:
        choice = (bookings or {}).get(double.event_id, "larger")
        doubles.combine(session, double, choice, event=events[double.event_id], customer=keep, now=now)
    update_where(session, Booking, Booking.customer_id == other_id, {"customer_id": keep_id})
    own = {UUID(name.removeprefix(OWN)): choice for name, choice in fields.items() if name.startswith(OWN)}
    moves.move_all(session, keep_id, other_id, own=own, now=now)
    session.expunge(customers.get(session, other_id))
    delete_where(session, Customer, Customer.id == other_id)
    _change(session, keep, values, now)
    booking_status.refresh(session, [keep_id])
    visit_counts.refresh(session, [keep_id], now=now)
    acts.details(session, merged=[other_id.hex], survivor=keep_id.hex)
    session.refresh(keep)
    return keep


def _lock(session: Session, keep_id: UUID, other_id: UUID) -> dict[UUID, AnyRow]:
    """Lock both customers, those who were found to be like them, the events that they are booked on and their queued
    texts, in the order of all commands: events, customers, texts. Returns the events."""
    both = (keep_id, other_id)
    booked = set(session.scalars(select(Booking.event_id).where(Booking.customer_id.in_(both))))
    table = Event.__table__
    locked = select(table).where(table.c.id.in_(booked)).order_by(table.c.id).with_for_update(key_share=True)
    events = {row.id: row for row in session.execute(locked)}
    # What was found about them and a third will refer to the one who stays: the third must not be merged or erased
    # until then, and two such merges must not wait for each other.
    pairs = select(DuplicatePair.first_id, DuplicatePair.second_id).where(
        or_(DuplicatePair.first_id.in_(both), DuplicatePair.second_id.in_(both))
    )
    all_of_them = {*both, *(each for pair in session.execute(pairs) for each in pair)}
    found = select(Customer).where(Customer.id.in_(all_of_them)).order_by(Customer.id).with_for_update()
    session.scalars(found.execution_options(populate_existing=True)).all()
    now_booked = set(session.scalars(select(Booking.event_id).where(Booking.customer_id.in_(both))))
    # Last, in the order of the sender: no reminder is claimed while it is decided which booking stays.
    queued = select(Message.id).where(Message.customer_id.in_(both), Message.state.in_((*NOT_YET_GONE, *MAYBE_GONE)))
    session.execute(queued.order_by(Message.id).with_for_update()).all()
    if now_booked - booked:
        raise Invalid(plan_fingerprint="One of them was booked just now. Check what will happen, then merge again.")
    return events


def _values(session: Session, plan: MergePlan, fields: Mapping[str, str]) -> dict[str, Any]:
    """The values of the one who stays. Raises Invalid with every problem at once."""
    unknown = fields.keys() - {each.name for each in plan.fields}
    if unknown:
        raise Invalid(
            **dict.fromkeys(unknown, "This field no longer exists: check what will happen, then merge again.")
        )
    values: dict[str, Any] = {}
    unclear = [name for name, choice in fields.items() if name.startswith(OWN) and choice not in ("keep", "other")]
    if unclear:
        raise Invalid(**dict.fromkeys(unclear, "Choose whose value stays"))
    typed: dict[str, str] = {}
    for name in customers.FIELDS:
        choice = fields[name]
        if choice in ("keep", "other"):
            values[name] = getattr(plan.keep if choice == "keep" else plan.other, name)
        else:
            typed[name] = choice
    values |= customers.checked(session, **typed)
    of_address = plan.other if fields["email"] == "other" else plan.keep
    values["prefers_email"] = of_address.prefers_email
    values["created_at"] = min(plan.keep.created_at, plan.other.created_at)
    return values


def _change(session: Session, customer: Customer, values: Mapping[str, Any], now: datetime) -> None:
    """Write the chosen values, and send what is scheduled to the number that stays, as when it is changed by hand."""
    changed = {name: value for name, value in values.items() if getattr(customer, name) != value}
    for name, value in changed.items():
        setattr(customer, name, value)
    if changed:
        customer.updated_at = now
        customers.update_search_text(session, customer)
    session.flush()
    stopped_numbers.block_again(session, [customer.mobile_number])
    messages.renumber(session, customer.id, customer.mobile_number)
    if not channels.why_unreachable(session, customer):
        planning.plan_again(session, Message.customer_id == customer.id, now=now)
