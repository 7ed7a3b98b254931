"""Customers whom staff added twice: some are still to be found, two were merged, and two are not the same."""

from uuid import UUID

from sqlalchemy.orm import Session

from cli.sample.cast import BARMAID, MANAGER, Cast
from db.types import AnyRow
from venue import customers, duplicates, merging
from venue.merging import plan

FIRST, LAST = 160, 167


def add(cast: Cast) -> None:
    """Add them, and decide about the first two."""
    added = []
    with cast.by(BARMAID) as session:
        for place, row in enumerate(cast.customers[FIRST:LAST]):
            at = cast.ago(hours=9, minutes=-13 * place)
            added.append(
                customers.add(
                    session,
                    first_name=_misspelt(row.first_name),
                    last_name=row.last_name,
                    mobile_number=row.mobile_number,
                    notes="Booked at the bar",
                    add_anyway=True,
                    now=at,
                ).id
            )
    one, other = cast.customers[FIRST : FIRST + 2]
    with cast.by(MANAGER) as session:
        _merge(session, cast, one, added[0])
        duplicates.decide(session, other.id, added[1], answer="not_same", now=cast.ago(hours=7))


def _misspelt(name: str) -> str:
    """The name with its third letter twice, or the last of a shorter one."""
    return f"{name[:3]}{name[2:]}" if len(name) > 2 else name + name[-1]


def _merge(session: Session, cast: Cast, keep: AnyRow, other_id: UUID) -> None:
    at = cast.ago(hours=7, minutes=5)
    preview = plan.preview(session, keep.id, other_id, now=at)
    merging.merge(session, keep_id=keep.id, other_id=other_id, plan_fingerprint=preview.fingerprint, now=at)
