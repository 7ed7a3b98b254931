"""While the provider, or the mail server, does not take messages, the figures, the log and the reasons say so."""

import logging
from datetime import datetime, timedelta

import pytest

from channels.gateway import Fault, NotSent, Outcome, Outgoing, Refused, Unknown
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import NOW, minutes
from tests.venue.delivery.test_emails import Desk
from tests.venue.worker import TIMING, Worker, a_text, refused, the_message
from venue.delivery import figures, inbound, schedulers
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import COMMAND_LINE, SCHEDULER

AWAY = NotSent("Twilio could not be reached (ConnectTimeout)")
BUSY = NotSent("The mail server refused this address for now (450)", retry_after=minutes(5))
NONE_SENT = "1 text is over 5 minutes late, and none was sent in that time"


def late(venue: Venue, now: datetime) -> tuple[int, int]:
    """The texts and the e-mails that are late."""
    with venue.reading(COMMAND_LINE) as session:
        found = figures.figures(session, now=now)
    return found.late, found.emails_late


def why(venue: Venue, now: datetime) -> str:
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=now)
        return figures.why_not_working(session, now=now)


def delays(venue: Venue, now: datetime) -> list[str]:
    with venue.reading(COMMAND_LINE) as session:
        return figures.delays(session, now=now)


def out_of_reach(end: Outcome = AWAY) -> FakeGateway:
    gateway = FakeGateway()
    gateway.refusals["+"] = end
    gateway.unreachable = True
    return gateway


def work(worker: Worker) -> None:
    """What a scheduler does in a minute."""
    inbound.listen(worker.transaction, worker.gateway, now=worker.now)
    worker.deliver_all()
    while worker.look():
        pass
    worker.expire()


@ON_BOTH
def test_a_text_that_is_tried_again_and_again_is_late_at_every_moment(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, out_of_reach())
    found = []
    for _ in range(40):
        work(worker)
        found.append((late(venue, worker.now)[0], why(venue, worker.now)))
        worker.wait(minutes(1))
    assert found == [(0, "")] * 5 + [(1, NONE_SENT)] * 35
    worker.gateway.refusals.clear()
    worker.gateway.unreachable = False
    worker.wait(minutes(5))
    work(worker)
    assert the_message(venue).state == State.SENT
    assert (late(venue, worker.now)[0], why(venue, worker.now)) == (0, "")


def test_a_text_is_late_also_during_the_call_that_tries_it_again(venue: Venue) -> None:
    seen: list[tuple[str, tuple[int, int]]] = []

    class Watched(FakeGateway):
        def send(self, outgoing: Outgoing) -> Outcome:
            seen.append((the_message(venue).state, late(venue, worker.now)))
            return super().send(outgoing)

    a_text(venue)
    gateway = Watched()
    gateway.refusals["+"] = AWAY
    worker = Worker(venue, gateway)
    for _ in range(3):
        worker.deliver()
        worker.wait(minutes(5))
    assert seen == [(State.SENDING, (0, 0)), (State.SENDING, (1, 0)), (State.SENDING, (1, 0))]


def test_a_text_whose_answer_was_lost_is_not_sent_in_the_dark_for_an_hour(venue: Venue) -> None:
    """Nothing is late: the text may have gone. That the provider does not answer is what is wrong."""
    a_text(venue)
    worker = Worker(venue, out_of_reach(Unknown("Twilio's answer was lost")))
    found = []
    for _ in range(12):
        work(worker)
        found.append(why(venue, worker.now))
        worker.wait(minutes(5))
    assert the_message(venue).state == State.UNSURE
    assert late(venue, worker.now) == (0, 0)
    assert found[:3] == ["", *(silence(each) for each in (5, 10))]
    assert found[-1] == silence(55)
    assert delays(venue, worker.now) == [silence(60)]


def silence(for_minutes: int) -> str:
    return f"Twilio has not answered for {for_minutes} minutes: can this machine reach the internet?"


def test_with_nothing_to_send_the_provider_is_watched_too(venue: Venue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    worker = Worker(venue, out_of_reach())
    for _ in range(3):
        work(worker)
        worker.wait(minutes(5))
    with venue.reading(COMMAND_LINE) as session:
        assert figures.figures(session, now=worker.now).provider_away == minutes(15)
    worker.gateway.unreachable = False
    work(worker)
    assert delays(venue, worker.now) == []
    with venue.reading(COMMAND_LINE) as session:
        assert figures.figures(session, now=worker.now).provider_away == timedelta()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The provider of texts does not answer: told to be", "The provider of texts answers again"]


def test_a_provider_that_takes_texts_is_there_whatever_else_it_does_not_answer(venue: Venue) -> None:
    gateway = FakeGateway()
    gateway.unreachable = True
    worker = Worker(venue, gateway)
    work(worker)
    worker.wait(minutes(10))
    assert why(venue, worker.now) == silence(10)
    a_text(venue)
    work(worker)
    assert the_message(venue).state == State.SENT
    assert why(venue, worker.now) == ""


@pytest.mark.parametrize("code", ["21608", "21611"])
def test_a_text_that_waits_because_of_its_own_number_is_not_late(venue: Venue, code: str) -> None:
    assert refused(code).fault in (Fault.NOT_YET, Fault.RETRY_ONCE)
    a_text(venue)
    worker = Worker(venue, FakeGateway(refused(code)))
    worker.wait(minutes(6))
    assert late(venue, worker.now) == (1, 0)
    worker.deliver()
    assert late(venue, worker.now) == (0, 0)
    assert why(venue, worker.now) == ""


def test_an_email_that_the_mail_server_asks_to_wait_for_is_no_late_text(venue: Venue) -> None:
    desk = Desk(venue, *[BUSY] * 8)
    desk.book()
    desk.prefer_email()
    found = []
    for _ in range(8):
        desk.send()
        found.append((late(desk.venue, desk.now), why(desk.venue, desk.now)))
        desk.now += minutes(5)
    assert found == [((0, 0), "")] * 6 + [((0, 1), "")] * 2
    assert delays(desk.venue, desk.now) == ["1 e-mail is over 30 minutes late: Messages shows why"]
    desk.send()
    assert late(desk.venue, desk.now) == (0, 0)


def test_a_refusal_for_good_leaves_nothing_that_is_late(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(Refused("21211", "Not a number", Fault.NUMBER)))
    worker.wait(TIMING.settle)
    worker.deliver()
    assert late(venue, worker.now) == (0, 0)
