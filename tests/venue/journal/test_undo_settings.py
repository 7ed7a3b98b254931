"""Settings in the journal: sentences with the values before and after, and undo."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer
from venue import acts, choices, privacy
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.journal.undo import preview, undo
from venue.profile import TextLimits, venue_of

pytestmark = pytest.mark.plain_sql


def last(session: Session) -> int:
    entry = acts.last_entry(session)
    assert entry is not None
    return entry


def said(session: Session) -> str:
    return sentences.of(entries.get(session, last(session)))


def change(session: Session, **typed: str) -> int:
    values = choices.listed(session)
    was = {name: values[name] for name in typed}
    choices.change(session, typed, version=choices.version_of(was), was=was, now=NOW)
    return last(session)


def test_a_change_is_a_sentence_with_before_and_after(session: Session) -> None:
    change(session, sms_per_day="300", reminders_at="18:00", venue_name="The Crown")
    assert said(session) == (
        "Max changed settings: texts per day 5000 (default) → 300, "
        "time of day of reminders event (default) → 18:00, name default → The Crown"
    )
    change(session, venue_name="The Bell")
    assert said(session) == "Max changed a setting: name The Crown → The Bell"
    choices.reset(session, "sms_per_day", now=NOW)
    assert said(session) == "Max reset a setting to the default: texts per day 300 → 5000 (default)"
    change(session, consent_wordings="Offers?\nQuiz news?")
    assert said(session) == "Max changed a setting: questions about news and offers"


def test_a_change_is_undone_and_the_undo_too(session: Session) -> None:
    entry = change(session, sms_per_day="300", venue_name="The Crown")
    assert preview(session, entry, now=NOW).restores == ["Texts per day: the default", "Name: the default"]
    undo(session, entry, now=NOW)
    assert not any(row.is_set for row in choices.rows(session))
    assert said(session).startswith("Max undid a change to settings: texts per day 300 → 5000 (default)")

    undo(session, last(session), now=NOW)
    assert choices.listed(session)["venue_name"] == "The Crown"


def test_a_reset_is_undone(session: Session) -> None:
    change(session, venue_name="The Crown")
    choices.reset(session, "venue_name", now=NOW)
    undo(session, last(session), now=NOW)
    assert choices.listed(session)["venue_name"] == "The Crown"


def test_what_was_changed_since_is_left_and_named(session: Session) -> None:
    entry = change(session, sms_per_day="300", venue_name="The Crown")
    change(session, venue_name="The Bell")
    undone = undo(session, entry, now=NOW)
    assert undone.restored == ["Texts per day: the default"]
    assert undone.left == ["Name was changed since, and stays as it is"]
    assert choices.listed(session)["venue_name"] == "The Bell"


def test_what_can_no_longer_be_used_is_left(session: Session) -> None:
    entry = change(session, sms_per_day="300", venue_name="The Crown")
    change(session, sms_per_day="200", venue_name="The Bell")
    second = last(session)
    lowered = replace(venue_of(session).opened, limits=TextLimits(per_second=10, per_day=250))
    session.info["venue"] = lowered
    assert undo(session, second, now=NOW).left == ["Texts per day: Give at most 250: your administrator set this limit"]
    assert undo(session, entry, now=NOW).left == ["Texts per day was changed since, and stays as it is"]


def test_a_setting_with_a_customers_name_blocks_their_erasure_until_it_is_changed(session: Session) -> None:
    jo = a_customer(session).id
    choices.save(session, "reward_name", "a Jo Smith burger", now=NOW)
    with pytest.raises(Invalid, match="also here: the setting ‘Reward for regulars’"), session.begin_nested():
        privacy.erase(session, jo, now=NOW)
    choices.save(session, "reward_name", "a burger", now=NOW)
    privacy.erase(session, jo, now=NOW)
    entry = next(row for row in entries.page(session).rows if row.act == acts.Act.SETTING_CHANGED)
    assert "Jo Smith" not in sentences.of(entry)
