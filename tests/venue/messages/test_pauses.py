"""Pauses after faults of the account, a country or a number, and how sending resumes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from channels.gateway import NotSent, Outcome
from db.models import Customer, Event, Message, Pause
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, a_booking, a_customer, an_event, hours, minutes, seconds
from tests.venue.worker import LOST, TIMING, Worker, a_text, refused, write
from venue import messages
from venue.delivery import attempts
from venue.delivery.claiming import Claim
from venue.messages import pauses, upcoming
from venue.messages.causes import Cause, Reason
from venue.messages.new_message import NewMessage
from venue.messages.pauses import Paused
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

FRANCE = "+33612345678"
PAUSED = refused("20003")
NO_TEXTS_ABROAD = refused("21408")


def texts(venue: Venue, at_home: int = 0, abroad: int = 0) -> None:
    """Make this number of confirmations due, one second apart, those to foreign numbers first."""
    for number in range(abroad + at_home):
        booking_id = a_text(venue, **({"mobile_number": FRANCE} if number < abroad else {}))
        with write(venue) as session:
            due_at = NOW - hours(1) + seconds(number)
            session.execute(update(Message).where(Message.booking_id == booking_id).values(due_at=due_at))


def states(venue: Venue, number: str = "+") -> list[str]:
    with venue.reading(MANAGER) as session:
        wanted = select(Message.state).where(Message.kind == "confirmation", Message.mobile_number.startswith(number))
        return sorted(session.scalars(wanted))


def standing(venue: Venue) -> Sequence[Paused]:
    with venue.reading(MANAGER) as session:
        return pauses.current(session)


def scopes(venue: Venue) -> list[str]:
    return [paused.scope for paused in standing(venue)]


def goes_on(worker: Worker) -> int:
    """How many calls are made now."""
    before = len(worker.gateway.sent)
    worker.deliver_all()
    return len(worker.gateway.sent) - before


# The whole account


@pytest.mark.parametrize("code", ["20003", "21606", "21703", "63038"])
def test_an_accounts_fault_pauses_everything_and_uses_nothing_up(venue: Venue, code: str) -> None:
    texts(venue, at_home=3)
    worker = Worker(venue, FakeGateway(refused(code)))
    assert goes_on(worker) == 1, "no other text is sent while it is paused"
    assert [(paused.scope, paused.reason) for paused in standing(venue)] == [("", refused(code).reason)]
    assert states(venue) == ["planned"] * 3
    worker.wait(seconds(59))
    assert goes_on(worker) == 0
    worker.wait(seconds(6))
    assert goes_on(worker) == 3
    assert (states(venue), scopes(venue)) == (["sent"] * 3, [])


def test_another_text_tries_a_pause_than_the_one_that_was_refused(venue: Venue) -> None:
    """Otherwise one text that is always refused, with an error that blames the account, would stop all others."""
    texts(venue, at_home=3)
    worker = Worker(venue, FakeGateway())
    worker.deliver()
    stubborn = worker.gateway.sent[0].to
    with write(venue) as session:
        session.execute(update(Message).where(Message.state == "sent").values(state="planned", next_step_at=None))
    worker.gateway.refusals[stubborn] = refused("21606")
    for _ in range(5):
        worker.deliver_all()
        worker.wait(seconds(60))
    assert states(venue) == ["planned", "sent", "sent"]


def test_texts_that_were_all_refused_wait_no_longer_for_a_look_that_found_none_of_them(venue: Venue) -> None:
    texts(venue, at_home=2)
    worker = Worker(venue, FakeGateway(PAUSED, PAUSED))
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=2, timing=TIMING, worker="w1", now=worker.now)
    with worker.transaction() as session:
        results: list[tuple[Claim, Outcome]] = [(claimed, PAUSED) for claimed in batch.claims]
        attempts.record(session, results, account=worker.gateway.account, timing=TIMING, now=worker.now)
    worker.wait(seconds(61))
    assert Worker(venue, FakeGateway(), now=worker.now).deliver() is False
    assert goes_on(Worker(venue, FakeGateway(), now=worker.now + seconds(5))) == 2


@ON_BOTH
@pytest.mark.parametrize("outcome", [PAUSED, NotSent("Busy"), LOST])
def test_a_pause_that_has_run_out_is_tried_by_one_text(venue: Venue, outcome: Outcome) -> None:
    texts(venue, at_home=4)
    worker = Worker(venue, FakeGateway(PAUSED))
    worker.deliver()
    worker.wait(seconds(60))
    with worker.transaction() as session:
        batch = attempts.claim(session, worker.gateway.account, limit=10, timing=TIMING, worker="w1", now=worker.now)
    with worker.transaction() as session:
        beside = attempts.claim(session, worker.gateway.account, limit=10, timing=TIMING, worker="w2", now=worker.now)
    assert (len(batch.claims), len(beside.claims)) == (1, 0)
    with worker.transaction() as session:
        results = [(batch.claims[0], outcome)]
        attempts.record(session, results, account=worker.gateway.account, timing=TIMING, now=worker.now)
    assert goes_on(worker) == 0, "it did not go, so nothing is known"
    worker.wait(seconds(60))
    assert goes_on(worker) > 1


def test_another_account_is_not_paused(venue: Venue) -> None:
    texts(venue, at_home=1)
    Worker(venue, FakeGateway(PAUSED)).deliver()
    fixed = FakeGateway()
    fixed.account = "another +447700900998"
    worker = Worker(venue, fixed, now=NOW + seconds(65))
    assert goes_on(worker) == 1


def test_the_pause_of_an_account_no_longer_used_is_deleted(venue: Venue) -> None:
    texts(venue, at_home=1)
    Worker(venue, FakeGateway(PAUSED)).deliver()
    fixed = FakeGateway()
    fixed.account = "another +447700900998"
    worker = Worker(venue, fixed, now=NOW + minutes(2))
    goes_on(worker)
    assert scopes(venue) == [""], "a scheduler that uses it would have retried by now, or is about to"
    worker.wait(minutes(3))
    goes_on(worker)
    assert scopes(venue) == []


# One country


def test_a_country_that_may_not_be_texted_stops_no_other(venue: Venue) -> None:
    texts(venue, at_home=3, abroad=2)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    assert goes_on(worker) == 4
    assert (states(venue, "+44"), states(venue, "+33")) == (["sent"] * 3, ["planned"] * 2)
    assert scopes(venue) == ["+33"]
    with venue.reading(MANAGER) as session:
        assert NO_TEXTS_ABROAD.reason in session.scalars(select(Message.reason)).all()
    worker.wait(minutes(9))
    texts(venue, at_home=1)
    assert goes_on(worker) == 1, "what was booked since goes, and none abroad"


@ON_BOTH
def test_a_country_is_tried_by_one_text_and_goes_on_once_one_went(venue: Venue) -> None:
    texts(venue, at_home=1, abroad=3)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    goes_on(worker)
    worker.wait(minutes(10))
    assert goes_on(worker) == 1
    worker.gateway.refusals.clear()
    worker.wait(minutes(1))
    assert goes_on(worker) == 0
    worker.wait(minutes(9) + seconds(10))
    assert goes_on(worker) == 3
    assert (states(venue), scopes(venue)) == (["sent"] * 4, [])


def test_a_text_at_home_does_not_end_the_pause_of_another_country(venue: Venue) -> None:
    texts(venue, at_home=1, abroad=1)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    goes_on(worker)
    texts(venue, at_home=1)
    goes_on(worker)
    assert scopes(venue) == ["+33"]


def test_a_country_without_queued_texts_is_not_paused(venue: Venue) -> None:
    texts(venue, abroad=1)
    worker = Worker(venue, FakeGateway(NO_TEXTS_ABROAD))
    goes_on(worker)
    with write(venue) as session:
        messages.skip_planned(session, Message.mobile_number == FRANCE, Reason(Cause.REPLACED), now=NOW)
    worker.wait(minutes(10))
    goes_on(worker)
    assert scopes(venue) == []


def test_a_country_is_looked_at_no_more_often_while_nothing_is_due_there(venue: Venue) -> None:
    texts(venue, abroad=1)
    worker = Worker(venue, FakeGateway(NO_TEXTS_ABROAD))
    goes_on(worker)
    with write(venue) as session:
        a_booking(session, session.scalars(select(Customer)).one(), an_event(session), tell_customer=False)
        messages.skip_planned(session, Message.kind == "confirmation", Reason(Cause.REPLACED), now=NOW)
    worker.wait(minutes(10))
    goes_on(worker)
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(Pause.try_again_at)).all() == [worker.now + minutes(10)]


def test_a_text_that_is_skipped_tries_nothing(venue: Venue) -> None:
    texts(venue, abroad=2)
    worker = Worker(venue, FakeGateway(NO_TEXTS_ABROAD))
    goes_on(worker)
    with write(venue) as session:
        messages.skip_planned(session, Message.fence == 1, Reason(Cause.REPLACED), now=NOW)
        session.execute(update(Event).values(cancelled_at=NOW))
    texts(venue, abroad=1)
    worker.wait(minutes(11))
    assert goes_on(worker) == 1
    assert states(venue) == ["sent", "skipped", "skipped"]


def test_a_late_reminder_still_becomes_too_late_while_its_country_is_paused(venue: Venue) -> None:
    with write(venue) as session:
        a_booking(session, a_customer(session, mobile_number=FRANCE), tell_customer=False)
    worker = Worker(venue, FakeGateway(), now=IN_TWO_WEEKS - hours(4))
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    goes_on(worker)
    worker.wait(hours(2))
    worker.expire()
    with venue.reading(MANAGER) as session:
        assert set(session.scalars(select(Message.state))) == {"skipped"}


# Both at once


@ON_BOTH
def test_two_pauses_at_once_end_each_for_itself(venue: Venue) -> None:
    texts(venue, at_home=2, abroad=2)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    worker.deliver()
    worker.gateway.refusals[""] = PAUSED
    worker.deliver()
    assert scopes(venue) == ["", "+33"]
    assert goes_on(worker) == 0
    worker.wait(seconds(60))
    assert goes_on(worker) == 1, "one text for the account, none for the country whose pause has not run out"
    del worker.gateway.refusals[""]
    worker.wait(seconds(80))
    assert goes_on(worker) == 2
    assert (states(venue, "+44"), scopes(venue)) == (["sent"] * 2, ["+33"])
    worker.gateway.refusals.clear()
    worker.wait(minutes(10))
    assert goes_on(worker) == 2
    assert scopes(venue) == []


def test_a_text_that_tries_the_account_out_tries_its_country_too(venue: Venue) -> None:
    texts(venue, at_home=1, abroad=2)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+33"] = NO_TEXTS_ABROAD
    goes_on(worker)
    worker.wait(minutes(10))
    with write(venue) as session:
        session.add(Pause(account=worker.gateway.account, scope="", reason="", paused_at=NOW, try_again_at=worker.now))
    worker.gateway.refusals = {"": PAUSED}
    assert goes_on(worker) == 1
    assert worker.gateway.sent[-1].to == FRANCE
    texts(venue, at_home=1)
    worker.gateway.refusals.clear()
    worker.wait(minutes(2))
    assert goes_on(worker) == 1, "the country was tried only two minutes ago"
    worker.wait(minutes(10))
    assert goes_on(worker) == 2
    assert (states(venue), scopes(venue)) == (["sent"] * 4, [])


def test_only_those_abroad_wait_and_both_pauses_have_run_out(venue: Venue) -> None:
    texts(venue, abroad=2)
    worker = Worker(venue, FakeGateway(NO_TEXTS_ABROAD, PAUSED))
    worker.deliver()
    worker.wait(minutes(10))
    worker.deliver()
    assert scopes(venue) == ["", "+33"]
    worker.wait(minutes(12))
    goes_on(worker)
    assert (states(venue), scopes(venue)) == (["sent"] * 2, [])


# One number


def test_a_number_that_is_not_verified_yet_waits_alone(venue: Venue) -> None:
    with write(venue) as session:
        a_booking(session, a_customer(session, mobile_number="07700 900123"))
    texts(venue, at_home=2)
    worker = Worker(venue, FakeGateway())
    worker.gateway.refusals["+447700900123"] = refused("21608")
    assert goes_on(worker) == 3
    assert (states(venue), scopes(venue)) == (["planned", "sent", "sent"], [])
    worker.gateway.refusals.clear()
    worker.wait(hours(1) + seconds(5))
    goes_on(worker)
    assert states(venue) == ["sent"] * 3


# What staff see


def test_a_text_that_waits_is_foreseen_with_its_pause(venue: Venue) -> None:
    texts(venue, at_home=1, abroad=1)
    worker = Worker(venue, FakeGateway(NO_TEXTS_ABROAD))
    worker.deliver()
    with venue.reading(MANAGER) as session:
        coming = {one.row.mobile_number: one.paused for one in upcoming.this_week(session, now=NOW).planned}
    (at_home,) = set(coming) - {FRANCE}
    assert coming[at_home] is None
    assert coming[FRANCE] is not None
    assert coming[FRANCE].what == "Sending to numbers that begin with +33 is paused"


# How quick it is


@ON_BOTH
def test_the_claim_walks_the_index_past_twenty_thousand_that_are_paused(venue: Venue) -> None:
    account = FakeGateway.account
    texts(venue, at_home=3)
    with write(venue) as session:
        abroad = a_customer(session, mobile_number=FRANCE)
        session.execute(insert(Message), [a_due_text(abroad, number) for number in range(20_000)])
        for scope in ("+33", "+49", "+353"):
            session.add(Pause(account=account, scope=scope, reason="", paused_at=NOW, try_again_at=NOW + hours(1)))
    with write(venue) as session:
        session.execute(text("ANALYZE"))
    with Worker(venue, FakeGateway()).transaction() as session, claiming(venue) as asked:
        batch = attempts.claim(session, account, limit=2, timing=TIMING, worker="w", now=NOW)
        (statement, parameters) = asked[0]
        explain = "EXPLAIN" if venue.database.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = str(session.connection().exec_driver_sql(f"{explain} {statement}", parameters).all())
    assert len(batch.claims) == 2
    assert "ix_messages_due" in plan
    assert "sort" not in plan.lower()
    assert "temp b-tree" not in plan.lower()


def a_due_text(customer: Customer, number: int) -> dict[str, Any]:
    times = {"due_at": NOW, "useful_until": NOW + hours(9), "now": NOW}
    to = {"customer_id": customer.id, "mobile_number": customer.mobile_number}
    what = {"kind": Kind.MANUAL, "dedupe_key": f"manual:{number}", "body": "See you"}
    return NewMessage(**what, **to, **times).columns()


@contextmanager
def claiming(venue: Venue) -> Iterator[list[tuple[str, Any]]]:
    """The statements that find due messages."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "ORDER BY messages.priority" in statement:
            asked.append((statement, parameters))

    event.listen(venue.database.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(venue.database.engine, "before_cursor_execute", hear)
