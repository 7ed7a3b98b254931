"""Retention on the screen: who was not seen for a long time, ticks, erasing, and the number of months."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.models import Customer, SignIn
from tests.makers import a_customer
from tests.pages.conftest import button, field, said, toasts
from venue import choices, clock
from venue.roles import DESK


@pytest.fixture
def add_old(venue: Any) -> Any:
    def add(first_name: str, years: int = 3) -> Customer:
        with venue.transaction(DESK) as session:
            return a_customer(session, first_name=first_name, now=clock.now() - timedelta(days=366 * years))

    return add


@pytest.fixture
def page(screen: Any) -> Any:
    return lambda: screen("data/retention.py")


def names(venue: Any) -> list[str]:
    with venue.reading(DESK) as session:
        return list(session.scalars(select(Customer.first_name).order_by(Customer.first_name)))


def press(app: Any, label: str) -> Any:
    button(app, label).click().run()
    assert not app.exception
    return app


def save(app: Any) -> Any:
    app.button(key="dialog.save").click().run()
    assert not app.exception
    return app


def test_no_one_is_old(page, add_customer):
    add_customer()
    assert "No customers to erase." in said(page())


def test_each_old_customer_is_shown_with_the_reason(page, add_old):
    add_old("*Jo*")
    app = page()
    assert [box.label for box in app.checkbox] == [r"\*Jo\* Smith"]
    assert "No visit, added 28 Feb 2024" in [link.proto.label for link in app.get("page_link")]
    assert "1 customer" in said(app)
    assert button(app, ":red[Erase ticked customers]").disabled


def test_only_ticked_customers_are_erased(venue, page, add_old):
    for name in ("Ann", "Bob", "Cy"):
        add_old(name)
    app = press(page(), "Tick all on this page")
    app.checkbox[1].uncheck().run()
    app = press(app, ":red[Erase 2 customers]")
    assert "permanently deletes **2 customers**" in said(app)
    app = save(app)
    assert "2 customers erased" in toasts(app)
    assert names(venue) == ["Bob"]
    assert [box.value for box in app.checkbox] == [False]


def test_a_whole_page_is_erased(venue, page, add_old):
    for number in range(7):
        add_old(f"Ann{number}")
    app = save(press(press(page(), "Tick all on this page"), ":red[Erase 7 customers]"))
    assert "7 customers erased" in toasts(app)
    assert names(venue) == []


def test_erasing_asks_for_the_password_again(venue, page, add_old):
    add_old("Ann")
    app = press(press(page(), "Tick all on this page"), ":red[Erase 1 customer]")
    with venue.transaction(DESK) as session:
        for row in session.scalars(select(SignIn)):
            row.confirmed_at -= timedelta(minutes=11)
    from pages.parts import context

    context.signed_in.cache_clear()
    app = save(app)
    assert "enter your password or PIN again" in said(app).replace("\\", "")
    assert names(venue) == ["Ann"]


def test_the_number_of_months_is_changed(venue, page, add_old):
    add_old("Ann")
    app = press(page(), "Change the number of months")
    field(app, "Months without a visit or contact").set_value(3)
    assert "Give 6 to 120 months" in said(save(app)).splitlines()
    field(app, "Months without a visit or contact").set_value(60)
    app = save(app)
    assert "for **60 months**" in said(app)
    assert "No customers to erase." in said(app)
    with venue.reading(DESK) as session:
        assert choices.listed(session)["retention_months"] == "60"


def test_a_further_page_begins_after_the_last_customer(screen, add_old):
    old = [add_old(name) for name in ("Ann", "Bob", "Cy")]
    app = screen("data/retention.py", after=old[1].id)
    assert [box.label for box in app.checkbox] == ["Cy Smith"]
