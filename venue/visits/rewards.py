"""The reward for coming often: what it is, who is due one, and giving it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, CustomerVisits, Reward
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.profile import venue_of
from venue.roles import Permission, require

_visits, _rewards = CustomerVisits.__table__.c, Reward.__table__.c


@dataclass(frozen=True)
class Progress:
    """How far a customer is towards the venue's reward: `name` is what it is, `left` how many visits are missing, 0
    when it is due. `given_at` is when they last got one, in UTC."""

    name: str
    left: int
    given_at: datetime | None


def progress(session: Session, customer_ids: Collection[UUID]) -> Mapping[UUID, Progress]:
    """How far these customers are, by id; empty if the venue has no reward."""
    require(session, Permission.READ)
    venue = venue_of(session)
    if not venue.reward_name:
        return {}
    ids = list(customer_ids)
    stored = session.execute(select(_visits.customer_id, _visits.visits).where(_visits.customer_id.in_(ids)))
    counted = {row.customer_id: row.visits for row in stored}
    last = (
        select(_rewards.customer_id, func.max(_rewards.visits).label("visits"), func.max(_rewards.given_at).label("at"))
        .where(_rewards.customer_id.in_(ids))
        .group_by(_rewards.customer_id)
    )
    given = {row.customer_id: row for row in session.execute(last)}
    return {
        each: Progress(
            venue.reward_name,
            visits_left(counted.get(each, 0), given[each].visits if each in given else 0, every=venue.reward_every),
            given[each].at if each in given else None,
        )
        for each in ids
    }


@act(Act.REWARD_GIVEN)
def give(session: Session, customer_id: UUID, *, now: datetime) -> Reward:
    """Record that a customer was given the reward that is due. Raises NotFound, and Invalid when none is due: on a
    second tap, or when it was given on another phone."""
    actor = require(session, Permission.BOOKINGS)
    # Locked, so that of two taps at once the second sees the reward of the first.
    customer = session.scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update(key_share=True))
    if customer is None:
        raise NotFound("This customer no longer exists.")
    far = progress(session, [customer_id]).get(customer_id)
    if far is None or far.left:
        raise Invalid(customer_id="No reward is due: it may have been given just now")
    visits = session.scalar(select(_visits.visits).where(_visits.customer_id == customer_id)) or 0
    last = session.scalar(select(func.max(_rewards.visits)).where(_rewards.customer_id == customer_id)) or 0
    reward = Reward(
        customer_id=customer_id,
        name=far.name,
        visits=visit_rewarded(visits, last, every=venue_of(session).reward_every),
        given_at=now,
        given_by=actor.name,
    )
    session.add(reward)
    session.flush()
    return reward


def visits_left(visits: int, last_rewarded: int, *, every: int) -> int:
    """How many visits are missing to the next reward; 0 when it is due."""
    return max(0, last_rewarded + every - visits)


def visit_rewarded(visits: int, last_rewarded: int, *, every: int) -> int:
    """The visit that a reward given now is for. The next is due `every` visits after it. Of several that were due, as
    for a regular of many years when the venue begins with rewards, one is given."""
    return visits - (visits - last_rewarded) % every
