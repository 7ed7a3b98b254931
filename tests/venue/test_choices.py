"""Changed settings reach every process within a minute, and are separate from flags that processes store."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy.orm import Session

from scheduler_jobs import Scheduler
from settings import load
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, STAFF, a_booking, an_event, days
from venue import choices, profile
from venue.clock import Hours
from venue.delivery.due_messages import Rate
from venue.errors import Invalid, NotAllowed
from venue.journal import undo
from venue.messages import templates
from venue.profile import Venue, venue_of
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql


class Process:
    """Another process on the same venue, with a clock of its own."""

    def __init__(self, venue: Venue):
        self.seconds = 0.0
        self.venue = replace(venue, choices=profile._Choices(lambda: self.seconds))

    def hours(self) -> Hours | None:
        with self.venue.reading(STAFF) as session:
            assert venue_of(session).hours == self.venue.current().hours
            return venue_of(session).hours

    def choose(self, typed: str) -> None:
        with self.venue.transaction(MANAGER) as session:
            choices.save(session, "sending_hours", typed, now=NOW)


@ON_BOTH
def test_a_choice_of_one_process_is_seen_by_another_within_a_minute(venue: Venue) -> None:
    one, other = Process(venue), Process(venue)
    assert other.hours() == Hours(time(9), time(21))

    for typed, hours in (("10:00-20:00", Hours(time(10), time(20))), ("00:00-24:00", None)):
        one.choose(typed)
        other.seconds += 59
        assert other.hours() == hours

    with one.venue.transaction(MANAGER) as session:
        choices.reset(session, "sending_hours", now=NOW)
    other.seconds += 59
    assert other.hours() == Hours(time(9), time(21))


def test_a_process_reads_the_choices_twice_a_minute_and_no_more_often(venue: Venue) -> None:
    one, other = Process(venue), Process(venue)
    before = other.hours()
    one.choose("10:00-20:00")

    other.seconds += 29
    assert other.hours() == before
    other.seconds += 1
    assert other.hours() != before


def test_a_scheduler_that_runs_follows_the_sending_hours(venue: Venue) -> None:
    """A reminder is due at 19:30: the hours end before that, and later begin again."""
    desk, process = Process(venue), Process(venue)
    at = datetime(2027, 1, 28, 19, 45, tzinfo=UTC)
    gateway = FakeGateway()
    scheduler = Scheduler(process.venue, gateway, load({}), now=lambda: at)
    with desk.venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, starts_at=at + days(1)), now=NOW, tell_customer=False)

    def sent() -> int:
        process.seconds += 59
        scheduler.sender.run_until_empty()
        return len(gateway.sent)

    desk.choose("09:00-19:40")
    assert sent() == 0
    desk.choose("09:00-21:00")
    assert sent() == 1


def test_a_scheduler_that_runs_follows_the_limits(venue: Venue) -> None:
    desk, process = Process(venue), Process(venue)
    scheduler = Scheduler(process.venue, FakeGateway(), load({}), now=lambda: NOW)
    assert scheduler.sender.rate() == Rate(per_second=10, per_day=5_000)
    with desk.venue.transaction(MANAGER) as session:
        choices.save(session, "sms_per_day", "3", now=NOW)
        for _ in range(5):
            a_booking(session, now=NOW)
    process.seconds += 59
    scheduler.sender.run_until_empty()
    assert len(scheduler.gateway.sent) == 3


@ON_BOTH
def test_what_is_set_is_listed_at_once(venue: Venue) -> None:
    desk = Process(venue)
    with desk.venue.transaction(MANAGER) as session:
        assert choices.listed(session)["sending_hours"] == "09:00-21:00"
        choices.save(session, "sending_hours", " 10:00 - 24:00 ", now=NOW)
        assert choices.listed(session)["sending_hours"] == "10:00-24:00"


def test_wordings_are_one_on_each_line(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        assert choices.listed(session)["consent_wordings"].startswith("May The Anchor text you news")
        choices.save(session, "consent_wordings", " Offers by text?\r\n\n  Quiz news by text? ", now=NOW)
        assert choices.listed(session)["consent_wordings"] == "Offers by text?\nQuiz news by text?"
        choices.reset(session, "consent_wordings", now=NOW)
        assert choices.listed(session)["consent_wordings"].startswith("May The Anchor text you news")


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("consent_wordings", " \n ", "^Give 1 to 10 wordings"),
        ("consent_wordings", "x\n" * 11, "^Give 1 to 10 wordings"),
        ("consent_wordings", "x" * 2_001, "at most 2,000 characters"),
        ("currency", "GBP", "currency cannot be set here"),
    ],
)
def test_what_cannot_be_chosen_is_refused(venue: Venue, name: str, typed: str, words: str) -> None:
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid, match=words):
        choices.save(session, name, typed, now=NOW)


def test_only_a_manager_chooses(venue: Venue) -> None:
    for actor in (STAFF, SCHEDULER):
        with venue.transaction(actor) as session, pytest.raises(NotAllowed):
            choices.save(session, "sending_hours", "10:00-20:00", now=NOW)


def test_a_name_with_which_a_text_is_too_long_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="longer than 3 SMS"):
        choices.save(session, "venue_name", "😀" * 40, now=NOW)
    choices.save(session, "venue_name", "Tŷ Mawr", now=NOW)
    assert venue_of(session).name == "Tŷ Mawr"


LONG = "Tŷ Mawr " * 5


@pytest.fixture
def long_by_default(session: Session) -> Session:
    """A venue whose default name is too long for one of its texts, which was written with a short one."""
    session.info["venue"] = replace(venue_of(session), name=LONG, opened=None)
    choices.save(session, "venue_name", "The Crown", now=NOW)
    body = "{venue_name}: you are booked for {event_name}. " + "Please be on time. " * 12
    templates.save(session, Kind.CONFIRMATION, body=body, version=0, now=NOW)
    return session


def test_a_default_name_with_which_a_text_is_too_long_is_refused(long_by_default: Session) -> None:
    with pytest.raises(Invalid, match="With the default a text can be longer than 3 SMS: shorten the text templates"):
        choices.reset(long_by_default, "venue_name", now=NOW)
    current = choices.listed(long_by_default)
    was, version = {"venue_name": current["venue_name"]}, choices.version_of({"venue_name": current["venue_name"]})
    with pytest.raises(Invalid, match="With the default"):
        choices.change(long_by_default, {"venue_name": None}, version=version, was=was, now=NOW)
    assert venue_of(long_by_default).name == "The Crown"
    choices.reset(long_by_default, "venue_phone", now=NOW)


def test_undoing_a_name_leaves_it_where_a_text_would_be_too_long(long_by_default: Session) -> None:
    with pytest.raises(Invalid, match="Name: With the default a text can be longer than 3 SMS"):
        undo.undo(long_by_default, 1, now=NOW)
    assert venue_of(long_by_default).name == "The Crown"


@pytest.mark.parametrize("name", ["venue_name", "reward_name", "consent_wordings"])
def test_words_with_a_character_that_cannot_be_stored_are_refused(session: Session, name: str) -> None:
    with pytest.raises(Invalid, match="invisible"):
        choices.save(session, name, "Th\x00e Crown", now=NOW)
