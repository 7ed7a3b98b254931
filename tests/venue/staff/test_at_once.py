"""At the same moment: the last managers, and codes that are good once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import OneTimeCode, SignIn, Staff
from tests.at_once import at_once
from tests.makers import MANAGER, NOW
from tests.venue.staff.people import Browser, a_person, an_account
from venue.errors import Invalid
from venue.profile import Venue
from venue.roles import Role
from venue.staff import accounts, codes, devices
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


def test_many_who_sign_in_on_one_new_browser_are_not_stopped_by_each_other(venue: Venue) -> None:
    a_person(venue)
    browser = Browser(venue)
    browser.password()
    results = at_once([browser.password] * TRIES)
    assert of_type(results, Exception) == []
    assert browser.actor() or any(True for _ in results)
