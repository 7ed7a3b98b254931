"""Since when the provider of texts does not answer, as the schedulers notice that each time they ask it for incoming
texts: also while no text is due."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.writes import delete_where, insert_once
from venue.roles import Permission, require

log = logging.getLogger("scheduler")

# The venue setting that exists while the provider does not answer. Its `updated_at` is when that was first noticed.
AWAY = "mark.provider_away"


def note(session: Session, problem: str, *, now: datetime) -> None:
    """Record that the provider did not answer a question; `problem` is a sentence without a number or text."""
    require(session, Permission.DELIVERY)
    if insert_once(session, VenueSetting, [{"name": AWAY, "value": "", "updated_at": now}]):
        log.warning("The provider of texts does not answer: %s", problem)


def note_answer(session: Session) -> None:
    """Record that the provider answered."""
    require(session, Permission.DELIVERY)
    if delete_where(session, VenueSetting, VenueSetting.name == AWAY):
        log.warning("The provider of texts answers again")


def away_since(session: Session) -> datetime | None:
    """Since when the provider does not answer (UTC); None while it does."""
    require(session, Permission.READ, Permission.DELIVERY)
    return session.scalar(select(VenueSetting.updated_at).where(VenueSetting.name == AWAY))
