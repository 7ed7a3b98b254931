"""What staff did in the last days, by the commands that the screens call, each at its time."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.sample import bulk_texts, conversations, doubles, set_up
from cli.sample.cast import BARMAID, BARMAN, MANAGER, Cast
from cli.sample.post import Post
from db.models import Customer, Event, Message
from db.types import AnyRow
from venue import acts, bookings, clock, customers, events, waitlist
from venue.events import series
from venue.journal.undo import undo
from venue.messages import actions
from venue.messages.states import State
from venue.roles import SCHEDULER

SERIES, TASTING = "Acoustic Tuesdays", "Whisky Tasting"
WEEKS_BEFORE, WEEKS_AFTER = 12, 16
# Tonight's event begins at half past seven, or later if the demo is loaded later; at the latest at half past ten.
USUAL_START, LATEST_START = time(19, 30), time(22, 30)


def add_series(cast: Cast) -> Sequence[date]:
    """Add a weekly series that began some weeks ago, and return the days of its past events."""
    today = clock.today(cast.now, cast.venue.zone)
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7)
    days = [tuesday + timedelta(weeks=week) for week in range(-WEEKS_BEFORE, WEEKS_AFTER)]
    with cast.by(MANAGER) as session:
        series.add(
            session,
            name=SERIES,
            category="Music",
            capacity=40,
            notes="Two sets, the second from 21:30. Keep the table by the stage free.",
            starts=[clock.at_wall_clock(day, time(20), cast.venue.zone) for day in days],
            now=cast.ago(days=3, hours=5),
        )
    return [day for day in days if day < today]


def live_through(cast: Cast) -> None:
    """Everything else, the oldest first."""
    post = Post(cast)
    guests = iter(cast.customers[110:])
    post.send_until(cast.at(days=2, hour=10))
    bulk_texts.send(cast, post)
    _cancel_event(cast, [next(guests) for _ in range(5)])
    _book_series(cast, [next(guests) for _ in range(9)])
    party = _fill_tasting(cast, [next(guests) for _ in range(9)])
    # Two who prefer e-mails, of which one gets no answer from the mail server.
    tonight = [*(next(guests) for _ in range(13)), cast.customers[2], cast.customers[5]]
    event_id = _book_tonight(cast, tonight)
    post.gateway.refused[tonight[9].mobile_number] = "30005"
    post.gateway.on_the_way.update((tonight[10].mobile_number, tonight[11].mobile_number))
    post.mail_gateway.unknown.add(set_up.email_of(tonight[14], 3))
    post.send_until(cast.ago(hours=1))
    post.lose(tonight[10].mobile_number, code="30003", at=cast.ago(minutes=58))
    doubles.add(cast)
    _look_after_customers(cast)
    _offer_free_seats(cast, party)
    post.send_until(cast.ago(minutes=35))
    conversations.receive(cast, post, tonight, party)
    _open_doors(cast, event_id, came=[tonight[0], tonight[1], tonight[5], tonight[12]], late=tonight[11])
    _hold_some(cast)
    post.send_until(cast.ago(minutes=1))


def _cancel_event(cast: Cast, guests: Sequence[AnyRow]) -> None:
    """An event in two weeks, which was cancelled the day before yesterday."""
    with cast.by(MANAGER) as session:
        day = clock.today(cast.now, cast.venue.zone) + timedelta(days=13)
        event = _add_event(session, cast, "Cider Tasting", day, time(19), 20, now=cast.ago(days=2))
        for guest in guests:
            _book(session, event.id, guest, 2, now=cast.ago(days=1, hours=23))
        events.cancel(session, event.id, now=cast.ago(days=1, hours=22))


def _book_series(cast: Cast, guests: Sequence[AnyRow]) -> None:
    with cast.by(BARMAN) as session:
        coming = [row for row in events.upcoming(session, now=cast.now) if row.name == SERIES]
        for place, guest in enumerate(guests):
            event = coming[place % 2]
            if event.starts_at > cast.now:
                _book(session, event.id, guest, 2 + place % 3, now=cast.ago(days=1, hours=20, minutes=-7 * place))


def _fill_tasting(cast: Cast, guests: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """An event that is full, and the parties who wait for a seat: those are returned."""
    booked, waiting = guests[:5], guests[5:]
    with cast.by(BARMAID) as session:
        day = clock.today(cast.now, cast.venue.zone) + timedelta(days=5)
        event = _add_event(session, cast, TASTING, day, time(19, 30), 12, now=cast.ago(days=1, hours=9))
        for seats, guest in zip((2, 3, 2, 2, 3), booked, strict=True):
            _book(session, event.id, guest, seats, now=cast.ago(days=1, hours=8))
        for place, (seats, guest) in enumerate(zip((2, 4, 2, 3), waiting, strict=True)):
            at = cast.ago(hours=20, minutes=-11 * place)
            waitlist.join(session, event_id=event.id, customer_id=guest.id, seats=seats, now=at)
        entry = waitlist.for_customer(session, waiting[3].id, now=cast.now)[0]
        waitlist.leave(session, entry.id, now=cast.ago(hours=18))
    return [booked[2], *waiting]


def _book_tonight(cast: Cast, guests: Sequence[AnyRow]) -> UUID:
    with cast.by(BARMAN) as session:
        local = cast.now.astimezone(cast.venue.zone)
        later = (local + timedelta(hours=1)).time().replace(minute=30, second=0, microsecond=0)
        start = LATEST_START if local.hour >= 21 else max(USUAL_START, later)
        event = _add_event(session, cast, "Board Games Night", local.date(), start, 60, now=cast.ago(hours=17))
        for place, guest in enumerate(guests):
            _book(session, event.id, guest, (2, 4, 3, 2, 5)[place % 5], now=cast.ago(hours=2, minutes=-2 * place))
        return event.id


def _look_after_customers(cast: Cast) -> None:
    """Notes, a change that was taken back, and a late cancellation."""
    with cast.by(BARMAN) as session:
        row = cast.customers[1]
        version = session.get_one(Customer, row.id).version
        customers.update(session, row.id, version=version, notes="Engaged! Ask about the date", now=cast.ago(hours=5))
    with cast.by(BARMAID) as session:
        row = cast.customers[15]
        version = session.get_one(Customer, row.id).version
        customers.update(session, row.id, version=version, notes="Wrong table", now=cast.ago(hours=4))
        entry_id = acts.last_entry(session)
    with cast.by(BARMAID) as session:
        undo(session, entry_id or 0, now=cast.ago(hours=3, minutes=58))


def _offer_free_seats(cast: Cast, party: Sequence[AnyRow]) -> None:
    """One party cancels, and the seats are offered to those who wait: within the hours of texts, or the evening before
    they began."""
    local = (cast.now - timedelta(minutes=40)).astimezone(cast.venue.zone)
    at = cast.ago(minutes=40)
    if not time(9) <= local.time() < time(20, 45):
        at = clock.at_wall_clock(local.date() - timedelta(days=local.hour < 9), time(20, 45), cast.venue.zone)
    with cast.by(BARMAID) as session:
        theirs = bookings.for_customer(session, party[0].id, now=cast.now).active
        booking = next(row for row in theirs if row.event_name == TASTING)
        bookings.delete(session, booking.id, tell_customer=True, now=at - timedelta(minutes=5))
    waitlist.offer_all(lambda: cast.venue.transaction(SCHEDULER), now=at)


def _open_doors(cast: Cast, event_id: UUID, *, came: Sequence[AnyRow], late: AnyRow) -> None:
    """The first guests of tonight have come, one is late, and some came without a booking."""
    midnight = clock.start_of_today(cast.now, cast.venue.zone)
    with cast.by(BARMAID) as session:
        booked = {row.customer_id: row.id for row in bookings.for_event(session, event_id)}
        for place, guest in enumerate(came):
            at = max(midnight, cast.ago(minutes=14 - 3 * place))
            bookings.mark_arrived(session, booked[guest.id], arrived=True, now=at)
        bookings.mark_late(session, booked[late.id], minutes=20, now=cast.ago(minutes=4))
        bookings.count_walk_ins(session, event_id, seats=3, now=max(midnight, cast.ago(minutes=4)))


def _hold_some(cast: Cast) -> None:
    with cast.by(MANAGER) as session:
        planned = select(Message.id).where(Message.state == State.PLANNED.value, Message.due_at > cast.now)
        last = session.scalars(planned.order_by(Message.due_at.desc(), Message.mobile_number).limit(3)).all()
        actions.hold(session, last, now=cast.ago(minutes=3))


def _add_event(session: Session, cast: Cast, name: str, on: date, at: time, capacity: int, *, now: datetime) -> Event:
    starts_at = clock.at_wall_clock(on, at, cast.venue.zone)
    kind = "Games" if "Games" in name else "Food and drink"
    return events.add(session, name=name, starts_at=starts_at, capacity=capacity, category=kind, now=now)


def _book(session: Session, event_id: UUID, guest: AnyRow, seats: int, *, now: datetime) -> None:
    bookings.book(session, event_id=event_id, customer_id=guest.id, seats=seats, now=now)
