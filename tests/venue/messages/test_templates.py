"""Templates of texts, which two people may change at once."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from sms.texts import DEFAULT_TEMPLATES, Kind
from tests.makers import NOW, minutes
from venue.errors import Conflict, Invalid
from venue.messages import previews, templates
from venue.profile import venue_of

KIND = Kind.CONFIRMATION
LATER = NOW + minutes(5)


def test_a_default_is_changed_once_without_a_conflict(session: Session) -> None:
    (read,) = (each for each in templates.all_kinds(session) if each.kind == KIND)
    assert (read.body, read.version) == (DEFAULT_TEMPLATES[KIND], 0)

    saved = templates.save(session, KIND, body="Hi {first_name}", version=read.version, now=NOW)

    assert templates.body_of(session, KIND) == "Hi {first_name}"
    with pytest.raises(Conflict) as conflict:
        templates.save(session, KIND, body="Hello {first_name}", version=read.version, now=LATER)
    assert conflict.value.fields == {"body": ("Hi {first_name}", "Hello {first_name}")}
    assert (conflict.value.version, conflict.value.changed_at) == (saved.version, NOW)


def test_a_default_that_is_stored_since_it_was_read_is_no_conflict(session: Session) -> None:
    templates.save(session, Kind.CHANGE, body="Changed: {event_name}", version=0, now=NOW)
    assert templates.save(session, KIND, body="Hi {first_name}", version=0, now=LATER).body == "Hi {first_name}"


def test_two_people_who_save_the_same_text_agree(session: Session) -> None:
    first = templates.save(session, KIND, body="Hi {first_name}", version=0, now=NOW)
    second = templates.save(session, KIND, body="Hi {first_name}", version=0, now=LATER)
    assert second == first


def test_a_template_that_is_too_long_with_the_name_is_said_before_it_is_saved(session: Session) -> None:
    body = "{venue_name}: you are booked. " + "Please be on time. " * 12
    assert previews.problems(session, body, kind=KIND) == []
    session.info["venue"] = replace(venue_of(session), name="Tŷ Mawr " * 5)
    (problem,) = previews.problems(session, body, kind=KIND)
    with pytest.raises(Invalid) as refused:
        templates.save(session, KIND, body=body, version=0, now=NOW)
    assert refused.value.problems == {"body": problem}
