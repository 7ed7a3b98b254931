from sqlalchemy import delete

from db.models import Heartbeat
from tests.makers import MANAGER
from venue import clock


def test_a_living_process_says_so(browser):
    assert browser.get("/healthz").text == "ok"


def test_ready_tells_of_database_schema_and_scheduler(browser):
    answer = browser.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "schema": "ok", "scheduler": "away", "clock": "ok"}


def test_it_is_ready_while_something_long_is_written(browser, venue):
    with venue.transaction(MANAGER) as session:
        session.execute(delete(Heartbeat))
        assert browser.get("/readyz").status_code == 200


def test_a_scheduler_that_was_seen_is_alive(browser, venue):
    with venue.transaction(MANAGER) as session:
        session.add(Heartbeat(worker="one", started_at=clock.now(), seen_at=clock.now()))

    assert browser.get("/readyz").json()["scheduler"] == "alive"


def test_a_scheduler_whose_clock_is_wrong_is_told_of(browser, venue):
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        session.add(Heartbeat(worker="one", started_at=now, seen_at=now, note="The clock is 90 seconds behind"))

    found = browser.get("/readyz").json()

    assert (found["ready"], found["clock"]) == (True, "wrong")


def test_a_schema_of_another_version_is_not_ready(browser, venue):
    with venue.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")

    answer = browser.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["schema"] == "another version's"
