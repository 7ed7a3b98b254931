"""Writing what may be there already."""

import threading

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, VenueSetting
from db.once import insert_once, insert_one
from tests.makers import MANAGER, NOW, a_customer, an_event
from venue.profile import Venue


def rows(*names: str) -> list[dict[str, object]]:
    return [{"name": name, "value": "", "updated_at": NOW} for name in names]


def test_only_what_is_missing_goes_in(session: Session) -> None:
    assert insert_once(session, VenueSetting, rows("a", "b")) == 2
    assert insert_once(session, VenueSetting, rows("b", "c")) == 1
    assert insert_once(session, VenueSetting, []) == 0
    assert session.scalar(select(func.count()).select_from(VenueSetting)) == 3


def test_more_rows_than_one_statement_holds_go_in(session: Session) -> None:
    assert insert_once(session, VenueSetting, rows(*map(str, range(1_501)))) == 1_501


def test_two_at_once_insert_each_once(venue: Venue) -> None:
    start = threading.Barrier(4)
    inserted: list[int] = []

    def insert() -> None:
        start.wait()
        with venue.transaction(MANAGER) as session:
            inserted.append(insert_once(session, VenueSetting, rows(*map(str, range(300)))))

    threads = [threading.Thread(target=insert) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(inserted) == 300


def test_one_row_goes_in_and_comes_back_as_it_is_stored(session: Session) -> None:
    made = insert_one(session, VenueSetting, rows("a")[0])
    assert made is not None
    assert made is session.get(VenueSetting, "a")
    made.value = "changed"
    session.flush()
    session.expire(made)
    assert made.value == "changed"


def test_one_row_whose_key_is_taken_does_not_go_in_and_the_transaction_goes_on(session: Session) -> None:
    insert_one(session, VenueSetting, rows("a")[0])
    assert insert_one(session, VenueSetting, {**rows("a")[0], "value": "second"}) is None
    assert session.scalars(select(VenueSetting.value)).all() == [""]


def test_what_is_not_given_has_its_default(session: Session) -> None:
    values = {"customer_id": a_customer(session).id, "event_id": an_event(session).id, "seats": 2}
    booking = insert_one(session, Booking, {**values, "created_at": NOW, "updated_at": NOW})
    assert booking is not None
    assert (booking.version, booking.notes, booking.told_at, booking.arrived) == (1, "", None, None)


def test_what_is_pending_is_written_first(session: Session) -> None:
    session.add(VenueSetting(name="a", value="", updated_at=NOW))
    assert insert_one(session, VenueSetting, rows("a")[0]) is None
    session.add(VenueSetting(name="b", value="", updated_at=NOW))
    assert insert_once(session, VenueSetting, rows("b")) == 0
