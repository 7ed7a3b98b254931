"""`manage.py campaigns`: bulk texts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.bulk import EVERYONE, VIEW, YES
from cli.common import JSON, day, open_venue, plain_errors, print_json_array
from cli.customer_filter import filter_options, typed
from venue import bulk, clock, views
from venue import campaigns as bulk_texts
from venue.bulk import Chosen, Selection
from venue.campaigns import Audience, CampaignRow, labels
from venue.errors import Invalid, NotFound
from venue.profile import venue_of
from venue.roles import COMMAND_LINE
from venue.wording import counted

CAMPAIGN = click.argument("campaign_id", metavar="ID", type=click.UUID)


@click.group()
def campaigns() -> None:
    """Write, check, confirm, pause, resume and stop bulk texts."""


@campaigns.command("list")
@JSON
def list_campaigns(as_json: bool) -> None:
    """List the bulk texts, latest first."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = bulk_texts.listed(session)
    if as_json:
        print_json_array(_as_json(row) for row in rows)
        return
    for row in rows:
        click.echo(f"{row.campaign.id}  {labels.STATES[row.state]}  {row.campaign.name}{_how_far(row)}")


@campaigns.command("add")
@click.argument("name")
@click.argument("body")
@click.option("--about", "about_event", type=click.UUID, metavar="ID", help="The event that the text is about.")
@click.option("--until", "last_day", callback=day, metavar="DAY", help="The last day on which it is sent.")
@click.option("--per-minute", type=int, default=60, show_default=True, help="How many texts a minute at most.")
@click.option("--customer", "ids", multiple=True, type=click.UUID, metavar="ID", help="Exactly this one; repeatable.")
@filter_options
@VIEW
@EVERYONE
def add(
    name: str,
    body: str,
    about_event: UUID | None,
    last_day: date | None,
    per_minute: int,
    ids: Sequence[UUID],
    view: str | None,
    everyone: bool,
    **options: Any,
) -> None:
    """Add a draft with these words to the customers who match. Nothing is sent before `campaigns confirm`."""
    where = typed(options)
    if sum([bool(where.in_use), view is not None, everyone, bool(ids)]) != 1:
        raise click.UsageError("Say who: by filters, by --view, by --customer, or --everyone")
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        query = where.read(session) if view is None else views.named(session, view).where
        chosen = _selected(session, frozenset(ids)) if ids else None
        until = clock.day_bounds(last_day, venue_of(session).zone)[1] if last_day else None
        campaign = bulk_texts.add(
            session,
            name=name,
            query=query.to_query(),
            chosen=chosen,
            body=body,
            event_id=about_event,
            useful_until=until,
            per_minute=per_minute,
            now=clock.now(),
        )
    click.echo(campaign.id)


def _selected(session: Session, ids: frozenset[UUID]) -> Chosen:
    chosen = bulk.choose(session, Selection(ids=ids), now=clock.now())
    missing = ids - set(chosen.ids)
    if missing:
        raise NotFound(f"There is no customer {min(missing)}.")
    return chosen


@campaigns.command("check")
@CAMPAIGN
def check(campaign_id: UUID) -> None:
    """Say who would get a draft, who is left out and why, what it costs, and the first text."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        row = bulk_texts.get(session, campaign_id)
        audience = bulk_texts.find(session, row.campaign, now=clock.now())
        _say(session, audience)
    if audience.problems:
        raise SystemExit(1)


@campaigns.command("confirm")
@CAMPAIGN
@YES
def confirm(campaign_id: UUID, yes: bool) -> None:
    """Send a draft. Asks for the number of texts first, unless --yes is given."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            row = bulk_texts.get(session, campaign_id)
            audience = bulk_texts.find(session, row.campaign, now=clock.now())
            _say(session, audience)
        if audience.problems:
            raise Invalid(campaign_id="Nothing was sent")
        count = len(audience.recipients) if yes else click.prompt("Type the number of texts", type=int, err=True)
        with venue.transaction(COMMAND_LINE) as session:
            version = row.campaign.version
            bulk_texts.confirm(session, campaign_id, version=version, ids=audience.ids, count=count, now=clock.now())
    click.echo(f"{counted(len(audience.recipients), 'text')} queued.")


@campaigns.command("show")
@CAMPAIGN
@JSON
def show(campaign_id: UUID, as_json: bool) -> None:
    """Say how far a bulk text has come."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        row = bulk_texts.get(session, campaign_id)
        result = bulk_texts.result(session, campaign_id)
    if as_json:
        print_json_array(iter([_as_json(row)]))
        return
    click.echo(f"{row.campaign.name}: {labels.STATES[row.state]}{_how_far(row)}")
    if row.state == "paused" and row.campaign.paused_by_restore:
        click.echo(labels.PAUSED_BY_RESTORE)
    if row.progress.went:
        click.echo(f"{result.words}.")
    for words, number in [*labels.skipped(row.progress.skipped), *labels.left_out(row.campaign.left_out)]:
        click.echo(f"  {number:,}  {words}")


@campaigns.command("pause")
@CAMPAIGN
def pause(campaign_id: UUID) -> None:
    """Send no more of it for now."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bulk_texts.pause(session, campaign_id, now=clock.now())


@campaigns.command("resume")
@CAMPAIGN
def resume(campaign_id: UUID) -> None:
    """Go on sending it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bulk_texts.resume(session, campaign_id, now=clock.now())


@campaigns.command("stop")
@CAMPAIGN
def stop(campaign_id: UUID) -> None:
    """Send no more of it, for good: what waits is skipped."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bulk_texts.stop(session, campaign_id, now=clock.now())


@campaigns.command("delete")
@CAMPAIGN
def delete(campaign_id: UUID) -> None:
    """Delete a draft."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bulk_texts.delete(session, campaign_id, now=clock.now())


def _say(session: Session, audience: Audience) -> None:
    for problem in audience.problems:
        click.echo(f"Error: {problem}", err=True)
    price = venue_of(session).bulk_texts.price
    cost = f", {price.of(audience.segments)}" if price else ""
    click.echo(f"{counted(audience.total, 'customer')} in the audience")
    click.echo(f"{counted(len(audience.recipients), 'text')}, {counted(audience.segments, 'segment')}{cost}")
    for words, number in labels.left_out(audience.left_out):
        click.echo(f"  {number:,} left out: {words}")
    if audience.recipients and audience.recipients[0].body:
        click.echo(audience.recipients[0].body)


def _how_far(row: CampaignRow) -> str:
    if row.state == "draft":
        return ""
    done = row.progress
    parts = {
        "waiting": done.waiting,
        "on their way": done.on_its_way,
        "sent": done.went,
        "failed": done.failed,
        "unknown": done.unknown,
        "skipped": sum(done.skipped.values()) + done.erased,
    }
    return ": " + ", ".join(f"{number:,} {words}" for words, number in parts.items() if number)


def _as_json(row: CampaignRow) -> dict[str, object]:
    done = row.progress
    return {
        "id": str(row.campaign.id),
        "name": row.campaign.name,
        "state": row.state,
        "audience": row.campaign.audience,
        "left_out": dict(row.campaign.left_out),
        "waiting": done.waiting,
        "on_its_way": done.on_its_way,
        "unknown": done.unknown,
        "sent": done.sent,
        "delivered": done.delivered,
        "failed": done.failed,
        "skipped": dict(done.skipped),
        "erased": done.erased,
    }
