"""Filtering customers by tags: all of several, none, until the last day, and never by a tag that does not exist."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer
from tests.venue.tags.test_tags import TODAY, a_tag
from venue import customers, exports, tags, views
from venue.customers import CustomerFilter
from venue.errors import Invalid, NotFound
from venue.views import parts


@pytest.fixture
def tagged(session: Session) -> dict[str, UUID]:
    """Two tags, by name: Ann has both, Bob one, Cy one for today only, Di none."""
    ids = {name: a_tag(session, name) for name in ("VIP", "Regular")}
    people: dict[str, dict[str, date | None]] = {
        "Ann": {"VIP": None, "Regular": None},
        "Bob": {"VIP": TODAY + timedelta(days=1)},
        "Cy": {"Regular": TODAY},
        "Di": {},
    }
    for name, of in people.items():
        customer = a_customer(session, first_name=name)
        for tag, last_day in of.items():
            tags.put_on(session, customer.id, ids[tag], last_day=last_day, now=NOW)
    return ids


def found(session: Session, where: CustomerFilter, *, days: int = 0) -> list[str]:
    page = customers.search(session, where=where, now=NOW + timedelta(days=days))
    assert page.total == len(page.rows)
    return [row.first_name for row in page.rows]


@pytest.mark.parametrize(
    ("names", "days", "first_names"),
    [
        (["VIP"], 0, ["Ann", "Bob"]),
        (["Regular"], 0, ["Ann", "Cy"]),
        (["VIP", "Regular"], 0, ["Ann"]),
        (["Regular"], 1, ["Ann"]),
        (["VIP"], 2, ["Ann"]),
    ],
)
def test_customers_have_all_of_the_tags(
    session: Session, tagged: dict[str, UUID], names: list[str], days: int, first_names: list[str]
) -> None:
    ids = tuple(tagged[name] for name in names)
    assert found(session, CustomerFilter(tags=ids), days=days) == first_names
    assert found(session, CustomerFilter("smi", tags=ids), days=days) == first_names


@pytest.mark.parametrize(("days", "first_names"), [(0, ["Di"]), (1, ["Cy", "Di"]), (2, ["Bob", "Cy", "Di"])])
def test_customers_have_no_tag(session: Session, tagged: dict[str, UUID], days: int, first_names: list[str]) -> None:
    assert found(session, CustomerFilter(without_tags=True), days=days) == first_names
    assert found(session, CustomerFilter("smi", without_tags=True), days=days) == first_names


@pytest.mark.usefixtures("tagged")
def test_a_tag_that_does_not_exist_finds_no_one_and_is_refused_in_exports_and_views(session: Session) -> None:
    where = CustomerFilter(tags=(uuid4(),))
    assert found(session, where) == []
    with pytest.raises(NotFound, match="A tag of this address no longer exists"):
        exports.customer_list(session, where=where, now=NOW)
    with pytest.raises(NotFound, match="A tag of this address no longer exists"):
        exports.customer_list(session, tags=where.tags, now=NOW)
    with pytest.raises(Invalid, match="A tag of this view was deleted"):
        parts.read(session, where.to_query())


def test_a_view_by_a_tag_is_refused_once_the_tag_is_deleted(session: Session, tagged: dict[str, UUID]) -> None:
    query = CustomerFilter(tags=(tagged["VIP"],)).to_query()
    assert views.parts.read(session, query).where.tags == (tagged["VIP"],)
    tags.delete(session, tagged["VIP"], now=NOW)
    with pytest.raises(Invalid, match="A tag of this view was deleted"):
        views.parts.read(session, query)
