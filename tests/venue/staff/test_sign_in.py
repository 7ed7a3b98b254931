"""Signing in: with a password, a PIN, an e-mail address, and the codes that begin an account."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from db.models import JournalEntry
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, hours, minutes
from tests.venue.staff.people import PASSWORD, Browser, a_person, a_tablet, an_account, with_pin
from venue.acts import Act
from venue.errors import Invalid
from venue.profile import Venue
from venue.roles import COMMAND_LINE, MAY, SIGN_IN, Role
from venue.staff import accounts, codes, devices, sign_in, sign_ins
from venue.staff.codes import Purpose
from venue.staff.sign_in import PinLocked, SignInRefused

pytestmark = pytest.mark.plain_sql


@ON_BOTH
def test_a_person_signs_in_and_is_known_by_their_token(venue: Venue) -> None:
    staff_id = a_person(venue, role=Role.STAFF)
    browser = Browser(venue)

    signed_in = browser.password("  sAM ")

    actor = browser.actor()
    assert actor is not None
    assert (actor.name, actor.staff_id, actor.permissions) == ("Sam", staff_id, MAY[Role.STAFF])
    assert actor.recently_confirmed
    assert (signed_in.name, signed_in.staff_id) == ("Sam", staff_id)


def test_signing_out_and_expiry_end_a_sign_in(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    browser.now = NOW + hours(12) - minutes(1)
    assert browser.actor()
    browser.now = NOW + hours(12)
    assert browser.actor() is None

    browser.now = NOW
    with venue.transaction(SIGN_IN) as session:
        sign_in.end(session, browser.token, now=NOW)
    assert browser.actor() is None


def test_a_disabled_account_is_out_everywhere_and_stays_out_when_enabled(venue: Venue) -> None:
    staff_id = a_person(venue)
    browser = Browser(venue)
    browser.password()

    with venue.transaction(MANAGER) as session:
        accounts.disable(session, staff_id, now=NOW)

    assert browser.actor() is None
    with pytest.raises(SignInRefused, match="The name or the password is wrong"):
        browser.password()
    with venue.transaction(MANAGER) as session:
        accounts.enable(session, staff_id, now=NOW)
    assert browser.actor() is None
    browser.password()
    assert browser.actor()


def test_the_first_manager_is_added_with_the_code_of_the_terminal(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.SET_UP, now=NOW)
    browser = Browser(venue)

    with pytest.raises(Invalid) as refused:
        browser.set_up("AAAA", name=" ", password="short")
    assert set(refused.value.problems) == {"code", "name", "password"}
    browser.set_up(code.lower().replace("-", " "))

    actor = browser.actor()
    assert actor is not None
    assert actor.permissions == MAY[Role.MANAGER]
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid):
        codes.issue(session, Purpose.SET_UP, now=NOW)


def test_a_pin_works_on_the_enrolled_tablet_and_nowhere_else(venue: Venue) -> None:
    staff_id = with_pin(venue, a_person(venue))
    tablet, other = a_tablet(venue), Browser(venue)
    other.password()

    with venue.reading(SIGN_IN) as session:
        assert [person.name for person in devices.people_on(session, tablet.device_token)] == ["Sam"]
        assert devices.people_on(session, other.device_token) == []
    tablet.pin(staff_id, "2741")
    assert tablet.actor()
    with pytest.raises(SignInRefused, match="only on a shared tablet"):
        other.pin(staff_id, "2741")


@ON_BOTH
def test_after_five_wrong_pins_only_the_password_works_there(venue: Venue) -> None:
    staff_id = with_pin(venue, a_person(venue))
    tablet, second = a_tablet(venue), a_tablet(venue, "Kitchen tablet")
    for _ in range(4):
        with pytest.raises(SignInRefused, match=r"^Wrong PIN$"):
            tablet.pin(staff_id, "9999")
    for pin in ("9999", "2741"):
        with pytest.raises(PinLocked):
            tablet.pin(staff_id, pin)
    with venue.reading(SIGN_IN) as session:
        assert [person.takes_pin for person in devices.people_on(session, tablet.device_token)] == [False]
    second.pin(staff_id, "2741")

    tablet.password()
    tablet.pin(staff_id, "2741")


def test_a_manager_sees_who_is_signed_in_where_and_ends_it(venue: Venue) -> None:
    staff_id = with_pin(venue, a_person(venue))
    max_id = a_person(venue, "Max", Role.MANAGER)
    tablet, phone, of_max = a_tablet(venue), Browser(venue), Browser(venue)
    tablet.pin(staff_id, "2741")
    phone.password()
    of_max.password("Max")

    with venue.transaction(MANAGER) as session:
        rows = sign_ins.listed(session, now=NOW, staff_id=staff_id)
        assert {row.device for row in rows} >= {"Bar tablet, Chrome on Android", "Chrome on Android"}
        sign_ins.end_all_of(session, staff_id, now=NOW)
    assert (tablet.actor(), phone.actor()) == (None, None)
    actor = of_max.actor()
    assert actor
    assert actor.staff_id == max_id

    with venue.transaction(MANAGER) as session:
        sign_ins.end_everyone(session, keep=actor.sign_in_id, now=NOW)
    assert of_max.actor()
    with venue.reading(SIGN_IN) as session:
        assert actor.sign_in_id
        assert sign_ins.ended_among(session, [actor.sign_in_id, staff_id], now=NOW) == {staff_id}
        assert sign_ins.ended_among(session, [actor.sign_in_id], now=NOW + hours(12)) == {actor.sign_in_id}


def test_a_new_password_by_link_ends_the_persons_other_sign_ins(venue: Venue) -> None:
    staff_id = a_person(venue)
    browser, other = Browser(venue), Browser(venue)
    browser.password()
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)

    other.choose_password(code, "four little teapots")

    assert browser.actor() is None
    assert other.actor()
    with pytest.raises(SignInRefused):
        browser.password()
    with pytest.raises(Invalid) as refused:
        other.choose_password(code, PASSWORD)
    assert set(refused.value.problems) == {"code"}


def test_an_expired_or_replaced_link_says_so_and_does_nothing(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        staff_id = an_account(session)
        old = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
    browser = Browser(venue)
    with pytest.raises(Invalid, match="wrong, was used already or has expired"):
        browser.choose_password(old)
    browser.now = NOW + hours(24)
    with pytest.raises(Invalid, match="wrong, was used already or has expired"):
        browser.choose_password(code)
    browser.now = NOW + hours(24) - minutes(1)
    browser.choose_password(code)


def test_an_email_signs_an_existing_enabled_account_in(venue: Venue) -> None:
    staff_id = a_person(venue, email="Sam@Example.com")
    browser = Browser(venue)
    assert browser.email("sam@example.com").staff_id == staff_id
    # The last three read or fold like the address, but belong to others.
    for email in ("", "max@example.com", "ſam@example.com", "sam@exam\u200bple.com", "ｓam@example.com"):
        with pytest.raises(SignInRefused):
            browser.email(email)
    with venue.transaction(MANAGER) as session:
        accounts.disable(session, staff_id, now=NOW)
    with pytest.raises(SignInRefused):
        browser.email("sam@example.com")


def test_the_demo_signs_its_manager_in_by_a_button(venue: Venue) -> None:
    demo = replace(venue, is_demo=True)
    first, second = Browser(demo), Browser(demo)
    assert first.demo().staff_id == second.demo().staff_id
    actor = first.actor()
    assert actor is not None
    assert (actor.name, actor.permissions) == ("Demo manager", MAY[Role.MANAGER])

    # Also where no texts are sent yet.
    first.venue = venue
    assert first.actor() is None
    with pytest.raises(SignInRefused, match="demo is off"):
        first.demo()


def test_after_the_demo_the_first_manager_is_set_up(venue: Venue) -> None:
    Browser(replace(venue, is_demo=True)).demo()
    with venue.transaction(COMMAND_LINE) as session:
        assert not codes.has_accounts(session)
        code = codes.issue(session, "set_up", now=NOW)
    assert Browser(venue).set_up(code).staff_id
    with venue.transaction(COMMAND_LINE) as session:
        assert codes.has_accounts(session)


def test_entering_the_password_again_confirms_for_ten_minutes(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    browser.now = NOW + minutes(11)
    assert not (browser.actor() or SIGN_IN).recently_confirmed

    with pytest.raises(SignInRefused, match="Wrong password"):
        browser.confirm("four little teapots")
    browser.confirm(PASSWORD)

    assert (browser.actor() or SIGN_IN).recently_confirmed
    browser.now += minutes(11)
    assert not (browser.actor() or SIGN_IN).recently_confirmed


def test_an_unused_shared_tablet_is_signed_out_after_an_hour(venue: Venue) -> None:
    staff_id = with_pin(venue, a_person(venue))
    tablet, phone = a_tablet(venue), Browser(venue)
    tablet.pin(staff_id, "2741")
    phone.password()

    tablet.now = phone.now = NOW + minutes(59)
    assert tablet.actor()
    assert phone.actor()

    tablet.now = phone.now = NOW + minutes(61)
    assert tablet.actor() is None
    assert phone.actor()


def refused_pins(venue: Venue) -> int:
    """How often the journal says that a PIN was locked after wrong ones."""
    with venue.reading(MANAGER) as session:
        details = session.scalars(select(JournalEntry.details).where(JournalEntry.act == Act.SIGN_IN_REFUSED.value))
        return [json.loads(each).get("method") for each in details].count("pin")


def test_a_pin_confirms_on_a_shared_tablet(venue: Venue) -> None:
    staff_id = with_pin(venue, a_person(venue))
    tablet, phone = a_tablet(venue), Browser(venue)
    tablet.pin(staff_id, "2741")
    phone.password()
    tablet.confirm("2741")
    for number in range(5):
        assert refused_pins(venue) == 0, number
        with pytest.raises(SignInRefused, match="Wrong PIN"):
            tablet.confirm("2742")
    assert refused_pins(venue) == 1
    with pytest.raises(SignInRefused, match="Too many wrong PINs"):
        tablet.confirm("2741")
    assert refused_pins(venue) == 1
    with pytest.raises(SignInRefused, match="Wrong password"):
        phone.confirm("2741")
