"""Confirm a bulk text: fix its audience, and queue one text for each of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Campaign, Event, Message
from db.writes import insert_once
from sms.texts import Kind
from venue import acts
from venue.acts import Act, act
from venue.campaigns.audience import Audience, find
from venue.campaigns.edit import locked
from venue.errors import Invalid, VenueError
from venue.messages.new_message import NewMessage
from venue.roles import Permission, require
from venue.wording import counted

ID_BYTES = 16
# News is not sent later than this, if no last day was chosen.
USEFUL_FOR = timedelta(days=7)


class AudienceChanged(VenueError):
    """Not the customers who were counted would get it. Nothing was queued. `audience` is what it is now, for which a
    manager may confirm again."""

    def __init__(self, audience: Audience, *, more: int, gone: int):
        said = []
        if more:
            said.append(f"{counted(more, 'customer')} more would get it")
        if gone:
            said.append(f"{counted(gone, 'customer')} would no longer get it")
        super().__init__(f"Since you looked, {' and '.join(said)}. Look again, then confirm.")
        self.audience = audience


@act(Act.CAMPAIGN_CONFIRMED)
def confirm(session: Session, campaign_id: UUID, *, version: int, ids: bytes, count: int, now: datetime) -> Campaign:
    """Queue the texts, which the scheduler begins to send at once, within the hours of bulk texts.

    `ids` are those of the audience that was shown, `count` the number of texts that the manager typed. Confirming again
    does nothing for who confirmed it. Raises NotFound, Invalid, and AudienceChanged.
    """
    actor = require(session, Permission.BULK)
    campaign = locked(session, campaign_id)
    if campaign.state != "draft":
        if campaign.confirmed_by == actor.name:
            return campaign
        raise Invalid(campaign_id=f"{campaign.confirmed_by} confirmed it already")
    if campaign.version != version:
        raise Invalid(campaign_id="It was changed since you looked. Look again, then confirm")
    audience = find(session, campaign, now=now, lock=True)
    if audience.problems:
        raise Invalid(campaign_id=" ".join(audience.problems))
    if audience.ids != ids:
        before, after = _set(ids), _set(audience.ids)
        raise AudienceChanged(audience, more=len(after - before), gone=len(before - after))
    if count != len(audience.recipients):
        raise Invalid(count=f"Type {len(audience.recipients)}, the number of texts")
    event = session.get(Event, campaign.event_id) if campaign.event_id else None
    until = [now + USEFUL_FOR if campaign.useful_until is None else campaign.useful_until]
    campaign.useful_until = min([*until, event.starts_at] if event else until)
    campaign.state, campaign.confirmed_at, campaign.confirmed_by = "sending", now, actor.name
    campaign.updated_at = now
    campaign.audience, campaign.messages = audience.total, len(audience.recipients)
    campaign.left_out = {reason.value: number for reason, number in audience.left_out.items()}
    insert_once(session, Message, _messages(campaign, audience, now))
    acts.count(session, texts=campaign.messages)
    session.flush()
    return campaign


def _set(ids: bytes) -> set[bytes]:
    return {ids[start : start + ID_BYTES] for start in range(0, len(ids), ID_BYTES)}


def _messages(campaign: Campaign, audience: Audience, now: datetime) -> list[dict[str, Any]]:
    """The rows to insert."""
    same: dict[str, Any] = {"kind": Kind.CAMPAIGN, "campaign_id": campaign.id, "event_id": campaign.event_id}
    same |= {"due_at": now, "useful_until": campaign.useful_until, "now": now}
    return [
        NewMessage(
            dedupe_key=f"{Kind.CAMPAIGN}:{campaign.id.hex}:{number}",
            customer_id=each.id,
            mobile_number=each.mobile_number,
            body=each.body,
            **same,
        ).columns()
        for number, each in enumerate(audience.recipients, start=1)
    ]
