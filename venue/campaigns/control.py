"""Pause, resume and stop a bulk text. What was handed to the provider before goes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Campaign
from venue import acts
from venue.acts import Act, act
from venue.campaigns.edit import locked
from venue.delivery import bulk_texts
from venue.errors import Invalid
from venue.roles import Permission, require


@act(Act.CAMPAIGN_PAUSED)
def pause(session: Session, campaign_id: UUID, *, now: datetime) -> Campaign:
    """Send no more of its texts for now. Pausing again does nothing. Raises NotFound, Invalid."""
    return _set(session, campaign_id, "paused", of=("sending", "paused"), now=now)


@act(Act.CAMPAIGN_RESUMED)
def resume(session: Session, campaign_id: UUID, *, now: datetime) -> Campaign:
    """Go on sending. What is too late by now is skipped. Resuming again does nothing. Raises NotFound, Invalid."""
    require(session, Permission.BULK)
    return _set(session, campaign_id, "sending", of=("sending", "paused"), now=now)


@act(Act.CAMPAIGN_STOPPED)
def stop(session: Session, campaign_id: UUID, *, now: datetime) -> Campaign:
    """Send no more of its texts, for good: those that wait are skipped. Stopping again does nothing. Raises NotFound,
    Invalid."""
    campaign = _set(session, campaign_id, "stopped", of=("sending", "paused", "stopped"), now=now)
    acts.count(session, skipped=bulk_texts.skip_waiting(session, [campaign_id], now=now))
    return campaign


def _set(session: Session, campaign_id: UUID, state: str, *, of: tuple[str, ...], now: datetime) -> Campaign:
    require(session, Permission.BULK, ask_again=False)
    campaign = locked(session, campaign_id)
    if campaign.state not in of:
        what = "was stopped, for good" if campaign.state == "stopped" else "is a draft: it is not being sent"
        raise Invalid(campaign_id=f"This bulk text {what}")
    if campaign.state != state:
        campaign.state, campaign.updated_at, campaign.paused_by_restore = state, now, False
        session.flush()
    return campaign
