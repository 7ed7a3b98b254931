"""What the database itself refuses, tried in raw SQL, as if no line of ours stood before it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from db.models import Base, Booking, Customer, Event, Message, MessageAttempt, Pause, PhoneNumber, Staff, Template
from tests.makers import NOW, a_customer, an_event

JO = "+447700900123"


def put(session: Session, table: type[Base], **values: Any) -> None:
    with session.begin_nested():
        session.execute(insert(table).values(**values))


def a_row_of_customer(**over: Any) -> dict[str, Any]:
    row = {"first_name": "Jo", "last_name": "Smith", "mobile_number": JO, "created_at": NOW, "updated_at": NOW}
    return {**row, "search_text": "jo smith", "sort_key": "smith", **over}


def a_row_of_event(**over: Any) -> dict[str, Any]:
    row = {"name": "Quiz Night", "short_name": "Quiz", "starts_at": NOW, "created_at": NOW, "updated_at": NOW}
    return {**row, **over}


def a_row_of_booking(session: Session, **over: Any) -> dict[str, Any]:
    row = {"seats": 2, "created_at": NOW, "updated_at": NOW, **over}
    row.setdefault("customer_id", a_customer(session).id)
    row.setdefault("event_id", an_event(session).id)
    return row


def a_row_of_message(**over: Any) -> dict[str, Any]:
    row = {"dedupe_key": uuid4().hex, "kind": "manual", "state": "planned", "created_at": NOW, "updated_at": NOW}
    return {**row, "mobile_number": JO, **over}


def test_a_whole_row_of_each_is_taken(session: Session) -> None:
    put(session, Customer, **a_row_of_customer())
    put(session, Event, **a_row_of_event())
    put(session, Booking, **a_row_of_booking(session))
    put(session, Message, **a_row_of_message())


NOT_E164 = ["07700900123", "+44 7700 900123", "+447700", "447700900123", "+44770090012x", "+", ""]


@pytest.mark.parametrize("mobile_number", [*NOT_E164, "+４４7700900123", "+44-7700900123"])
def test_only_e164_is_kept_anywhere(session: Session, mobile_number: str) -> None:
    with pytest.raises(IntegrityError, match="mobile_number"):
        put(session, Customer, **a_row_of_customer(mobile_number=mobile_number))
    with pytest.raises(IntegrityError, match="mobile_number"):
        put(session, PhoneNumber, mobile_number=mobile_number)
    with pytest.raises(IntegrityError, match="mobile_number"):
        put(session, Message, **a_row_of_message(mobile_number=mobile_number))


def test_a_pause_is_for_all_numbers_or_for_some_that_begin_alike(session: Session) -> None:
    pause = {"account": "a", "reason": "", "paused_at": NOW, "try_again_at": NOW}
    for scope in ("", "+33"):
        put(session, Pause, **pause, scope=scope)
    with pytest.raises(IntegrityError, match="scope"):
        put(session, Pause, **pause, scope="33")


def test_no_number_is_longer_than_e164_allows(session: Session) -> None:
    with pytest.raises((IntegrityError, DataError)):
        put(session, Customer, **a_row_of_customer(mobile_number="+4477009001234567"))


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize("name", ["", " ", " Jo", "Jo ", "J" * 101])
def test_a_name_is_trimmed_and_neither_empty_nor_endless(session: Session, field: str, name: str) -> None:
    with pytest.raises(IntegrityError, match=field):
        put(session, Customer, **a_row_of_customer(**{field: name}))


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize(
    "name",
    ["\t", "Jo\n", "a\x1b[31m", "\xa0", "a  b", "a\u2028b", "Jo\x7f", "\u3000", "\u200b", "a\u2003b", "\ufeffJo"],
)
def test_a_name_has_nothing_unseen_and_no_doubled_space(session: Session, field: str, name: str) -> None:
    refused = f"ck_customers_{field}"
    with pytest.raises(IntegrityError, match=refused):
        put(session, Customer, **a_row_of_customer(**{field: name}))
    customer = a_customer(session)
    with pytest.raises(IntegrityError, match=refused), session.begin_nested():
        session.execute(update(Customer).where(Customer.id == customer.id).values({field: name}))


def test_no_countrys_numbers_begin_with_zero(session: Session) -> None:
    with pytest.raises(IntegrityError, match="ck_customers_mobile_number"):
        put(session, Customer, **a_row_of_customer(mobile_number="+0000000"))


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_counts_from_one(session: Session, version: int) -> None:
    with pytest.raises(IntegrityError, match="ck_customers_version"):
        put(session, Customer, **a_row_of_customer(version=version))
    with pytest.raises(IntegrityError, match="ck_events_version"):
        put(session, Event, **a_row_of_event(version=version))
    with pytest.raises(IntegrityError, match="ck_bookings_version"):
        put(session, Booking, **a_row_of_booking(session, version=version))


@pytest.mark.parametrize("seats", ["'abc'", "1.5", "x'31'"])
def test_seats_are_whole_on_sqlite_too(session: Session, seats: str) -> None:
    """PostgreSQL rounds what it can and refuses the rest: its column holds nothing else."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("A column of PostgreSQL has a type")
    put(session, Booking, **a_row_of_booking(session))
    with pytest.raises(IntegrityError, match="ck_bookings_seats"), session.begin_nested():
        session.execute(text(f"UPDATE bookings SET seats = {seats}"))


@pytest.mark.parametrize("field", ["first_name", "mobile_number"])
def test_nothing_hides_behind_a_nul(session: Session, field: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL stores no NUL")
    with pytest.raises(IntegrityError, match=f"ck_customers_{field}"):
        put(session, Customer, **a_row_of_customer(**{field: f"{a_row_of_customer()[field]}\x00{'x' * 500}"}))


@pytest.mark.parametrize("field", ["first_name", "last_name", "mobile_number", "search_text"])
def test_what_a_customer_must_have_is_never_missing(session: Session, field: str) -> None:
    with pytest.raises(IntegrityError, match=field):
        put(session, Customer, **a_row_of_customer(**{field: None}))


def test_notes_have_an_end(session: Session) -> None:
    notes = "x" * 2_001
    with pytest.raises(IntegrityError, match="notes"):
        put(session, Customer, **a_row_of_customer(notes=notes))
    with pytest.raises(IntegrityError, match="notes"):
        put(session, Event, **a_row_of_event(notes=notes))
    with pytest.raises(IntegrityError, match="notes"):
        put(session, Booking, **a_row_of_booking(session, notes=notes))


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_capacity_is_above_zero_or_unlimited(session: Session, capacity: int) -> None:
    put(session, Event, **a_row_of_event(capacity=None))
    put(session, Event, **a_row_of_event(capacity=1))
    with pytest.raises(IntegrityError, match="capacity_positive"):
        put(session, Event, **a_row_of_event(capacity=capacity))


def test_seats_are_never_below_zero(session: Session) -> None:
    put(session, Booking, **a_row_of_booking(session, seats=0))
    with pytest.raises(IntegrityError, match="seats_not_negative"):
        put(session, Booking, **a_row_of_booking(session, seats=-1))


def test_a_customer_is_on_an_event_only_once(session: Session) -> None:
    row = a_row_of_booking(session)
    put(session, Booking, **row)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        put(session, Booking, **row)


@pytest.mark.parametrize("missing", ["customer_id", "event_id"])
def test_a_booking_has_a_customer_and_an_event(session: Session, missing: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        put(session, Booking, **a_row_of_booking(session, **{missing: uuid4()}))


@pytest.mark.parametrize("table", [Customer, Event])
def test_a_form_token_is_used_once(session: Session, table: type[Base]) -> None:
    row = a_row_of_customer if table is Customer else a_row_of_event
    put(session, table, **row(form_token="t"))
    with pytest.raises(IntegrityError, match="form_token"):
        put(session, table, **row(form_token="t"))


def test_a_message_is_for_one_thing_once(session: Session) -> None:
    put(session, Message, **a_row_of_message(dedupe_key="confirmation:1"))
    with pytest.raises(IntegrityError, match="dedupe_key"):
        put(session, Message, **a_row_of_message(dedupe_key="confirmation:1"))


def test_two_messages_never_share_a_provider_id(session: Session) -> None:
    put(session, Message, **a_row_of_message(state="sent", provider_id="SM1"))
    with pytest.raises(IntegrityError, match="provider_id"):
        put(session, Message, **a_row_of_message(state="sent", provider_id="SM1"))


@pytest.mark.parametrize("state", ["sent", "delivered", "undelivered"])
def test_what_the_provider_has_carries_its_id(session: Session, state: str) -> None:
    put(session, Message, **a_row_of_message(state=state, provider_id=f"SM-{state}"))
    with pytest.raises(IntegrityError, match="final_has_provider_id"):
        put(session, Message, **a_row_of_message(state=state))


@pytest.mark.parametrize("state", ["", "PLANNED", "lost", "sent "])
def test_a_message_is_in_a_known_state(session: Session, state: str) -> None:
    with pytest.raises(IntegrityError, match="state"):
        put(session, Message, **a_row_of_message(state=state, provider_id="SM1"))


def test_a_message_goes_in_or_out(session: Session) -> None:
    with pytest.raises(IntegrityError, match="direction"):
        put(session, Message, **a_row_of_message(direction="sideways"))


def test_what_is_being_sent_is_claimed_until_a_time(session: Session) -> None:
    put(session, Message, **a_row_of_message(state="sending", claim_token="t", lease_until=NOW))
    with pytest.raises(IntegrityError, match="claimed"):
        put(session, Message, **a_row_of_message(state="sending", claim_token="t"))
    with pytest.raises(IntegrityError, match="claimed"):
        put(session, Message, **a_row_of_message(state="sending", lease_until=NOW))


def test_an_attempt_is_noted_once_for_each_fence(session: Session) -> None:
    message_id = uuid4()
    put(session, Message, **a_row_of_message(id=message_id))
    attempt = {"message_id": message_id, "fence": 1, "worker": "w", "started_at": NOW}
    put(session, MessageAttempt, **attempt)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        put(session, MessageAttempt, **attempt)


def test_a_role_is_one_of_three(session: Session) -> None:
    with pytest.raises(IntegrityError, match="role"):
        put(session, Staff, name="Eve", role="owner", created_at=NOW)


@pytest.mark.parametrize("body", ["", "x" * 1_001])
def test_a_template_says_something_and_ends(session: Session, body: str) -> None:
    with pytest.raises(IntegrityError, match="body"):
        put(session, Template, kind="confirmation", body=body, updated_at=NOW)


# What goes along


def booked(session: Session) -> tuple[UUID, UUID, UUID]:
    row = a_row_of_booking(session)
    booking_id = uuid4()
    put(session, Booking, id=booking_id, **row)
    ids = {"booking_id": booking_id, "customer_id": row["customer_id"], "event_id": row["event_id"]}
    put(session, Message, **a_row_of_message(**ids))
    return row["customer_id"], row["event_id"], booking_id


def left(session: Session, table: str) -> int:
    count = session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
    assert isinstance(count, int)
    return count


def test_a_customers_bookings_go_with_them_and_the_log_stays(session: Session) -> None:
    customer_id, _, _ = booked(session)
    session.execute(text("DELETE FROM customers WHERE id = :id"), {"id": raw(session, customer_id)})
    assert left(session, "bookings") == 0
    assert left(session, "events") == 1
    assert left(session, "messages") == 1
    assert left(session, "messages WHERE customer_id IS NULL AND booking_id IS NULL AND event_id IS NOT NULL") == 1


def test_an_events_bookings_go_with_it_and_the_log_stays(session: Session) -> None:
    _, event_id, _ = booked(session)
    session.execute(text("DELETE FROM events WHERE id = :id"), {"id": raw(session, event_id)})
    assert left(session, "bookings") == 0
    assert left(session, "messages WHERE event_id IS NULL AND customer_id IS NOT NULL") == 1


def test_a_constraint_holds_for_changes_too(session: Session) -> None:
    customer = a_customer(session)
    with pytest.raises(IntegrityError, match="mobile_number"), session.begin_nested():
        session.execute(update(Customer).where(Customer.id == customer.id).values(mobile_number="07700 900123"))


def raw(session: Session, key: UUID) -> Any:
    return key if session.get_bind().dialect.name == "postgresql" else key.hex
