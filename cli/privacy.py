"""`manage.py privacy`."""

import click

from cli.consents import consent
from cli.requests import requests
from cli.retention import retention


@click.group()
def privacy() -> None:
    """What guests agreed to and asked for, and what is held about them."""


privacy.add_command(consent)
privacy.add_command(requests)
privacy.add_command(retention)
