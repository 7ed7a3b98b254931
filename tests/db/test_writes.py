"""Writing beside the ORM, on each database in its own way."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import Booking, Heartbeat, VenueSetting
from db.writes import delete_where, insert_new, insert_once, insert_one, update_each, update_where
from tests.makers import MANAGER, NOW, a_customer, an_event
from tests.patience import PATIENCE
from venue.profile import Venue

LATER = NOW + timedelta(days=1)
EMPTY = VenueSetting.value == ""
ODD = ("{a,b}", "'); --", 'a "word"', "\\", "NULL", "ÿ🦊", "line\nbreak", "")


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


def kept(session: Session) -> dict[str, tuple[str, object]]:
    rows = session.execute(select(VenueSetting.name, VenueSetting.value, VenueSetting.updated_at))
    return {row.name: (row.value, row.updated_at) for row in rows}


def put(session: Session, **values: str) -> None:
    insert_new(
        session, VenueSetting, [{"name": name, "value": value, "updated_at": NOW} for name, value in values.items()]
    )


def test_each_row_gets_its_own_values_and_no_other_is_touched(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    given = [{"name": "c", "value": "30", "updated_at": LATER}, {"name": "a", "value": "10", "updated_at": NOW}]
    update_each(session, VenueSetting, given, by=("name",))
    assert kept(session) == {"a": ("10", NOW), "b": ("2", NOW), "c": ("30", LATER)}


def test_odd_words_arrive_as_they_are(session: Session) -> None:
    put(session, **{str(place): "" for place in range(len(ODD))})
    given = [{"name": str(place), "value": word} for place, word in enumerate(ODD)]
    update_each(session, VenueSetting, given, by=("name",))
    assert [kept(session)[str(place)][0] for place in range(len(ODD))] == list(ODD)


def test_rows_of_which_the_condition_is_not_true_stay(session: Session) -> None:
    put(session, a="", b="written")
    given = [{"name": name, "value": "again"} for name in ("a", "b", "unknown")]
    update_each(session, VenueSetting, given, by=("name",), where=EMPTY)
    assert {name: value for name, (value, _) in kept(session).items()} == {"a": "again", "b": "written"}


def test_a_value_that_all_rows_share_reaches_each_of_them_and_only_them(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    update_each(
        session, VenueSetting, [{"name": name, "value": "", "updated_at": LATER} for name in "ab"], by=("name",)
    )
    assert kept(session) == {"a": ("", LATER), "b": ("", LATER), "c": ("3", NOW)}


def test_values_go_to_the_rows_that_the_condition_names(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    written = {"value": VenueSetting.value + "0", "updated_at": LATER}
    assert update_where(session, VenueSetting, VenueSetting.name != "b", written) == 2
    assert kept(session) == {"a": ("10", LATER), "b": ("2", NOW), "c": ("30", LATER)}
    assert update_where(session, VenueSetting, VenueSetting.name == "d", written) == 0


def test_rows_that_the_condition_names_are_deleted(session: Session) -> None:
    put(session, a="1", b="2", c="3")
    session.add(VenueSetting(name="d", value="", updated_at=NOW))
    assert delete_where(session, VenueSetting, VenueSetting.name != "b") == 3
    assert kept(session) == {"b": ("2", NOW)}


def test_a_row_that_exists_is_the_same_error_on_both(session: Session) -> None:
    insert_new(session, VenueSetting, rows("a"))
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_new(session, VenueSetting, rows("a"))


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_rows_are_locked_in_the_order_of_their_keys(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for name in ("c", "b", "a"):  # PostgreSQL reads them in the order in which they were added.
            session.add(Heartbeat(worker=name, started_at=NOW, seen_at=NOW))
            session.flush()
    first = select(Heartbeat).where(Heartbeat.worker == "a").with_for_update()
    last = select(Heartbeat).where(Heartbeat.worker == "c").with_for_update(nowait=True)

    def write_all() -> None:
        with venue.transaction(MANAGER) as session:
            update_where(session, Heartbeat, Heartbeat.started_at == NOW, {"note": "written"})

    writer = threading.Thread(target=write_all)
    with venue.transaction(MANAGER) as session:
        session.execute(first)
        writer.start()
        while not is_waiting(venue):
            time.sleep(0.01)
        session.execute(last)  # It would fail if the other had locked this row before the first one.
    writer.join(PATIENCE)
    with venue.reading(MANAGER) as session:
        assert set(session.scalars(select(Heartbeat.note))) == {"written"}


def is_waiting(venue: Venue) -> bool:
    """Whether a session waits for a lock. A transaction sees all sessions as they were when it first asked."""
    here = text("datname = current_database() AND wait_event_type = 'Lock'")
    with venue.reading(MANAGER) as session:
        return bool(session.scalar(select(func.count()).select_from(text("pg_stat_activity")).where(here)))
