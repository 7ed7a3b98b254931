"""The reward that is due to a customer, and giving it with one tap."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pages.elements.board import Act, Badge, Notice
from pages.elements.toast import toast
from pages.parts.context import actor, now, transaction
from pages.parts.format import short_day
from pages.parts.permissions import if_may
from venue import acts
from venue.errors import VenueError
from venue.roles import Permission
from venue.rows import GuestRow
from venue.visits import rewards
from venue.visits.rewards import Progress
from venue.wording import counted

GIVE = "give_reward"


def due(customer_id: UUID, progress: Progress | None) -> tuple[Notice, ...]:
    """ "Reward due: a free pint", with a button; nothing while none is due."""
    if progress is None or progress.left:
        return ()
    ways = if_may(Permission.BOOKINGS, Act("Give reward", GIVE, str(customer_id)))
    return (Notice(Badge("green", "Reward due"), progress.name, ways),)


def due_to_guests(rows: Sequence[GuestRow], progress: Mapping[UUID, Progress]) -> dict[UUID, tuple[Notice, ...]]:
    """The rewards that are due to guests, by booking."""
    by_booking = {row.id: due(row.customer_id, progress.get(row.customer_id)) for row in rows}
    return {booking_id: notices for booking_id, notices in by_booking.items() if notices}


def in_words(progress: Progress | None) -> str:
    """Like "a free pint after 3 more visits, last given 6 Mar 2027"; empty when the venue has no reward."""
    if progress is None:
        return ""
    given = f", last given {short_day(progress.given_at)}" if progress.given_at else ""
    after = f"after {counted(progress.left, 'more visit')}" if progress.left else "due"
    return f"{progress.name} {after}{given}"


def give(customer_id: UUID) -> None:
    """A tap on the button. A second tap, or one on another phone, says that none is due."""
    try:
        with transaction(actor()) as session:
            reward = rewards.give(session, customer_id, now=now())
            words, entry = f"Reward given: {reward.name}", acts.last_entry(session)
    except VenueError as error:
        toast(str(error))
    else:
        toast(words, undo=entry)
