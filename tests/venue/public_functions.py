"""The public functions of venue/, found by looking, and a call of each with anything that fits."""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import venue as rules
from db.models import Booking, Customer, Event, PhoneNumber
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import IN_TWO_WEEKS, NOW
from venue.bulk import Chosen, Selection
from venue.delivery.due_messages import Rate, Room
from venue.messages.pauses import AccountPauses
from venue.timing import Timing


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


def call(function: Callable[..., Any], first: Any, **known: Any) -> Any:
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
    return list(result) if inspect.isgenerator(result) else result


def anything(name: str, kind: Any) -> Any:
    if isinstance(kind, types.UnionType):
        kind = typing.get_args(kind)[0]
    made = {
        str: "07700900123",
        int: 1,
        bool: True,
        UUID: uuid4(),
        date: NOW.date(),
        datetime: NOW if name == "now" else IN_TWO_WEEKS,
        Kind: Kind.CONFIRMATION,
        Timing: Timing(),
        Rate: Rate(),
        Room: Room(1, 1, False),
        AccountPauses: AccountPauses((), ()),
        Customer: Customer(first_name="Jo", last_name="Smith", mobile_number="+447700900123"),
        Booking: Booking(),
        Event: Event(),
        Selection: Selection(),
        Chosen: Chosen(Selection(), b""),
        PhoneNumber: PhoneNumber(),
    }
    if name == "gateway":
        return FakeGateway()
    if name == "clock":
        return lambda: NOW
    return made.get(kind, ())
