"""Customers that tests in the browser find, and how they are looked for on the screen."""

from playwright.sync_api import expect

MAKE = """
import json
from datetime import timedelta
from pathlib import Path
import settings
from venue import bookings, clock, customers, events
from venue.customers import names
from venue.roles import DESK
venue, now = settings.open_venue(settings.load()), clock.now()
def add(session, first_name, last_name, number, notes=""):
    return customers.add(session, first_name=first_name, last_name=last_name, mobile_number=f"07700 900{number:03}",
                         notes=notes, now=now, add_anyway=True)
with venue.transaction(DESK) as session:
"""
SIXTY = MAKE + "    for n in range(60): add(session, 'Jo', f'Smith {n:02}', n)"


def here(page, words: str) -> None:
    expect(page.get_by_text(words, exact=True)).to_be_visible()


def first_row(page):
    return page.locator("[data-customer]").first
