"""`manage.py privacy retention`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

import click

from cli.common import JSON, open_venue, plain_errors, plain_value
from venue import clock
from venue.privacy import retention as rules
from venue.privacy.retention import OldCustomer
from venue.profile import Venue, venue_of
from venue.roles import COMMAND_LINE
from venue.wording import counted

PAGE = 500
REASONS = {"visit": "last visit", "contact": "last text or answer", "added": "no visit, added"}


@click.command()
@click.option("--months", type=int, help="Months without a visit or contact; the venue's setting by default.")
@click.option("--erase", is_flag=True, help="Erase them, for good. Without it, they are only listed.")
@click.option("--yes", is_flag=True, help="With --erase: do not ask first.")
@JSON
def retention(months: int | None, erase: bool, yes: bool, as_json: bool) -> None:
    """List customers without a visit or contact for a long time, and why, or erase them.

    Never those with upcoming bookings, a place on a waitlist or an open request.
    """
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            months = venue_of(session).retention_months if months is None else months
        old = list(_every(venue, months))
        if erase and old and not yes:
            click.confirm(f"Erase {counted(len(old), 'customer')} for good?", abort=True, err=True)
        erased = _erase(venue, months, old) if erase else None
    if as_json:
        shown = {"months": months, "erased": erased, "customers": [_as_json(each) for each in old]}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for customer in old:
        reason, at = customer.last
        click.echo(f"{customer.id}  {customer.name}: {REASONS[reason]} {clock.format_day(at, venue.zone)}")
    click.echo(f"{counted(len(old), 'customer')} not heard of for {counted(months, 'month')}.")
    if erased is not None:
        click.echo(f"{counted(erased, 'customer')} erased.")


def _every(venue: Venue, months: int) -> Iterator[OldCustomer]:
    after = None
    while True:
        with venue.reading(COMMAND_LINE) as session:
            page = rules.plan(session, months=months, now=clock.now(), after=after, limit=PAGE)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def _erase(venue: Venue, months: int, old: list[OldCustomer]) -> int:
    read, write = partial(venue.reading_at_length, COMMAND_LINE), partial(venue.transaction, COMMAND_LINE)
    steps = rules.erase_in_steps(read, write, [each.id for each in old], months=months, now=clock.now())
    return sum(done.erased for done in steps)


def _as_json(customer: OldCustomer) -> dict[str, object]:
    reason, at = customer.last
    row = {name: plain_value(value) for name, value in asdict(customer).items()}
    return {**row, "reason": reason.value, "last_at": plain_value(at)}
