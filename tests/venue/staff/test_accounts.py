"""Accounts: names and e-mail addresses used once, edits by two, the last manager."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.makers import MANAGER, NOW, STAFF, minutes
from tests.venue.staff.people import Browser, a_person, an_account
from venue.errors import ConfirmFirst, Conflict, Invalid, NotAllowed, NotFound
from venue.profile import Venue
from venue.roles import MAY, SIGN_IN, Actor, Role
from venue.staff import accounts, codes, devices, names, sign_in, sign_ins
from venue.staff.codes import Purpose


def problems(session: Session, **fields: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as invalid:
        accounts.add(session, **{"name": "Jo", "role": "staff", "now": NOW, **fields})
    return invalid.value.problems


def test_an_account_is_added_listed_and_changed(session: Session) -> None:
    added = accounts.add(session, name=" Sam  Smith ", role="staff", email="Sam@Example.com", now=NOW)
    accounts.add(session, name="alex", role=Role.VIEWER, now=NOW)
    accounts.update(session, added.id, version=1, name="Samuel", role=Role.MANAGER, now=NOW + minutes(1))
    accounts.disable(session, accounts.named(session, "ALEX").id, now=NOW)

    first, second = accounts.listed(session)
    assert (first.name, first.role, first.email) == ("Samuel", Role.MANAGER, "Sam@Example.com")
    assert (second.name, second.disabled_at) == ("alex", NOW)
    assert [first.has_password, first.has_pin, first.has_codes] == [False, False, False]
    assert accounts.get(session, added.id) == first
    with pytest.raises(NotFound):
        accounts.named(session, "Sam Smith")


@pytest.mark.parametrize("name", ["Scheduler", "COMMAND LINE", "sign-in", "a one-time code", "An unknown name"])
def test_no_account_is_called_as_the_journal_calls_a_program(session: Session, name: str) -> None:
    assert "journal" in problems(session, name=name)["name"]


def test_no_two_names_look_the_same_by_letters_without_width(session: Session) -> None:
    accounts.add(session, name="Max", role="manager", now=NOW)
    assert "already" in problems(session, name="Ma\u200dx")["name"]
    for name in ("Max\u200b", "\ufeffMax", "\u202exaM", "Ma\u00adx"):
        assert "cannot be shown" in problems(session, name=name)["name"]


def test_every_problem_is_reported_under_its_field(session: Session) -> None:
    assert set(problems(session, name=" ", role="owner", email="sam")) == {"name", "role", "email"}


def test_a_name_and_an_email_address_are_used_once(session: Session) -> None:
    an_account(session, "Sam", email="sam@example.com")
    other = an_account(session, "Max")
    an_account(session, "No address")
    assert set(problems(session, name="SAM")) == {"name"}
    assert set(problems(session, email="SAM@example.com")) == {"email"}
    with pytest.raises(Invalid, match="already an account with this name"):
        accounts.update(session, other, version=1, name="sam", now=NOW)


def test_two_edits_of_one_field_are_a_conflict_and_of_two_fields_are_not(session: Session) -> None:
    staff_id = an_account(session)
    was = {"name": "Sam", "role": "staff", "email": ""}
    accounts.update(session, staff_id, version=1, name="Samuel", now=NOW)
    accounts.update(session, staff_id, version=1, was=was, email="sam@example.com", now=NOW)
    with pytest.raises(Conflict):
        accounts.update(session, staff_id, version=1, was=was, name="Samantha", now=NOW)
    row = accounts.get(session, staff_id)
    assert (row.name, row.email) == ("Samuel", "sam@example.com")


def test_the_last_manager_is_neither_disabled_nor_demoted(session: Session) -> None:
    only = an_account(session, "Max", Role.MANAGER)
    disabled = an_account(session, "Alex", Role.MANAGER)
    an_account(session, names.DEMO_MANAGER, Role.MANAGER)
    accounts.disable(session, disabled, now=NOW)
    with pytest.raises(Invalid, match="Max is the only manager"):
        accounts.disable(session, only, now=NOW)
    with pytest.raises(Invalid, match="Max is the only manager"):
        accounts.update(session, only, version=1, role="viewer", now=NOW)
    accounts.enable(session, disabled, now=NOW)
    accounts.disable(session, only, now=NOW)
    accounts.disable(session, only, now=NOW)


def test_a_disabled_accounts_link_is_void_and_it_gets_no_other(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        staff_id = an_account(session)
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
        accounts.disable(session, staff_id, now=NOW)
        with pytest.raises(Invalid, match="Sam is disabled"):
            codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
        accounts.enable(session, staff_id, now=NOW)
    with pytest.raises(Invalid, match="used already or has expired"):
        Browser(venue).choose_password(code)


def test_a_removed_tablet_signs_its_people_out_and_takes_no_pin(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for name in ("", " ", "x" * 41, "Bar\x00"):
            with pytest.raises(Invalid):
                codes.issue(session, Purpose.TABLET, device_name=name, now=NOW)
        code = codes.issue(session, Purpose.TABLET, device_name=" Bar  tablet", now=NOW)
    a_person(venue)
    tablet = Browser(venue)
    tablet.device_token = devices.enrol(tablet.opened, code=code, now=NOW)
    tablet.password()
    with venue.transaction(MANAGER) as session:
        (row,) = devices.listed(session)
        assert row.name == "Bar tablet"
        devices.remove(session, row.id, now=NOW)
        devices.remove(session, row.id, now=NOW)
        assert devices.listed(session) == []
    assert tablet.actor() is None
    with venue.reading(SIGN_IN) as session:
        assert devices.tablet_of(session, tablet.device_token) is None


def test_a_tablets_code_is_good_for_ten_minutes(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.TABLET, device_name="Bar tablet", now=NOW)
    with pytest.raises(Invalid):
        devices.enrol(lambda: venue.transaction(SIGN_IN), code=code, now=NOW + minutes(10))
    devices.enrol(lambda: venue.transaction(SIGN_IN), code=code, now=NOW + minutes(9))


def test_staff_see_and_end_their_own_sign_ins_only(venue: Venue) -> None:
    sam, max_ = a_person(venue), a_person(venue, "Max", Role.MANAGER)
    with venue.transaction(Actor("Sam", MAY[Role.STAFF], staff_id=sam)) as session:
        (own,) = sign_ins.listed(session, staff_id=sam, now=NOW)
        assert accounts.get(session, sam).name == "Sam"
        for refused in (
            lambda: sign_ins.listed(session, now=NOW),
            lambda: sign_ins.listed(session, staff_id=max_, now=NOW),
            lambda: sign_ins.end_all_of(session, max_, now=NOW),
            lambda: accounts.get(session, max_),
            lambda: accounts.update(session, sam, version=1, role="manager", now=NOW),
            lambda: accounts.update(session, sam, version=1, role="manager", email="", now=NOW),
        ):
            with pytest.raises(NotAllowed):
                refused()
        assert sign_ins.end_one(session, own.id, now=NOW) == 1
    with venue.transaction(STAFF) as session, pytest.raises(NotAllowed):
        sign_ins.end_one(session, own.id, now=NOW)


def test_changing_accounts_asks_for_the_password_again_and_listing_does_not(session: Session) -> None:
    staff_id = an_account(session)
    session.info["actor"] = Actor("Max", MAY[Role.MANAGER], recently_confirmed=False)
    assert len(accounts.listed(session)) == 1
    assert sign_ins.listed(session, now=NOW) == []
    assert devices.listed(session) == []
    for act in (
        lambda: accounts.add(session, name="Alex", role="viewer", now=NOW),
        lambda: accounts.disable(session, staff_id, now=NOW),
        lambda: codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW),
        lambda: sign_ins.end_everyone(session, keep=None, now=NOW),
    ):
        with pytest.raises(ConfirmFirst):
            act()


def test_a_sign_in_of_a_wrong_clock_does_not_last_for_years(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue, now=NOW + minutes(60 * 24 * 365))
    browser.password()
    browser.now = NOW
    assert browser.actor() is None


def test_use_is_noted_at_most_every_twenty_seconds(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    actor = browser.actor()
    assert actor
    assert actor.sign_in_id
    for after, noted in ((10 / 60, 0), (20 / 60, 20), (30 / 60, 20), (1, 60)):
        with venue.transaction(SIGN_IN) as session:
            sign_in.touch(session, actor.sign_in_id, now=NOW + minutes(after))
        with venue.transaction(MANAGER) as session:
            last = max(row.last_used_at for row in sign_ins.listed(session, now=NOW + minutes(1)))
        assert (last - NOW).total_seconds() == noted
