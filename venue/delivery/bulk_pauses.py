"""Bulk texts that were being sent in a backup that was restored: they are paused until a manager resumes each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.models import Campaign, Message
from venue.messages.states import NOT_YET_GONE
from venue.roles import Permission, require


def pause_all(session: Session, *, now: datetime) -> None:
    """Pause every bulk text that is being sent: since the backup was made it may have been paused, stopped or sent."""
    require(session, Permission.BULK, Permission.DELIVERY, ask_again=False)
    waits = exists().where(Message.campaign_id == Campaign.id, Message.state.in_(NOT_YET_GONE))
    being_sent = select(Campaign).where(Campaign.state == "sending", waits).order_by(Campaign.id)
    for campaign in session.scalars(being_sent.with_for_update(of=Campaign)).all():
        campaign.state, campaign.paused_by_restore, campaign.updated_at = "paused", True, now
    session.flush()


def names(session: Session) -> Sequence[str]:
    """Those that were paused so and were not resumed or stopped yet, the first confirmed first."""
    require(session, Permission.READ)
    paused = select(Campaign.name).where(Campaign.state == "paused", Campaign.paused_by_restore)
    return session.scalars(paused.order_by(Campaign.confirmed_at, Campaign.id)).all()
