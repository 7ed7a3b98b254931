"""`manage.py customers`."""

from dataclasses import replace
from typing import Any, BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli import tagging
from cli.common import JSON, day, open_venue, plain_errors, present_id
from cli.exporting import FORMAT, OUTPUT, run_export
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, REPAIR_ZEROS, run_import
from venue import clock, exports, tags, views
from venue import customers as rules
from venue import fields as own_fields
from venue.acts import Act
from venue.customers import CustomerFilter
from venue.customers.booking_status import Booked
from venue.customers.order import SORTS
from venue.errors import Invalid
from venue.fields.conditions import checked_wanted
from venue.roles import COMMAND_LINE


@click.group("customers")
def customers() -> None:
    """Import and export customers."""


@customers.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@REPAIR_ZEROS
@JSON
def import_customers(
    file: BinaryIO,
    dry_run: bool,
    add_lines: tuple[int, ...],
    mapped: tuple[str, ...],
    repair_zeros: bool,
    as_json: bool,
) -> None:
    """Import customers from a CSV, Excel or OpenDocument file.

    No texts are sent and no customers are merged; rows in doubt are reported.

    Exit status 1 when a row is refused; the others are imported.
    """
    run_import(file, "customers", mapped, add_lines, dry_run, as_json, repair_zeros)


@customers.command("export")
@OUTPUT
@FORMAT
@click.option("--search", "words", default="", help="Only customers who match, as on the screen.")
@click.option("--booked", type=click.Choice([status.value for status in Booked]), help="Only this booking status.")
@click.option("--event", "event_id", type=click.UUID, metavar="ID", help="Only customers booked on this event.")
@click.option(
    "--added-from", "created_from", callback=day, metavar="DAY", help="Only those added on this day or later."
)
@click.option("--added-to", "created_to", callback=day, metavar="DAY", help="Only those added on this day or earlier.")
@click.option("--cannot-text", is_flag=True, help="Only customers who cannot be texted.")
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="Only customers with this tag.")
@click.option("--without-tags", is_flag=True, help="Only customers without any tag.")
@click.option(
    "--field",
    "own",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only customers with this in a field of the venue's own: a text contains it, a number or day may be 5..10.",
)
@click.option("--view", "view", metavar="NAME", help="Those of a shared view, in its order; without other options.")
def export_customers(
    output: BinaryIO, typed_format: str | None, booked: str | None, view: str | None, **fields: Any
) -> None:
    """Export customers, in the order of the list on screen. With several options, all of them must match."""
    if view is not None:
        _export_view(output, typed_format, view, others=any([booked, *fields.values()]))
        return
    names, own = dict.fromkeys(fields.pop("tags")), fields.pop("own")
    where = CustomerFilter(booked=Booked(booked) if booked else None, **fields)

    def listed(session: Session) -> exports.Export:
        ids = tuple(tags.named(session, name).id for name in names)
        wanted = tuple(_wanted(session, pair) for pair in own)
        return exports.customer_list(session, where=replace(where, tags=ids, own=wanted), now=clock.now())

    in_use = sorted([*where.in_use(), *(["tags"] if names else []), *(["own"] if own else [])])
    run_export(output, typed_format, Act.CUSTOMERS_EXPORTED, listed, filters=in_use)


def _export_view(output: BinaryIO, typed_format: str | None, name: str, *, others: bool) -> None:
    if others:
        raise click.UsageError("--view cannot be combined with other filters: change the view instead")

    def listed(session: Session) -> exports.Export:
        view = views.named(session, name)
        sort, descending = SORTS[view.sort]
        return exports.customer_list(session, where=view.where, sort=sort, descending=descending, now=clock.now())

    run_export(output, typed_format, Act.CUSTOMERS_EXPORTED, listed, filters=["view"])


@customers.command("set")
@click.argument("customer_id", type=click.UUID, metavar="ID")
@click.argument("field")
@click.argument("value")
def set_field(customer_id: UUID, field: str, value: str) -> None:
    """Set what a customer has in a field of the venue's own. An empty VALUE clears it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        field_id = own_fields.named(session, field).id
        customer_id = present_id(session, customer_id)
        version = rules.row(session, customer_id).version
        rules.update(session, customer_id, version=version, own={field_id: value}, now=clock.now())


def _wanted(session: Session, pair: str) -> tuple[UUID, str]:
    """What is wanted of a field, as in an address. Raises NotFound and Invalid."""
    name, _, typed = pair.partition("=")
    field = own_fields.named(session, name)
    try:
        return field.id, checked_wanted(field, typed)
    except ValueError as problem:
        raise Invalid(own=str(problem)) from None


customers.add_command(tagging.tag)
customers.add_command(tagging.untag)
