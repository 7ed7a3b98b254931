import uuid

import pytest

from tests.makers import MANAGER
from venue import clock, customers
from venue.roles import Actor, Role


@pytest.fixture(autouse=True)
def two_customers(venue):
    with venue.transaction(MANAGER) as session:
        for first_name, number in (("Seán", "07700 900001"), ("Jo", "07700 900002")):
            customers.add(
                session,
                first_name=first_name,
                last_name="Smith",
                mobile_number=number,
                now=clock.now(),
                add_anyway=True,
            )


def test_everybody_comes_as_a_file_with_a_name(browser):
    answer = browser.get("/download/customers.csv")

    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.text.splitlines()) == 3
    assert "Seán" in answer.text


def test_only_what_the_filters_show_comes(browser):
    answer = browser.get("/download/customers.csv?words=sean&booked=none&created_from=2020-01-01")

    assert len(answer.text.splitlines()) == 2


@pytest.mark.parametrize(
    "mistyped", ["booked=perhaps", "event_id=x", "created_from=yesterday", "created_to=9999-12-31"]
)
def test_a_mistyped_address_says_so(browser, mistyped):
    assert browser.get(f"/download/customers.csv?{mistyped}").status_code == 400


def test_guests_of_an_event_that_is_gone_are_not_found(browser):
    assert browser.get(f"/download/guests.csv?event_id={uuid.uuid4()}").status_code == 404
    assert browser.get("/download/guests.csv").status_code == 400


class TestSomebodyWhoMayOnlyLook:
    @pytest.fixture
    def actor(self):
        return Actor.with_role("a viewer", Role.VIEWER)

    def test_gets_nothing_to_take_away(self, browser):
        answer = browser.get("/download/customers.csv")

        assert answer.status_code == 403
        assert "Smith" not in answer.text
