"""Many customers changed at once: each is saved separately, against the version that was read."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import NOW, VIEWER, a_customer, hours
from venue import customers
from venue.customers.edit import Change
from venue.errors import NotAllowed
from venue.profile import Venue
from venue.wording import full_name

LATER = NOW + hours(1)


def change(customer: Customer, **fields: str) -> Change:
    return Change(customer.id, customer.version, fields)


def test_each_change_is_saved_refused_or_in_conflict_separately(session: Session) -> None:
    good, bad, met = (a_customer(session, first_name=name) for name in ("Ann", "Bob", "Cat"))
    changes = [
        change(good, notes="Window seat"),
        change(bad, mobile_number="0770", last_name=""),
        change(met, last_name="Mine"),
        Change(uuid4(), 1, {"notes": "?"}),
    ]
    customers.update(session, met.id, version=met.version, last_name="Theirs", now=LATER)

    saved = customers.update_many(session, changes, now=LATER)

    assert list(saved.changed) == [good.id]
    assert set(saved.refused[bad.id]) == {"mobile_number", "last_name"}
    assert saved.conflicts[met.id].fields == {"last_name": ("Theirs", "Mine")}
    assert list(saved.gone.values()) == ["This customer no longer exists."]
    session.expire_all()
    assert (good.notes, bad.last_name, met.last_name) == ("Window seat", "Smith", "Theirs")


def test_what_was_not_changed_is_not_touched(session: Session) -> None:
    customer = a_customer(session, notes="Window seat")
    customers.update_many(session, [change(customer, first_name="Ann")], now=LATER)
    assert (full_name(customer), customer.notes) == ("Ann Smith", "Window seat")


def test_saving_twice_saves_once(session: Session) -> None:
    customer = a_customer(session)
    twice = [change(customer, first_name="Ann")]
    customers.update_many(session, twice, now=LATER)
    version = customer.version
    again = customers.update_many(session, twice, now=LATER)
    assert list(again.changed) == [customer.id]
    assert customer.version == version


def test_a_changed_name_is_found_at_once(session: Session) -> None:
    customer = a_customer(session)
    customers.update_many(session, [change(customer, last_name="Featherstone")], now=LATER)
    assert [row.id for row in customers.search(session, "feather").rows] == [customer.id]


def test_who_only_looks_may_not(venue: Venue) -> None:
    with venue.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        customers.update_many(session, [], now=NOW)
