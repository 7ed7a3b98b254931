"""`manage.py customers`."""

from typing import Any, BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli import bulk, tagging
from cli.common import JSON, open_venue, plain_errors, present_id
from cli.customer_filter import filter_options, typed
from cli.exporting import FORMAT, OUTPUT, run_export
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, REPAIR_ZEROS, run_import
from venue import clock, exports, views
from venue import customers as rules
from venue import fields as own_fields
from venue.acts import Act
from venue.customers.order import SORTS
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
@filter_options
@click.option("--view", "view", metavar="NAME", help="Those of a shared view, in its order; without other options.")
def export_customers(output: BinaryIO, typed_format: str | None, view: str | None, **options: Any) -> None:
    """Export customers, in the order of the list on screen. With several options, all of them must match."""
    where = typed(options)
    if view is not None:
        _export_view(output, typed_format, view, others=bool(where.in_use))
        return

    def listed(session: Session) -> exports.Export:
        return exports.customer_list(session, where=where.read(session), now=clock.now())

    run_export(output, typed_format, Act.CUSTOMERS_EXPORTED, listed, filters=where.in_use)


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


@customers.command("set-email")
@click.argument("customer_id", type=click.UUID, metavar="ID")
@click.argument("address")
@click.option("--prefer/--no-prefer", default=None, help="Whether confirmations and reminders go there.")
def set_email(customer_id: UUID, address: str, prefer: bool | None) -> None:
    """Set a customer's e-mail address. An empty ADDRESS clears it."""
    preference: dict[str, Any] = {} if prefer is None else {"prefers_email": prefer}
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        customer_id = present_id(session, customer_id)
        version = rules.row(session, customer_id).version
        rules.update(session, customer_id, version=version, email=address, **preference, now=clock.now())


customers.add_command(tagging.tag)
customers.add_command(tagging.untag)
for command in (bulk.tag_all, bulk.untag_all, bulk.set_all):
    customers.add_command(command)
