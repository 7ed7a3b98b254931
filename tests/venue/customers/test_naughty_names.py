"""Names that break programs: stored as typed or refused with a reason, found again, and never misinterpreted."""

import pytest
from sqlalchemy.orm import Session

from db.models import Customer
from tests.databases import SOAK_IS_FULL
from tests.makers import NOW, a_number
from tests.naughty import LISTED, NAUGHTY
from venue import customers
from venue.customers import names
from venue.errors import Invalid
from venue.wording import full_name

# Those written down one by one, and some of those that are made; SOAK=full (make soak) has all of them.
TRIED = NAUGHTY if SOAK_IS_FULL else [*LISTED[::3], *NAUGHTY[::12]]
PARTS = 4


def test_there_are_a_thousand_and_more() -> None:
    assert len(NAUGHTY) >= 1_000
    assert sum(not names.problem(names.clean(name), "Name") for name in NAUGHTY) >= 1_000


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_each_name_is_stored_and_found_or_refused_with_a_reason(session: Session, part: int) -> None:
    assert [name for name in TRIED[part::PARTS] if not kept_and_found_or_refused(session, name)] == []


def kept_and_found_or_refused(session: Session, name: str) -> bool:
    fields = {"first_name": name, "last_name": name, "mobile_number": a_number()}
    if names.problem(names.clean(name), "Name"):
        with pytest.raises(Invalid) as refused:
            customers.add(session, **fields, now=NOW, add_anyway=True)
        return set(refused.value.problems) == {"first_name", "last_name"}
    customer = customers.add(session, **fields, now=NOW, add_anyway=True)
    session.refresh(customer)
    literally = customer.first_name == customer.last_name == names.clean(name)
    return literally and names.match(full_name(customer), name) and is_found(session, customer, name)


def is_found(session: Session, customer: Customer, typed: str) -> bool:
    page = customers.search(session, typed, page_size=100)
    return customer.id in {row.id for row in page.rows} or page.total > page.page_size
