"""What is recorded of an act, and the entry that it becomes."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import changes
from db.models import Customer, JournalEntry, JournalValue, Message, Staff, VenueSetting
from db.writes import delete_where, insert_new, insert_once, insert_one, update_each, update_where
from tests.makers import NOW, a_booking, a_customer, an_event
from venue import acts, bookings, customers, events, messages, privacy
from venue.acts import Act, act
from venue.errors import Invalid
from venue.messages import actions, blocking


def entries(session: Session) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).order_by(JournalEntry.id)))


def recorded(session: Session) -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    """The rows of the last entry: table, before and after."""
    last = select(func.max(JournalEntry.id)).scalar_subquery()
    values = session.scalars(select(JournalValue).where(JournalValue.entry_id == last).order_by(JournalValue.position))
    return [
        (value.table_name, *(None if each is None else json.loads(each) for each in (value.before, value.after)))
        for value in values
    ]


def settings(*names: str) -> list[dict[str, Any]]:
    return [{"name": f"choice.{name}", "value": "1", "updated_at": NOW} for name in names]


@act(Act.SETTING_CHANGED)
def write(session: Session, how: Any, *, now: Any = NOW) -> Any:
    return how(session)


def test_each_way_to_write_is_recorded(session: Session) -> None:
    new = [("venue_settings", None, {"value": "1"})]
    changed = [("venue_settings", {"value": "1"}, {"value": "2"})]
    gone = [("venue_settings", {"value": "2"}, None)]
    is_a = VenueSetting.name == "choice.a"
    assert write(session, lambda s: insert_once(s, VenueSetting, settings("a"))) == 1
    assert recorded(session) == new
    assert write(session, lambda s: insert_once(s, VenueSetting, settings("a", "b"))) == 1
    assert recorded(session) == new
    write(session, lambda s: insert_one(s, VenueSetting, settings("c")[0]))
    assert recorded(session) == new
    write(session, lambda s: insert_new(s, VenueSetting, settings("d", "e")))
    assert recorded(session) == [*new, *new]
    write(session, lambda s: update_where(s, VenueSetting, is_a, {"value": "2"}))
    assert recorded(session) == changed
    rows = [{"name": "choice.c", "value": "2"}, {"name": "choice.none", "value": "2"}]
    write(session, lambda s: update_each(s, VenueSetting, rows, by=("name",)))
    assert recorded(session) == changed
    write(session, lambda s: delete_where(s, VenueSetting, is_a))
    assert recorded(session) == gone
    assert len(entries(session)) == 7


def test_nothing_changed_leaves_no_entry(session: Session) -> None:
    customer = a_customer(session, notes="Window")
    before = len(entries(session))
    customers.update(session, customer.id, version=1, now=NOW, notes="Window")
    write(session, lambda s: update_where(s, Customer, Customer.id == customer.id, {"notes": "Window"}))
    write(session, lambda s: insert_once(s, VenueSetting, []))
    assert len(entries(session)) == before


def test_commands_inside_a_command_are_part_of_its_entry(session: Session) -> None:
    write(session, a_booking)
    assert [entry.act for entry in entries(session)] == ["setting.changed"]
    assert [table for table, _, _ in recorded(session)] == ["customers", "events", "bookings", *["messages"] * 3]


def test_a_row_that_changes_twice_is_one_value(session: Session) -> None:
    booking = a_booking(session)

    def twice(session: Session) -> None:
        bookings.update(session, booking.id, version=1, now=NOW, seats=5, tell_customer=False)
        bookings.update(session, booking.id, version=2, now=NOW, seats=6, notes="Late", tell_customer=False)

    write(session, twice)
    assert recorded(session) == [("bookings", {"notes": "", "seats": 2}, {"notes": "Late", "seats": 6})]


def test_what_a_savepoint_took_back_is_not_recorded(session: Session) -> None:
    customer = a_customer(session)

    def change_and_fail(session: Session) -> None:
        with session.begin_nested() as savepoint:
            customers.update(session, customer.id, version=1, now=NOW, notes="Taken back")
            savepoint.rollback()
        events.add(session, name="Quiz", starts_at=NOW, now=NOW)

    write(session, change_and_fail)
    assert [table for table, _, _ in recorded(session)] == ["events"]


def test_a_command_that_raises_leaves_no_entry_and_the_next_one_does(session: Session) -> None:
    with pytest.raises(Invalid):
        customers.add(session, first_name="", last_name="", mobile_number="", now=NOW)
    assert changes.recording_of(session) is None
    a_customer(session)
    assert [entry.act for entry in entries(session)] == ["customer.added"]


def test_secrets_are_not_recorded(session: Session) -> None:
    def add(session: Session) -> None:
        keys = {"name": "Sam", "name_key": "sam", "role": "staff", "created_at": NOW, "updated_at": NOW}
        session.add(Staff(**keys, password_hash="first hash"))
        session.flush()

    write(session, add)
    assert recorded(session) == [
        ("staff", None, {"name": "Sam", "role": "staff", "email": "", "password_hash": "(secret)"})
    ]
    write(session, lambda s: setattr(s.scalars(select(Staff)).one(), "password_hash", "second hash"))
    assert recorded(session) == [("staff", {"password_hash": "(secret)"}, {"password_hash": "(new secret)"})]
    secret = {"name": "secret.key", "value": "abc", "updated_at": NOW}
    count = len(entries(session))
    write(session, lambda s: insert_once(s, VenueSetting, [secret]))
    assert len(entries(session)) == count


def test_a_long_act_is_written_in_parts_and_has_one_entry(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_HELD", 2)
    write(session, lambda s: [insert_new(s, VenueSetting, settings(f"{n}a", f"{n}b")) for n in range(5)])
    (entry,) = entries(session)
    assert len(recorded(session)) == 10
    assert len(entry.hash) == 64


def test_an_act_that_changes_nothing_is_noted_and_facts_are_added(session: Session) -> None:
    acts.note(session, Act.CUSTOMERS_EXPORTED, now=NOW, rows=3)

    def with_facts(session: Session) -> None:
        acts.details(session, rows=1)
        insert_once(session, VenueSetting, settings("a"))

    write(session, with_facts)
    acts.details(session, rows=2)  # No act is in progress.
    noted, written = entries(session)
    assert (noted.act, noted.details, noted.actor, noted.at) == ("customers.exported", '{"rows":3}', "Max", NOW)
    assert written.details == '{"rows":1}'
    assert acts.last_entry(session) == written.id


def test_the_values_of_a_deleted_customer_are_erased_from_every_entry(session: Session) -> None:
    jo, ann, quiz = a_customer(session), a_customer(session, first_name="Ann"), an_event(session)
    for customer in (jo, ann):
        a_booking(session, customer, quiz)
    privacy.erase(session, jo.id, now=NOW)
    values = session.scalars(select(JournalValue).execution_options(populate_existing=True)).all()
    of_jo = [value for value in values if value.customer_id == jo.id]
    assert {value.table_name for value in of_jo} == {"customers", "bookings", "messages"}
    assert {(value.before, value.after, value.salt) for value in of_jo} == {(None, None, None)}
    assert all(value.salt for value in values if value.customer_id != jo.id)


def test_numbers_and_texts_of_no_customer_are_not_recorded(session: Session) -> None:
    blocking.stop_texting(session, "+447700900777", now=NOW)
    (_, _, after) = recorded(session)[0]
    assert after is not None
    assert "opted_out_at" in after
    blocking.allow_texting(session, "+447700900777", now=NOW)
    stored = session.scalars(select(JournalValue.before)).all() + session.scalars(select(JournalValue.after)).all()
    assert "900777" not in str(stored)


def test_settling_a_text_of_a_deleted_customer_does_not_record_what_it_erases(session: Session) -> None:
    customer = a_customer(session, mobile_number="+447700900777")
    messages.text_customer(session, customer_id=customer.id, body="Hello Quorlblatt", form_token="1", now=NOW)
    text = session.scalars(select(Message)).one()
    text.state, text.next_step_at, text.fence = "unsure", NOW, 1
    session.flush()
    privacy.erase(session, customer.id, now=NOW)
    session.expire_all()
    assert text.body is not None
    actions.settle_by_hand(session, text.id, went=False, now=NOW)
    assert text.body is None
    stored = session.scalars(select(JournalValue.before)).all() + session.scalars(select(JournalValue.after)).all()
    assert "Quorlblatt" not in str(stored)
    assert "900777" not in str(stored)
