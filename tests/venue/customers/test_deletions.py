"""A search for a deleted customer says that they were deleted, and nothing that names them is stored."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Deletion, VenueSetting
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, a_customer, days
from venue import customers, keyed_hashes, privacy
from venue.customers import deletions
from venue.customers.deletions import KEPT
from venue.errors import Invalid
from venue.profile import Venue
from venue.wording import full_name

pytestmark = pytest.mark.plain_sql

NUMBER = "07700 900123"


def deleted(session: Session, first_name: str = "Seán", last_name: str = "O'Neil", number: str = NUMBER) -> None:
    customer = a_customer(session, first_name=first_name, last_name=last_name, mobile_number=number)
    privacy.erase(session, customer.id, now=NOW)


@ON_BOTH
@pytest.mark.parametrize("typed", ["Seán O'Neil", "oneil sean", " SEAN  ONEIL ", "07700 900123", "+44 7700 900123"])
def test_exactly_who_was_deleted_is_found(session: Session, typed: str) -> None:
    deleted(session)
    found = deletions.find(session, typed, now=NOW + days(1))
    assert found is not None
    assert (found.deleted_at, found.by) == (NOW, MANAGER.name)


@pytest.mark.parametrize("typed", ["", "Seán", "O'Neil", "Sean O'Neill", "07700 900124", "900123", "'"])
def test_anything_else_finds_nothing(session: Session, typed: str) -> None:
    deleted(session)
    assert deletions.find(session, typed, now=NOW) is None


@ON_BOTH
def test_the_latest_deletion_is_shown(session: Session) -> None:
    deleted(session)
    customer = a_customer(session, first_name="Sean", last_name="ONeil")
    privacy.erase(session, customer.id, now=NOW + days(2))
    found = deletions.find(session, "Sean ONeil", now=NOW + days(3))
    assert found is not None
    assert found.deleted_at == NOW + days(2)


def test_neither_name_nor_number_is_stored(session: Session) -> None:
    deleted(session)
    kept = session.execute(select(*Deletion.__table__.c)).one()
    assert not any(word in str(kept) for word in ("Sean", "Neil", "900123"))


def test_each_database_has_a_key_of_its_own(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        deleted(session)
        deleted(session, "Jo", "Smith")
        (key,) = session.scalars(select(VenueSetting.value).where(VenueSetting.name == keyed_hashes.KEY))
    assert len(key) == 64


def test_it_is_forgotten_after_ninety_days(session: Session) -> None:
    deleted(session)
    assert deletions.find(session, "Sean O'Neil", now=NOW + KEPT) is None
    deletions.tidy(session, now=NOW + KEPT - days(1))
    assert session.scalars(select(Deletion)).all()
    deletions.tidy(session, now=NOW + KEPT)
    assert not session.scalars(select(Deletion)).all()


def test_a_refused_deletion_leaves_no_trace(session: Session) -> None:
    customer = a_customer(session)
    plan = privacy.erase_preview(session, customer.id)
    customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
    with pytest.raises(Invalid), session.begin_nested():
        privacy.erase(session, customer.id, plan=plan, now=NOW)
    assert deletions.find(session, full_name(customer), now=NOW) is None
