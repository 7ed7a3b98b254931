"""Numbers without a customer to which no texts may be sent: a STOP outlives the erasure of the customer who sent it.

The number is stored as a keyed hash, and blocked again as soon as a customer has it, or it is texted.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PhoneNumber, StoppedNumber
from db.writes import delete_where, insert_once
from venue import keyed_hashes
from venue.roles import Permission, require


def forget_numbers(session: Session, numbers: Iterable[str], *, now: datetime) -> None:
    """Delete what is known about these E.164 numbers, except that no texts may be sent to them."""
    require(session, Permission.DELETE)
    numbers = list(numbers)
    stopped = select(PhoneNumber).where(PhoneNumber.mobile_number.in_(numbers), PhoneNumber.opted_out_at.is_not(None))
    rows = session.scalars(stopped).all()
    if rows:
        key = keyed_hashes.made_key(session, now=now)
        values = [
            {
                "number_hash": keyed_hashes.keyed_hash(key, row.mobile_number),
                "opted_out_at": row.opted_out_at,
                "opted_out_by": row.opted_out_by,
            }
            for row in rows
        ]
        insert_once(session, StoppedNumber, values)
    delete_where(session, PhoneNumber, PhoneNumber.mobile_number.in_(numbers))
    for row in rows:
        session.expunge(row)


def block_again(session: Session, numbers: Iterable[str]) -> None:
    """Block those of these E.164 numbers that were stopped when their customer was erased. Call it when a number is
    stored or about to be texted."""
    require(session, Permission.CUSTOMERS, Permission.TEXTS, Permission.IMPORT, Permission.DELIVERY)
    if session.scalar(select(StoppedNumber.number_hash).limit(1)) is None:
        return
    key = keyed_hashes.stored_key(session) or ""
    hashes = {keyed_hashes.keyed_hash(key, number): number for number in numbers}
    is_one = StoppedNumber.number_hash.in_(hashes)
    stopped = session.execute(select(*StoppedNumber.__table__.c).where(is_one)).all()
    if stopped:
        rows = [
            {
                "mobile_number": hashes[row.number_hash],
                "opted_out_at": row.opted_out_at,
                "opted_out_by": row.opted_out_by,
                "failures_in_a_row": 0,
            }
            for row in stopped
        ]
        insert_once(session, PhoneNumber, rows)
        delete_where(session, StoppedNumber, is_one)
