"""Find the person's mobile number, name and e-mail address in a row of a file."""

import dataclasses

from sms import phone
from venue.customers import emails
from venue.imports import names, phones, zeros
from venue.imports.table import Row
from venue.profile import Venue


def with_number(row: Row, venue: Venue) -> Row:
    """The row with the mobile number that `phones.choose` finds in its cells, and with the zero that a spreadsheet may
    have removed from it."""
    return _with_zero(_with_chosen_number(row, venue), venue)


def _with_chosen_number(row: Row, venue: Venue) -> Row:
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


def _with_zero(row: Row, venue: Venue) -> Row:
    written = row["mobile_number"]
    number = zeros.repaired(written, region=venue.region, allow_fictional=venue.fictional_numbers)
    if not number:
        return row
    shown = phone.display(phone.normalise(number, region=venue.region), region=venue.region)
    repaired = row.with_value(
        "mobile_number",
        number,
        column=row.columns["mobile_number"],
        written=row.written.get("mobile_number", written),
        question="" if row.repair_zeros else row.questions.get("mobile_number", zeros.QUESTION.format(shown=shown)),
        remark=row.remarks.get("mobile_number", ""),
    )
    return dataclasses.replace(repaired, is_repaired=True) if row.repair_zeros else repaired


def with_email(row: Row) -> Row:
    """The row without what is no e-mail address, which the report says: it is no reason to leave the person out."""
    written = row["email"]
    try:
        emails.normalise(written)
    except ValueError:
        remark = f"Left out: {written.strip()} is not an e-mail address"
        return row.with_value("email", "", column=row.columns["email"], written=written, remark=remark)
    return row


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
