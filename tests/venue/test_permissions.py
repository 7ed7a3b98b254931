"""Every function of the rules that writes asks first whether its actor may: found by looking, so that a new one is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db.session import open_database
from tests.makers import VIEWER, a_booking, a_customer, a_venue, an_event
from tests.venue.public_functions import WITH_SESSION, WITH_TRANSACTION, call
from venue.errors import NotAllowed
from venue.profile import Venue
from venue.roles import MAY, Actor, Role

NO_PERMISSIONS = Actor("No permissions", frozenset())

# What may be called without a permission, and why.
CHECKS_NOTHING = {
    # A context manager, which checks when it is entered.
    "venue.imports.parts.opened",
    # Parts of a query or a decision. They only read, inside what has checked.
    "venue.bulk.selection.condition",
    "venue.customers.booking_status.drifted",
    "venue.customers.checks.checked",
    "venue.customers.checks.checked_with_own",
    "venue.customers.checks.to_write",
    "venue.fields.values.checked",
    "venue.fields.values.edits",
    "venue.fields.conditions.counting",
    "venue.fields.conditions.matching",
    "venue.customers.lookalikes.lookalikes",
    "venue.customers.filters.conditions",
    "venue.messages.filters.conditions",
    "venue.customers.paging.listed_columns",
    "venue.delivery.after_restore.current",
    "venue.delivery.due_messages.next_ones",
    "venue.delivery.due_messages.room",
    "venue.events.edit.locked",
    "venue.events.find.is_past_day",
    "venue.events.find.seats_offered",
    "venue.events.find.seats_taken",
    "venue.journal.names.of",
    "venue.masking.matches",
    "venue.messages.channels.only_by_text",
    "venue.messages.channels.why_unreachable",
    "venue.messages.log.columns",
    "venue.messages.numbers.is_stopped_by_staff",
    "venue.messages.outbox.count_scheduled",
    "venue.messages.outbox.render",
    "venue.messages.numbers.is_opted_out",
    "venue.messages.numbers.why_unreachable",
    "venue.messages.pauses.current",
    "venue.messages.planning.about",
    "venue.messages.previews.problems",
    "venue.messages.templates.body_of",
    "venue.messages.together.scheduled",
    "venue.privacy.plan.cannot_be_replaced",
    # How many need attention, for the navigation and the banner of every screen.
    "venue.delivery.schedulers.state",
    "venue.messages.needs_call.people",
    # It changes only the customer it is given, whom `add` and `update` store.
    "venue.customers.edit.update_search_text",
    # What has checked calls them to add to its journal entry. Refusals are noted, too.
    "venue.acts.count",
    "venue.acts.details",
    "venue.acts.extend",
    "venue.acts.counted",
    "venue.acts.last_entry",
    "venue.acts.note",
    "venue.acts.undoes",
    # The check itself, and what every session carries.
    "venue.roles.require",
    "venue.masking.sees_numbers",
    "venue.profile.read_choices",  # Every session is opened with them.
    "venue.profile.venue_of",
}


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - CHECKS_NOTHING))
def test_who_may_do_nothing_is_refused(shared_venue: Callable[[str], Venue], name: str) -> None:
    with shared_venue("sqlite").transaction(NO_PERMISSIONS) as session, pytest.raises(NotAllowed):
        call(WITH_SESSION[name], session)


@pytest.fixture(scope="module")
def refusing_venue(new_database: Callable[..., str]) -> Venue:
    """A venue of this module's own: a refusal is written to its journal, and stays there."""
    return a_venue(open_database(new_database("sqlite")))


@pytest.mark.parametrize("name", sorted(WITH_TRANSACTION))
def test_no_step_of_the_scheduler_is_taken_by_others(refusing_venue: Venue, name: str) -> None:
    actor = Actor.with_role("Max", Role.MANAGER)
    with pytest.raises(NotAllowed):
        call(WITH_TRANSACTION[name], lambda: refusing_venue.transaction(actor))


class Written(BaseException):
    """A row was to be written. No `except Exception` in a function can hide it."""


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - {"venue.acts.note"}))
def test_who_may_only_look_writes_nothing(shared_venue: Callable[[str], Venue], name: str) -> None:
    venue = shared_venue("sqlite")
    with venue.transaction(Actor.with_role("Max", Role.MANAGER)) as session:
        rows = a_row_of_each(session)
        session.info["actor"] = VIEWER
        with Watched(session):
            try:
                call(WITH_SESSION[name], session, **rows)
                session.flush()
            except Exception:
                pass
        session.rollback()


def test_the_exceptions_are_all_there() -> None:
    assert set(WITH_SESSION) >= CHECKS_NOTHING
    assert MAY[Role.VIEWER] == VIEWER.permissions


def a_row_of_each(session: Session) -> dict[str, Any]:
    customer = a_customer(session)
    event_row = an_event(session)
    booking = a_booking(session, customer, event_row)
    return {
        "customer": customer,
        "event": event_row,
        "booking": booking,
        "customer_id": customer.id,
        "event_id": event_row.id,
        "booking_id": booking.id,
        "mobile_number": customer.mobile_number,
        "version": 1,
    }


class Watched:
    """Raises Written when a statement of this session writes."""

    def __init__(self, session: Session):
        self.connection = session.connection()

    def __enter__(self) -> None:
        event.listen(self.connection, "before_cursor_execute", self.refuse)

    def __exit__(self, *_error: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self.refuse)

    def refuse(self, _connection: Any, _cursor: Any, statement: str, *_how: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "WITH TAKEN")):
            raise Written(statement)
