"""`manage.py journal`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.common import JSON, day, open_venue, plain_errors, plain_value
from cli.exporting import FORMAT, OUTPUT, run_export
from venue import clock, exports
from venue.acts import Act
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.journal import undo as undoing
from venue.journal import verify as verifying
from venue.journal.entries import EntryRow
from venue.journal.verify import Report
from venue.roles import COMMAND_LINE
from venue.wording import counted


@click.group()
def journal() -> None:
    """Read and verify the journal of who did what."""


@journal.command("list")
@click.option("--limit", default=50, show_default=True, help="The number of entries, latest first.")
@JSON
def list_(limit: int, as_json: bool) -> None:
    """List the latest entries as sentences."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = entries.page(session, limit=limit).rows
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows], ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row.id:>8}  {clock.format_instant(row.at, row.zone)}  {sentences.of(row)}")


@journal.command("export")
@OUTPUT
@FORMAT
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only entries of this kind.")
@click.option("--on", "on", callback=day, metavar="DAY", help="Only entries of this day.")
@click.option("--customer", "customer_id", type=click.UUID, metavar="ID", help="Only entries about this customer.")
@click.option("--event", "event_id", type=click.UUID, metavar="ID", help="Only entries about this event.")
def export(output: BinaryIO, typed_format: str | None, act: str | None, on: date | None, **about: UUID | None) -> None:
    """Export the entries as sentences, latest first. With several options, all of them must match."""
    filters = {"act": Act(act) if act else None, "day": on, **about}
    in_use = {name: value for name, value in filters.items() if value}

    def listed(session: Session) -> exports.Export:
        return exports.journal_list(session, **in_use)

    run_export(output, typed_format, Act.JOURNAL_EXPORTED, listed, filters=sorted(in_use))


@journal.command("verify")
@click.option("--seal", default="", metavar="LETTERS", help="The letters from a printed door list or from Today.")
@JSON
def verify(seal: str, as_json: bool) -> None:
    """Find entries that were edited, removed, inserted or reordered, and an end that was cut off.

    The exit status is 1 if there are any.
    """
    with plain_errors(), open_venue().reading_at_length(COMMAND_LINE) as session:
        report = verifying.verify(session, seal=seal)
    click.echo(json.dumps(_report_as_json(report)) if as_json else _report(report))
    sys.exit(1 if report.counts else 0)


@journal.command("undo")
@click.argument("entry_id", metavar="ID", type=int)
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be done.")
@click.option(
    "--booking-of-other",
    "of_other",
    multiple=True,
    type=click.UUID,
    metavar="ID",
    help="Of a merge: a booking made since that is of the customer who comes back. The others stay. Once for each.",
)
@click.option("--no-text", is_flag=True, help="Do not text again those who were texted about it.")
def undo(entry_id: int, dry_run: bool, of_other: tuple[UUID, ...], no_text: bool) -> None:
    """Undo one entry, by its number in `journal list`.

    Guests who were texted about it, as that an event is cancelled, are texted again. No one else is.
    """
    now = clock.now()
    with plain_errors():
        venue = open_venue()
        if dry_run:
            with venue.reading(COMMAND_LINE) as session:
                planned = undoing.preview(session, entry_id, now=now)
            if planned.why_not:
                raise Invalid(entry_id=planned.why_not)
            restored, left = planned.restores, planned.leaves
        else:
            with venue.transaction(COMMAND_LINE) as session:
                of_others = dict.fromkeys(of_other, "other")
                done = undoing.undo(session, entry_id, booked_since=of_others, tell_customers=not no_text, now=now)
            restored, left = done.restored, done.left
    echo_undo(restored, left, dry_run=dry_run)
    if dry_run:
        _echo_lines("Would be texted again", [] if no_text else planned.told)
    if dry_run and planned.merge is not None:
        since = [f"{each.booking_id}: {each.event_name}" for each in planned.merge.booked_since]
        _echo_lines(f"Booked since, and staying with {planned.merge.keep_name}", since)


def echo_undo(restored: Sequence[str], left: Sequence[str], *, dry_run: bool) -> None:
    """Print what an undo changes, and what it leaves."""
    _echo_lines("Would be restored" if dry_run else "Restored", restored)
    _echo_lines("Not restored", left)


def _echo_lines(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n  ".join([f"{heading}:", *lines]))


def _as_json(row: EntryRow) -> dict[str, object]:
    values = [
        {name: plain_value(value) if name.endswith("_id") else value for name, value in asdict(each).items()}
        for each in row.values
    ]
    columns = ("id", "at", "actor", "staff_id", "act", "undoes", "undone_by", "rows")
    plain = {name: plain_value(getattr(row, name)) for name in columns}
    return {**plain, "details": row.details, "sentence": sentences.of(row), "values": values}


def _report_as_json(report: Report) -> dict[str, object]:
    counts = {damage.value: count for damage, count in report.counts.items()}
    problems = [{**asdict(problem), "damage": problem.damage.value} for problem in report.problems]
    numbers = {name: getattr(report, name) for name in ("entries", "seals", "unsealed", "letters")}
    return {**numbers, "counts": counts, "problems": problems}


def _report(report: Report) -> str:
    lines = [problem.sentence for problem in report.problems]
    more = sum(report.counts.values()) - len(lines)
    if more:
        lines.append(f"and {counted(more, 'more problem')}")
    sealed = f"{counted(report.entries, 'entry', 'entries')}, {counted(report.seals, 'seal')}"
    lines.append(f"{sealed}, {report.unsealed:,} not sealed yet. Latest seal: {report.letters or 'none'}.")
    lines.append("The journal was changed." if report.counts else "No changes were found.")
    return "\n".join(lines)
