"""`manage.py customers tag-all`, `untag-all` and `set-all`: one change to all customers who match."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from cli.common import day, open_venue, plain_errors
from cli.customer_filter import TypedFilter, filter_options, typed
from venue import bulk, clock, fields, tags, views
from venue.bulk import Changed, Chosen, Selection
from venue.customers import CustomerFilter
from venue.roles import COMMAND_LINE
from venue.wording import counted

VIEW = click.option("--view", metavar="NAME", help="Those of a shared view; without other filters.")
EVERYONE = click.option("--everyone", is_flag=True, help="All customers: needed when no filter is given.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only count them.")
YES = click.option("--yes", is_flag=True, help="Do not ask first.")


@click.command("tag-all")
@click.argument("tag_name", metavar="TAG")
@click.option("--until", "last_day", callback=day, metavar="DAY", help="The last day on which it counts.")
@filter_options
@VIEW
@EVERYONE
@DRY_RUN
@YES
def tag_all(tag_name: str, last_day: date | None, **which: Any) -> None:
    """Put a tag on all customers who match. `journal undo` takes it off again."""

    def act(session: Session, chosen: Chosen) -> Changed:
        tag_id = tags.named(session, tag_name).id
        return bulk.tag(session, chosen, tag_id=tag_id, last_day=last_day, now=clock.now())

    _run(act, f"Tag {{}} ‘{tag_name}’?", **which)


@click.command("untag-all")
@click.argument("tag_name", metavar="TAG")
@filter_options
@VIEW
@EVERYONE
@DRY_RUN
@YES
def untag_all(tag_name: str, **which: Any) -> None:
    """Take a tag off all customers who match."""

    def act(session: Session, chosen: Chosen) -> Changed:
        return bulk.untag(session, chosen, tag_id=tags.named(session, tag_name).id, now=clock.now())

    _run(act, f"Take the tag ‘{tag_name}’ off {{}}?", **which)


@click.command("set-all")
@click.argument("field_name", metavar="FIELD")
@click.argument("value")
@filter_options
@VIEW
@EVERYONE
@DRY_RUN
@YES
def set_all(field_name: str, value: str, **which: Any) -> None:
    """Set a field of the venue's own for all customers who match. An empty VALUE clears it."""

    def act(session: Session, chosen: Chosen) -> Changed:
        field_id = fields.named(session, field_name).id
        if not value.strip():
            return bulk.clear_field(session, chosen, field_id=field_id, now=clock.now())
        return bulk.set_field(session, chosen, field_id=field_id, value=value, now=clock.now())

    _run(act, f"Set ‘{field_name}’ for {{}}?", **which)


def _run(
    act: Callable[[Session, Chosen], Changed],
    question: str,
    *,
    view: str | None,
    everyone: bool,
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> None:
    where = typed(options)
    given = [bool(where.in_use), view is not None, everyone]
    if sum(given) != 1:
        raise click.UsageError("Say who: by filters, by --view, or --everyone")
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            selection = Selection(where=_filter(session, where, view))
            chosen = bulk.choose(session, selection, now=clock.now())
        whom = counted(chosen.count, "customer")
        if dry_run or not chosen.count:
            click.echo(f"{whom} {'matches' if chosen.count == 1 else 'match'}. Nothing was changed.")
            return
        if not yes:
            click.confirm(question.format(whom), abort=True, err=True)
        with venue.transaction(COMMAND_LINE) as session:
            done = act(session, chosen)
    click.echo(f"{counted(done.changed, 'customer')} changed, {done.unchanged:,} were so already.")


def _filter(session: Session, where: TypedFilter, view: str | None) -> CustomerFilter:
    return where.read(session) if view is None else views.named(session, view).where
