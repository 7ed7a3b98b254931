"""Find the person's mobile number and name in a row of a file."""

from venue.imports import names, phones
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


def with_names(row: Row) -> Row:
    """The row with the first and last name that `names.split` finds in its full name, if it has no others."""
    if "full_name" not in row.columns or row["first_name"].strip() or row["last_name"].strip():
        return row
    written, column = row["full_name"], row.columns["full_name"]
    if not written.strip() and "first_name" in row.columns:
        return row
    name = names.split(written)
    remark = f"Read as first name “{name.first_name}” and last name “{name.last_name}”"
    return row.with_value(
        "first_name", name.first_name, column=column, written=written, question=name.question, remark=remark
    ).with_value("last_name", name.last_name, column=column, written=written)
