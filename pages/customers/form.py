"""The fields of a customer, for adding and for editing."""

from collections.abc import Mapping

from db.models import Customer
from pages.parts.fields import Fields
from pages.parts.format import number
from venue.customers import names
from venue.customers.checks import FIELDS
from venue.rows import CustomerRow

EMPTY = dict.fromkeys(FIELDS, "")


def start_with(typed: str) -> dict[str, str]:
    """Field values from a search without results: "Jo Smith" is a name, "07700 900123" a number."""
    if any(letter.isalpha() for letter in typed):
        first_name, _, last_name = typed.strip().partition(" ")
        return {**EMPTY, "first_name": first_name, "last_name": last_name}
    return {**EMPTY, "mobile_number": typed.strip()}


def shown(customer: CustomerRow | Customer) -> dict[str, str]:
    """A customer's fields as staff read and type them."""
    return {name: getattr(customer, name) for name in FIELDS} | {"mobile_number": number(customer.mobile_number)}


def draw_fields(fields: Fields, values: Mapping[str, str]) -> None:
    fields.text("first_name", "First name", values["first_name"])
    fields.text("last_name", "Last name", values["last_name"])
    fields.phone("mobile_number", "Mobile number", values["mobile_number"])
    fields.text("email", "E-mail", values["email"], placeholder="Optional")
    fields.long_text("notes", "Notes", values["notes"])


def tidy_names(first_name: str, last_name: str) -> dict[str, str]:
    """Usual capitals for a name that is all in capitals or all in small letters; empty when they are fine."""
    tidy = {
        name: names.suggest(names.clean(typed))
        for name, typed in (("first_name", first_name), ("last_name", last_name))
    }
    return {name: written for name, written in tidy.items() if written}
