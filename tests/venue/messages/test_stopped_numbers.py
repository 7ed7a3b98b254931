"""Staff stop the texts to a number and allow them again; a STOP only the guest ends."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Message
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_booking, a_customer, an_event, days, hours, minutes, texts_to
from tests.venue.delivery.test_inbound import JO, a_text
from venue import messages
from venue.delivery import inbound
from venue.errors import Invalid, NotAllowed
from venue.messages import actions, blocking, needs_call, numbers
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql


@pytest.fixture
def booked(venue: Venue) -> UUID:
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session, mobile_number=JO)
        a_booking(session, customer, an_event(session, starts_at=NOW + days(14)))
        return customer.id


def states(venue: Venue, customer_id: UUID) -> list[tuple[str, str, str]]:
    with venue.reading(MANAGER) as session:
        rows = [text for text in texts_to(session, customer_id) if text.direction == "out"]
        return sorted((row.kind, row.state, row.reason) for row in rows)


def stop(venue: Venue, *, after: int = 0) -> int:
    with venue.transaction(STAFF) as session:
        return blocking.stop_texting(session, JO, now=NOW + minutes(after))


def allow(venue: Venue, *, after: int = 5) -> int:
    with venue.transaction(STAFF) as session:
        return blocking.allow_texting(session, JO, now=NOW + minutes(after))


def stopped(session: Session) -> dict[UUID, str | None]:
    return numbers.stopped(session, session.scalars(select(Message.id)))


def guest_texts(venue: Venue, body: str, *, after: int = 2) -> None:
    with venue.transaction(SCHEDULER) as session:
        at = NOW + minutes(after)
        inbound.store(session, a_text(body, at=at, provider_id=f"SM{after}"), now=at)


@ON_BOTH
def test_staff_stop_the_texts_to_a_number_and_what_was_scheduled_is_skipped(venue: Venue, booked: UUID) -> None:
    assert stop(venue) == 3

    assert {(state, reason) for _, state, reason in states(venue, booked)} == {
        ("skipped", "Texts to this number were stopped by staff")
    }
    with venue.transaction(MANAGER) as session:
        assert numbers.details(session, booked).opted_out_by == STAFF.name
        assert set(stopped(session).values()) == {STAFF.name}
        with pytest.raises(Invalid, match="stopped by staff"):
            messages.text_customer(session, customer_id=booked, body="Hi", form_token="f", now=NOW)
        assert [row.name for row in needs_call.listing(session, now=NOW).rows], "they need a call"


@ON_BOTH
def test_stopping_again_changes_nothing(venue: Venue, booked: UUID) -> None:
    stop(venue)
    before = states(venue, booked)

    assert stop(venue, after=1) == 0
    assert states(venue, booked) == before


@ON_BOTH
def test_staff_who_tapped_wrongly_have_all_of_it_back(venue: Venue, booked: UUID) -> None:
    before = states(venue, booked)
    stop(venue)

    assert allow(venue) == 3

    assert states(venue, booked) == before
    with venue.reading(MANAGER) as session:
        assert numbers.details(session, booked).cannot_text == ""
        assert stopped(session) == {}
    assert allow(venue) == 0


def test_what_was_on_hold_stays_on_hold(venue: Venue, booked: UUID) -> None:
    with venue.transaction(MANAGER) as session:
        held = session.scalars(select(Message.id).where(Message.kind == "reminder_7_day")).one()
        actions.hold(session, [held], now=NOW)

    assert stop(venue) == 2
    assert allow(venue) == 2

    assert {kind: state for kind, state, _ in states(venue, booked)}["reminder_7_day"] == "held"


def test_what_is_too_late_by_then_stays_skipped(venue: Venue, booked: UUID) -> None:
    stop(venue)
    with venue.transaction(STAFF) as session:
        blocking.allow_texting(session, JO, now=NOW + days(14) - hours(12))

    assert {kind: state for kind, state, _ in states(venue, booked)}["reminder_7_day"] == "skipped"


def test_reminders_of_what_was_booked_while_stopped_are_scheduled_in_the_end(venue: Venue, booked: UUID) -> None:
    stop(venue)
    with venue.transaction(MANAGER) as session:
        other = an_event(session, name="Open Mic", starts_at=NOW + days(20))
        a_booking(session, session.get_one(type(a_customer(session)), booked), other)
    allow(venue)

    reminders = [state for kind, state, _ in states(venue, booked) if kind.startswith("reminder")]
    assert reminders == ["planned"] * 4


def test_a_stop_of_the_guests_own_is_not_for_staff_to_end(venue: Venue, booked: UUID) -> None:
    guest_texts(venue, "STOP")
    with pytest.raises(Invalid, match="only they can end that"):
        allow(venue)

    assert stop(venue, after=6) == 0
    with pytest.raises(Invalid, match="only they can end that"):
        allow(venue, after=7)


def test_a_stop_that_comes_after_staff_stopped_is_the_guests(venue: Venue, booked: UUID) -> None:
    stop(venue)
    guest_texts(venue, "Stop. Thank you")

    with venue.reading(MANAGER) as session:
        assert numbers.details(session, booked).opted_out_by is None
    with pytest.raises(Invalid, match="only they can end that"):
        allow(venue)


def test_start_opens_what_staff_stopped_but_yes_is_an_answer(venue: Venue, booked: UUID) -> None:
    stop(venue)
    guest_texts(venue, "Yes", after=2)
    with venue.reading(MANAGER) as session:
        assert stopped(session)
        assert [text.body for text in session.scalars(select(Message).where(Message.handled_at.is_(None)))].count("Yes")

    guest_texts(venue, "START", after=3)
    with venue.reading(MANAGER) as session:
        assert stopped(session) == {}


def test_a_viewer_stops_nothing(venue: Venue) -> None:
    with venue.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        blocking.stop_texting(session, JO, now=NOW)
    with venue.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        blocking.allow_texting(session, JO, now=NOW)


@pytest.mark.parametrize(
    ("body", "is_stopped", "waits"),
    [
        ("Stop. Thank you", True, False),
        ("take me off your list", True, False),
        ("please delete my number", True, True),
        ("remove me", False, True),
        ("wrong number", False, True),
        ("we'll stop by at 8", False, True),
    ],
)
def test_a_plain_refusal_is_obeyed_and_a_likely_one_waits_for_staff(
    venue: Venue, booked: UUID, body: str, is_stopped: bool, waits: bool
) -> None:
    guest_texts(venue, body)

    with venue.reading(MANAGER) as session:
        assert bool(stopped(session)) is is_stopped
        received = session.scalars(select(Message).where(Message.state == State.RECEIVED.value)).one()
        assert (received.handled_at is None) is waits
