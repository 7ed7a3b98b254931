"""Statements put into SQL once: their rows, values and errors are what SQLAlchemy's are, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, func, insert, literal, or_, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, VenueSetting
from db.prepared import Prepared
from db.session import open_database
from db.types import Id
from tests.makers import MANAGER, NOW, a_booking, a_customer, an_event
from venue.house import House

_customers, _bookings = Customer.__table__.c, Booking.__table__.c
_settings = VenueSetting.__table__.c
CUSTOMER = Prepared(select(Customer.__table__).where(_customers.id == bindparam("id", type_=Id())))
SETTING = Prepared(select(VenueSetting.__table__).where(_settings.name == bindparam("name")))
ADD_SETTING = Prepared(insert(VenueSetting.__table__), ("name", "value", "updated_at"))


def setting(name: str) -> dict[str, Any]:
    return {"name": name, "value": "", "updated_at": NOW}


def test_a_row_is_what_the_session_would_have_given(session: Session) -> None:
    customer = a_customer(session, notes="Ünïcode")
    row = CUSTOMER.row(session, id=customer.id)
    assert row == session.execute(CUSTOMER.statement, {"id": customer.id}).one()
    assert row is not None
    assert (row.id, row.notes, row.created_at, row.active_until) == (customer.id, "Ünïcode", NOW, None)
    assert row.created_at.tzinfo is UTC
    assert list(row._fields) == _customers.keys()


def test_no_row_is_none(session: Session) -> None:
    assert CUSTOMER.row(session, id=uuid4()) is None
    assert CUSTOMER.rows(session, id=uuid4()) == []


def test_values_of_the_statement_itself_stay_and_one_may_stand_in_two_places(session: Session) -> None:
    at = bindparam("at", type_=_customers.created_at.type)
    kept = select(literal("text").label("word"), func.count().label("times")).where(
        _customers.created_at <= at, _customers.updated_at <= at, _customers.version == 1
    )
    a_customer(session)
    for _ in range(2):
        assert Prepared(kept).row(session, at=NOW) == ("text", 1)
    assert Prepared(kept).row(session, at=datetime(2001, 1, 1, tzinfo=UTC)) == ("text", 0)


def test_a_list_of_the_statement_itself_stays(session: Session) -> None:
    one, two = a_customer(session), a_customer(session)
    a_customer(session)
    asked, listed = select(_customers.id).where(_customers.created_at <= bindparam("at")), (one.id, two.id)
    these = _customers.id.in_(listed)
    for statement in (asked.where(these), asked.where(these, or_(these, _customers.notes == "no"))):
        prepared = Prepared(statement)
        for _ in range(2):
            assert {row.id for row in prepared.rows(session, at=NOW)} == {one.id, two.id}
    assert Prepared(asked.where(_customers.id.in_(()))).rows(session, at=NOW) == []


def test_yes_no_and_nobody_knows_are_told_apart(session: Session) -> None:
    booking = a_booking(session)
    mark = Prepared(
        update(Booking.__table__)
        .where(_bookings.id == bindparam("booking_id", type_=Id()))
        .values(arrived=bindparam("given", type_=_bookings.arrived.type))
    )
    look = Prepared(select(_bookings.arrived).where(_bookings.id == bindparam("id", type_=Id())))
    for arrived in (True, False, None):
        assert mark.run(session, [{"booking_id": booking.id, "given": arrived}]) == 1
        row = look.row(session, id=booking.id)
        assert row is not None
        assert row.arrived is arrived


def test_what_is_pending_is_written_before(session: Session) -> None:
    session.add(VenueSetting(**setting("pending")))
    assert SETTING.row(session, name="pending") is not None


def test_what_is_not_given_has_its_default(session: Session) -> None:
    values = {"customer_id": a_customer(session).id, "event_id": an_event(session).id, "seats": 2}
    values |= {"created_at": NOW, "updated_at": NOW}
    stored = Prepared(insert(Booking.__table__).returning(*_bookings), tuple(values)).row(session, **values)
    assert stored is not None
    assert (stored.version, stored.notes, stored.told_at) == (1, "", None)
    assert session.get_one(Booking, stored.id).seats == 2


def test_many_are_written_and_counted(session: Session) -> None:
    ADD_SETTING.run(session, [setting("a"), setting("b")])
    renew = Prepared(update(VenueSetting.__table__).where(_settings.name >= bindparam("name_from")).values(value="new"))
    assert renew.run(session, [{"name_from": "a"}, {"name_from": "b"}]) == 3


def test_errors_have_the_names_that_sqlalchemy_gives_them(session: Session) -> None:
    ADD_SETTING.run(session, [setting("a")])
    with pytest.raises(IntegrityError, match="venue_settings"), session.begin_nested():
        ADD_SETTING.run(session, [setting("a")])
    nowhere = Prepared(select(Event.__table__.c.id).where(func.no_such_function(Event.__table__.c.id) == 1))
    with pytest.raises(DBAPIError, match="no_such_function"), session.begin_nested():
        nowhere.rows(session)
    assert SETTING.row(session, name="a") is not None


def test_a_value_that_is_missing_is_refused(session: Session) -> None:
    with pytest.raises((KeyError, StatementError)):
        SETTING.rows(session)


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises((TypeError, StatementError), match="no time zone"):
        ADD_SETTING.run(session, [{**setting("a"), "updated_at": datetime(2027, 1, 1)}])  # noqa: DTZ001


def test_it_is_asked_in_the_transaction_of_whoever_only_reads(house: House) -> None:
    with house.reading(MANAGER) as reader:
        assert SETTING.row(reader, name="a") is None
        with house.transaction(MANAGER) as writer:
            ADD_SETTING.run(writer, [setting("a")])
        seen = SETTING.row(reader, name="a")
        assert (seen is None) == (house.database.dialect == "sqlite")
    with house.reading(MANAGER) as reader:
        assert SETTING.row(reader, name="a") is not None


def test_a_database_that_is_busy_is_said_to_be(new_database: Callable[..., str]) -> None:
    database = open_database(f"{new_database('sqlite')}?timeout=0.05")
    with database.reading() as reader, database.transaction() as writer:
        reader.connection().exec_driver_sql("PRAGMA busy_timeout=50")
        writer.connection()
        with pytest.raises(OperationalError, match="locked"):
            ADD_SETTING.run(reader, [setting("a")])
    database.close()
