"""Every function of the rules that writes asks first whether its actor may: found by looking, so that a new one is."""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

import venue as rules
from db.models import Booking, Customer, Event, PhoneNumber
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, NOW, VIEWER, a_booking, a_customer, an_event
from venue.delivery.due_messages import Rate, Room
from venue.errors import NotAllowed
from venue.messages.pauses import AccountPauses
from venue.profile import Venue
from venue.roles import MAY, Actor, Role
from venue.timing import Timing

NO_PERMISSIONS = Actor("No permissions", frozenset())

# What may be called without a permission, and why.
CHECKS_NOTHING = {
    # Parts of a query or a decision. They only read, inside what has checked.
    "venue.customers.booking_status.drifted",
    "venue.customers.edit.checked",
    "venue.customers.edit.lookalikes",
    "venue.delivery.after_restore.current",
    "venue.delivery.due_messages.next_ones",
    "venue.delivery.due_messages.room",
    "venue.events.edit.locked",
    "venue.events.find.is_past_day",
    "venue.events.find.seats_taken",
    "venue.messages.actions.locked",
    "venue.messages.numbers.is_stopped_by_staff",
    "venue.messages.outbox.count_scheduled",
    "venue.messages.outbox.render",
    "venue.messages.numbers.is_opted_out",
    "venue.messages.numbers.why_unreachable",
    "venue.messages.pauses.current",
    "venue.messages.planning.about",
    "venue.messages.previews.problems",
    "venue.messages.templates.body_of",
    # How many need attention, for the navigation and the banner of every screen.
    "venue.delivery.schedulers.state",
    "venue.messages.needs_call.people",
    # It changes only the customer it is given, whom `add` and `update` store.
    "venue.customers.edit.update_search_text",
    # The check itself, and what every session carries.
    "venue.roles.require",
    "venue.profile.venue_of",
}


def modules() -> Iterator[types.ModuleType]:
    for module in pkgutil.walk_packages(rules.__path__, "venue."):
        yield importlib.import_module(module.name)


def functions(first: str) -> dict[str, Callable[..., Any]]:
    """The public functions of the rules by name, whose first argument is called so."""
    return {
        f"{module.__name__}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if next(iter(inspect.signature(function).parameters), "") == first
    }


WITH_SESSION, WITH_TRANSACTION = functions("session"), functions("transaction")


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - CHECKS_NOTHING))
def test_who_may_do_nothing_is_refused(shared_venue: Callable[[str], Venue], name: str) -> None:
    with shared_venue("sqlite").transaction(NO_PERMISSIONS) as session, pytest.raises(NotAllowed):
        call(WITH_SESSION[name], session)


@pytest.mark.parametrize("name", sorted(WITH_TRANSACTION))
def test_no_step_of_the_scheduler_is_taken_by_others(shared_venue: Callable[[str], Venue], name: str) -> None:
    venue = shared_venue("sqlite")
    actor = Actor.with_role("Max", Role.MANAGER)
    with pytest.raises(NotAllowed):
        call(WITH_TRANSACTION[name], lambda: venue.transaction(actor))


class Written(BaseException):
    """A row was to be written. No `except Exception` in a function can hide it."""


@pytest.mark.parametrize("name", sorted(WITH_SESSION))
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
        "typed_last_name": customer.last_name,
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


def call(function: Callable[..., Any], first: Any, **known: Any) -> None:
    """With anything that fits for its arguments: the check comes before any of them is looked at."""
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function)
    arguments = {
        name: known.get(name, anything(name, hints.get(name)))
        for name, parameter in list(signature.parameters.items())[1:]
        if parameter.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        and (parameter.default is parameter.empty or name in known)
    }
    result = function(first, **arguments)
    if inspect.isgenerator(result):
        next(result, None)


def anything(name: str, kind: Any) -> Any:
    if isinstance(kind, types.UnionType):
        kind = typing.get_args(kind)[0]
    made = {
        str: "07700900123",
        int: 1,
        bool: True,
        UUID: uuid4(),
        datetime: NOW if name == "now" else IN_TWO_WEEKS,
        Kind: Kind.CONFIRMATION,
        Timing: Timing(),
        Rate: Rate(),
        Room: Room(1, 1, False),
        AccountPauses: AccountPauses((), ()),
        Customer: Customer(first_name="Jo", last_name="Smith", mobile_number="+447700900123"),
        Booking: Booking(),
        Event: Event(),
        PhoneNumber: PhoneNumber(),
    }
    if name == "gateway":
        return FakeGateway()
    if name == "clock":
        return lambda: NOW
    return made.get(kind, ())
