"""Customers that tests in the browser find, and how they are looked for on the screen."""

from datetime import datetime

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from db.models import Customer
from venue import customers


def add(session: Session, first_name: str, last_name: str, number: int, now: datetime, notes: str = "") -> Customer:
    """A customer with the number 07700 900…"""
    return customers.add(
        session,
        first_name=first_name,
        last_name=last_name,
        mobile_number=f"07700 900{number:03}",
        notes=notes,
        now=now,
        add_anyway=True,
    )


def add_jo(session: Session, now: datetime) -> None:
    add(session, "Jo", "Smith", 1, now)


def add_sixty(session: Session, now: datetime) -> None:
    for number in range(60):
        add(session, "Jo", f"Smith {number:02}", number, now)


def here(page, words: str) -> None:
    expect(page.get_by_text(words, exact=True)).to_be_visible()


def first_row(page):
    return page.locator("[data-customer]").first


def choose_booked(page, status: str) -> None:
    """Choose a booking status in the filter. The rows of the list show the same words."""
    page.locator("[class*='st-key-filter-booked']").get_by_text(status, exact=True).click()
