"""Two people tap on the same reply at the same moment: it is done once."""

from collections.abc import Callable
from uuid import UUID

from db.models import Booking, Customer, Message
from sms.texts import Kind
from tests.at_once import at_once
from tests.makers import MANAGER_AND_SCHEDULER, NOW, a_booking, texts_to
from tests.venue.replies.test_proposals import REPLIED, ask, reply
from venue.errors import VenueError
from venue.profile import Venue
from venue.replies import answers
from venue.roles import Actor, Role


def test_two_taps_at_once_are_done_once(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        booking = a_booking(session, seats=4, now=NOW)
        customer_id, booking_id = booking.customer_id, booking.id
        ask(session, session.get_one(Customer, customer_id))
        message_id = reply(session, session.get_one(Customer, customer_id), "we'll be 3 now").id

    def tap(name: str) -> Callable[[], bool]:
        def act() -> bool:
            with venue.transaction(Actor.with_role(name, Role.STAFF)) as session:
                return answers.change_seats(session, message_id, booking_id=booking_id, version=1, seats=3, now=REPLIED)

        return act

    ended = at_once([tap("Ann"), tap("Ann"), tap("Ben"), tap("Ben")])

    assert ended.count(True) == 1
    assert all(each is True or each is False or isinstance(each, VenueError) for each in ended), ended
    assert _after(venue, booking_id, customer_id, message_id) == (3, 2, 1)


def _after(venue: Venue, booking_id: UUID, customer_id: UUID, message_id: UUID) -> tuple[int, int, int]:
    """The seats and the version of the booking, and how many texts say that it changed."""
    with venue.reading(MANAGER_AND_SCHEDULER) as session:
        booking = session.get_one(Booking, booking_id)
        assert session.get_one(Message, message_id).handled_by in ("Ann", "Ben")
        return booking.seats, booking.version, len(texts_to(session, customer_id, Kind.CHANGE))
