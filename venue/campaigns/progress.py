"""How far a bulk text has come: every customer of its audience is counted once, at every instant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Campaign, Message
from venue import clock, reminders
from venue.campaigns.edit import GONE
from venue.errors import NotFound
from venue.messages.states import LOST, NOT_YET_GONE, State
from venue.profile import venue_of
from venue.roles import Permission, require

MOST_LISTED = 200
OPEN = ("sending", "paused")


@dataclass(frozen=True)
class Progress:
    """How many texts are in which state. `skipped` is by cause. `erased` are those that waited for a customer who was
    erased or deleted since."""

    waiting: int = 0
    on_its_way: int = 0
    unknown: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    erased: int = 0

    @property
    def went(self) -> int:
        """Sent, whether or not the network has said that it arrived."""
        return self.sent + self.delivered

    @property
    def total(self) -> int:
        gone = self.on_its_way + self.unknown + self.went + self.failed
        return self.waiting + gone + sum(self.skipped.values()) + self.erased

    @property
    def is_over(self) -> bool:
        return self.waiting + self.on_its_way == 0


@dataclass(frozen=True)
class CampaignRow:
    """A bulk text and its progress. While its state is "sending" and its progress is over, it is finished."""

    campaign: Campaign
    progress: Progress

    @property
    def state(self) -> str:
        """ "draft", "sending", "paused", "stopped" or "finished"."""
        state = self.campaign.state
        return "finished" if state in OPEN and self.progress.is_over else state


def get(session: Session, campaign_id: UUID) -> CampaignRow:
    """One bulk text. Raises NotFound."""
    require(session, Permission.BULK, ask_again=False)
    campaign = session.get(Campaign, campaign_id, populate_existing=True)
    if campaign is None:
        raise NotFound(GONE)
    return CampaignRow(campaign, _progress(session, [campaign])[campaign.id])


def listed(session: Session) -> Sequence[CampaignRow]:
    """The latest bulk texts, latest first."""
    require(session, Permission.BULK, ask_again=False)
    latest = select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id).limit(MOST_LISTED)
    return _with_progress(session, session.scalars(latest).all())


def running(session: Session) -> Sequence[CampaignRow]:
    """Those that are being sent or paused, the first one first."""
    require(session, Permission.BULK, ask_again=False)
    open_ones = select(Campaign).where(Campaign.state.in_(OPEN)).order_by(Campaign.confirmed_at, Campaign.id)
    rows = _with_progress(session, session.scalars(open_ones).all())
    return [row for row in rows if row.state != "finished"]


def ends_at(session: Session, row: CampaignRow, *, now: datetime) -> datetime | None:
    """About when the last text goes, in UTC, if nothing stops it; None if none waits."""
    require(session, Permission.READ)
    waiting, venue = row.progress.waiting, venue_of(session)
    if not waiting:
        return None
    left, at = timedelta(minutes=waiting / row.campaign.per_minute), now
    hours = venue.bulk_texts.hours
    while hours is not None:
        day = clock.today(at, venue.zone)
        opens = clock.at_wall_clock(day, hours.opens, venue.zone)
        closes = clock.day_bounds(day, venue.zone)[1]
        if hours.closes != time(0):
            closes = clock.at_wall_clock(day, hours.closes, venue.zone)
        begins = max(at, opens)
        if begins + left <= closes:
            return begins + left
        left -= max(timedelta(0), closes - begins)
        at = clock.day_bounds(day, venue.zone)[1]
    return at + left


def waits_for_hours(session: Session, *, now: datetime) -> bool:
    """Whether no bulk text is sent now because of the hour."""
    require(session, Permission.READ)
    venue = venue_of(session)
    return not reminders.may_leave(now, zone=venue.zone, hours=venue.bulk_texts.hours)


def _with_progress(session: Session, campaigns: Sequence[Campaign]) -> Sequence[CampaignRow]:
    progress = _progress(session, campaigns)
    return [CampaignRow(each, progress[each.id]) for each in campaigns]


def _progress(session: Session, campaigns: Sequence[Campaign]) -> dict[UUID, Progress]:
    ids = [each.id for each in campaigns if each.state != "draft"]
    counted: dict[UUID, dict[tuple[str, str | None], int]] = defaultdict(dict)
    if ids:
        columns = (Message.campaign_id, Message.state, Message.cause)
        query = select(*columns, func.count().label("number")).where(Message.campaign_id.in_(ids)).group_by(*columns)
        for row in session.execute(query):
            counted[row.campaign_id][row.state, row.cause] = row.number
    return {each.id: _of(counted[each.id], each.messages) for each in campaigns}


def _of(counted: Mapping[tuple[str, str | None], int], messages: int) -> Progress:
    def of(*states: State) -> int:
        return sum(number for (state, _), number in counted.items() if state in states)

    return Progress(
        waiting=of(*NOT_YET_GONE),
        on_its_way=of(State.SENDING),
        unknown=of(State.UNSURE),
        sent=of(State.SENT),
        delivered=of(State.DELIVERED),
        failed=of(*LOST),
        skipped={cause or "": number for (state, cause), number in counted.items() if state == State.SKIPPED},
        # Their queued texts were deleted with them.
        erased=messages - sum(counted.values()),
    )
