"""`manage.py customers merge` and `manage.py bookings move`."""

from uuid import UUID

import click

from cli.common import open_venue, plain_errors
from venue import bookings, clock, merging
from venue.merging import MergePlan
from venue.roles import COMMAND_LINE
from venue.wording import full_name

# What becomes of two bookings for one event.
DOUBLES = ("larger", "sum", "keep", "other")


@click.command("merge")
@click.argument("keep_id", metavar="KEEP", type=click.UUID)
@click.argument("other_id", metavar="OTHER", type=click.UUID)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="What stays of a field, such as first_name: keep, other, or a new value. For each of several.",
)
@click.option(
    "--doubles",
    type=click.Choice(DOUBLES),
    default="larger",
    help="The seats of two bookings for one event: the larger, both together, or one customer's.",
)
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be done.")
def merge_customers(keep_id: UUID, other_id: UUID, fields: tuple[str, ...], doubles: str, dry_run: bool) -> None:
    """Merge the customer OTHER into KEEP, by their ids. No text is sent. `journal undo` gives both back."""
    now = clock.now()
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            plan = merging.preview(session, keep_id, other_id, now=now)
        if not dry_run:
            with venue.transaction(COMMAND_LINE) as session:
                merging.merge(
                    session,
                    keep_id=keep_id,
                    other_id=other_id,
                    fields=dict(_pair(each) for each in fields),
                    bookings={each.event_id: doubles for each in plan.doubles},
                    plan_fingerprint=plan.fingerprint,
                    now=now,
                )
    _show(plan, dry_run=dry_run)


@click.command("move")
@click.argument("booking_id", metavar="BOOKING", type=click.UUID)
@click.argument("customer_id", metavar="CUSTOMER", type=click.UUID)
@click.option("--text", "tell_customer", is_flag=True, help="Send that customer the confirmation.")
def move_booking(booking_id: UUID, customer_id: UUID, tell_customer: bool) -> None:
    """Move a booking that was made for the wrong customer to the right one, by their ids."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        version = bookings.row(session, booking_id).version
        bookings.move(
            session,
            booking_id,
            customer_id=customer_id,
            version=version,
            tell_customer=tell_customer,
            now=clock.now(),
        )
        row = bookings.row(session, booking_id)
    click.echo(f"Moved to {full_name(row)}: {row.event_name}")


def _pair(typed: str) -> tuple[str, str]:
    name, separator, value = typed.partition("=")
    if not separator:
        raise click.BadParameter(f"{typed}: give a field and its value, like first_name=other")
    return name, value


def _show(plan: MergePlan, *, dry_run: bool) -> None:
    click.echo("Would be done:" if dry_run else "Done:")
    for sentence in plan.sentences:
        click.echo(f"  {sentence}")
