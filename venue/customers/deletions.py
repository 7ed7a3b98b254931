"""A record of deleted customers: when each was deleted and by whom, without the name or number.

A search for the exact name or number of a recently deleted customer can then say so. Name and number are stored as
keyed hashes. The key is different in each database, so the hashes cannot be compared with a list of names or numbers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import Customer, Deletion
from db.search import fold
from db.writes import delete_where
from sms import phone
from venue import keyed_hashes, masking
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import full_name

KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Deleted:
    """A customer with this name or number was deleted at this instant, in UTC."""

    deleted_at: datetime
    by: str


def note(session: Session, customer: Customer, *, now: datetime) -> None:
    """Record that a customer is deleted. Call it in the transaction that deletes them."""
    actor = require(session, Permission.DELETE)
    key = keyed_hashes.made_key(session, now=now)
    session.add(
        Deletion(
            deleted_at=now,
            actor=actor.name,
            name_hash=keyed_hashes.keyed_hash(key, _folded(full_name(customer))),
            number_hash=keyed_hashes.keyed_hash(key, customer.mobile_number),
        )
    )


def find(session: Session, typed: str, *, now: datetime) -> Deleted | None:
    """The latest deletion, in the last 90 days, of a customer with this number or exactly this full name, in any order;
    or None. Who may not see numbers finds none by number."""
    require(session, Permission.READ)
    key = keyed_hashes.stored_key(session)
    if key is None or not typed.strip():
        return None
    same = [Deletion.name_hash == keyed_hashes.keyed_hash(key, _folded(typed))]
    number = _number(session, typed) if masking.sees_numbers(session) else None
    if number:
        same.append(Deletion.number_hash == keyed_hashes.keyed_hash(key, number))
    row = session.execute(
        select(Deletion.deleted_at, Deletion.actor)
        .where(or_(*same), Deletion.deleted_at > now - KEPT)
        .order_by(Deletion.deleted_at.desc())
        .limit(1)
    ).first()
    return Deleted(row.deleted_at, row.actor) if row else None


def tidy(session: Session, *, now: datetime) -> None:
    """Remove the records of deletions more than 90 days ago."""
    require(session, Permission.DELIVERY)
    delete_where(session, Deletion, Deletion.deleted_at <= now - KEPT)


def _folded(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def _number(session: Session, typed: str) -> str | None:
    try:
        return phone.normalise(typed, region=venue_of(session).region, allow_fictional=True)
    except phone.InvalidPhone:
        return None
