"""At the same moment: the last managers, and codes that are good once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import OneTimeCode, SignIn, Staff
from tests.at_once import at_once
from tests.makers import MANAGER, NOW
from tests.venue.staff.people import PASSWORD, Browser, a_person, a_tablet, an_account, with_pin
from venue.errors import Invalid, VenueError
from venue.profile import Venue
from venue.roles import SCHEDULER, Role
from venue.staff import accounts, codes, devices, sign_ins, tidying
from venue.staff.codes import Purpose

TRIES = 8


def of_type(results: list[Any], kind: type) -> list[Any]:
    return [result for result in results if isinstance(result, kind)]


def disable(venue: Venue, staff_id: UUID) -> None:
    with venue.transaction(MANAGER) as session:
        accounts.disable(session, staff_id, now=NOW)


def demote(venue: Venue, staff_id: UUID) -> None:
    with venue.transaction(MANAGER) as session:
        accounts.update(session, staff_id, version=1, role="staff", now=NOW)


def test_managers_who_disable_and_demote_each_other_leave_one(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        managers = [an_account(session, f"Max {number}", Role.MANAGER) for number in range(TRIES)]
    acts: list[Callable[[], Any]] = [
        lambda each=each, act=act: act(venue, each)
        for each, act in zip(managers, [disable, demote] * (TRIES // 2), strict=True)
    ]

    results = at_once(acts)

    (refused,) = of_type(results, Exception)
    assert isinstance(refused, Invalid)
    assert "is the only manager" in str(refused)
    with venue.transaction(MANAGER) as session:
        rows = accounts.listed(session)
    assert len([row for row in rows if row.role == Role.MANAGER and not row.disabled_at]) == 1


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_code_is_good_once_at_the_same_moment(venue: Venue, purpose: Purpose) -> None:
    with venue.transaction(MANAGER) as session:
        staff_id = an_account(session) if purpose == Purpose.PASSWORD else None
        code = codes.issue(session, purpose, staff_id=staff_id, device_name="Bar tablet", now=NOW)
    use: dict[Purpose, Callable[[Browser], Any]] = {
        Purpose.SET_UP: lambda browser: browser.set_up(code, f"Max {browser.hours}"),
        Purpose.PASSWORD: lambda browser: browser.choose_password(code),
        Purpose.TABLET: lambda browser: devices.enrol(browser.opened, code=code, now=NOW),
    }
    acts = [lambda hours=hours: use[purpose](Browser(venue, hours=hours)) for hours in range(1, TRIES + 1)]

    results = at_once(acts)

    assert [type(error) for error in of_type(results, Exception)] == [Invalid] * (TRIES - 1), results
    with venue.transaction(MANAGER) as session:
        assert len(list(session.scalars(select(Staff)))) == (0 if purpose == Purpose.TABLET else 1)
        assert session.scalars(select(OneTimeCode)).one().used_at == NOW


def test_a_person_who_signs_in_while_they_are_disabled_is_out(venue: Venue) -> None:
    a_person(venue, "Max", Role.MANAGER)
    staff_id = a_person(venue)
    browsers = [Browser(venue) for _ in range(TRIES)]
    at_once([*[browser.password for browser in browsers], lambda: disable(venue, staff_id)])

    with venue.transaction(MANAGER) as session:
        accounts.enable(session, staff_id, now=NOW)
        still_open = select(SignIn).where(SignIn.staff_id == staff_id, SignIn.ended_at.is_(None))
        assert list(session.scalars(still_open)) == []


def test_many_sign_ins_on_one_browser_at_once_leave_one(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    assert of_type(at_once([browser.password] * TRIES), Exception) == []
    with venue.reading(MANAGER) as session:
        assert len(sign_ins.listed(session, now=NOW)) == 2, "one on this browser, one where the account began"


def test_everything_about_signing_in_at_once_neither_deadlocks_nor_fails(venue: Venue) -> None:
    a_person(venue, "Max", Role.MANAGER)
    people = [with_pin(venue, a_person(venue, f"Sam {number}")) for number in range(3)]
    tablet = a_tablet(venue)
    known = [Browser(venue) for _ in people]
    for number, browser in enumerate(known):
        browser.password(f"Sam {number}")

    def as_manager(command: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        with venue.transaction(MANAGER) as session:
            command(session, *args, now=NOW, **kwargs)

    def tidy() -> None:
        with venue.transaction(SCHEDULER) as session:
            tidying.tidy(session, now=NOW)

    acts: list[Callable[[], Any]] = []
    for number, (staff_id, browser) in enumerate(zip(people, known, strict=True)):
        on_tablet = Browser(venue, device_token=tablet.device_token)
        acts += [
            lambda on_tablet=on_tablet, staff_id=staff_id: on_tablet.pin(staff_id, "2741"),
            lambda on_tablet=on_tablet, staff_id=staff_id: on_tablet.pin(staff_id, "9999"),
            lambda on_tablet=on_tablet, number=number: on_tablet.password(f"Sam {number}"),
            lambda browser=browser, number=number: browser.password(f"Sam {number}"),
            lambda browser=browser, number=number: browser.password(f"Sam {number}", "wrong password"),
            lambda number=number: Browser(venue).password(f"Sam {number}"),
            lambda browser=browser: browser.confirm(PASSWORD),
            lambda staff_id=staff_id: as_manager(accounts.disable, staff_id),
            lambda staff_id=staff_id: as_manager(accounts.enable, staff_id),
            lambda staff_id=staff_id: as_manager(sign_ins.end_all_of, staff_id),
        ]
    acts += [lambda: as_manager(sign_ins.end_everyone, keep=None), tidy]

    for results in (at_once(acts), at_once(acts[::-1])):
        wrong = [error for error in of_type(results, Exception) if not isinstance(error, VenueError | AssertionError)]
        assert wrong == []
