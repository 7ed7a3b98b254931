"""Erasing a customer leaves neither their name nor their number, and nothing else is lost."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import (
    Base,
    Booking,
    Customer,
    Erasure,
    Event,
    Import,
    ImportRow,
    JournalEntry,
    JournalValue,
    Message,
    PhoneNumber,
    Request,
    StoppedNumber,
)
from db.session import Transaction
from db.writes import update_where
from tests.makers import MANAGER_AND_SCHEDULER, NOW, a_booking, a_customer, an_event, an_opt_out, days, texts_to
from venue import bookings, customers, events, privacy
from venue.errors import Invalid
from venue.journal.verify import verify
from venue.messages import blocking, numbers, outbox, templates
from venue.messages.causes import Cause
from venue.privacy.mentions import Name
from venue.privacy.plan import Mention
from venue.profile import Venue
from venue.staff import accounts

ZOE = {"first_name": "Zoë", "last_name": "Quartermaine", "mobile_number": "07700 900123"}
NAME, NUMBER = Name("Zoë", "Quartermaine"), "+447700900123"
LATER = NOW + timedelta(hours=1)


def zoe(session: Session, **over: Any) -> Customer:
    return a_customer(session, **{**ZOE, **over})


def left(session: Session, *names: Name, numbers: tuple[str, ...] = (NUMBER,)) -> list[str]:
    return [f"{hit.table}.{hit.column}" for hit in privacy.scan(session, names=[NAME, *names], numbers=numbers)]


def stored(session: Session, table: type[Base], **where: Any) -> Any:
    return session.scalars(select(table).filter_by(**where).execution_options(populate_existing=True)).one()


# Mentions elsewhere


def test_every_mention_elsewhere_is_replaced(session: Session) -> None:
    customer = zoe(session)
    other = a_customer(session, first_name="Ann", notes="Sister of ZOE QUARTERMAINE, 07700900123")
    event = an_event(session, name="Zoë Quartermaine's 40th", short_name="Zoë Quartermaine", notes="Ask Zoë Q.")
    a_booking(session, other, event, notes="With Quartermaine, Zoë")
    a_booking(session, customer, event)
    outbox.text_customer(session, customer_id=other.id, body="Bring Zoë Quartermaine!", form_token="t", now=NOW)
    request = Request(
        kind="complaint",
        person="Bob Lee",
        details="About Zoë Quartermaine",
        received_on=NOW.date(),
        due_on=NOW.date(),
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(request)
    privacy.erase(session, customer.id, now=LATER)

    assert left(session) == []
    assert stored(session, Customer).notes == "Sister of (erased), (erased)"
    event = stored(session, Event)
    assert (event.name, event.short_name, event.notes) == ("(erased)'s 40th", "(erased)", "Ask Zoë Q.")
    assert stored(session, Booking).notes == "With (erased)"
    assert stored(session, Message, dedupe_key="manual:t").body == "Bring (erased)!"
    assert (stored(session, Request).person, stored(session, Request).details) == ("Bob Lee", "About (erased)")


def test_a_form_that_was_open_does_not_save_the_name_again(session: Session) -> None:
    customer, event = zoe(session), an_event(session, notes="For Zoë Quartermaine")
    privacy.erase(session, customer.id, now=LATER)
    assert stored(session, Event).version == event.version
    assert stored(session, Event).version == 2


def test_earlier_names_and_numbers_go_too(session: Session) -> None:
    customer = zoe(session, last_name="Birdwhistle", mobile_number="07700 900124")
    a_customer(session, first_name="Ann", notes="Ring Zoë Birdwhistle on 07700 900124")
    customers.update(session, customer.id, version=1, now=NOW, **ZOE)
    privacy.erase(session, customer.id, now=LATER)
    assert left(session, Name("Zoë", "Birdwhistle"), numbers=(NUMBER, "+447700900124")) == []
    assert stored(session, Customer).notes == "Ring (erased) on (erased)"


def test_what_was_texted_to_the_number_alone_goes_too(session: Session) -> None:
    customer = zoe(session)
    outbox.text_number(session, mobile_number=NUMBER, body="Who is this?", form_token="t", now=NOW)
    reply = Message(kind="inbound", direction="in", state="received", dedupe_key="inbound:1", body="It's me")
    reply.mobile_number, reply.created_at, reply.updated_at = NUMBER, NOW, NOW
    session.add(reply)
    privacy.erase(session, customer.id, now=LATER)
    assert left(session) == []
    assert stored(session, Message).body is None


@pytest.mark.plain_sql
def test_rows_of_imports_lose_the_name(session: Session) -> None:
    customer = zoe(session)
    file = Import(kind="customers", state="done", file_name="Zoë Quartermaine.csv", size=1, actor="Max")
    file.created_at = file.updated_at = NOW
    session.add(file)
    session.flush()
    cells = '["Zoë","Quartermaine","07700 900123"]'
    row = ImportRow(import_id=file.id, line=2, outcome="refused", column_name="Mobile", reason="No", cells=cells)
    row.value = "07700 900123"
    session.add(row)
    words = [mention.words for mention in privacy.erase_preview(session, customer.id).mentions]
    assert words == ["1 row of an import", "file name of 1 import"]
    privacy.erase(session, customer.id, now=LATER)
    assert left(session) == []
    row = stored(session, ImportRow)
    assert (row.value, row.reason, row.cells, row.line) == ("", "(erased)", None, 2)
    assert stored(session, Import).file_name == "(erased).csv"


# What is not theirs alone


@pytest.mark.plain_sql
def test_a_name_that_another_customer_has_stays_where_it_is_mentioned(session: Session) -> None:
    customer = zoe(session)
    other = zoe(session, mobile_number="07700 900124", notes="Not the other Zoë Quartermaine")
    plan = privacy.erase_preview(session, customer.id)
    assert plan.shared == ["Another person is called Zoë Quartermaine too: mentions of the name stay."]
    privacy.erase(session, customer.id, now=LATER)
    assert stored(session, Customer).id == other.id
    assert stored(session, Customer).notes == "Not the other Zoë Quartermaine"


@pytest.mark.plain_sql
@pytest.mark.parametrize(
    ("name", "other", "mention"),
    [
        (("Thomas", "James"), ("James", "Thomas"), "James Thomas 40th"),
        (("Mary Ann", "Lee"), ("Mary", "Ann Lee"), "Table for Mary Ann Lee"),
        (("Jim", "O'Neil"), ("Jim", "O Neil"), "Jim O Neil's party"),
        (("Zoë", "Brontë"), ("ZOE", "BRONTE"), "Zoe Bronte"),
    ],
)
def test_a_name_that_reads_like_that_of_another_customer_stays_where_it_is_mentioned(
    session: Session, name: tuple[str, str], other: tuple[str, str], mention: str
) -> None:
    customer = a_customer(session, first_name=name[0], last_name=name[1])
    a_customer(session, first_name=other[0], last_name=other[1])
    event = an_event(session, name=mention)
    assert len(privacy.erase_preview(session, customer.id).shared) == 1
    privacy.erase(session, customer.id, now=LATER)
    session.refresh(event)
    assert event.name == mention
    assert (stored(session, Customer).first_name, stored(session, Customer).last_name) == other


@pytest.mark.parametrize("earlier", ["zoe Quartermaine", "ZOË QUARTERMAINE"])
def test_who_was_spelled_in_two_ways_is_erased_though_another_is_called_the_same(
    session: Session, earlier: str
) -> None:
    first, last = earlier.split()
    customer = zoe(session, first_name=first, last_name=last)
    customers.update(session, customer.id, version=1, now=NOW, first_name="Zoë", last_name="Quartermaine")
    other = zoe(session, mobile_number="07700 900124", notes=f"Not the other {earlier}")
    plan = privacy.erase_preview(session, customer.id)
    privacy.erase(session, customer.id, plan=plan, now=LATER)
    assert stored(session, Customer).id == other.id
    assert stored(session, Customer).notes == f"Not the other {earlier}"


@pytest.mark.parametrize("called", ["Zoe Quartermaine", "Zoe Quartermaine (bar)", "Quartermaine, Zoë"])
def test_a_member_of_staff_of_the_same_name_stays(session: Session, called: str) -> None:
    staff = accounts.add(session, name=called, role="staff", now=NOW)
    accounts.update(session, staff.id, version=1, name="Someone else", now=NOW)
    session.add(JournalEntry(at=NOW, actor=called, staff_id=staff.id, act="event.added", hash="-"))
    customer = zoe(session)
    assert privacy.erase_preview(session, customer.id).blocked == []
    privacy.erase(session, customer.id, now=LATER)
    assert session.scalars(select(Customer)).all() == []


def test_a_number_that_another_customer_has_stays_theirs(session: Session) -> None:
    customer, other = zoe(session), a_customer(session, first_name="Ann", mobile_number="07700 900123")
    an_opt_out(session, NUMBER)
    plan = privacy.erase_preview(session, customer.id)
    assert plan.shared == ["Another customer has the same number: what is known about it stays with them."]
    privacy.erase(session, customer.id, now=LATER)
    assert stored(session, Customer).id == other.id
    assert stored(session, PhoneNumber).opted_out_at == NOW


def test_someone_whose_longer_name_contains_it_keeps_their_name(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", last_name="Smith")
    a_customer(session, first_name="Mary Jo", last_name="Smith")
    privacy.erase(session, customer.id, now=LATER)
    assert stored(session, Customer).first_name == "Mary Jo"


# STOP


def test_a_stop_still_counts_when_the_number_comes_back(session: Session) -> None:
    customer = zoe(session)
    an_opt_out(session, NUMBER)
    privacy.erase(session, customer.id, now=LATER)
    assert left(session) == []
    assert session.scalars(select(PhoneNumber)).all() == []

    a_customer(session, first_name="Ann", mobile_number="07700 900123")
    blocked = numbers.why_unreachable(session, NUMBER)
    assert blocked is not None
    assert blocked.cause is Cause.OPTED_OUT
    assert session.scalars(select(StoppedNumber)).all() == []


@pytest.mark.parametrize("how", ["update", "text"])
def test_a_stopped_number_is_blocked_whichever_way_it_comes_back(session: Session, how: str) -> None:
    customer = zoe(session)
    blocking.stop_texting(session, NUMBER, now=NOW)
    privacy.erase(session, customer.id, now=LATER)
    if how == "update":
        other = a_customer(session, first_name="Ann")
        customers.update(session, other.id, version=1, now=LATER, mobile_number=NUMBER)
    else:
        with pytest.raises(Invalid):
            outbox.text_number(session, mobile_number=NUMBER, body="Hi", form_token="t", now=LATER)
    assert numbers.is_stopped_by_staff(session, NUMBER)


def test_a_start_ends_a_stop_that_outlived_its_customer(session: Session) -> None:
    customer = zoe(session)
    an_opt_out(session, NUMBER)
    privacy.erase(session, customer.id, now=LATER)
    blocking.opt_in(session, NUMBER, now=LATER)
    a_customer(session, first_name="Ann", mobile_number="07700 900123")
    assert numbers.why_unreachable(session, NUMBER) is None


# The plan


def test_the_plan_says_what_goes_what_stays_and_where_else_they_are_mentioned(session: Session) -> None:
    customer = zoe(session)
    a_booking(session, customer)
    confirmation, *_ = texts_to(session, customer)
    confirmation.provider_id, confirmation.state = "SM1", "delivered"
    an_opt_out(session, NUMBER)
    a_customer(session, first_name="Ann", notes="Sister of Zoë Quartermaine")
    plan = privacy.erase_preview(session, customer.id)
    assert plan.goes == ["1 booking", "2 scheduled texts", "1 record of a number"]
    assert plan.stays[0] == "1 text"
    assert plan.mentions == [Mention("customers", "notes", 1), Mention("journal_values", "", 1)]
    assert [mention.words for mention in plan.mentions] == ["notes of 1 customer", "1 change in the journal"]


def steps(venue: Venue) -> tuple[Transaction, Transaction]:
    """What erasing in steps reads and writes with."""
    return tuple(
        functools.partial(begin, MANAGER_AND_SCHEDULER) for begin in (venue.reading_at_length, venue.transaction)
    )


def test_a_plan_that_was_overtaken_is_refused(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = zoe(session)
        plan = privacy.erase_preview(session, customer.id)
        a_booking(session, customer)
    reading, transaction = steps(venue)
    with pytest.raises(Invalid) as refused:
        privacy.erase_in_steps(reading, transaction, customer.id, fingerprint=plan.fingerprint, now=LATER)
    assert set(refused.value.problems) == {"fingerprint"}
    with reading() as session:
        plan = privacy.erase_preview(session, customer.id)
    privacy.erase_in_steps(reading, transaction, customer.id, fingerprint=plan.fingerprint, now=LATER)
    with venue.reading(MANAGER_AND_SCHEDULER) as session:
        assert session.scalars(select(Customer)).all() == []


def test_what_others_write_while_everything_is_searched_is_erased_too(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = zoe(session)
        ann = a_customer(session, first_name="Ann", notes="Sister of Zoë Quartermaine")
    reading, transaction = steps(venue)

    @contextmanager
    def overtaken() -> Iterator[Session]:
        with transaction() as session:
            if session.get(Customer, customer.id):
                bob = a_customer(session, first_name="Bob", notes="Met Zoë Quartermaine")
                written.append(bob.id)
            yield session

    written: list[UUID] = []
    privacy.erase_in_steps(reading, overtaken, customer.id, now=LATER)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        assert left(session) == []
        assert stored(session, Customer, id=ann.id).notes == "Sister of (erased)"
        assert stored(session, Customer, id=written[0]).notes == "Met (erased)"
        assert verify(session).problems == []


def test_a_person_of_the_same_name_who_is_added_in_between_keeps_everything(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = zoe(session)
    reading, transaction = steps(venue)
    reads: list[None] = []

    @contextmanager
    def overtaken() -> Iterator[Session]:
        # A namesake is added after the erasure, and before the search for what was added since.
        if reads:
            with transaction() as session:
                zoe(session, mobile_number="07700 900456", notes="Zoë Quartermaine's sister rang")
        reads.append(None)
        with reading() as session:
            yield session

    privacy.erase_in_steps(overtaken, transaction, customer.id, now=LATER)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        other = session.scalars(select(Customer)).one()
        assert other.notes == "Zoë Quartermaine's sister rang"
        added = select(JournalValue).where(JournalValue.customer_id == other.id)
        assert all(value.after is not None for value in session.scalars(added))
        assert left(session, numbers=(NUMBER,)) != []
        assert verify(session).problems == []


@pytest.mark.plain_sql
def test_a_name_in_a_template_refuses_and_leaves_everything(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = zoe(session)
        a_booking(session, customer, notes="Window")
        templates.add_missing(session, now=NOW)
        session.execute(text("UPDATE templates SET body = 'Ask Zoë Quartermaine' WHERE kind = 'change'"))
        assert privacy.erase_preview(session, customer.id).blocked == ["body of template change"]
    with pytest.raises(Invalid) as refused, venue.transaction(MANAGER_AND_SCHEDULER) as session:
        privacy.erase(session, customer.id, now=LATER)
    assert "body of template change" in str(refused.value)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        assert stored(session, Booking).notes == "Window"
        assert session.scalars(select(Erasure)).all() == []
        assert all(value.salt for value in session.scalars(select(JournalValue)))


# The journal


def test_the_journal_can_still_be_verified_and_says_that_values_were_erased(session: Session) -> None:
    customer = zoe(session)
    event = an_event(session, name="Zoë Quartermaine's 40th")
    booking = a_booking(session, customer, event)
    bookings.update(session, booking.id, version=1, seats=3, now=NOW)
    other = a_customer(session, first_name="Ann", notes="Sister of Zoë Quartermaine")
    customers.update(session, other.id, version=1, notes="Friend of Zoë Quartermaine", now=NOW)
    events.update(session, event.id, version=1, notes="Cake", now=NOW)
    privacy.erase(session, customer.id, now=LATER)
    assert left(session) == []
    assert verify(session).problems == []


def test_erased_values_that_no_erasure_lists_are_named(session: Session) -> None:
    event = an_event(session)
    customer = zoe(session)
    privacy.erase(session, customer.id, now=LATER)
    update_where(
        session, JournalValue, JournalValue.event_id == event.id, {"before": None, "after": None, "salt": None}
    )
    assert [problem.damage.value for problem in verify(session).problems] == ["erased"]


def test_an_erasure_is_remembered_by_its_id_alone(session: Session) -> None:
    customer = zoe(session)
    privacy.erase(session, customer.id, now=LATER)
    row = stored(session, Erasure)
    assert (row.customer_id, row.erased_at, row.actor) == (customer.id, LATER, "Max")


def test_requests_keep_their_kind_and_dates(session: Session) -> None:
    customer = zoe(session)
    dates = {"received_on": NOW.date(), "due_on": (NOW + days(30)).date(), "created_at": NOW, "updated_at": NOW}
    texts = {"person": "Zoë", "contact": "zoe@example.org", "details": "All of it", "outcome": "Sent"}
    session.add(Request(kind="access", customer_id=customer.id, **texts, **dates))
    privacy.erase(session, customer.id, now=LATER)
    request = stored(session, Request)
    assert (request.kind, request.due_on, request.customer_id) == ("access", dates["due_on"], None)
    assert (request.person, request.contact, request.details, request.outcome) == ("", "", "", "")


def test_a_text_on_its_way_is_erased_once_it_is_settled(session: Session) -> None:
    booking = a_booking(session, zoe(session))
    confirmation, *_ = texts_to(session, booking.customer_id)
    confirmation.state, confirmation.next_step_at, confirmation.body = "unsure", LATER, "Hi Zoë Quartermaine"
    session.flush()
    privacy.erase(session, booking.customer_id, now=LATER)
    assert left(session) == ["messages.mobile_number", "messages.body"]
    assert stored(session, Message).erase_when_settled
