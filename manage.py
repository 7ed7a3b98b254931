"""The command line. Each command is in cli/."""

import click

from cli import (
    backup,
    bookings,
    campaigns,
    choices,
    customers,
    database,
    demo,
    doctor,
    duplicates,
    events,
    events_changing,
    fields,
    households,
    imports,
    insight,
    journal,
    merging,
    messages,
    move,
    privacy,
    restore,
    staff,
    tags,
    views,
    visits,
    waitlist,
)
from scheduler import use_utc
from venue import logs
from venue.version import VERSION


@click.group(context_settings={"max_content_width": 100})
@click.version_option(VERSION, message="Anchor Desk %(version)s")
def main() -> None:
    """Administer Anchor Desk."""
    use_utc()
    logs.set_up("WARNING")


for command in (
    database.migrate,
    demo.demo,
    doctor.doctor,
    customers.customers,
    events.events,
    fields.fields,
    tags.tags,
    households.households,
    bookings.bookings,
    waitlist.group,
    imports.imports,
    messages.messages,
    messages.reminders,
    choices.settings,
    insight.insight,
    journal.journal,
    backup.backup,
    restore.restore,
    move.copy_to_postgresql,
    staff.staff,
    privacy.privacy,
    views.views,
    visits.visits,
    campaigns.campaigns,
    duplicates.duplicates,
):
    main.add_command(command)

for command in (events_changing.list_events, events_changing.edit_event, events_changing.cancel_event):
    events.events.add_command(command)
customers.customers.add_command(merging.merge_customers)
bookings.bookings.add_command(merging.move_booking)

if __name__ == "__main__":
    main()
