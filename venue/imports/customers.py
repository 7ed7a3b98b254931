"""Import customers. A row that may be an existing customer is reported as in doubt, never merged."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import search as index
from db.lists import one_of
from db.models import Customer, search_id
from db.session import is_trial
from db.writes import insert_new
from sms import phone
from venue import acts, clock, customers
from venue.acts import Act, act
from venue.dates import parse_day
from venue.errors import Conflict, Invalid, NotFound
from venue.fields import FieldRow, key_of
from venue.imports import own_values, people
from venue.imports import tags as file_tags
from venue.imports.checked import CheckedRow, CheckedRows, Progress, batches, no_progress
from venue.imports.importer import Importer
from venue.imports.own_values import ValuesOfFile
from venue.imports.report import Keep, Outcome, Report
from venue.imports.table import Row, Table, joined
from venue.imports.tags import TagsOfFile
from venue.messages import stopped_numbers
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.wording import full_name

# The column headings used by Google, Outlook, Apple, Square, HubSpot, Mailchimp and Eventbrite.
NAMES: dict[str, tuple[str, ...]] = {
    "first_name": ("First Name", "Firstname", "Given Name", "Forename", "First", "FNAME",
                   "Attendee First Name"),
    "last_name": ("Last Name", "Lastname", "Surname", "Family Name", "Last", "LNAME",
                  "Attendee Last Name", "Attendee Surname"),
    # Used where the file has no first and last name.
    "full_name": (
        "Full Name", "Name", "Customer Name", "Customer", "Guest Name", "Guest", "Client Name", "Client",
        "Contact Name", "Contact", "Display Name", "Booking Name", "Lead Guest", "Booked By", "Booker", "Attendee Name",
        "Attendee", "Member Name", "Member",
    ),
    # Also what `phones` knows.
    "mobile_number": ("Mobile",),
    "email": ("E-mail", "Email", "E-mail Address", "Email Address", "E-mail 1 - Value", "Attendee Email"),
    "notes": ("Notes", "Note", "Comments", "Memo", "Customer Notes"),
    "tags": file_tags.HEADINGS,
    "created_at": ("Customer Since", "Created", "Created At", "Create Date", "Date Added", "First Visit", "OPTIN_TIME"),
}  # fmt: skip
REQUIRED = ("first_name", "last_name", "mobile_number")
# What a file may change of a customer who is there already, each with its name in a sentence.
CHANGEABLE = {"notes": "notes", "email": "e-mail"}


@act(Act.CUSTOMERS_IMPORTED, also=("updated_at",))
def import_customers(
    session: Session,
    table: Table | CheckedRows,
    *,
    now: datetime,
    add_lines: Collection[int] = (),
    progress: Progress = no_progress,
    keep: Keep | None = None,
) -> Report:
    """Import the customers of a file, all in this transaction; roll it back for a dry run. No texts are sent.

    `add_lines` are the line numbers of rows in doubt to add anyway. `progress` is called with the number of rows after
    each batch, `keep` with each note of the report, which then has none of them.
    """
    require(session, Permission.IMPORT)
    report = Report(keep=keep)
    in_this_file: set[UUID] = set()
    tags, own = TagsOfFile(session, now), ValuesOfFile(session)
    # The venue's own fields are checked where the file was opened, or else here.
    check_with_own = partial(check, own=list(own.fields.values()))
    for rows in batches(table, check_with_own, venue_of(session), now=now):
        _Batch(session, report, now, frozenset(add_lines), in_this_file, tags, own).import_rows(rows)
        progress(len(rows))
    acts.details(session, **report.numbers())
    return report


def check(row: Row, venue: Venue, now: datetime, own: Sequence[FieldRow] = ()) -> CheckedRow:
    """One row, with the fields of a customer as they are stored. `own` are the venue's own fields."""
    row = people.with_email(people.with_names(people.with_number(row, venue)))
    problems = row.faults
    if not row.has_cells:
        return CheckedRow(row, None, problems)
    fields: dict[str, Any] = {}
    try:
        fields = customers.checked_for(venue, **{name: row[name] for name in customers.FIELDS})
    except Invalid as invalid:
        problems += [row.problem(name, reason) for name, reason in invalid.problems.items()]
    try:
        fields["created_at"] = _since(row["created_at"], venue, now)
    except ValueError as problem:
        problems.append(row.problem("created_at", str(problem)))
    try:
        fields["tags"] = file_tags.read(row["tags"])
    except ValueError as problem:
        problems.append(row.problem("tags", str(problem)))
    try:
        fields["own"] = own_values.read(row, own)
    except Invalid as invalid:
        problems += own_values.problems_of(row, invalid)
    if problems:
        return CheckedRow(row, None, problems)
    first_name, last_name, number = fields["first_name"], fields["last_name"], fields["mobile_number"]
    fields["sort_key"] = index.sort_key(first_name, last_name)
    national = phone.display(number, region=venue.region)
    fields["search_text"] = index.search_text(first_name, last_name, number, national)
    return CheckedRow(row, fields, problems)


def _since(typed: str, venue: Venue, now: datetime) -> datetime:
    if not typed.strip():
        return now
    since = clock.start_of(parse_day(typed), venue.zone)
    if since > now:
        raise ValueError("This date is in the future")
    return since


IMPORTER = Importer(NAMES, REQUIRED, check, import_customers)


class _Batch:
    """Some rows at a time: existing customers are found with one query for all of them, and memory use is bounded.

    `in_this_file` are the ids of customers whom earlier rows have added or changed.
    """

    def __init__(
        self,
        session: Session,
        report: Report,
        now: datetime,
        add_lines: frozenset[int],
        in_this_file: set[UUID],
        tags: TagsOfFile,
        own: ValuesOfFile,
    ):
        self.session = session
        self.venue: Venue = venue_of(session)
        self.report = report
        self.now = now
        self.add_lines = add_lines
        self.in_this_file = in_this_file
        self.tags = tags
        self.own = own
        self.by_number: dict[str, list[Any]] = defaultdict(list)
        self.by_name: dict[str, list[Any]] = defaultdict(list)
        self.new: list[dict[str, Any]] = []

    def import_rows(self, rows: list[CheckedRow]) -> None:
        self.report.count_repaired(each.row for each in rows)
        for refused in rows:
            if refused.fields is None:
                self.report.refused(refused.row, refused.problems)
        checked = [(each.row, each.fields) for each in rows if each.fields is not None]
        self._load_existing([fields for _, fields in checked])
        for row, fields in checked:
            self._import_row(row, fields)
        if self.new:
            # Sorted, so that neighbouring index entries are written together.
            insert_new(self.session, Customer, sorted(self.new, key=lambda values: str(values["sort_key"])))
            stopped_numbers.block_again(self.session, {values["mobile_number"] for values in self.new})
        self.tags.write()
        self.own.write()

    def _load_existing(self, rows: list[dict[str, Any]]) -> None:
        numbers = sorted({fields["mobile_number"] for fields in rows})
        names = sorted({fields["sort_key"] for fields in rows})
        same_number = one_of(self.session, Customer.mobile_number, numbers)
        same_name = one_of(self.session, Customer.sort_key, names)
        known = self.session.execute(
            select(
                Customer.id,
                Customer.first_name,
                Customer.last_name,
                Customer.mobile_number,
                Customer.email,
                Customer.notes,
                Customer.sort_key,
                Customer.version,
            ).where(or_(same_number, same_name))
        )
        for customer in known:
            self._remember(customer)
        known_ids = {customer.id for same in self.by_number.values() for customer in same}
        if any(fields["tags"] for fields in rows):
            self.tags.load(known_ids)
        if any(fields["own"] for fields in rows):
            self.own.load(known_ids)

    def _remember(self, customer: Any) -> None:
        self.by_number[customer.mobile_number].append(customer)
        self.by_name[customer.sort_key].append(customer)

    def _import_row(self, row: Row, fields: dict[str, Any]) -> None:
        same_number = self.by_number[fields["mobile_number"]]
        same_customer = _same_customer(same_number, fields)
        is_unchanged = (
            same_customer is not None
            and not _differing(fields, same_customer)
            and not self.tags.lacking(same_customer.id, fields["tags"])
            and not self.own.differing(same_customer.id, fields["own"])
        )
        problems = self.own.problems(row, same_customer.id if same_customer else None, fields["own"])
        cannot_make = self.tags.cannot_make(fields["tags"])
        if cannot_make:
            reason = f"There is no tag ‘{cannot_make}’, and you may not make one: ask a manager"
            self.report.refused(row, [row.problem("tags", reason)])
        elif problems:
            self.report.refused(row, problems)
        elif row.doubtful and row.line not in self.add_lines and not is_unchanged:
            # Who adds the row decides about both questions.
            also = self._same_person(fields, same_number) if same_customer is None else None
            column, value, reason = row.doubt
            self.report.in_doubt(row, column, value, joined([reason, also[1]]) if also else reason, may_add=True)
        elif same_customer is not None:
            self._compare(row, fields, same_customer)
        elif row.line not in self.add_lines and (asked := self._same_person(fields, same_number)):
            self.report.in_doubt(row, *row.problem(*asked), may_add=True)
        else:
            self._add(row, fields)

    def _same_person(self, fields: dict[str, Any], same_number: list[Any]) -> tuple[str, str] | None:
        """The question whether another customer is the same person, with the field that is the same; None without."""
        if same_number:
            other = same_number[0]
            return "mobile_number", f"{full_name(other)} has this number{self._where(other)}: the same person?"
        if not self.by_name[fields["sort_key"]]:
            return None
        other = self.by_name[fields["sort_key"]][0]
        number = phone.display(other.mobile_number, region=self.venue.region)
        where = self._where(other)
        return "last_name", f"{full_name(other)} already exists{where}, with the number {number}: the same person?"

    def _compare(self, row: Row, fields: dict[str, Any], known: Any) -> None:
        tags = self.tags.lacking(known.id, fields["tags"])
        own = self.own.differing(known.id, fields["own"])
        changed = _differing(fields, known)
        if not changed and not own:
            if tags:
                self.report.changed(row, self._put_on(row, known.id, tags, is_new=False))
            elif self._from_this_file(known):
                self.report.note(
                    row,
                    Outcome.UNCHANGED,
                    *row.problem("mobile_number", "The same customer appears earlier in this file"),
                )
            else:
                self.report.count(Outcome.UNCHANGED)
        elif self._from_this_file(known) and (changed or self.own.has_others(known.id, own)):
            about = next(iter(changed), None) or key_of(next(iter(own)))
            what = CHANGEABLE.get(about, "values")
            reason = f"The same customer appears earlier in this file with other {what}: which are right?"
            self.report.in_doubt(row, *row.problem(about, reason))
        else:
            self._change(row, changed, own, known, tags)

    def _change(self, row: Row, changed: dict[str, Any], own: dict[UUID, Any], known: Any, tags: list[str]) -> None:
        """Change these fields, and these values of the venue's own fields; and put tags on."""
        customer_id: UUID = known.id
        self.in_this_file.add(customer_id)
        said = self.own.remarks(row, known.id, own)
        try:
            if isinstance(known, _NewCustomer):
                self.own.add(customer_id, own)
            elif not is_trial(self.session):
                # Two may share an address: the list of duplicates asks about them later.
                values: dict[str, Any] = {"own": own, "save_anyway": True, **changed}
                customers.update(self.session, known.id, version=known.version, now=self.now, **values)
        except (Conflict, NotFound):
            reason = "Someone else changed this customer just now: which is right?"
            self.report.in_doubt(row, *row.problem("notes", reason))
            return
        self.own.remember(known.id, own)
        changes = [row.problem(name, _before(name, getattr(known, name))) for name in changed]
        self.report.changed(row, [*changes, *said, *self._put_on(row, known.id, tags, is_new=False)])

    def _put_on(self, row: Row, customer_id: UUID, tags: Sequence[str], *, is_new: bool) -> list[tuple[str, str, str]]:
        """Put tags on the customer of a row. Returns what the report says about it."""
        made = self.tags.put_on(customer_id, tags, is_new=is_new)
        said = [] if is_new or not tags else [f"Tags added: {', '.join(tags)}"]
        return [row.problem("tags", each) for each in (*said, *(f"‘{name}’ is a new tag" for name in made))]

    def _add(self, row: Row, fields: dict[str, Any]) -> None:
        customer_id = uuid4()
        values = {
            **{name: value for name, value in fields.items() if name not in ("tags", "own")},
            "id": customer_id,
            "search_id": search_id(customer_id),
            "updated_at": self.now,
            "version": 1,
        }
        self.new.append(values)
        self.in_this_file.add(customer_id)
        self._remember(_NewCustomer(values))
        self.own.add(customer_id, fields["own"])
        remarks = [row.problem(field, remark) for field, remark in row.remarks.items()]
        self.report.new(row, [*remarks, *self._put_on(row, customer_id, fields["tags"], is_new=True)])

    def _from_this_file(self, known: Any) -> bool:
        return known.id in self.in_this_file

    def _where(self, known: Any) -> str:
        return ", earlier in this file" if self._from_this_file(known) else ""


class _NewCustomer:
    """A customer of this batch who is not stored yet, for comparison with later rows."""

    def __init__(self, values: dict[str, Any]):
        self.__dict__.update(values)


def _differing(fields: dict[str, Any], known: Any) -> dict[str, str]:
    """The fields that a file may change and that are different in it. An empty cell changes nothing."""
    return {name: fields[name] for name in CHANGEABLE if fields[name] not in ("", getattr(known, name))}


def _before(name: str, value: str) -> str:
    """What a field was, for the report."""
    label, verb = CHANGEABLE[name], "were" if name == "notes" else "was"
    return f"The {label} {verb}: {value}" if value else f"There {verb} no {label}"


def _same_customer(same_number: list[Any], fields: dict[str, Any]) -> Any:
    """The customer of this name, or None. Of several, such as a father and his son, the one with these notes."""
    same_name = [known for known in same_number if _same_name(known, fields)]
    same_notes = [known for known in same_name if known.notes == fields["notes"]]
    return next(iter(same_notes or same_name), None)


def _same_name(known: Any, fields: dict[str, Any]) -> bool:
    return (known.first_name, known.last_name) == (fields["first_name"], fields["last_name"])
