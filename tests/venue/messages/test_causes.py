"""Rules read the cause of a skipped message and never its sentence, which may be improved at any time."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from channels.gateway import Fault, Refused
from db.models import Booking, Customer, Event
from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    a_booking,
    a_customer,
    an_event,
    days,
    minutes,
    texts_to,
)
from venue import customers, events
from venue.delivery import attempts
from venue.events import cancellations
from venue.messages import blocking, causes, needs_call, planning
from venue.messages.causes import OF_THE_NUMBER, SENTENCES, Cause, Reason
from venue.messages.states import State
from venue.roles import SCHEDULER
from venue.timing import Timing

ROOT = Path(__file__).parents[3]
REMINDERS = (Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR)
RULES = ["manage.py", "scheduler_jobs.py", *("cli", "venue", "pages", "web")]


def test_every_cause_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Cause)
    assert Reason(Cause.REPLACED).words == "Replaced"
    assert Reason(Cause.REPLACED, "the event has moved").words == "Replaced: the event has moved"


def test_the_operators_page_names_every_cause() -> None:
    words = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert all(f"`{cause}`" in words for cause in Cause)


# The sentences say something else, and the same customers are reminded and called


@pytest.fixture(params=["as they are", "all alike", "empty"])
def sentences(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "as they are":
        words = {"all alike": "Not sent", "empty": ""}[request.param]
        monkeypatch.setattr(causes, "SENTENCES", dict.fromkeys(Cause, words))


def reminders_of(session: Session, booking: Booking) -> set[tuple[str, str | None]]:
    session.flush()
    return {(text.state, text.cause) for text in texts_to(session, booking.customer_id, *REMINDERS)}


@pytest.mark.plain_sql
@pytest.mark.parametrize("cause", OF_THE_NUMBER)
def test_reminders_are_scheduled_again_once_the_number_is_free(session: Session, sentences: None, cause: Cause) -> None:
    booking = a_booking(session)
    number = texts_to(session, booking.customer_id)[0].mobile_number or ""
    block, free = BLOCKS[cause]
    block(session, number)
    assert reminders_of(session, booking) == {("skipped", cause)}
    assert [person.mobile_number for person in needs_call.listing(session, now=NOW).rows] == [number]

    free(session, number, now=LATER)
    assert reminders_of(session, booking) == {("planned", None)}


def block_by_stop(session: Session, number: str) -> None:
    blocking.opt_out(session, number, now=NOW)


def block_by_staff(session: Session, number: str) -> None:
    blocking.stop_texting(session, number, now=NOW)


def block_by_the_provider(session: Session, number: str) -> None:
    refused = Refused("21211", "This is not a working mobile number.", Fault.NUMBER)
    blocking.record_outcome(session, number, refused, called_at=NOW, now=NOW)


LATER = NOW + minutes(1)
BLOCKS: dict[Cause, tuple[Callable[..., None], Callable[..., object]]] = {
    Cause.OPTED_OUT: (block_by_stop, blocking.opt_in),
    Cause.STOPPED_BY_STAFF: (block_by_staff, blocking.allow_texting),
    Cause.CANNOT_RECEIVE: (block_by_the_provider, blocking.unblock),
}


@pytest.mark.plain_sql
def test_a_new_number_gets_the_reminders_that_the_old_one_could_not(session: Session, sentences: None) -> None:
    booking = a_booking(session)
    number = texts_to(session, booking.customer_id)[0].mobile_number or ""
    blocking.opt_out(session, number, now=NOW)
    customer = session.get_one(Customer, booking.customer_id)
    customers.update(session, customer.id, version=customer.version, mobile_number="07700 900888", now=LATER)
    assert reminders_of(session, booking) == {("planned", None)}


def test_an_event_that_is_on_again_has_its_reminders_again(session: Session, sentences: None) -> None:
    booking = a_booking(session)
    events.cancel(session, booking.event_id, now=NOW)
    assert reminders_of(session, booking) == {("skipped", Cause.EVENT_CANCELLED)}
    cancellations.undo(session, booking.event_id, now=LATER)
    assert reminders_of(session, booking) == {("planned", None)}


def test_what_was_skipped_in_that_moment_for_another_cause_stays_skipped(session: Session) -> None:
    """Undoing a cancellation must not go by the time alone, which a late booking in the same minute may share."""
    event = an_event(session)
    customer = a_customer(session)
    booking = a_booking(session, customer, event)
    confirmation = texts_to(session, customer, Kind.CONFIRMATION)[0]
    confirmation.state, confirmation.cause, confirmation.final_at = State.SKIPPED.value, Cause.REPLACED.value, NOW
    session.flush()
    events.cancel(session, booking.event_id, now=NOW)
    cancellations.undo(session, booking.event_id, now=LATER)
    session.refresh(confirmation)
    assert (confirmation.state, confirmation.cause) == (State.SKIPPED, Cause.REPLACED)


def test_a_day_reminder_that_is_too_late_needs_a_call_one_booked_too_late_does_not(
    session: Session, sentences: None
) -> None:
    missed = a_booking(session)
    late = IN_TWO_WEEKS - minutes(45)
    a_booking(session, a_customer(session), session.get_one(Event, missed.event_id), now=late)
    session.info["actor"] = SCHEDULER
    attempts.expire(session, timing=Timing(), now=late)
    session.info["actor"] = MANAGER
    (person,) = needs_call.listing(session, now=late).rows
    assert person.customer_id == missed.customer_id
    assert {text.cause for text in person.texts} == {Cause.TOO_LATE}


def test_a_moved_event_replaces_its_reminders(session: Session, sentences: None) -> None:
    booking = a_booking(session)
    event = session.get_one(Event, booking.event_id)
    events.update(session, event.id, version=event.version, starts_at=IN_TWO_WEEKS + days(1), now=LATER)
    assert reminders_of(session, booking) == {("skipped", Cause.REPLACED), ("planned", None)}
    assert planning.sweep(session, now=LATER).reminders == 0


# No rule reads a sentence


LOOKS_INTO = {"startswith", "endswith", "find", "index", "count", "partition", "like", "ilike", "contains", "in_"}
LOOKS_INTO |= {"not_in", "not_like", "not_ilike", "is_", "is_not", "regexp_match", "istartswith", "icontains"}


def sentence_reads(tree: ast.AST) -> Iterator[ast.AST]:
    """Where something called `reason` is compared, matched or looked into: Message.reason.like(…), reason == …"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and not _is_none_check(node):
            yield from (side for side in (node.left, *node.comparators) if _is_reason(side))
        elif isinstance(node, ast.Match) and _is_reason(node.subject):
            yield node.subject
        elif isinstance(node, ast.Attribute) and node.attr in LOOKS_INTO and _is_reason(node.value):
            yield node


def _is_reason(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "reason") or (
        isinstance(node, ast.Name) and node.id == "reason"
    )


def _is_none_check(node: ast.Compare) -> bool:
    return all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)


@pytest.mark.parametrize("folder", RULES)
def test_no_rule_reads_the_sentence(folder: str) -> None:
    path = ROOT / folder
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        reads = [f"{file.relative_to(ROOT)}:{node.lineno}" for node in sentence_reads(tree)]  # type: ignore[attr-defined]
        assert not reads


@pytest.mark.parametrize(
    "code",
    [
        "text.reason == 'Opted out'",
        "text.reason in said",
        "Message.reason.like('Too late%')",
        "Message.reason.in_(sentences)",
        "text.reason.startswith('Opted out')",
        "match text.reason:\n    case 'Opted out': pass",
    ],
)
def test_reading_a_sentence_is_noticed(code: str) -> None:
    assert list(sentence_reads(ast.parse(code)))
