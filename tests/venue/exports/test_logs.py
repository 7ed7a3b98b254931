"""Exports of texts and of the journal have what their lists show, in their order."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from sms.texts import Kind
from tests.makers import NOW, a_booking, a_customer, an_event
from tests.venue.exports.reading import csv_of, excel_of
from venue import customers, events, exports
from venue.acts import Act
from venue.errors import NotAllowed
from venue.exports import journal as journal_export
from venue.journal import entries, sentences
from venue.messages import blocking, labels, log
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.messages.states import State
from venue.roles import Actor, Permission


@pytest.fixture(autouse=True)
def some_acts(session: Session) -> None:
    jo = a_customer(session, first_name="Jo", mobile_number="+447700900123")
    a_booking(session, jo, an_event(session))
    other = a_customer(session, first_name="Ann", last_name="=Lee", mobile_number="+33612345678")
    blocking.stop_texting(session, other.mobile_number, now=NOW)
    a_booking(session, other, an_event(session, name="Jazz", starts_at=NOW + timedelta(days=30)))
    customers.update(session, jo.id, version=jo.version, notes="Window", now=NOW)


def test_texts_are_those_of_the_list_in_its_order(session: Session) -> None:
    listed = log.listing(session, page_size=100).rows

    headings, *rows = csv_of(exports.message_list(session))

    assert len(rows) > 4
    assert [(row[1], row[4], row[8]) for row in rows] == [
        (text.first_name, labels.title(text), labels.state_words(text.state)) for text in listed
    ]
    assert headings[8:] == ["Status", "Reason", "Text", "Handled By", "Channel"]
    assert {row[3] for row in rows} == {"07700 900123", "+33 6 12 34 56 78"}
    assert {row[2] for row in rows} == {"Smith", "'=Lee"}


def test_a_text_shows_when_it_is_due_in_the_venues_zone(session: Session) -> None:
    event = an_event(session, name="Regatta", starts_at=datetime(2027, 7, 2, 18, 30, tzinfo=UTC))
    a_booking(session, a_customer(session, first_name="Sue"), event)

    which = MessageFilter(words="Sue", state=State.PLANNED, kind=Kind.REMINDER_7_DAY)
    row = excel_of(exports.message_list(session, which))[1]

    assert [f"{row[0]:%d %B %H:%M}", f"{row[6]:%d %B}", f"{row[7]:%H:%M}"] == ["25 June 19:30", "02 July", "19:30"]


def test_filters_of_texts_are_those_of_the_list(session: Session) -> None:
    for where in (
        MessageFilter(words="Ann"),
        MessageFilter(state=State.SKIPPED),
        MessageFilter(on=NOW.date()),
        MessageFilter(since=NOW),
        MessageFilter(channel=Channel.EMAIL),
    ):
        listed = log.listing(session, where, page_size=100)
        assert len(csv_of(exports.message_list(session, where))) == listed.total + 1


def test_the_journal_is_what_its_list_shows(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_export, "ENTRIES_AT_ONCE", 2)
    listed = entries.page(session, limit=1_000).rows

    rows = csv_of(exports.journal_list(session))[1:]

    assert [(int(row[0]), row[3]) for row in rows] == [(entry.id, sentences.with_capital(entry)) for entry in listed]
    assert ["Max", "Max changed Jo Smith: notes", "Customer changed", ""] in [row[2:] for row in rows]


def test_filters_of_the_journal_are_those_of_its_list(session: Session) -> None:
    export = exports.journal_list(session, act=Act.CUSTOMER_ADDED)
    assert export.count(1) == 1
    assert {row[4] for row in excel_of(export)[1:]} == {"Customer added"}
    jazz = next(row for row in events.upcoming(session, now=NOW) if row.name == "Jazz")
    assert {row[3] for row in csv_of(exports.journal_list(session, event_id=jazz.id))[1:]} >= {"Max added Jazz"}


def test_the_journal_needs_both_permissions(session: Session) -> None:
    for permission in (Permission.EXPORT, Permission.JOURNAL):
        session.info["actor"] = Actor("Sam", frozenset({permission, Permission.READ}))
        with pytest.raises(NotAllowed):
            exports.journal_list(session)
