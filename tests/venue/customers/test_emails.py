"""The e-mail address of a customer: what is one, and everywhere it goes."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import NOW, VIEWER, a_booking, a_customer, an_event, days
from tests.venue.imports.taking import counts, take_customers
from tests.venue.journal.test_undo_import import undone
from venue import customers, exports, masking, merging, privacy
from venue.customers import emails
from venue.errors import Invalid
from venue.privacy import identity

ZOE = "zoe@example.com"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  ", ""),
        (" sam@example.com ", "sam@example.com"),
        ("Sam.Lee+pub@Example.COM", "Sam.Lee+pub@example.com"),
        ("o'neil@example.co.uk", "o'neil@example.co.uk"),
        ("sam@MÜNCHEN.de", "sam@münchen.de"),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert emails.normalise(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("sam", "sam@localhost", "a b@example.com", "Sam <sam@example.com>", "a@example.com, b@example.com"),
        *("s..m@e.com", "zoë@example.com", "sam@example.com.", f"{'x' * 250}@example.com", "sam@exa\nmple.com"),
        "sam@example.com\x00",
    ],
)
def test_anything_else_is_refused_in_words(session: Session, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_customer(session, email=typed)
    assert refused.value.problems == {"email": emails.NOT_AN_ADDRESS}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_may_not_see_numbers_sees_the_first_letter_of_an_address(session: Session) -> None:
    customer = a_customer(session, email="zoe.quartermaine@example.com", notes="Or write to z.q+pub@example.org")
    session.flush()
    session.info["actor"] = VIEWER
    rows = [customers.row(session, customer.id), *customers.search(session, now=NOW).rows]
    assert [(row.email, row.notes) for row in rows] == [("z•••@example.com", "Or write to z•••@example.org")] * 2


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_exported_file_brings_addresses_back(session: Session) -> None:
    first = a_customer(session, last_name="Abel", email=ZOE)
    second = a_customer(session, last_name="Bode", mobile_number="+447700900777", email="old@example.com")
    file = b"".join(exports.customers_csv(session, now=NOW))
    customers.update(session, first.id, version=1, email="", now=NOW)
    customers.update(session, second.id, version=1, email="new@example.com", now=NOW)

    report = take_customers(session, file)

    assert (first.email, second.email, counts(report)) == (ZOE, "old@example.com", {"changed": 2})
    assert [note.reason for note in report.rows] == ["There was no e-mail", "The e-mail was: new@example.com"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_file_with_what_is_no_address_brings_the_person_without_it(session: Session) -> None:
    report = take_customers(session, "First Name,Last Name,Mobile,Email\nAnn,Lee,07700 900901,ask her\n")
    assert counts(report) == {"new": 1}
    assert [(note.column, note.value, note.reason) for note in report.rows] == [
        ("Email", "ask her", "Left out: ask her is not an e-mail address")
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_undoing_an_import_brings_back_the_address_that_was(session: Session) -> None:
    customer = a_customer(session, mobile_number="+447700900901", email="old@example.com", notes="Mine")
    take_customers(session, f"First Name,Last Name,Mobile,Email\nJo,Smith,07700 900901,{ZOE}\n", now=NOW + days(1))
    assert customer.email == ZOE
    undone(session)
    session.refresh(customer)
    assert (customer.email, customer.notes) == ("old@example.com", "Mine")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_of_two_merged_the_one_address_stays(session: Session) -> None:
    keep, other = a_customer(session), a_customer(session, email=ZOE)
    proposed = merging.preview(session, keep.id, other.id, now=NOW).fingerprint
    merged = merging.merge(session, keep_id=keep.id, other_id=other.id, plan_fingerprint=proposed, now=NOW)
    assert merged.email == ZOE


def test_erasing_finds_the_address_where_others_wrote_it(session: Session) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", email="old@example.com")
    a_booking(session, customer, an_event(session))
    customers.update(session, customer.id, version=1, email=ZOE, now=NOW)
    friend = a_customer(session, notes="Pays for Zoe@example.com and old@example.com, not amazoe@example.com")
    assert identity.identify(session, customer.id).emails == [ZOE, "old@example.com"]
    privacy.erase(session, customer.id, now=NOW)
    session.refresh(friend)
    assert friend.notes == "Pays for (erased) and (erased), not amazoe@example.com"


def test_the_search_finds_who_has_an_address_by_its_index_but_not_for_who_may_not_see_it(session: Session) -> None:
    a_customer(session, first_name="Zoë", email="Zoe@example.com")
    a_customer(session, first_name="Joe", mobile_number="+447700900222", email="joe@example.com")
    found = customers.search(session, " zoe@EXAMPLE.com", now=NOW)
    assert [row.first_name for row in found.rows] == ["Zoë"]
    assert customers.search(session, "oe@example.com", now=NOW).total == 0
    if session.get_bind().dialect.name == "sqlite":
        query = select(Customer.id).where(masking.matches(session, ZOE))
        words = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {words}")).all()
        assert "ix_customers_email" in str(plan)
    session.info["actor"] = VIEWER
    assert customers.search(session, ZOE, now=NOW).total == 0
