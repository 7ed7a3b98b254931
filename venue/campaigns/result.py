"""What came of a bulk text: bookings and arrivals of those who got it, within 14 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Message
from venue.messages.states import State
from venue.roles import Permission, require
from venue.wording import counted

WITHIN = timedelta(days=14)
# Of fewer customers, a share says nothing.
ENOUGH_FOR_A_SHARE = 100


@dataclass(frozen=True)
class Result:
    """How many customers were texted, how many of them booked, for how many seats, and how many arrived. `counts_until`
    is 14 days after the last text, in UTC; None if none went."""

    texted: int
    booked: int
    seats: int
    arrived: int
    counts_until: datetime | None

    @property
    def words(self) -> str:
        """The result in a sentence. It does not say that the text was the cause: that cannot be known."""
        share = f" ({self.booked / self.texted:.0%})" if self.texted >= ENOUGH_FOR_A_SHARE else ""
        seats = f" for {counted(self.seats, 'seat')}" if self.booked else ""
        whom = f"the {self.texted:,} texted" if self.texted > 1 else "1 texted"
        return f"Of {whom}, {self.booked:,} booked{seats} within 14 days{share}, and {self.arrived:,} came to an event"


def result(session: Session, campaign_id: UUID) -> Result:
    """Of those whose text was sent. Bookings that were deleted since do not count, nor reminders without seats."""
    require(session, Permission.BULK, ask_again=False)
    went = (Message.campaign_id == campaign_id, Message.state.in_((State.SENT.value, State.DELIVERED.value)))
    sent = session.execute(select(Message.customer_id, Message.sent_at).where(*went)).all()
    bookings = session.execute(
        select(Booking.customer_id, Booking.created_at, Booking.arrived_at, Booking.seats, Message.sent_at)
        .join(Message, Message.customer_id == Booking.customer_id)
        .where(*went, or_(Booking.created_at > Message.sent_at, Booking.arrived_at > Message.sent_at))
    ).all()
    booked = [row for row in bookings if row.seats and row.sent_at < row.created_at <= row.sent_at + WITHIN]
    arrived = {
        row.customer_id for row in bookings if row.arrived_at and row.sent_at < row.arrived_at <= row.sent_at + WITHIN
    }
    last = max((row.sent_at for row in sent), default=None)
    return Result(
        texted=len(sent),
        booked=len({row.customer_id for row in booked}),
        seats=sum(row.seats for row in booked),
        arrived=len(arrived),
        counts_until=last + WITHIN if last else None,
    )
