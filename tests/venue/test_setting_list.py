"""Each setting: how it is typed, stored and read, what is refused, and that all of them reach another process."""

from dataclasses import replace
from datetime import time
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from settings import load, open_venue
from tests.at_once import at_once
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, STAFF
from venue import choices, profile, setting_list
from venue.bulk_texts import Price
from venue.clock import Hours
from venue.errors import Conflict, Invalid, NotAllowed
from venue.profile import Venue, venue_of

pytestmark = pytest.mark.plain_sql

# What is typed, how it is stored, and the value.
VALUES: dict[str, tuple[str, str, Any]] = {
    "venue_name": ("  The   Crown ", "The Crown", "The Crown"),
    "venue_phone": (" +44 (0)1632 960124", "+44 (0)1632 960124", "+44 (0)1632 960124"),
    "sending_hours": ("10:00 - 20:00", "10:00-20:00", Hours(time(10), time(20))),
    "reminders_at": (" 18:00", "18:00", time(18)),
    "bulk_hours": ("11:00-24:00", "11:00-24:00", Hours(time(11), time(0))),
    "bulk_days_apart": ("14", "14", 14),
    "text_price": ("£ 0.04", "£0.04", Price("£", Decimal("0.04"))),
    "sms_per_second": ("3", "3", 3),
    "sms_per_day": ("200", "200", 200),
    "consent_wordings": (" Quiz news?\r\n\nOffers? ", "Quiz news?\nOffers?", ("Quiz news?", "Offers?")),
    "retention_months": ("036", "36", 36),
    "reward_name": (" a free  pint", "a free pint", "a free pint"),
    "reward_every": ("5", "5", 5),
    "sign_in_hours": ("8", "8", 8),
    "tablet_lock_minutes": ("10", "10", 10),
}
REFUSED = [
    ("venue_name", " ", "Give a name of at most 40 characters"),
    ("venue_name", "x" * 41, "Give a name of at most 40 characters"),
    ("venue_phone", "ring us", "Give a phone number like 01632 960123, or leave it empty"),
    ("sending_hours", "", "Give opening and closing like 09:00-21:00"),
    ("sending_hours", "20:00-10:00", "Closing must be later than opening"),
    ("reminders_at", "6pm", 'Give a time like 18:00, or "event"'),
    ("bulk_hours", "always", "Give opening and closing"),
    ("bulk_days_apart", "0", "Give 1 to 365 days"),
    ("bulk_days_apart", "1.5", "Give 1 to 365 days"),
    ("text_price", "4p", "Give the price of one segment like £0.04"),
    ("sms_per_second", "11", "Give at most 10: your administrator set this limit"),
    ("sms_per_day", "5001", "Give at most 5,000: your administrator set this limit"),
    ("sms_per_day", "0", "Give 1 to"),
    ("retention_months", "5", "Give 6 to 120 months"),
    ("reward_name", "x" * 61, "Give a name of at most 60 characters"),
    ("reward_every", "²", "Give 2 to 100 visits"),
    ("sign_in_hours", "721", "Give 1 to 720 hours"),
    ("tablet_lock_minutes", "61", "Give 1 to 60 minutes"),
]
# What turns off what the environment turns on.
OFF = {"venue_phone": "", "reminders_at": "event", "text_price": "", "reward_name": "", "sending_hours": "00:00-24:00"}


@pytest.fixture
def other(venue: Venue) -> Venue:
    """The same venue in another process, a minute later each time it is asked."""
    seconds = iter(range(0, 60_000, 60))
    return replace(venue, choices=profile._Choices(lambda: next(seconds)))


def put(venue: Venue, name: str, typed: str) -> None:
    with venue.transaction(MANAGER) as session:
        choices.save(session, name, typed, now=NOW)


def test_every_setting_is_tried() -> None:
    assert VALUES.keys() == setting_list.BY_NAME.keys()
    assert {name for name, _, _ in REFUSED} | {"consent_wordings"} == setting_list.BY_NAME.keys()


def test_every_setting_is_stored_and_reaches_another_process_and_goes_back(venue: Venue, other: Venue) -> None:
    before = {name: setting.value(other.current()) for name, setting in setting_list.BY_NAME.items()}
    for name, (typed, _, _) in VALUES.items():
        put(venue, name, typed)
    with venue.transaction(MANAGER) as session:
        rows = {row.name: row for row in choices.rows(session)}
        assert {name: row.value for name, row in rows.items()} == {name: value[1] for name, value in VALUES.items()}
        assert {(row.changed_by, row.is_set) for row in rows.values()} == {("Max", True)}
    there = other.current()
    assert {name: setting.value(there) for name, setting in setting_list.BY_NAME.items()} == {
        name: value for name, (_, _, value) in VALUES.items()
    }

    with venue.transaction(MANAGER) as session:
        for name in VALUES:
            choices.reset(session, name, now=NOW)
        assert not any(row.is_set or row.changed_by for row in choices.rows(session))
    assert {name: setting.value(other.current()) for name, setting in setting_list.BY_NAME.items()} == before


@pytest.mark.parametrize(("name", "typed", "words"), REFUSED)
def test_what_cannot_be_used_is_refused_with_what_to_type(venue: Venue, name: str, typed: str, words: str) -> None:
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid) as refused:
        choices.save(session, name, typed, now=NOW)
    assert refused.value.problems[name].startswith(words)


def test_what_the_environment_turns_on_is_turned_off(new_database: Any) -> None:
    given = {"DATABASE_URL": new_database("sqlite"), "REMINDERS_AT": "18:00", "TEXT_PRICE": "£0.04", "VENUE_PHONE": "1"}
    venue = open_venue(load(given))
    for name, typed in OFF.items():
        put(venue, name, typed)
    with venue.reading(STAFF) as session:
        values = choices.listed(session)
    assert {name: values[name] for name in OFF} == OFF
    now = venue.current()
    assert (now.reminders_at, now.bulk_texts.price, now.phone, now.hours) == (None, None, "", None)
    assert now.bulk_texts.can_be_answered
    venue.database.close()


def test_a_limit_that_the_administrator_lowers_later_holds(venue: Venue) -> None:
    put(venue, "sms_per_day", "4000")
    lowered = replace(venue, limits=profile.TextLimits(per_second=10, per_day=300), choices=profile._Choices())
    assert lowered.current().limits.per_day == 300


def test_a_stored_value_that_cannot_be_read_is_left_out(venue: Venue, caplog: pytest.LogCaptureFixture) -> None:
    changed = profile.with_choices(venue, {"sending_hours": "whenever", "venue_name": "The Crown", "colour": "red"})
    assert (changed.hours, changed.name) == (venue.hours, "The Crown")
    assert "sending_hours" in caplog.text


def test_the_session_goes_on_with_what_it_set(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        choices.save(session, "venue_name", "The Crown", now=NOW)
        assert venue_of(session).name == "The Crown"
        assert venue_of(session).consent_wordings[0].startswith("May The Crown text you")


def opened(venue: Venue, *names: str) -> dict[str, Any]:
    """What a form that edits these settings has read."""
    with venue.reading(MANAGER) as session:
        values = choices.listed(session)
    was = {name: values[name] for name in names}
    return {"was": was, "version": choices.version_of(was), "now": NOW}


def test_all_problems_of_a_form_are_told_at_once(venue: Venue) -> None:
    read = opened(venue, "venue_name", "reward_every")
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid) as refused:
        choices.change(session, {"venue_name": "", "reward_every": "x"}, **read)
    assert refused.value.problems.keys() == {"venue_name", "reward_every"}


def test_of_two_managers_the_second_is_told_and_other_settings_are_kept(venue: Venue) -> None:
    names = ("venue_name", "venue_phone", "sms_per_day")
    first, second = opened(venue, *names), opened(venue, *names)
    with venue.transaction(MANAGER) as session:
        changed = choices.change(session, {**first["was"], "venue_name": "The Crown", "sms_per_day": "9"}, **first)
        assert changed == ["venue_name", "sms_per_day"]
    typed = {**second["was"], "venue_name": "The Bell", "venue_phone": "01632 960999"}
    with venue.transaction(MANAGER) as session, pytest.raises(Conflict) as conflict:
        choices.change(session, typed, **second)
    assert conflict.value.fields == {"venue_name": ("The Crown", "The Bell")}
    assert conflict.value.changed_at == NOW

    with venue.transaction(MANAGER) as session:
        choices.change(session, typed, **{**second, "version": conflict.value.version})
        values = choices.listed(session)
    assert [values[name] for name in names] == ["The Bell", "01632 960999", "5000"]


@ON_BOTH
def test_of_two_managers_who_save_at_the_same_moment_one_is_told(venue: Venue) -> None:
    read = opened(venue, "venue_name")

    def save(name: str) -> None:
        with venue.transaction(MANAGER) as session:
            choices.change(session, {"venue_name": name}, **read)

    ended = at_once([partial(save, name) for name in ("The Crown", "The Bell")])
    assert sorted(type(each) for each in ended if each) == [Conflict]
    with venue.reading(MANAGER) as session:
        assert choices.listed(session)["venue_name"] == ("The Bell" if ended[0] else "The Crown")


def test_nothing_is_stored_when_nothing_differs(venue: Venue) -> None:
    read = opened(venue, "venue_name", "reminders_at")
    with venue.transaction(MANAGER) as session:
        assert choices.change(session, read["was"], **read) == []
        assert not any(row.is_set for row in choices.rows(session))


def test_only_who_may_change_settings_does(venue: Venue) -> None:
    read = opened(venue, "venue_name")
    for call in (
        lambda session: choices.change(session, {"venue_name": "The Crown"}, **read),
        lambda session: choices.restore(session, {"venue_name": None}, now=NOW),
        lambda session: choices.reset(session, "venue_name", now=NOW),
    ):
        with venue.transaction(STAFF) as session, pytest.raises(NotAllowed):
            call(session)
