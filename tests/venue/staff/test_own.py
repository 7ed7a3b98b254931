"""What staff change on their own account."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pyotp
import pytest
from sqlalchemy.orm import Session

from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, STAFF, minutes, seconds
from tests.venue.staff.people import PASSWORD, Browser, a_person, a_tablet
from venue.errors import ConfirmFirst, Invalid, NotAllowed
from venue.profile import Venue
from venue.roles import MAY, SIGN_IN, Actor, Role
from venue.staff import accounts, codes, devices, own
from venue.staff.codes import Purpose
from venue.staff.sign_in import CodeNeeded, SignInRefused
from venue.staff.throttle import MOST_ATTEMPTS

pytestmark = pytest.mark.plain_sql

NEW = "four little teapots"
Opened = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def sam(venue: Venue) -> Browser:
    """A person's own browser, signed in."""
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    return browser


def of(browser: Browser, *, confirmed: bool = True) -> Opened:
    """Opens transactions of the person whose browser it is."""
    actor = browser.actor()
    assert actor
    return lambda: browser.venue.transaction(replace(actor, recently_confirmed=confirmed))


def code_at(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


def with_app(browser: Browser) -> str:
    """The person uses an authenticator app from now on; its secret."""
    with of(browser)() as session:
        new = own.new_codes(session)
        own.confirm_codes(session, secret=new.secret, code=code_at(new.secret, NOW), now=NOW)
    return new.secret


@ON_BOTH
def test_a_new_password_needs_the_old_one_and_ends_other_sign_ins(venue: Venue, sam: Browser) -> None:
    other = Browser(venue)
    other.password()
    for old, new, field in ((NEW, NEW, "old"), (PASSWORD, "short", "new")):
        with pytest.raises(Invalid) as invalid:
            own.change_password(of(sam), old=old, new=new, now=NOW)
        assert set(invalid.value.problems) == {field}

    own.change_password(of(sam), old=PASSWORD, new=NEW, now=NOW)

    assert sam.actor()
    assert other.actor() is None
    with pytest.raises(SignInRefused):
        other.password()
    other.password("Sam", NEW)


def test_guessing_the_old_password_on_an_open_screen_is_counted(sam: Browser) -> None:
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Invalid, match="not your present password"):
            own.change_password(of(sam), old=NEW, new=NEW, now=NOW)
    with pytest.raises(Invalid, match="Wait 15 minutes"):
        own.change_password(of(sam), old=PASSWORD, new=NEW, now=NOW)
    with pytest.raises(SignInRefused, match="Wait 15 minutes"):
        sam.confirm(PASSWORD)


def test_a_pin_is_set_and_removed(venue: Venue, sam: Browser) -> None:
    tablet = a_tablet(venue)
    with pytest.raises(Invalid):
        own.set_pin(of(sam), pin="1234", now=NOW)
    own.set_pin(of(sam), pin="2741", now=NOW)
    staff_id = tablet.password().staff_id
    tablet.pin(staff_id, "2741")
    with of(sam)() as session:
        own.remove_pin(session, now=NOW)
    with venue.reading(SIGN_IN) as session:
        assert devices.people_on(session, tablet.device_token) == []
    with pytest.raises(SignInRefused, match="Sign in with your password"):
        tablet.pin(staff_id, "2741")


def test_how_to_sign_in_is_changed_only_after_the_password(sam: Browser) -> None:
    opened = of(sam, confirmed=False)
    with pytest.raises(ConfirmFirst):
        own.set_pin(opened, pin="2741", now=NOW)
    with opened() as session:
        for act in (
            lambda: own.set_email(session, email="sam@example.com", now=NOW),
            lambda: own.new_codes(session),
            lambda: own.confirm_codes(session, secret="A" * 32, code="000000", now=NOW),
            lambda: own.stop_codes(session, now=NOW),
        ):
            with pytest.raises(ConfirmFirst):
                act()


def changes_of_signing_in(session: Session, other_id: UUID) -> list[Callable[[], object]]:
    """All that lets someone in from another device, of oneself and, for a manager, of others."""
    version = accounts.get(session, other_id).version
    return [
        lambda: own.set_email(session, email="max@example.com", now=NOW),
        lambda: own.new_codes(session),
        lambda: own.stop_codes(session, now=NOW),
        lambda: codes.issue(session, Purpose.PASSWORD, staff_id=other_id, now=NOW),
        lambda: codes.issue(session, Purpose.TABLET, device_name="My phone", now=NOW),
        lambda: accounts.add(session, name="Robin", role="manager", email="robin@example.com", now=NOW),
        lambda: accounts.update(session, other_id, version=version, email="sam@example.com", now=NOW),
        lambda: accounts.turn_off_codes(session, other_id, now=NOW),
    ]


@pytest.mark.plain_sql
def test_a_pin_gives_no_one_an_account_on_other_devices(venue: Venue) -> None:
    other_id = a_person(venue)
    a_person(venue, "Max", Role.MANAGER)
    tablet = a_tablet(venue)
    staff_id = tablet.password("Max").staff_id
    own.set_pin(of(tablet), pin="2741", now=NOW)
    tablet.pin(staff_id, "2741")

    def check_refused() -> None:
        with of(tablet)() as session:
            for act in changes_of_signing_in(session, other_id):
                with pytest.raises(ConfirmFirst, match="enter your password again: a PIN is not enough") as first:
                    act()
                assert first.value.by_password

    check_refused()
    tablet.confirm("2741")
    check_refused()
    with pytest.raises(SignInRefused, match="Wrong password"):
        tablet.confirm("2741", by_password=True)
    with of(tablet)() as session:
        version = accounts.get(session, other_id).version
        assert accounts.update(session, other_id, version=version, role="viewer", now=NOW).role == "viewer"

    tablet.confirm(PASSWORD, by_password=True)
    with of(tablet)() as session:
        for act in changes_of_signing_in(session, other_id):
            act()
        assert accounts.get(session, other_id).email == "sam@example.com"


def test_a_manager_changes_their_own_address_among_the_accounts_only_after_the_password(venue: Venue) -> None:
    staff_id = a_person(venue, "Max", Role.MANAGER)
    actor = Actor("Max", MAY[Role.MANAGER], staff_id=staff_id, recently_confirmed=False)
    with venue.transaction(actor) as session, pytest.raises(ConfirmFirst):
        accounts.update(session, staff_id, version=1, email="max@example.com", now=NOW)


def test_who_is_no_member_of_staff_has_no_account_to_change(venue: Venue) -> None:
    for actor in (STAFF, MANAGER):
        with venue.transaction(actor) as session, pytest.raises(NotAllowed):
            own.remove_pin(session, now=NOW)


def test_the_own_email_address_is_changed(venue: Venue, sam: Browser) -> None:
    with of(sam)() as session:
        own.set_email(session, email="Sam@example.com", now=NOW)
        with pytest.raises(Invalid):
            own.set_email(session, email="sam", now=NOW)
    assert Browser(venue).email("sam@EXAMPLE.com").name == "Sam"


def test_with_an_app_the_password_alone_is_not_enough(venue: Venue, sam: Browser) -> None:
    secret = with_app(sam)
    browser = Browser(venue, now=NOW + seconds(60))
    with pytest.raises(SignInRefused):
        browser.password("Sam", NEW)
    for totp in ("", "  ", "000000", "12345", "abcdef", "１２３４５６"):
        with pytest.raises(CodeNeeded):
            browser.password(totp=totp)
    assert browser.actor() is None
    browser.password(totp=code_at(secret, browser.now))
    assert browser.actor()


@ON_BOTH
def test_a_code_from_an_app_is_good_once_and_for_its_time(venue: Venue, sam: Browser) -> None:
    secret = with_app(sam)
    with pytest.raises(CodeNeeded, match="used already"):
        Browser(venue).password(totp=code_at(secret, NOW))
    later = NOW + minutes(2)
    for code in (code_at(secret, later - seconds(60)), code_at(secret, later + seconds(60))):
        with pytest.raises(CodeNeeded):
            Browser(venue, now=later).password(totp=code)
    Browser(venue, now=later).password(totp=code_at(secret, later - seconds(30)))
    Browser(venue, now=later).password(totp=code_at(secret, later + seconds(30)))
    with pytest.raises(CodeNeeded):
        Browser(venue, now=later).password(totp=code_at(secret, later))


def test_codes_from_an_app_are_guessed_no_faster_than_passwords(venue: Venue, sam: Browser) -> None:
    secret = with_app(sam)
    later = NOW + minutes(2)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(CodeNeeded):
            Browser(venue, now=later).password(totp="000000")
    with pytest.raises(SignInRefused):
        Browser(venue, now=later).password(totp=code_at(secret, later))


def test_a_link_does_not_go_around_the_app_unless_a_manager_turns_it_off(venue: Venue, sam: Browser) -> None:
    secret = with_app(sam)
    with venue.transaction(MANAGER) as session:
        row = accounts.named(session, "Sam")
        assert row.has_codes
        code = codes.issue(session, Purpose.PASSWORD, staff_id=row.id, now=NOW)
    browser = Browser(venue, now=NOW + minutes(2))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(CodeNeeded):
            browser.choose_password(code, NEW, totp="000000")
    with pytest.raises(CodeNeeded, match="wait 15 minutes"):
        browser.choose_password(code, NEW, totp=code_at(secret, browser.now))

    with venue.transaction(MANAGER) as session:
        accounts.turn_off_codes(session, row.id, now=NOW)
    browser.choose_password(code, NEW)
    assert browser.actor()


def test_the_app_is_turned_off_by_its_person(venue: Venue, sam: Browser) -> None:
    with of(sam)() as session, pytest.raises(Invalid):
        own.confirm_codes(session, secret=own.new_codes(session).secret, code="000000", now=NOW)
    Browser(venue).password()
    with_app(sam)
    with of(sam)() as session:
        own.stop_codes(session, now=NOW)
    Browser(venue).password()
