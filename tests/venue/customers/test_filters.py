"""Which customers are meant: one filter for the list, the export and an address."""

from dataclasses import fields
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given

from tests.filtered import EACH_FILTER, FILTERS, filter_for_one_of_three
from tests.makers import MANAGER, NOW
from venue import customers, exports
from venue.customers import CustomerFilter
from venue.customers.booking_status import Booked
from venue.errors import Invalid
from venue.profile import Venue

AN_ID, OTHER_ID = UUID("6bce6220-f7ac-4c76-8712-ceafa6d23a6a"), UUID("a1f2b7ce-30a3-4d3c-9b0e-4a2c58d9d0e7")


@given(FILTERS)
def test_a_filter_goes_into_an_address_and_comes_back(where: CustomerFilter) -> None:
    query = where.to_query()
    assert CustomerFilter.from_query(query) == where
    assert all(query.values())
    assert len(query) == len(where.in_use())


def test_an_address_names_each_filter_as_it_always_has() -> None:
    day = date(2027, 1, 15)
    where = CustomerFilter("smith", Booked.REMINDER_ONLY, AN_ID, day, day, True, (AN_ID, OTHER_ID), True)
    assert where.to_query() == {
        "q": "smith",
        "show": "reminder_only",
        "event": str(AN_ID),
        "from": "2027-01-15",
        "until": "2027-01-15",
        "cannot_text": "true",
        "tag": f"{AN_ID},{OTHER_ID}",
        "untagged": "true",
    }


@pytest.mark.parametrize(
    ("query", "where"),
    [
        # The list's own, with the labels of its buttons.
        ({"q": "smith", "show": "Active bookings"}, CustomerFilter("smith", Booked.ACTIVE)),
        ({"show": "Reminder only"}, CustomerFilter(booked=Booked.REMINDER_ONLY)),
        ({"show": "No bookings"}, CustomerFilter(booked=Booked.NONE)),
        ({"event": str(AN_ID)}, CustomerFilter(event_id=AN_ID)),
        ({"from": "2027-01-15"}, CustomerFilter(created_from=date(2027, 1, 15))),
        ({"until": "2027-01-15"}, CustomerFilter(created_to=date(2027, 1, 15))),
        ({"cannot_text": "True"}, CustomerFilter(cannot_text=True)),
        ({"cannot_text": "TRUE"}, CustomerFilter(cannot_text=True)),
        # The download's, which named the arguments of the search.
        ({"words": "smith", "booked": "none"}, CustomerFilter("smith", Booked.NONE)),
        ({"event_id": AN_ID.hex, "cannot_text": "False"}, CustomerFilter(event_id=AN_ID)),
        ({"created_from": "2027-01-15"}, CustomerFilter(created_from=date(2027, 1, 15))),
        ({"created_to": "2027-01-15"}, CustomerFilter(created_to=date(2027, 1, 15))),
        ({"tag": f"{AN_ID}, {AN_ID}"}, CustomerFilter(tags=(AN_ID,))),
        # Not a filter, or empty.
        ({"sort": "Notes", "page": "3", "show": "", "event": ""}, CustomerFilter()),
    ],
)  # fmt: skip
def test_old_bookmarks_still_work(query: dict[str, str], where: CustomerFilter) -> None:
    assert CustomerFilter.from_query(query) == where


def test_what_makes_no_sense_is_refused_field_by_field_or_skipped() -> None:
    query = {
        "q": "smith",
        "show": "perhaps",
        "event": "x",
        "from": "2027-02-30",
        "until": "9999-12-31",
        "cannot_text": "?",
        "tag": f"{AN_ID},x",
        "untagged": "?",
        "field": "nuts",
        "came": "often",
        "attendance": "late",
        "first_from": "soon",
        "first_until": "2027-02-30",
        "came_again": "?",
        "cancelled_late": "x",
        "email": "perhaps",
    }
    with pytest.raises(Invalid) as refused:
        CustomerFilter.from_query(query)
    assert set(refused.value.problems) == {*EACH_FILTER, "without_tags"} - {"words"}
    assert CustomerFilter.from_query(query, skip_unreadable=True) == CustomerFilter("smith")


@pytest.mark.parametrize("name", EACH_FILTER)
def test_search_and_export_find_the_same_customers(venue: Venue, name: str) -> None:
    with venue.transaction(MANAGER) as session:
        all_set = filter_for_one_of_three(session, NOW)
    where = CustomerFilter(**{name: getattr(all_set, name)})

    with venue.reading_at_length(MANAGER) as session:
        rows = customers.search(session, where=where, now=NOW).rows
        names = [row.last_name for row in rows]
        as_argument = customers.search(session, **{name: getattr(all_set, name)}, now=NOW)
        query = customers.every(session, where=where, now=NOW)
        exported = b"".join(exports.customers_csv(session, where=where, now=NOW)).decode("utf-8-sig")

        assert "Smith" in names
        assert len(names) < 3
        assert [row.last_name for row in as_argument.rows] == names
        assert [row.last_name for row in session.execute(query)] == names
        assert [line.split(",")[1] for line in exported.splitlines()[1:]] == names


def test_all_filters_hold_at_once_and_any_can_be_left_out(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        where = filter_for_one_of_three(session, NOW)
    with venue.reading(MANAGER) as session:
        assert [row.last_name for row in customers.search(session, where=where, now=NOW).rows] == ["Smith"]
        assert customers.search(session, where=where.without(*EACH_FILTER), now=NOW).total == 3
    assert where.without("booked", "words").in_use().keys() == set(EACH_FILTER) - {"booked", "words"}


def test_words_that_say_nothing_find_everyone(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        filter_for_one_of_three(session, NOW)
    with venue.reading(MANAGER) as session:
        assert [customers.search(session, words, now=NOW).total for words in (" ", "+", "(")] == [3, 3, 3]


def test_what_is_given_beside_a_filter_is_added_to_it(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        filter_for_one_of_three(session, NOW)
    with venue.reading(MANAGER) as session:
        al = CustomerFilter("al")
        assert customers.search(session, where=al, now=NOW).total == 2
        assert customers.search(session, "late", where=al, now=NOW).total == 1
        assert customers.search(session, where=al, booked=Booked.ACTIVE, now=NOW).total == 0
        with pytest.raises(TypeError):
            customers.search(session, colour="red", now=NOW)


def test_no_filter_is_called_in_an_address_as_another_one_is() -> None:
    names = [{each.name, each.metadata["key"]} for each in fields(CustomerFilter)]
    assert sum(map(len, names)) == len(set().union(*names))
