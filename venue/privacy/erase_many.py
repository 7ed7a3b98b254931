"""Erase many customers, who were chosen and counted: one after the other, each in a short transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer
from db.session import Transaction
from venue.bulk import Chosen
from venue.bulk.selection import confirm
from venue.errors import Invalid, NotFound
from venue.privacy.erase import erase_in_steps
from venue.roles import Permission, require
from venue.wording import counted, full_name

# Each is searched for in everything, so more take hours.
MOST = 1_000


@dataclass(frozen=True)
class Erased:
    """What became of one of them: `kept` says why they could not be erased, and is empty otherwise."""

    customer_id: UUID
    kept: str = ""


def begin(session: Session, chosen: Chosen, *, typed_count: str, now: datetime) -> list[UUID]:
    """The ids of the customers to erase, for `erase_each`. Raises SelectionChanged if they are not those who were
    counted, and Invalid(typed_count=…) unless their number was typed, or if there are more than MOST."""
    require(session, Permission.DELETE)
    ids = confirm(session, chosen, now=now)
    if len(ids) > MOST:
        raise Invalid(typed_count=f"At most {MOST:,} customers can be deleted at once: select fewer")
    if typed_count.strip().replace(",", "") != str(len(ids)):
        raise Invalid(typed_count=f"Type {len(ids)} to delete {counted(len(ids), 'customer')}")
    return ids


def erase_each(
    reading: Transaction, transaction: Transaction, customer_ids: list[UUID], *, now: datetime
) -> Iterator[Erased]:
    """Erase these customers for good, each with an entry of its own in the journal. Yields what became of each. One who
    was deleted since is passed over, and one who cannot be erased is kept."""
    for customer_id in customer_ids:
        try:
            erase_in_steps(reading, transaction, customer_id, now=now)
        except NotFound:
            yield Erased(customer_id)
        except Invalid as problem:
            with reading() as session:
                yield Erased(customer_id, kept=f"{_name(session, customer_id)}: {problem}")
        else:
            yield Erased(customer_id)


def _name(session: Session, customer_id: UUID) -> str:
    row = session.execute(select(Customer.first_name, Customer.last_name).where(Customer.id == customer_id)).first()
    return full_name(row) if row else "A customer"
