"""What rules about texts read of the consent ledger, for many customers at a time."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from db.models import Consent, Customer

AGREED = ("consent", "soft_opt_in")


def latest(column: InstrumentedAttribute[Any], channel: str = "text") -> ScalarSelect[Any]:
    """A SQL expression beside Customer: this column of the line that counts for them, NULL if they were not asked."""
    return (
        select(column)
        .where(Consent.customer_id == Customer.id, Consent.channel == channel)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )


def agreed(channel: str = "text") -> ColumnElement[bool]:
    """A SQL condition on Customer: the line that counts says that they agreed."""
    return latest(Consent.basis, channel).in_(AGREED)
