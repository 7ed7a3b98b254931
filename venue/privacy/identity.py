"""All names, numbers and e-mail addresses that a customer has or had, and which of them others have too."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from db import search as index
from db.lists import one_of
from db.models import Customer, JournalValue, Message, Staff
from venue.customers.merged import old_ids
from venue.errors import NotFound
from venue.privacy.mentions import Name, Wanted
from venue.roles import Permission, require
from venue.wording import full_name, join_names

NAMES = ("first_name", "last_name")


@dataclass(frozen=True)
class Identity:
    """A customer's names, E.164 numbers and e-mail addresses, now and earlier, as far as they are theirs alone; also
    those of customers who were merged into them.

    `shared_names` and `shared_numbers` are those that another customer has, or a member of staff: where they are
    mentioned, nothing says who is meant.
    """

    customer_id: UUID
    name: str
    mobile_number: str
    version: int
    names: Sequence[Name]
    numbers: Sequence[str]
    shared_names: Sequence[str] = ()
    shared_numbers: Sequence[str] = ()
    emails: Sequence[str] = ()

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.names, self.numbers, self.emails)


def identify(session: Session, customer_id: UUID) -> Identity:
    """Who this customer is. Raises NotFound."""
    require(session, Permission.DELETE, Permission.EXPORT, ask_again=False)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    values = _earlier_values(session, customer_id)
    merged = [_earlier_values(session, each) for each in old_ids(session, [customer_id])]
    names = _names([customer.first_name, *values["first_name"]], [customer.last_name, *values["last_name"]])
    for each in merged:
        names += [name for name in _names(each["first_name"], each["last_name"]) if name not in names]
    texted = select(Message.mobile_number).where(Message.customer_id == customer_id).distinct()
    numbers = [customer.mobile_number, *values["mobile_number"], *filter(None, session.scalars(texted))]
    numbers += [number for each in merged for number in each["mobile_number"]]
    mailed = select(Message.email).where(Message.customer_id == customer_id).distinct()
    emails = [
        customer.email,
        *values["email"],
        *session.scalars(mailed),
        *(each for row in merged for each in row["email"]),
    ]
    shared_names = _names_of_others(session, customer_id, names)
    shared_numbers = _numbers_of_others(session, customer_id, numbers)
    return Identity(
        customer_id,
        full_name(customer),
        customer.mobile_number,
        customer.version,
        [name for name in names if name not in shared_names],
        [number for number in dict.fromkeys(numbers) if number not in shared_numbers],
        [join_names(name.first_name, name.last_name) for name in names if name in shared_names],
        sorted(shared_numbers),
        _only_theirs(session, customer_id, list(filter(None, emails))),
    )


def _names(first_names: Iterable[str], last_names: Iterable[str]) -> list[Name]:
    return [Name(*both) for both in product(dict.fromkeys(first_names), dict.fromkeys(last_names))]


def only_theirs(session: Session, customer_id: UUID, wanted: Wanted) -> Wanted:
    """What no one else has by now: a person of the same name may have been added since."""
    require(session, Permission.DELETE, Permission.EXPORT, ask_again=False)
    shared_names = _names_of_others(session, customer_id, wanted.names)
    shared_numbers = _numbers_of_others(session, customer_id, wanted.numbers)
    return Wanted(
        [name for name in wanted.names if name not in shared_names],
        [number for number in wanted.numbers if number not in shared_numbers],
        _only_theirs(session, customer_id, wanted.emails),
    )


def _earlier_values(session: Session, customer_id: UUID) -> dict[str, list[str]]:
    """The names, numbers and e-mail addresses of the customer in the journal, by column, without repetition."""
    recorded = select(JournalValue.before, JournalValue.after).where(
        JournalValue.customer_id == customer_id, JournalValue.table_name == Customer.__tablename__
    )
    found: dict[str, dict[str, None]] = {name: {} for name in (*NAMES, "mobile_number", "email")}
    for row in session.execute(recorded.order_by(JournalValue.id)):
        for stored in filter(None, row):
            values: dict[str, Any] = json.loads(stored)
            for name in found.keys() & values.keys():
                found[name][values[name]] = None
    return {name: list(values) for name, values in found.items()}


def _names_of_others(session: Session, customer_id: UUID, names: Sequence[Name]) -> set[Name]:
    keys = {name: _sort_keys(name) for name in names}
    same = one_of(session, Customer.sort_key, sorted(set().union(*keys.values())))
    taken = set(session.scalars(select(Customer.sort_key).where(same, Customer.id != customer_id)))
    shared = {name for name in names if keys[name] & taken}
    # An account may be called "Sam Patel (bar)".
    of_staff = [*session.scalars(select(Staff.name)), *_earlier_names_of_staff(session)]
    return shared | {name for name in names if any(map(Wanted([name]).is_in, of_staff))}


def _sort_keys(name: Name) -> set[str]:
    """The sort keys of all who are called so where they are mentioned: Thomas James also of James Thomas, and Mary Ann
    Lee wherever the first name ends."""
    written = {(name.first_name, name.last_name), (name.last_name, name.first_name)}
    for words in name.words:
        written |= {(" ".join(words[:end]), " ".join(words[end:])) for end in range(1, len(words))}
    return {index.sort_key(first, last) for first, last in written}


def _earlier_names_of_staff(session: Session) -> Iterator[str]:
    """Names that entries of the journal still have as that of the actor."""
    of_no_one = (JournalValue.customer_id.is_(None), JournalValue.event_id.is_(None))  # So that an index is used.
    of_staff = JournalValue.table_name == Staff.__tablename__
    recorded = select(JournalValue.before, JournalValue.after).where(of_staff, *of_no_one)
    for row in session.execute(recorded):
        for stored in filter(None, row):
            if "name" in (values := json.loads(stored)):
                yield values["name"]


def _numbers_of_others(session: Session, customer_id: UUID, numbers: Iterable[str]) -> set[str]:
    others = select(Customer.mobile_number).where(
        one_of(session, Customer.mobile_number, list(numbers)), Customer.id != customer_id
    )
    return set(session.scalars(others))


def _only_theirs(session: Session, customer_id: UUID, emails: Sequence[str]) -> list[str]:
    """Those of the e-mail addresses that no other customer and no member of staff has."""
    wanted = list(dict.fromkeys(emails))
    address = func.lower(Customer.email)
    same = address.in_([email.lower() for email in wanted])
    of_others = select(address).where(same, Customer.email != literal_column("''"), Customer.id != customer_id)
    shared = {*session.scalars(of_others), *session.scalars(select(func.lower(Staff.email)))} if wanted else set()
    return [email for email in wanted if email.lower() not in shared]
