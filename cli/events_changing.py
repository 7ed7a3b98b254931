"""`manage.py events list`, `edit` and `cancel`, also of all later events of a series."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from cli.common import JSON, day, open_venue, plain_errors, print_json_array
from cli.events import time_of_day
from venue import bookings, clock, events, waitlist
from venue.events import MovePreview, When, series, withdrawn_offers
from venue.profile import Venue
from venue.roles import COMMAND_LINE
from venue.rows import EventRow
from venue.wording import counted

UNLIMITED = "unlimited"


def seats_or_unlimited(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> int | str | None:
    """A click callback: a number of seats or "unlimited"; None when the option is not given."""
    if typed is None or typed.casefold() == UNLIMITED:
        return typed and UNLIMITED
    if not typed.isdecimal():
        raise click.BadParameter(f"give a number of seats, or {UNLIMITED}")
    return int(typed)


EVENT = click.argument("event_id", type=click.UUID, metavar="EVENT")
AND_LATER = click.option("--and-later", is_flag=True, help="Also all later events of its series.")
NO_TEXT = click.option("--no-text", is_flag=True, help="Do not text the customers.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Change nothing; show what would change, and who is texted.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("list")
@click.option("--when", type=click.Choice([when.value for when in When]), help="Only upcoming or only past events.")
@JSON
def list_events(when: str | None, as_json: bool) -> None:
    """List events with their ids and the seats taken, and the series that they are part of."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            query = events.every(session, when=When(when) if when else None, now=clock.now())
            rows: Sequence[EventRow] = session.execute(query).all()
            labels = series.labels(session)
    if as_json:
        print_json_array(_plain(row, labels) for row in rows)
        return
    for row in rows:
        click.echo(_line(row, labels, venue.zone))


@click.command("edit")
@EVENT
@click.option("--name")
@click.option("--short-name", help="For texts.")
@click.option("--date", "on", callback=day, help="A new date, like 2026-12-30. Only for one event.")
@click.option("--time", "at", callback=time_of_day, help="A new start in the venue's time, like 19:30.")
@click.option("--capacity", callback=seats_or_unlimited, help="A number of seats, or unlimited.")
@click.option("--category")
@click.option("--notes")
@AND_LATER
@NO_TEXT
@DRY_RUN
@YES
def edit_event(
    event_id: UUID,
    on: date | None,
    at: time | None,
    and_later: bool,
    no_text: bool,
    dry_run: bool,
    yes: bool,
    **typed: Any,
) -> None:
    """Change an event: only what is given changes. With --and-later, all later ones of its series change too.

    A new date or time moves the reminders and texts the customers. `journal undo` undoes it.
    """
    fields = {name: value for name, value in typed.items() if value is not None}
    if not (fields or on or at):
        raise click.UsageError("give what to change, such as --time")
    if on and and_later:
        raise click.UsageError("--date is for one event: it cannot be given with --and-later")
    if fields.get("capacity") == UNLIMITED:
        fields["capacity"] = None
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            events.check(**fields)
            chosen = _chosen(session, event_id, and_later)
            start = _new_start(chosen[0], on, at, venue.zone)
            moving = _moving(session, event_id, start, at if and_later else None)
        click.echo(_which(chosen, venue))
        click.echo(_who_is_texted(moving, no_text), nl=False)
        if dry_run:
            return
        if moving and (moving.guests_texted or moving.offers_taken_back) and not (no_text or yes):
            click.confirm("Save, and text them?", abort=True)
        how: dict[str, Any] = {"version": chosen[0].version, "tell_customers": not no_text, "now": clock.now()}
        with venue.transaction(COMMAND_LINE) as session:
            if and_later:
                versions = {row.id: row.version for row in chosen}
                series.update_coming(session, event_id, versions=versions, at=at, **fields, **how)
            else:
                new_start: dict[str, Any] = {"starts_at": start} if start else {}
                events.update(session, event_id, **fields, **new_start, **how)
    click.echo("Saved")


@click.command("cancel")
@EVENT
@AND_LATER
@NO_TEXT
@DRY_RUN
@YES
def cancel_event(event_id: UUID, and_later: bool, no_text: bool, dry_run: bool, yes: bool) -> None:
    """Cancel an event. With --and-later, all later ones of its series are cancelled too.

    The customers are texted, and no reminders are sent. `journal undo` undoes it.
    """
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            chosen = _chosen(session, event_id, and_later)
            bookings_count, waiting, offers = _affected(session, chosen)
        click.echo(f"{_which(chosen, venue)}: {counted(bookings_count, 'booking')}")
        if waiting:
            click.echo(f"{counted(waiting, 'party', 'parties')} on the waitlist, {offers} with an offer, which ends")
        if dry_run:
            return
        if not yes:
            click.confirm("Cancel it?" if len(chosen) == 1 else "Cancel them?", abort=True)
        how: dict[str, Any] = {"tell_customers": not no_text, "now": clock.now()}
        with venue.transaction(COMMAND_LINE) as session:
            if and_later:
                series.cancel_coming(session, event_id, **how)
            else:
                events.cancel(session, event_id, **how)
    click.echo("Cancelled")


def _chosen(session: Session, event_id: UUID, and_later: bool) -> Sequence[EventRow]:
    """The event, or it and all later ones of its series, soonest first. Raises NotFound."""
    if and_later:
        return series.coming(session, event_id, now=clock.now()).events
    return [events.row(session, event_id)]


def _which(chosen: Sequence[EventRow], venue: Venue) -> str:
    """Like "Quiz Night, Wed 6 January 2027" or "Quiz Night: 8 events until Wed 24 February 2027"."""
    first, last = (clock.format_day(row.starts_at, venue.zone) for row in (chosen[0], chosen[-1]))
    name = chosen[0].name
    return f"{name}, {first}" if len(chosen) == 1 else f"{name}: {counted(len(chosen), 'event')}, {first} to {last}"


def _new_start(event: EventRow, on: date | None, at: time | None, zone: ZoneInfo) -> datetime | None:
    """The new start; None if it does not change. Raises NoSuchTime."""
    local = event.starts_at.astimezone(zone)
    start = clock.from_local(on or local.date(), at or local.time(), zone).instant
    return None if start == event.starts_at else start


def _moving(session: Session, event_id: UUID, start: datetime | None, at: time | None) -> MovePreview | None:
    """What moving the event to this start, or it and all later ones of its series to this time of day, would do."""
    if at is not None:
        return series.preview_move(session, event_id, at=at, now=clock.now())
    return events.preview_move(session, event_id, starts_at=start, now=clock.now()) if start else None


def _who_is_texted(moving: MovePreview | None, no_text: bool) -> str:
    """As lines, which are empty for events that are not moved."""
    if moving is None:
        return ""
    texted = 0 if no_text else moving.guests_texted
    lines = [f"{counted(texted, 'guest')} texted, {counted(moving.reminders_replaced, 'reminder')} moved"]
    if moving.offers_taken_back:
        lines += [f"{counted(moving.offers_taken_back, 'open offer')} of the waitlist taken back"]
    if moving.unreachable:
        lines += [f"Cannot be texted: {', '.join(moving.unreachable)}"]
    return "".join(f"{line}\n" for line in lines)


def _affected(session: Session, chosen: Sequence[EventRow]) -> tuple[int, int, int]:
    """How many bookings these events have, how many parties are on their waitlists, and how many of them hold an
    offer."""
    ids = [row.id for row in chosen]
    return (
        sum(bookings.count_for_event(session, event_id).total for event_id in ids),
        sum(len(waitlist.listed(session, event_id)) for event_id in ids),
        sum(len(withdrawn_offers.holders(session, event_id)) for event_id in ids),
    )


def _line(row: EventRow, labels: Mapping[UUID, str], zone: ZoneInfo) -> str:
    limit = "" if row.capacity is None else f" of {row.capacity:,}"
    label = labels.get(row.series_id, "") if row.series_id else ""
    about = [f"{row.seats_taken:,}{limit} seats taken", label, "cancelled" if row.cancelled_at else ""]
    starts_at = clock.format_instant(row.starts_at, zone)
    return f"{row.id}  {row.name}, {starts_at}: {', '.join(filter(None, about))}"


def _plain(row: EventRow, labels: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "short_name": row.short_name,
        "starts_at": row.starts_at.isoformat(),
        "capacity": row.capacity,
        "seats_taken": row.seats_taken,
        "category": row.category,
        "notes": row.notes,
        "cancelled_at": row.cancelled_at and row.cancelled_at.isoformat(),
        "series_id": row.series_id and str(row.series_id),
        "series": labels.get(row.series_id) if row.series_id else None,
    }
