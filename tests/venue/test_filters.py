"""What a filter says in an address is read from it again."""

from datetime import UTC, date, datetime

import pytest

from sms.texts import Kind
from venue.errors import Invalid
from venue.events import EventFilter
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.messages.states import State

WRITTEN = [
    EventFilter(first_day=date(2027, 1, 6), words="quiz", without_category=True),
    MessageFilter(words="jo", kind=Kind.CONFIRMATION, state=State.SENT, waiting=True),
    MessageFilter(on=date(2027, 3, 28), channel=Channel.EMAIL, since=datetime(2027, 3, 28, 12, tzinfo=UTC)),
]


@pytest.mark.parametrize("where", WRITTEN, ids=["events", "texts", "days-of-texts"])
def test_an_address_keeps_the_filter(where: EventFilter | MessageFilter) -> None:
    assert type(where).from_query(where.to_query()) == where


MISTYPED = [
    {"state": "no-such-state"},
    {"from": "2027-13-01"},
    {"since": "2027-03-28T12:00"},  # of no zone
    {"waiting": "perhaps"},
]


@pytest.mark.parametrize("query", MISTYPED, ids=lambda query: next(iter(query)))
def test_a_mistyped_condition_is_refused_or_skipped(query: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="makes no sense for"):
        MessageFilter.from_query(query | {"q": "jo"})
    assert MessageFilter.from_query(query | {"q": "jo"}, skip_unreadable=True) == MessageFilter(words="jo")
