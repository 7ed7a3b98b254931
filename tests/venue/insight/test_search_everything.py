"""The search from any screen: what it finds of each kind."""

import pytest
from sqlalchemy.orm import Session

from tests.makers import IN_TWO_WEEKS, MANAGER, NOW, VIEWER, a_customer, an_event, days
from venue import tags, views
from venue.insight.search_everything import Found, search_everything


@pytest.fixture(autouse=True)
def rows(session: Session) -> None:
    a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number="+447700900555")
    a_customer(session, first_name="Quentin", last_name="Jones", mobile_number="+447700900556")
    an_event(session, name="Café Quiz", starts_at=IN_TWO_WEEKS)
    an_event(session, name="Old Quiz", starts_at=NOW - days(20))
    an_event(session, name="Jazz")
    tags.add(session, name="Quiz team", now=NOW)
    views.save(session, name="Quiz fans", query={}, shared=True, now=NOW)


def found(session: Session, words: str) -> Found:
    return search_everything(session, words, now=NOW)


def test_words_find_some_of_every_kind(session: Session) -> None:
    result = found(session, "qu")
    assert [row.first_name for row in result.customers] == ["Quentin", "Zoë"]
    assert result.customer_total == 2
    assert [row.name for row in result.events] == ["Café Quiz", "Old Quiz"]
    assert [row.name for row in result.views] == ["Quiz fans"]
    assert [row.name for row in result.tags] == ["Quiz team"]


@pytest.mark.parametrize("words", ["quiz cafe", "CAFÉ", "cafe q"])
def test_accents_case_and_order_do_not_matter(session: Session, words: str) -> None:
    assert [row.name for row in found(session, words).events] == ["Café Quiz"]


def test_a_number_finds_its_customer_for_those_who_see_numbers(session: Session) -> None:
    assert [row.first_name for row in found(session, "900 555").customers] == ["Zoë"]
    session.info["actor"] = VIEWER
    assert not found(session, "900 555").customers
    session.info["actor"] = MANAGER


@pytest.mark.parametrize("words", ["", "  ", "xyzzy"])
def test_nothing_is_found_for_no_words_or_unknown_ones(session: Session, words: str) -> None:
    result = found(session, words)
    assert not any((result.customers, result.customer_total, result.events, result.views, result.tags))
