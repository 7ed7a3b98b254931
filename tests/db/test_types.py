"""Instants go in aware and come out aware, in UTC, whatever the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from db.models import VenueSetting


def stored(session: Session, at: datetime) -> datetime:
    session.add(VenueSetting(name="when", value="", updated_at=at))
    session.flush()
    session.expunge_all()
    return session.scalars(select(VenueSetting.updated_at)).one()


@pytest.mark.parametrize(
    "at",
    [
        datetime(2027, 3, 28, 0, 59, 59, 999_999, tzinfo=UTC),
        datetime(2027, 7, 1, 20, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-11))),
    ],
)
def test_an_instant_comes_back_the_same_and_in_utc(session: Session, at: datetime) -> None:
    kept = stored(session, at)
    assert kept == at
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        stored(session, datetime(2027, 1, 15, 12, 0))  # noqa: DTZ001


def test_a_question_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        session.scalars(select(VenueSetting).where(VenueSetting.updated_at > datetime(2027, 1, 15)))  # noqa: DTZ001


def test_instants_are_ordered_by_time_not_by_zone(session: Session) -> None:
    noon = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
    session.add(VenueSetting(name="noon", value="", updated_at=noon))
    session.flush()
    an_hour_ago_elsewhere = datetime(2027, 1, 15, 15, 0, tzinfo=timezone(timedelta(hours=4)))
    later = select(VenueSetting.name).where(VenueSetting.updated_at > an_hour_ago_elsewhere)
    assert session.scalars(later).all() == ["noon"]
