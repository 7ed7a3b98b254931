"""What tells an open screen that an event or its guests changed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_booking, a_customer, an_event, minutes
from venue import bookings, events, waitlist

pytestmark = pytest.mark.plain_sql


def test_each_change_of_an_event_and_its_guests_changes_its_mark(session: Session) -> None:
    event = an_event(session, capacity=10, starts_at=NOW + timedelta(hours=3))
    marks = [events.mark_of(session, event.id)]

    def changed() -> bool:
        marks.append(events.mark_of(session, event.id))
        return marks[-1] not in marks[:-1]

    first = a_booking(session, event=event, seats=2)
    assert changed()
    bookings.update(session, first.id, version=first.version, seats=3, now=NOW + minutes(1))
    assert changed()
    bookings.mark_arrived(session, first.id, arrived=True, now=NOW + minutes(2))
    assert changed()
    events.update(session, event.id, version=event.version, capacity=3, now=NOW + minutes(3))
    assert changed()
    waitlist.join(session, event_id=event.id, customer_id=a_customer(session).id, seats=1, now=NOW + minutes(4))
    assert changed()
    bookings.delete(session, first.id, now=NOW + minutes(5))
    assert changed()


def test_nothing_changes_the_mark_of_another_event(session: Session) -> None:
    event = an_event(session)
    before = events.mark_of(session, event.id)
    a_booking(session, event=an_event(session, name="Jazz"))
    assert events.mark_of(session, event.id) == before
    assert events.mark_of(session, uuid4()) is None
