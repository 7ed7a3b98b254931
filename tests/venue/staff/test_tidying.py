"""What signing in leaves behind is deleted when it is over, and nothing before."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Device, OneTimeCode, SignIn, SignInAttempt, Staff
from tests.makers import MANAGER, NOW, days, hours, minutes
from tests.venue.staff.people import Browser, a_person, a_tablet
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.staff import codes, tidying
from venue.staff.codes import Purpose
from venue.staff.sign_in import SignInRefused


def number_of(session: Session, table: Any) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_what_is_over_is_deleted(venue: Venue) -> None:
    staff_id = a_person(venue)
    a_tablet(venue)
    Browser(venue).password()
    with pytest.raises(SignInRefused):
        Browser(venue).password("No one")
    with venue.transaction(MANAGER) as session:
        codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)

    tables = (SignInAttempt, OneTimeCode, SignIn, Device, Staff)
    counts = []
    for now in (NOW, NOW + minutes(16), NOW + hours(49), NOW + days(31), NOW + days(401)):
        with venue.transaction(SCHEDULER) as session:
            tidying.tidy(session, now=now)
            counts.append([number_of(session, table) for table in tables])
    # The tablet and the account stay.
    assert counts == [[3, 3, 2, 3, 1], [0, 3, 2, 3, 1], [0, 0, 2, 3, 1], [0, 0, 0, 3, 1], [0, 0, 0, 1, 1]]
