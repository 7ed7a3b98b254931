"""What the journal says about accounts and signing in, and that guessing cannot fill it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.models import JournalEntry, JournalValue
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, minutes
from tests.venue.staff.people import PASSWORD, Browser, a_person, a_tablet, an_account, with_pin
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.profile import Venue
from venue.roles import MAY, SCHEDULER, SIGN_IN, Actor, Role
from venue.staff import accounts, codes, devices, own, sign_in, sign_ins, tidying
from venue.staff.codes import Purpose
from venue.staff.sign_in import SignInRefused

pytestmark = pytest.mark.plain_sql

WRONG = "four little teapots"


@pytest.fixture
def said(venue: Venue) -> Callable[[], list[str]]:
    """The sentences of the journal since the last call, the oldest first."""
    seen = 0

    def since() -> list[str]:
        nonlocal seen
        with venue.reading(MANAGER) as session:
            rows = [row for row in entries.page(session, limit=50).rows if row.id > seen]
        seen = max([row.id for row in rows], default=seen)
        return [sentences.of(row) for row in reversed(rows)]

    return since


@ON_BOTH
def test_each_act_of_signing_in_is_one_entry_of_its_person(venue: Venue, said: Callable[[], list[str]]) -> None:
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.SET_UP, now=NOW)
    browser = Browser(venue)
    browser.set_up(code)
    assert said() == ["Max made a one-time code", "Max added the account of Max"]

    browser.confirm(PASSWORD)
    with venue.transaction(SIGN_IN) as session:
        sign_in.end(session, browser.token, now=NOW)
        sign_in.end(session, browser.token, now=NOW)
    assert said() == ["Max entered their password or PIN again", "Max signed out"]

    for _ in range(2):
        with pytest.raises(SignInRefused):
            browser.password("Max", WRONG)
    browser.password("Max")
    assert said() == ["Max signed in after 2 failed attempts"]
    browser.password("Max")
    assert said() == ["Max signed in"]


def test_each_change_of_accounts_is_one_entry(venue: Venue, said: Callable[[], list[str]]) -> None:
    with venue.transaction(MANAGER) as session:
        staff_id = an_account(session)
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
        accounts.update(session, staff_id, version=1, role="viewer", now=NOW)
    Browser(venue).choose_password(code)
    assert said() == [
        "Max added the account of Sam",
        "Max made a one-time code",
        "Max changed the account of Sam: role staff → viewer",
        "Sam changed their own account: password",
    ]

    with_pin(venue, staff_id)
    tablet = a_tablet(venue)
    tablet.pin(staff_id, "2741")
    assert said() == [
        "Sam changed their own account: PIN",
        "Max made a one-time code",
        "A one-time code set up a shared tablet",
        "Sam signed in",
    ]

    with venue.transaction(MANAGER) as session:
        sign_ins.end_everyone(session, keep=None, now=NOW)
        accounts.disable(session, staff_id, now=NOW)
        accounts.disable(session, staff_id, now=NOW)
        accounts.enable(session, staff_id, now=NOW)
        devices.remove(session, devices.listed(session)[0].id, now=NOW)
    assert said() == [
        "Max signed out 2 browsers",
        "Max disabled the account of Sam",
        "Max enabled the account of Sam",
        "Max removed a shared tablet",
    ]

    with venue.transaction(Actor("Sam", MAY[Role.STAFF], staff_id=staff_id)) as session:
        own.set_email(session, email="sam@example.com", now=NOW)
        own.remove_pin(session, now=NOW)
    assert said() == [
        "Sam changed their own account: e-mail empty → sam@example.com",
        "Sam changed their own account: PIN",
    ]


def test_guesses_are_few_entries(venue: Venue, said: Callable[[], list[str]]) -> None:
    staff_id = with_pin(venue, a_person(venue))
    tablet = a_tablet(venue)
    said()
    for name in ("Sam", "Unknown"):
        for _ in range(30):
            with pytest.raises(SignInRefused):
                Browser(venue).password(name, WRONG)
    for _ in range(10):
        with pytest.raises(SignInRefused):
            tablet.pin(staff_id, "9999")
    assert said() == [
        "Sam was not allowed to sign in after 10 failed attempts",
        "An unknown name was not allowed to sign in after 10 failed attempts",
        "Sam was not allowed to sign in after 5 failed attempts",
    ]

    for number in range(200):
        with pytest.raises(SignInRefused):
            Browser(venue).password(f"Name {number}", WRONG)
    assert said() == ["An unknown name was not allowed to sign in after 100 failed attempts"]
    for _ in range(2):
        with venue.transaction(SCHEDULER) as session:
            tidying.tidy(session, now=NOW + minutes(16))
    # Of the hundred, 20 were for the first two names. One more was refused, as the first after the hundred.
    assert said() == ["scheduler counted 81 failed sign-ins for 81 names"]


def test_guessing_on_an_open_screen_is_one_entry(venue: Venue, said: Callable[[], list[str]]) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    said()
    for _ in range(15):
        with pytest.raises(SignInRefused):
            browser.confirm(WRONG)
    actor = browser.actor()
    assert actor
    for _ in range(3):
        with pytest.raises(Invalid, match="Wait 15 minutes"):
            own.change_password(lambda: venue.transaction(actor), old=PASSWORD, new=WRONG, now=NOW)
    assert said() == ["Sam was not allowed to sign in after 10 failed attempts"]


def test_neither_passwords_nor_tokens_nor_codes_are_in_the_journal(venue: Venue) -> None:
    staff_id = a_person(venue)
    with_pin(venue, staff_id, "27418")
    tablet = a_tablet(venue)
    tablet.pin(staff_id, "27418")
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
        stored = [entry.details for entry in session.scalars(select(JournalEntry))]
        for value in session.scalars(select(JournalValue)):
            stored += [value.before or "", value.after or ""]
    assert stored
    for secret in (PASSWORD, "27418", "argon2", code, tablet.token, tablet.device_token):
        assert not [text for text in stored if secret in text]
