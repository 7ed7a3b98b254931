"""Staff stop the texts to a number and allow them again; a STOP only the guest ends."""

import pytest
from sqlalchemy import select

from db.models import Message
from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_booking, a_customer, an_event, days, hours, minutes, texts_to
from tests.venue.delivery.test_inbound import JO, a_text
from venue import messages
from venue.delivery import inbound
from venue.errors import Invalid, NotAllowed
from venue.messages import actions, needs_call, numbers
from venue.messages.states import State
from venue.profile import House
from venue.roles import SCHEDULER


@pytest.fixture
def booked(house: House) -> object:
    with house.transaction(MANAGER) as session:
        customer = a_customer(session, mobile_number=JO)
        a_booking(session, customer, an_event(session, starts_at=NOW + days(14)))
        return customer.id


def states(house: House, customer_id: object) -> list[tuple[str, str, str]]:
    with house.reading(MANAGER) as session:
        rows = [text for text in texts_to(session, customer_id) if text.direction == "out"]  # type: ignore[arg-type]
        return sorted((row.kind, row.state, row.reason) for row in rows)


def stop(house: House, *, after: int = 0) -> int:
    with house.transaction(STAFF) as session:
        return numbers.stop_texting(session, JO, now=NOW + minutes(after))


def allow(house: House, *, after: int = 5) -> int:
    with house.transaction(STAFF) as session:
        return numbers.allow_texting(session, JO, now=NOW + minutes(after))


def guest_texts(house: House, body: str, *, after: int = 2) -> None:
    with house.transaction(SCHEDULER) as session:
        at = NOW + minutes(after)
        inbound.take(session, a_text(body, at=at, provider_id=f"SM{after}"), now=at)


def test_staff_stop_the_texts_to_a_number_and_what_was_scheduled_is_skipped(house: House, booked: object) -> None:
    assert stop(house) == 3

    assert {(state, reason) for _, state, reason in states(house, booked)} == {
        ("skipped", "Texts to this number were stopped by staff")
    }
    with house.transaction(MANAGER) as session:
        assert numbers.known(session, JO).opted_out_by == STAFF.name
        assert numbers.stopped(session, [JO, "+447700900002"]) == {JO: STAFF.name}
        with pytest.raises(Invalid, match="stopped by staff"):
            messages.text_customer(session, customer_id=booked, body="Hi", form_token="f", now=NOW)  # type: ignore[arg-type]
        assert [row.name for row in needs_call.waiting(session, now=NOW).rows], "they need a call"


def test_stopping_again_changes_nothing(house: House, booked: object) -> None:
    stop(house)
    before = states(house, booked)

    assert stop(house, after=1) == 0
    assert states(house, booked) == before


def test_staff_who_tapped_wrongly_have_all_of_it_back(house: House, booked: object) -> None:
    before = states(house, booked)
    stop(house)

    assert allow(house) == 3

    assert states(house, booked) == before
    with house.reading(MANAGER) as session:
        assert numbers.known(session, JO).cannot_text == ""
        assert numbers.stopped(session, [JO]) == {}
    assert allow(house) == 0


def test_what_was_on_hold_stays_on_hold(house: House, booked: object) -> None:
    with house.transaction(MANAGER) as session:
        held = session.scalars(select(Message.id).where(Message.kind == "reminder_7_day")).one()
        actions.hold(session, [held], now=NOW)

    assert stop(house) == 2
    assert allow(house) == 2

    assert {kind: state for kind, state, _ in states(house, booked)}["reminder_7_day"] == "held"


def test_what_is_too_late_by_then_stays_skipped(house: House, booked: object) -> None:
    stop(house)
    with house.transaction(STAFF) as session:
        numbers.allow_texting(session, JO, now=NOW + days(14) - hours(12))

    assert {kind: state for kind, state, _ in states(house, booked)}["reminder_7_day"] == "skipped"


def test_reminders_of_what_was_booked_while_stopped_are_scheduled_in_the_end(house: House, booked: object) -> None:
    stop(house)
    with house.transaction(MANAGER) as session:
        other = an_event(session, name="Open Mic", starts_at=NOW + days(20))
        a_booking(session, session.get_one(type(a_customer(session)), booked), other)
    allow(house)

    reminders = [state for kind, state, _ in states(house, booked) if kind.startswith("reminder")]
    assert reminders == ["planned"] * 4


def test_a_stop_of_the_guests_own_is_not_for_staff_to_end(house: House, booked: object) -> None:
    guest_texts(house, "STOP")
    with pytest.raises(Invalid, match="only they can end that"):
        allow(house)

    assert stop(house, after=6) == 0
    with pytest.raises(Invalid, match="only they can end that"):
        allow(house, after=7)


def test_a_stop_that_comes_after_staff_stopped_is_the_guests(house: House, booked: object) -> None:
    stop(house)
    guest_texts(house, "Stop. Thank you")

    with house.reading(MANAGER) as session:
        assert numbers.known(session, JO).opted_out_by is None
    with pytest.raises(Invalid, match="only they can end that"):
        allow(house)


def test_start_opens_what_staff_stopped_but_yes_is_an_answer(house: House, booked: object) -> None:
    stop(house)
    guest_texts(house, "Yes", after=2)
    with house.reading(MANAGER) as session:
        assert numbers.stopped(session, [JO])
        assert [text.body for text in session.scalars(select(Message).where(Message.handled_at.is_(None)))].count("Yes")

    guest_texts(house, "START", after=3)
    with house.reading(MANAGER) as session:
        assert numbers.stopped(session, [JO]) == {}


def test_a_viewer_stops_nothing(house: House) -> None:
    with house.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        numbers.stop_texting(session, JO, now=NOW)
    with house.transaction(VIEWER) as session, pytest.raises(NotAllowed):
        numbers.allow_texting(session, JO, now=NOW)


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
    house: House, booked: object, body: str, is_stopped: bool, waits: bool
) -> None:
    guest_texts(house, body)

    with house.reading(MANAGER) as session:
        assert bool(numbers.stopped(session, [JO])) is is_stopped
        received = session.scalars(select(Message).where(Message.state == State.RECEIVED.value)).one()
        assert (received.handled_at is None) is waits
