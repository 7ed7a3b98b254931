"""`manage.py views`."""

import click

from cli.common import JSON, open_venue, plain_errors, print_json_array
from venue import clock
from venue import views as saved
from venue.roles import COMMAND_LINE
from venue.views import ViewRow


@click.group()
def views() -> None:
    """List and delete shared views of the customer list. Each member of staff's own are not seen here."""


@views.command("list")
@JSON
def list_views(as_json: bool) -> None:
    """List the shared views, with their filters as in the list's address."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = saved.listed(session)
    if as_json:
        print_json_array(_as_json(row) for row in rows)
        return
    for row in rows:
        filters = " ".join(f"{name}={value}" for name, value in row.query.items()) or "everyone"
        click.echo(f"{row.name}: {filters}{' (on Today)' if row.on_today else ''}")


@views.command("delete")
@click.argument("name")
def delete(name: str) -> None:
    """Delete the shared view with this name. No customer is deleted."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        row = saved.named_row(session, name)
        saved.delete(session, row.id, now=clock.now())
    click.echo(f"{row.name} deleted")


def _as_json(row: ViewRow) -> dict[str, object]:
    return {
        "id": str(row.id),
        "name": row.name,
        "on_today": row.on_today,
        "query": dict(row.query),
        "columns": list(row.columns),
    }
