"""Write, change and delete drafts of bulk texts."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Campaign, Event
from db.models.base import NAME_LENGTH
from db.writes import add_once
from sms import segments, texts
from venue import acts, concurrent_edits, short_names
from venue.acts import Act, act
from venue.bulk import Chosen
from venue.campaigns import whom
from venue.errors import Invalid, NotFound
from venue.roles import Permission, require
from venue.views import parts

GONE = "This bulk text no longer exists."
CONFIRMED = "It was confirmed: what it says and to whom can no longer be changed"
LONGEST_BODY = 1_000
MOST_PER_MINUTE = 600
FIELDS = ("name", "query", "body", "event_id", "useful_until", "per_minute")


@act(Act.CAMPAIGN_ADDED)
def add(
    session: Session,
    *,
    name: str,
    query: Mapping[str, str],
    chosen: Chosen | None = None,
    body: str = "",
    event_id: UUID | None = None,
    useful_until: datetime | None = None,
    per_minute: int = 60,
    form_token: str | None = None,
    now: datetime,
) -> Campaign:
    """Add a draft for the customers of this filter, as in the list's address, or for exactly those who were `chosen`.
    It is not sent after `useful_until`, and at most `per_minute` texts a minute. A form token that was used before
    returns its draft. Raises Invalid, and SelectionChanged."""
    actor = require(session, Permission.BULK, ask_again=False)
    given = {"name": name, "query": query, "body": body, "event_id": event_id}
    values = _checked(session, {**given, "useful_until": useful_until, "per_minute": per_minute})
    by = {"created_at": now, "created_by": actor.name, "updated_at": now, "form_token": form_token}
    draft = Campaign(**values, **by, is_list=chosen is not None)
    campaign = add_once(session, draft)
    if chosen is not None and campaign is draft:
        whom.store(session, campaign.id, chosen, now=now)
        acts.details(session, selected=chosen.count)
    return campaign


@act(Act.CAMPAIGN_CHANGED)
def update(session: Session, campaign_id: UUID, *, version: int, now: datetime, **fields: Any) -> Campaign:
    """Change some of the fields of a draft; `version` is the one that was read. With a `query` it goes to the customers
    of this filter, and no longer to those who were selected. Raises NotFound, Invalid, also for one that was confirmed,
    and Conflict when someone else changed it since."""
    require(session, Permission.BULK, ask_again=False)
    campaign = locked(session, campaign_id)
    if campaign.state != "draft":
        raise Invalid(body=CONFIRMED)
    changed = concurrent_edits.to_write(campaign, _checked(session, fields), version=version)
    for field, value in changed.items():
        setattr(campaign, field, value)
    if campaign.is_list and "query" in fields:
        campaign.is_list = False
        whom.forget(session, campaign_id)
    if session.is_modified(campaign):
        campaign.updated_at = now
    session.flush()
    return campaign


@act(Act.CAMPAIGN_DELETED)
def delete(session: Session, campaign_id: UUID, *, now: datetime) -> None:
    """Delete a draft. Deleting one that is gone does nothing. Raises Invalid for one that was confirmed."""
    require(session, Permission.BULK, ask_again=False)
    try:
        campaign = locked(session, campaign_id)
    except NotFound:
        return
    if campaign.state != "draft":
        raise Invalid(campaign_id="It was confirmed: it stays, as the record of who got it")
    session.delete(campaign)
    session.flush()


def locked(session: Session, campaign_id: UUID) -> Campaign:
    """The bulk text, which no one else can change until the transaction ends. Raises NotFound."""
    require(session, Permission.BULK, ask_again=False)
    campaign = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if campaign is None:
        raise NotFound(GONE)
    return campaign


def _checked(session: Session, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to store. Raises Invalid with every problem. What a draft must have to be sent is checked later."""
    values = {name: value for name, value in fields.items() if name in FIELDS}
    problems: dict[str, str] = {}
    if "name" in values:
        try:
            values["name"] = short_names.checked(values["name"], longest=NAME_LENGTH)
        except ValueError as problem:
            problems["name"] = str(problem)
    if "query" in values:
        try:
            query = parts.read(session, values["query"]).where.to_query()
            values["query"] = json.dumps(query, ensure_ascii=False)
        except Invalid as invalid:
            problems["query"] = "; ".join(invalid.problems.values())
    if "body" in values:
        values["body"] = segments.straighten(values["body"]).strip()
        if len(values["body"]) > LONGEST_BODY or texts.has_control_characters(values["body"]):
            problems["body"] = f"Enter at most {LONGEST_BODY:,} characters, none of them invisible"
    if values.get("event_id") is not None and session.get(Event, values["event_id"]) is None:
        problems["event_id"] = "This event no longer exists: choose another one"
    if "per_minute" in values and not 1 <= (values["per_minute"] or 0) <= MOST_PER_MINUTE:
        problems["per_minute"] = f"Enter a number from 1 to {MOST_PER_MINUTE}"
    if problems:
        raise Invalid(**problems)
    return values
