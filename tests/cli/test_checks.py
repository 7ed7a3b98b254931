"""The checks of `doctor`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cli import checks
from db.models import Pause, VenueSetting
from sms import error_codes
from sms.texts import DEFAULT_TEMPLATES, Kind
from tests.makers import MANAGER, NOW
from venue import choices, clock
from venue.delivery import schedulers
from venue.delivery.due_messages import SENDING_HELD
from venue.messages import rescheduling, templates
from venue.profile import Venue, _Choices
from venue.roles import SCHEDULER


def test_a_database_server_whose_clock_is_wrong_is_named(venue: Venue) -> None:
    found = checks.clocks(venue, read=lambda: clock.now() - timedelta(seconds=90))
    if venue.database.dialect == "sqlite":
        assert found == []
    else:
        assert not found[0].ok
        assert "90 seconds apart" in found[0].words


def test_clocks_that_agree_are_well(venue: Venue) -> None:
    assert all(finding.ok for finding in checks.clocks(venue))


def test_each_pause_is_named_with_what_it_stops(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for scope, code in (("", "20003"), ("+33", "21408")):
            reason = error_codes.explain(code)
            session.add(Pause(account="a", scope=scope, reason=reason, paused_at=NOW, try_again_at=NOW))
    wrong = [finding.words for finding in checks.findings(venue, now=NOW) if not finding.ok]
    assert any(words.startswith("Sending is paused: Twilio did not accept") for words in wrong)
    assert any(words.startswith("Sending to numbers that begin with +33 is paused: ") for words in wrong)


def test_a_scheduler_whose_clock_is_not_twilios_is_named_until_it_is_gone(venue: Venue) -> None:
    note = clock.drift_warning(timedelta(seconds=-90))
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=NOW, note=note)
    assert "90 seconds behind Twilio's" in note
    assert note in {finding.words for finding in checks.findings(venue, now=NOW) if not finding.ok}
    later = NOW + schedulers.ALIVE_FOR
    assert note not in {finding.words for finding in checks.findings(venue, now=later)}


@pytest.mark.parametrize("seconds", [None, 0, 5, -5])
def test_a_few_seconds_are_not_worth_a_word(seconds: int | None) -> None:
    assert clock.drift_warning(None if seconds is None else timedelta(seconds=seconds)) == ""


def test_a_template_with_the_phone_is_well_once_the_phone_is_set_on_the_screen(venue: Venue) -> None:
    without = replace(venue, phone="", choices=_Choices())
    body = DEFAULT_TEMPLATES[Kind.CONFIRMATION] + " {venue_phone}"
    with venue.transaction(MANAGER) as session:
        templates.save(session, Kind.CONFIRMATION, body=body, version=0, now=NOW)
    assert any("templates have an error" in finding.words for finding in checks.findings(without, now=NOW))
    with venue.transaction(MANAGER) as session:
        choices.save(session, "venue_phone", "01632 960999", now=NOW)
    again = replace(without, choices=_Choices())
    assert not any("templates have an error" in finding.words for finding in checks.findings(again, now=NOW))


def test_a_held_sending_is_named(venue: Venue) -> None:
    value = '{"phase": "held", "since": "2027-01-14T12:00:00+00:00"}'
    with venue.transaction(MANAGER) as session:
        session.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=NOW))
    assert any("restored backup" in finding.words for finding in checks.findings(venue, now=NOW) if not finding.ok)


def test_schedulers_with_other_environments_are_named(venue: Venue) -> None:
    for worker, hours in {"one:1": venue.hours, "two:2": None}.items():
        with replace(venue, hours=hours).transaction(SCHEDULER) as session:
            rescheduling.follow_settings(session, now=NOW, worker=worker)
    (found,) = checks.environments(venue, now=NOW)
    assert not found.ok
    assert "two:2: 00:00-24:00 event" in found.words
    assert not list(checks.environments(venue, now=NOW + timedelta(minutes=5)))


def test_a_template_that_is_too_long_with_the_name_is_found(venue: Venue) -> None:
    assert not any("templates have an error" in finding.words for finding in checks.findings(venue, now=NOW))
    longer = replace(venue, name="Tŷ Mawr " * 5, choices=_Choices())
    wrong = [finding.words for finding in checks.findings(longer, now=NOW) if not finding.ok]
    assert any(words.startswith("These templates have an error: confirmation") for words in wrong)
