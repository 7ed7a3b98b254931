"""`manage.py doctor`."""

import json
import sys

import click

import settings
from cli import checks
from cli.common import JSON, plain_errors
from venue import clock


@click.command()
@JSON
def doctor(as_json: bool) -> None:
    """Check for problems, and describe them in plain words. Exit status 1 when there is one."""
    with plain_errors():
        loaded = settings.load()
        findings = checks.findings(settings.open_venue(loaded, check=False), now=clock.now(), loaded=loaded)
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False))
    for finding in [] if as_json else findings:
        click.echo(f"{'ok  ' if finding.ok else 'WRONG'}  {finding.words}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
