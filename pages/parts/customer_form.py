"""The fields of a customer, for adding and for editing."""

from typing import Any

from pages.parts.fields import Fields
from venue import names

EMPTY = {"first_name": "", "last_name": "", "mobile_number": "", "notes": ""}


def start_with(typed: str) -> dict[str, str]:
    """What was searched in vain, put where it belongs: "Jo Smith" is a name, "07700 900123" a number."""
    if any(letter.isalpha() for letter in typed):
        first_name, _, last_name = typed.strip().partition(" ")
        return {**EMPTY, "first_name": first_name, "last_name": last_name}
    return {**EMPTY, "mobile_number": typed.strip()}


def draw_fields(fields: Fields, values: dict[str, Any]) -> None:
    fields.text("first_name", "First name", values["first_name"])
    fields.text("last_name", "Last name", values["last_name"])
    fields.phone("mobile_number", "Mobile number", values["mobile_number"])
    fields.long_text("notes", "Notes", values["notes"])


def tidy_names(customer: Any) -> dict[str, str]:
    """The usual way to write a name that is all in capitals or all in small letters; empty when it is fine."""
    tidy = {name: names.suggest(getattr(customer, name)) for name in ("first_name", "last_name")}
    return {name: written for name, written in tidy.items() if written}
