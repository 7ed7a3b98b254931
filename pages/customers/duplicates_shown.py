"""Possible duplicates on other screens: on a customer's own, on the list and on Today."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from pages.elements.board import Badge, Link, Notice, Section, address
from pages.parts.context import now
from pages.parts.permissions import may
from venue import duplicates
from venue.duplicates import Pair
from venue.roles import Permission
from venue.wording import counted, in_words, join_names


def read(session: Session, customer_id: UUID) -> Sequence[Pair]:
    """The undecided pairs of a customer, for those who may decide them."""
    return duplicates.of_customer(session, customer_id, now=now()) if may(Permission.CUSTOMERS) else ()


def sections(pairs: Sequence[Pair], customer_id: UUID) -> list[Section]:
    """A line above a customer that says who may be the same person, and why."""
    if not pairs:
        return []
    others = [pair.second if pair.first.id == customer_id else pair.first for pair in pairs]
    names = in_words([join_names(other.first_name, other.last_name) for other in others], "or")
    why = f"{names}: {pairs[0].reasons[:1].lower()}{pairs[0].reasons[1:]}" if len(pairs) == 1 else names
    compare = Link("Compare", address("duplicates", id=customer_id), icon="compare_arrows", looks="button")
    return [Section(notices=(Notice(Badge("orange", "Maybe the same as"), why, (compare,)),))]


def count(session: Session) -> int:
    """How many pairs there are to decide; 0 for those who may not."""
    return duplicates.count_open(session, now=now()) if may(Permission.CUSTOMERS) else 0


def label(pairs: int) -> str:
    return counted(pairs, "possible duplicate")
