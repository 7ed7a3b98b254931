"""Find the person's mobile number in a row of a file."""

from venue.imports import phones
from venue.imports.table import Row
from venue.profile import Venue


def with_number(row: Row, venue: Venue) -> Row:
    """The row with the mobile number that `phones.choose` finds in its cells."""
    if not row.phones:
        return row
    choice = phones.choose(row.phones, region=venue.region, allow_fictional=venue.fictional_numbers)
    if choice.number == row["mobile_number"] and choice.cell is row.phones[0] and not choice.others:
        return row
    return row.with_value(
        "mobile_number",
        choice.number,
        column=choice.cell.heading,
        written=choice.cell.text,
        question=choice.question,
        remark=f"Left out: {', '.join(choice.others)}" if choice.others else "",
    )
