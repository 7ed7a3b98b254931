"""The Today screen: current events and the next texts."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import Message
from sms.texts import Kind
from tests.makers import NOW, a_booking, an_event, days
from venue import clock
from venue.insight import today
from venue.messages import upcoming
from venue.profile import venue_of


def test_events_and_texts_mean_the_same_days_by_the_coming_week(session: Session) -> None:
    """From now until the venue's day a week from today is over, for both."""
    ends = clock.week_ends(NOW, venue_of(session).zone)
    in_the_last_minute = ends - timedelta(minutes=1)
    for at in (in_the_last_minute, ends):
        an_event(session, starts_at=at)
        booking = a_booking(session, event=an_event(session, starts_at=NOW + days(40)))
        reminder = (Message.booking_id == booking.id) & (Message.kind == Kind.REMINDER_7_DAY.value)
        session.execute(update(Message).where(reminder).values(due_at=at))

    overview = today.overview(session, now=NOW)
    texts = upcoming.this_week(session, now=NOW).planned

    assert [event.starts_at for event in overview.later] == [in_the_last_minute]
    assert [text.row.due_at for text in texts if text.row.kind == Kind.REMINDER_7_DAY] == [in_the_last_minute]
    assert overview.going_out_this_week == len(texts)
