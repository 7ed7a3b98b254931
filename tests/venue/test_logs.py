"""Nothing that belongs to a customer or the venue's accounts is in what a process logs."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.makers import a_customer
from venue import logs
from venue.errors import Invalid
from venue.profile import Venue
from venue.roles import DESK

ROOT = Path(__file__).parents[2]
NAME, NUMBER = "Xanthippe", "+447700900777"


@pytest.fixture(params=["text", "json"])
def logged(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What any formatter makes of the records of the logger "anchor_desk"."""
    lines: list[str] = []
    formatter = logging.Formatter(logs.FORMAT) if request.param == "text" else logs.JsonFormatter("scheduler")

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    factory, handler = logging.getLogRecordFactory(), Kept()
    logging.setLogRecordFactory(logs.Record)
    logging.getLogger("anchor_desk").addHandler(handler)
    yield lines
    logging.getLogger("anchor_desk").removeHandler(handler)
    logging.setLogRecordFactory(factory)


def fail_to_insert(session: Session) -> None:
    """PostgreSQL quotes the whole row in the detail of this error."""
    session.execute(text("UPDATE customers SET version = NULL, notes = :name"), {"name": NAME})


def fail_to_find_a_column(session: Session) -> None:
    session.execute(text("SELECT nickname FROM customers WHERE first_name = :name"), {"name": NAME})


@pytest.mark.parametrize(("fail", "column"), [(fail_to_insert, "version"), (fail_to_find_a_column, "nickname")])
def test_an_error_of_the_database_is_logged_without_the_values(
    fail: Any, column: str, session: Session, logged: list[str]
) -> None:
    a_customer(session, first_name=NAME, mobile_number=NUMBER)
    session.flush()
    with pytest.raises(DBAPIError) as failed, session.begin_nested():
        fail(session)
    logging.getLogger("anchor_desk").error("It failed: %s", failed.value, exc_info=failed.value)
    assert_without_values(logged)
    assert fail.__name__ in logged[0]
    assert column in logged[0].splitlines()[-1]


def test_an_error_in_copy_is_logged_without_the_line(venue: Venue, logged: list[str]) -> None:
    if venue.database.dialect != "postgresql":
        pytest.skip("COPY is PostgreSQL's")
    with venue.transaction(DESK) as session:
        cursor = session.connection().connection.cursor()
        with pytest.raises(psycopg.Error) as failed, cursor.copy("COPY customers (version) FROM STDIN") as copy:
            copy.write_row([NUMBER + NAME])
        session.rollback()
    assert NAME in str(failed.value)
    logging.getLogger("anchor_desk").error("It failed", exc_info=failed.value)
    assert_without_values(logged)


def test_sqlalchemy_itself_hides_the_values(session: Session) -> None:
    with pytest.raises(DBAPIError) as failed, session.begin_nested():
        fail_to_find_a_column(session)
    assert NAME not in str(failed.value)


@pytest.mark.parametrize(
    "error",
    [
        KeyError(NAME),
        ValueError(f"{NUMBER} is too long"),
        Invalid(mobile_number=NUMBER),
        ExceptionGroup(NAME, [KeyError(NUMBER)]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_and_what_led_to_it_are_logged_by_type(error: Exception, logged: list[str]) -> None:
    try:
        try:
            raise error
        except Exception as first:
            raise RuntimeError(NAME) from first
    except RuntimeError as second:
        logging.getLogger("anchor_desk").exception("It failed: %s", second)
    assert_without_values(logged)
    assert type(error).__name__ in logged[0]
    assert "RuntimeError" in logged[0]


def test_messages_that_name_code_stay(logged: list[str]) -> None:
    for code in ("None.first_name", "nowhere", "len()"):
        try:
            eval(code)
        except Exception:
            logging.getLogger("anchor_desk").exception("It failed")
    assert "'NoneType' object has no attribute 'first_name'" in logged[0]
    assert "name 'nowhere' is not defined" in logged[1]
    assert "len() takes exactly one argument" in logged[2]


UNCAUGHT = """
import asyncio, gc, sys, threading
from venue import logs
logs.set_up("DEBUG")
def fail(*_):
    raise ValueError("{value}")
class Falling:
    __del__ = fail
async def forget():
    task = asyncio.ensure_future(failing())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
async def failing():
    fail()
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Falling()
asyncio.run(forget())
gc.collect()
fail()
"""


def test_an_uncaught_exception_is_printed_without_its_message() -> None:
    code = UNCAUGHT.format(value=f"{NAME} {NUMBER}")
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert_without_values([ended.stderr])
    # In the thread, in the finalizer, in the forgotten task, and at the top.
    assert ended.stderr.count("\nValueError\n") == 4, ended.stderr


ROWS = """
import logging, sys
from sqlalchemy import text
from db.session import open_database
from venue import logs
logs.set_up("DEBUG")
with open_database("{url}").transaction() as session:
    find = text("SELECT first_name FROM customers WHERE mobile_number = :number")
    print(session.execute(find, {{"number": "{number}"}}).scalar_one())
logging.getLogger("venue.anything").debug("ours")
"""


def test_at_the_finest_level_libraries_log_no_rows(venue: Venue, database_url: str) -> None:
    with venue.transaction(DESK) as session:
        a_customer(session, first_name=NAME, mobile_number=NUMBER)
    code = ROWS.format(url=database_url, number=NUMBER)
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ended.stdout.strip() == NAME
    assert_without_values([ended.stderr])
    assert "DEBUG venue.anything ours" in ended.stderr


def assert_without_values(lines: list[str]) -> None:
    assert lines
    for line in lines:
        assert NAME not in line
        assert NUMBER[3:] not in line


CHANGED_CONFIGURATION = f"""
import logging
from streamlit import logger
from venue import logs
logs.set_up("INFO")
logger.init_uvicorn_logs()  # as Streamlit does when its configuration changes
logging.getLogger("uvicorn.access").info('GET /customers?search={NAME}')
logging.getLogger("uvicorn.error").info("still there")
"""


def test_no_address_that_was_asked_for_is_logged() -> None:
    command = [sys.executable, "-c", CHANGED_CONFIGURATION]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "still there" in ran.stderr + ran.stdout
    assert NAME not in ran.stderr + ran.stdout


JSON_LINES = """
import logging, sys, warnings
from streamlit import logger
from venue import logs
logs.set_up("INFO", json_of="scheduler")
logger.get_logger("streamlit.anything").warning("Streamlit's own")
logger.init_uvicorn_logs()
logging.getLogger("uvicorn.error").info("the web server's")
logging.getLogger("scheduler").info("two\\nlines %s", 2)
warnings.warn("old")
try:
    raise KeyError("{value}")
except KeyError:
    logging.getLogger("scheduler").exception("It failed")
raise ValueError("{value}")
"""


def test_in_json_each_line_is_an_object_from_every_logger() -> None:
    code = JSON_LINES.format(value=f"{NAME} {NUMBER}")
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert_without_values([ended.stderr])
    assert ended.stdout == ""
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    said = {line["logger"]: line["message"] for line in lines if "error" not in line}
    assert said["streamlit.anything"] == "Streamlit's own"
    assert said["uvicorn.error"] == "the web server's"
    assert said["scheduler"] == "two\nlines 2"
    assert "old" in said["py.warnings"]
    failed = [(line["message"], line["error"].splitlines()[-1]) for line in lines if "error" in line]
    assert failed == [("It failed", "KeyError"), ("An exception was not caught", "ValueError")]
    assert {line["process"] for line in lines} == {"scheduler"}
    assert all(datetime.fromisoformat(line["time"]).tzinfo == UTC for line in lines)
