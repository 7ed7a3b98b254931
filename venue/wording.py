"""Names and numbers as they are said to staff."""

from collections.abc import Mapping, Sequence

from venue.rows import GuestRow, Named

# In place of a name or number that was erased.
ERASED = "(erased)"


def full_name(row: Named) -> str:
    """The first and the last name of a customer, or of a row that has them."""
    return join_names(row.first_name, row.last_name)


def typed_name(fields: Mapping[str, str]) -> str:
    """The first and the last name in the fields of a form."""
    return join_names(fields["first_name"].strip(), fields["last_name"].strip())


def join_names(first_name: str, last_name: str) -> str:
    """The full name, from its two parts."""
    return f"{first_name} {last_name}"


def counted(count: int, noun: str, several: str = "") -> str:
    """Like "1 seat" or "1,200 seats"; `several` is the plural, if it is not the noun with an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {several or noun + 's'}"


def late_in_words(row: GuestRow) -> str:
    """Like "running late, about 20 min", of a guest who is."""
    return f"running late, about {row.late_minutes} min" if row.late_minutes else "running late"


def in_words(parts: Sequence[str], last: str = "and") -> str:
    """A list as a sentence has it: "Ann", "Ann and Bob", "Ann, Bob and Cy"."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
