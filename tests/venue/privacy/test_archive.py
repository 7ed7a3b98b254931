"""The archive holds everything that is held about a customer, and nothing of others."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, String, Table, select
from sqlalchemy.orm import Session

from db import personal
from db.models import (
    Consent,
    Customer,
    CustomerValue,
    CustomerVisits,
    CustomField,
    DuplicatePair,
    LateCancellation,
    MergedCustomer,
    Message,
    MessageAttempt,
    Request,
    Reward,
    WaitlistEntry,
)
from db.writes import insert_once, update_where
from tests.makers import NOW, VIEWER, a_booking, a_customer, an_event, days, hours, texts_to
from tests.venue.privacy.test_erase_files import CSV, uploaded
from venue import clock, customers, fields, households, privacy, tags
from venue.errors import NotAllowed, NotFound
from venue.messages import blocking
from venue.privacy import requests

NUMBER = "+447700900123"


def put_through_everything(session: Session) -> Customer:
    """A customer with a row in each table that can hold one of theirs."""
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number=NUMBER, notes="Wheelchair")
    booking = a_booking(session, customer, an_event(session), notes="Window")
    text = texts_to(session, customer)[0]
    text.body = "Hi Zoë"
    session.add(MessageAttempt(message_id=text.id, fence=1, worker="w", started_at=NOW, detail="refused"))
    blocking.locked_number(session, NUMBER)
    consent = {
        "channel": "text",
        "basis": "soft_opt_in",
        "wording": "News?",
        "how": "At the bar",
        "sale": "At the bar. News?. Ticket",
    }
    session.add(Consent(customer_id=customer.id, at=NOW, actor="Max", **consent))
    dates = {"received_on": NOW.date(), "due_on": NOW.date(), "created_at": NOW, "updated_at": NOW}
    asked = {"person": "Zoë Q", "contact": "zoe@example.org", "details": "All of it", "outcome": "Sent"}
    session.add(Request(kind="access", customer_id=customer.id, **asked, **dates))
    allergies = CustomField(name="Allergies", folded_name="allergies", kind="text", position=1, created_at=NOW)
    session.add(allergies)
    session.flush()
    session.add(CustomerValue(customer_id=customer.id, field_id=allergies.id, text="Nuts"))
    party = {"seats": 2, "notes": "Near the stage", "joined_at": NOW, "updated_at": NOW}
    session.add(WaitlistEntry(event_id=booking.event_id, customer_id=customer.id, **party))
    session.flush()
    customers.update(session, customer.id, version=1, notes="Wheelchair, regular", now=NOW)
    assert booking.customer_id == customer.id
    return customer


def unpacked(content: bytes) -> tuple[str, dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.namelist() == ["letter.html", "data.json"]
        return file.read("letter.html").decode(), json.loads(file.read("data.json"))


def archive_of(session: Session, customer_id: UUID) -> tuple[str, dict[str, Any]]:
    session.flush()
    return unpacked(privacy.archive(session, customer_id, now=NOW))


def planted(table: Table) -> Mapping[str, str]:
    """A text in each personal column, as long as the column takes."""
    columns = [column for column in personal.personal_columns(table) if isinstance(column.type, String)]
    return {column.name: _text(column) for column in columns if column.name != "mobile_number"}


def _text(column: Column[Any]) -> str:
    text = f"Planted-{column.table.name}-{column.name}"[: column.type.length or 100]  # type: ignore[attr-defined]
    return json.dumps({"notes": text}) if column.table.name == "journal_values" else text


TABLES = [table for table in personal.tables() if personal.personal_columns(table) and table.info.get("belongs_by")]


@pytest.mark.plain_sql
@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_personal_column_is_in_it(session: Session, table: Table) -> None:
    """A new table or column fails here until `put_through_everything` has a row of it."""
    customer = put_through_everything(session)
    session.flush()
    values = planted(table)
    theirs = personal.rows_of(table, customer.id, [NUMBER])
    if values:
        assert update_where(session, personal.entity_of(table), theirs, values) > 0
        session.expire_all()
    _, data = archive_of(session, customer.id)
    rows = data["tables"][table.name]
    assert rows
    for name, value in values.items():
        assert value in {row[name] for row in rows}


def test_the_letter_says_it_in_words(session: Session) -> None:
    letter, _ = archive_of(session, put_through_everything(session).id)
    for said in (
        "What The Anchor holds about Zoë Quartermaine",
        "07700 900123",
        "Wheelchair, regular",
        "Quiz Night, Fri 29 January 2027",
        "2 seats. Notes: Window",
        "2 seats, since Fri 15 January 2027, 12:00: you are waiting. Notes: Near the stage",
        '<div class="text ours">Hi Zoë<small>We, ',
        "You bought something and did not object",
        "At the bar. News?. Ticket",
        "Access, received 15 January 2027",
        "Information Commissioner",
    ):
        assert said in letter


def test_a_scheduled_text_has_its_kind_and_the_time_it_is_due(session: Session) -> None:
    customer = a_customer(session, mobile_number=NUMBER)
    a_booking(session, customer, an_event(session, starts_at=NOW + days(14)))
    letter, _ = archive_of(session, customer.id)
    due_at = clock.format_instant(NOW + days(7), ZoneInfo("Europe/London"))
    assert f"(7-day reminder)<small>We, {due_at} · 07700 900123 · Scheduled</small>" in letter


def test_a_mention_in_a_file_is_called_by_what_it_is(session: Session) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    uploaded(session, CSV)
    letter, _ = archive_of(session, customer.id)
    assert "<tr><th>an uploaded file</th><td>deleted once it is imported or cancelled</td></tr>" in letter


def test_what_staff_typed_cannot_become_part_of_the_page(session: Session) -> None:
    customer = a_customer(session, first_name="<b>Zoë", notes="<script>alert(1)</script>")
    letter, data = archive_of(session, customer.id)
    assert "<script>" not in letter
    assert "<b>" not in letter
    assert data["tables"]["customers"][0]["notes"] == "<script>alert(1)</script>"


def test_nothing_of_others_is_in_it(session: Session) -> None:
    customer = put_through_everything(session)
    other = a_customer(session, first_name="Bob", last_name="Elsewhere", notes="Friend of Zoë Quartermaine, allergic")
    a_booking(session, other, an_event(session, name="Jazz"), notes="Corner")
    letter, data = archive_of(session, customer.id)
    for theirs in ("Elsewhere", "allergic", "Corner", "Jazz", other.mobile_number, str(other.id)):
        assert theirs not in letter
        assert theirs not in json.dumps(data)
    assert data["mentioned_in_records_of_others"] == ["notes of customers"]


def test_the_line_of_an_event_that_mentions_them_is_in_it(session: Session) -> None:
    customer = put_through_everything(session)
    an_event(session, name="Party", notes="Cake at nine\nFor Zoë Quartermaine")
    letter, data = archive_of(session, customer.id)
    assert data["mentions"] == [{"where": "notes of events", "text": "For Zoë Quartermaine"}]
    assert "Cake at nine" not in letter


def test_a_reply_from_their_number_alone_is_in_it(session: Session) -> None:
    customer = put_through_everything(session)
    reply = {"kind": "inbound", "direction": "in", "state": "received", "mobile_number": NUMBER, "body": "Is it on?"}
    insert_once(session, Message, [{**reply, "dedupe_key": "inbound:1", "created_at": NOW, "updated_at": NOW}])
    letter, _ = archive_of(session, customer.id)
    assert '<div class="text">Is it on?<small>You, ' in letter


def test_a_request_from_their_number_is_theirs(session: Session) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number="07700 900123")
    known = {"kind": "complaint", "person": "Zoë Q.", "received_on": NOW.date(), "now": NOW}
    requests.add(session, contact="07700 900123, evenings", details="Loud on Friday", **known)
    requests.add(session, contact="07700 900124", details="Cold soup", **known)

    _letter, data = unpacked(privacy.archive(session, customer.id, now=NOW))
    assert [row["details"] for row in data["tables"]["requests"]] == ["Loud on Friday"]

    privacy.erase(session, customer.id, now=NOW)
    texts = select(Request.person, Request.contact, Request.details).order_by(Request.contact)
    assert session.execute(texts).all() == [("", "", ""), ("Zoë Q.", "07700 900124", "Cold soup")]


def test_only_who_may_export_makes_one(session: Session) -> None:
    customer = a_customer(session)
    session.info["actor"] = VIEWER
    for refused in (privacy.archive, privacy.note_archive):
        with pytest.raises(NotAllowed):
            refused(session, customer.id, now=NOW)
    with pytest.raises(NotAllowed):
        privacy.summary(session, customer.id)


def test_a_customer_who_is_gone_has_none(session: Session) -> None:
    customer = a_customer(session)
    privacy.erase(session, customer.id, now=NOW)
    with pytest.raises(NotFound):
        privacy.archive(session, customer.id, now=NOW)


def test_the_summary_counts_what_is_held(session: Session) -> None:
    counts = privacy.summary(session, put_through_everything(session).id)
    assert {"1 booking", "3 texts", "1 request", "1 record of a number", "1 place on a waitlist"} <= set(counts)


def test_the_letter_says_what_is_in_the_venues_own_fields_in_words(session: Session) -> None:
    add = {"session": session, "now": NOW}
    food = fields.add(name="Allergies", kind="text", **add).id
    birthday = fields.add(name="Birthday", kind="day", **add).id
    place = fields.add(name="Place", kind="choice", choices=["Bar", "Snug"], **add).id
    customer = a_customer(session, own={food: "<Nuts>", birthday: "1980-03-06", place: "Snug"})
    letter, data = archive_of(session, customer.id)
    assert "<th>Allergies</th><td>&lt;Nuts&gt;</td>" in letter
    assert "<th>Birthday</th><td>6 March 1980</td>" in letter
    assert "<th>Place</th><td>Snug</td>" in letter
    assert str(place) not in letter
    assert [row["name"] for row in data["tables"]["custom_fields"]] == ["Allergies", "Birthday", "Place"]
    assert [row["name"] for row in data["tables"]["field_choices"]] == ["Snug"]


def test_the_letter_names_the_tags_and_until_when_they_count(session: Session) -> None:
    jo = a_customer(session)
    for name, last_day in (("VIP <1>", None), ("Crutches", date(2027, 2, 1))):
        tags.put_on(session, jo.id, tags.add(session, name=name, now=NOW).id, last_day=last_day, now=NOW)
    tags.add(session, name="Of others", now=NOW)
    letter, data = archive_of(session, jo.id)
    assert "<th>VIP &lt;1&gt;</th><td></td>" in letter
    assert "<th>Crutches</th><td>until 1 February 2027</td>" in letter
    assert "Of others" not in letter
    assert {row["name"]: row["last_day"] for row in data["tables"]["tags"]} == {
        "VIP <1>": None,
        "Crutches": "2027-02-01",
    }


def test_the_letter_says_that_they_are_in_a_household_without_saying_with_whom(session: Session) -> None:
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number=NUMBER)
    ann = a_customer(session, first_name="Ann", last_name="Lee", mobile_number=NUMBER)
    households.join(session, [zoe.id, ann.id], now=NOW)
    page, data = unpacked(privacy.archive(session, zoe.id, now=NOW))
    assert "You share a phone or live with other guests of ours" in page
    assert [row["customer_id"] for row in data["tables"]["household_members"]] == [str(zoe.id)]
    assert "Ann" not in page + json.dumps(data)


def test_the_letter_tells_of_visits_late_cancellations_rewards_and_records(session: Session) -> None:
    jo, other = a_customer(session, first_name="Jo"), a_customer(session, first_name="Joe", last_name="Bloggs")
    quiz = an_event(session, starts_at=NOW - days(30), now=NOW - days(60))
    visits = {"visits": 3, "seats": 5, "first_day": date(2026, 9, 1), "last_day": date(2026, 12, 1), "typical_gap": 30}
    session.add(CustomerVisits(customer_id=jo.id, **visits))
    late = {"seats": 2, "starts_at": quiz.starts_at, "cancelled_at": quiz.starts_at - hours(2)}
    session.add_all(LateCancellation(customer_id=jo.id, event_id=each, **late) for each in (quiz.id, None))
    session.add(Reward(customer_id=jo.id, name="A free pint", visits=3, given_at=NOW, given_by="Max"))
    session.add(MergedCustomer(old_id=UUID(int=1), survivor_id=jo.id, merged_at=NOW))
    first, second = sorted((jo.id, other.id))
    pair = {"state": "not_same", "score": 5, "reasons": "[]", "found_at": NOW}
    insert_once(session, DuplicatePair, [{"first_id": first, "second_id": second, **pair}])
    letter, data = archive_of(session, jo.id)
    assert "<th>3 visits</th><td>5 seats; the first on 1 September 2026" in letter
    assert "<th>A free pint</th><td>given after 3 visits" in letter
    assert letter.count("<td>2 seats, cancelled ") == 2
    assert "Another record of you was joined with this one" in letter
    assert "we said that you are not" in letter
    counts = privacy.summary(session, jo.id)
    assert {"1 summary of visits", "1 reward", "2 late cancellations", "1 possible duplicate"} <= set(counts)
    assert str(other.id) not in letter + json.dumps(data)
    assert "Bloggs" not in letter + json.dumps(data)


def test_every_table_with_rows_of_a_customer_is_in_it(session: Session) -> None:
    _, data = archive_of(session, a_customer(session).id)
    of_customers = {
        table.name
        for table in personal.tables()
        if table.info.get("belongs_by")
        or any(reference.column.table.name == "customers" for reference in table.foreign_keys)
    }
    assert of_customers - data["tables"].keys() == {"customer_tags"}  # Their tags are in it by name.
