"""What the commands share: opening the venue, errors as sentences, and JSON."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

import settings
from db.session import DatabaseUnavailable
from environment import BadSettings
from venue import clock, customers
from venue.customers.merged import survivor_of
from venue.errors import VenueError
from venue.profile import Venue
from venue.wording import full_name

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors into a sentence and an exit status: 2 for configuration and database, 1 for the request itself."""
    try:
        yield
    except (BadSettings, DatabaseUnavailable) as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    except VenueError as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(1)


def open_venue() -> Venue:
    return settings.open_venue(settings.load())


def day(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> date | None:
    """A click callback: a day as staff write it, like 2026-12-30; None when the option is not given."""
    if typed is None:
        return None
    try:
        return clock.read_day(typed)
    except ValueError as error:
        raise click.BadParameter("give a day like 2026-12-30") from error


def plain_value(value: Any) -> Any:
    """The value for JSON: an instant in ISO format, an id as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)


def print_json_array(objects: Iterator[dict[str, Any]]) -> None:
    """Print a JSON array with one object on each line, streaming."""
    separator = "[\n"
    for item in objects:
        click.echo(separator + json.dumps(item, ensure_ascii=False), nl=False)
        separator = ",\n"
    click.echo("[]" if separator == "[\n" else "\n]")


def present_id(session: Session, customer_id: UUID) -> UUID:
    """The id of this customer or, after a merge, of the one into whom they were merged, which is said."""
    survivor = survivor_of(session, customer_id)
    if survivor is None:
        return customer_id
    click.echo(f"This customer was merged into {full_name(customers.row(session, survivor))}, {survivor}.", err=True)
    return survivor
