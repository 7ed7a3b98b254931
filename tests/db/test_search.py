"""Finding people the way staff type, with the real index of each database."""

from collections.abc import Callable, Iterator

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db import search
from db.models import Customer
from db.session import open_database
from tests.databases import KINDS_OF_DATABASE
from tests.makers import MANAGER, NOW, a_customer, a_venue, an_event
from venue import customers, privacy
from venue.wording import full_name

PEOPLE = {
    "Seán O'Neil": "07700 900123",
    "Zoë Wiśniewski": "07700 900456",
    "Wei 李": "07700 900001",
    "Clara Fitzgerald-Hughes": "07700 900002",
    "Jo Smith": "07700 900789",
    "John Smithson": "07700 900790",
    "Björn Ångström": "07700 900003",
    "José de la Cruz": "07700 900004",
    "Renée D’Arcy": "07700 900005",
    "Ian Ng": "07700 900006",
    "Amélie Dupont": "+33 6 12 34 56 78",
    "Straße Müller": "07700 900007",
    "Andy Near": "07700 900008",
    "Pat O´Dea": "07700 900009",
    "Kale Kauaʻi": "07700 900010",
    "Наталья Ильич": "07700 900011",
    "Smi\u00adth \u202aJones\u202c": "07700 900012",
}

FOUND = [
    ("oneil sean", "Seán O'Neil"),
    ("O'Neil", "Seán O'Neil"),
    ("o’neil", "Seán O'Neil"),
    ("sean oneil", "Seán O'Neil"),
    ("SEÁN", "Seán O'Neil"),
    ("ean eil", "Seán O'Neil"),
    ("900 123", "Seán O'Neil"),
    ("0770", "Seán O'Neil"),
    ("+44 77", "Seán O'Neil"),
    ("07700 900123", "Seán O'Neil"),
    ("+44 (0)7700 900123", "Seán O'Neil"),
    ("0044 7700 900123", "Seán O'Neil"),
    ("00", "Seán O'Neil"),
    ("7700900123", "Seán O'Neil"),
    ("(07700) 900-123", "Seán O'Neil"),
    ("٠٧٧٠٠٩٠٠١٢٣", "Seán O'Neil"),
    ("０７７００９００１２３", "Seán O'Neil"),
    ("sean 123", "Seán O'Neil"),
    ("900 sean 123", "Seán O'Neil"),
    ("wisniewski", "Zoë Wiśniewski"),
    ("Wiśniewski", "Zoë Wiśniewski"),
    ("Wis\u0301niewski", "Zoë Wiśniewski"),
    ("zoe", "Zoë Wiśniewski"),
    ("李", "Wei 李"),
    ("wei 李", "Wei 李"),
    ("fitzgerald hughes", "Clara Fitzgerald-Hughes"),
    ("fitzgerald-hughes", "Clara Fitzgerald-Hughes"),
    ("hughes clara", "Clara Fitzgerald-Hughes"),
    ("j", "Jo Smith"),
    ("jo", "Jo Smith"),
    ("jo smi", "Jo Smith"),
    ("  jo   smith  ", "Jo Smith"),
    ('"jo" smith', "Jo Smith"),
    ("smith*", "Jo Smith"),
    ("jo%", "Jo Smith"),
    ("jo_smith", "Jo Smith"),
    ("smith, jo", "Jo Smith"),
    ("jo - smith", "Jo Smith"),
    ("-jo", "Jo Smith"),
    ("angstrom", "Björn Ångström"),
    ("bjorn", "Björn Ångström"),
    ("la cruz", "José de la Cruz"),
    ("darcy", "Renée D’Arcy"),
    ("d'arcy", "Renée D’Arcy"),
    ("ng", "Ian Ng"),
    ("n", "Ian Ng"),
    ("33612", "Amélie Dupont"),
    ("+33 6", "Amélie Dupont"),
    ("strasse", "Straße Müller"),
    ("muller", "Straße Müller"),
    ("NEAR(", "Andy Near"),
    ("near", "Andy Near"),
    ("AND", "Andy Near"),
    ("+44 07700 900123", "Seán O'Neil"),
    ("+4407700900123", "Seán O'Neil"),
    ("44 07700 900123", "Seán O'Neil"),
    ("0044 07700 900123", "Seán O'Neil"),
    ("0044 (0)7700 900123", "Seán O'Neil"),
    ("+44 (07700) 900123", "Seán O'Neil"),
    ("tel:07700 900123", "Seán O'Neil"),
    ("Mob: +44 7700 900123", "Seán O'Neil"),
    ("\u202a0044 7700 900123\u202c", "Seán O'Neil"),
    *((("+44 (0)7700 900123"[:typed]), "Seán O'Neil") for typed in range(1, 19)),
    *((("(07700) 900123"[:typed]), "Seán O'Neil") for typed in range(1, 15)),
    ("+33 06 12 34 56 78", "Amélie Dupont"),
    ("odea", "Pat O´Dea"),
    ("o'dea", "Pat O´Dea"),
    ("O´Dea", "Pat O´Dea"),
    ("kauai", "Kale Kauaʻi"),
    ("Kaua'i", "Kale Kauaʻi"),
    ("natalya", "Наталья Ильич"),
    ("ilich", "Наталья Ильич"),
    ("Ильич", "Наталья Ильич"),
    ("smith", "Smi\u00adth \u202aJones\u202c"),
    ("jones", "Smi\u00adth \u202aJones\u202c"),
]

NOT_FOUND = [
    ("oneil sean", "Jo Smith"),
    ("sean smith", "Seán O'Neil"),
    ("smith jo", "Seán O'Neil"),
    ("900 123", "Jo Smith"),
    ("900 1234", "Seán O'Neil"),
    ("123 0770", "Seán O'Neil"),
    ("+33", "Jo Smith"),
    ("李", "Jo Smith"),
    ("smithson", "Jo Smith"),
    ("neil OR smith", "Seán O'Neil"),
    ("neil OR smith", "Jo Smith"),
    ("smith NOT jo", "John Smithson"),
    ("sean AND oneil", "Seán O'Neil"),
    ("%", "Jo Smith"),
    ("_", "Jo Smith"),
    ('"', "Jo Smith"),
    ("*", "Jo Smith"),
    ("'", "Seán O'Neil"),
    ("''", "Jo Smith"),
    ("-x", "Jo Smith"),
    ("search_text:jo", "Jo Smith"),
    ("\\", "Jo Smith"),
    ("🍺", "Jo Smith"),
]


@pytest.fixture(scope="module", params=KINDS_OF_DATABASE)
def people(request: pytest.FixtureRequest, new_database: Callable[..., str]) -> Iterator[Session]:
    """Everyone in PEOPLE, looked at by all the tests here and changed by none."""
    database = open_database(new_database(request.param))
    with a_venue(database).transaction(MANAGER) as session:
        for name, mobile_number in PEOPLE.items():
            first_name, last_name = name.split(" ", 1)
            a_customer(session, first_name=first_name, last_name=last_name, mobile_number=mobile_number)
    with a_venue(database).reading(MANAGER) as session:
        yield session
    database.close()


def found(session: Session, typed: str) -> set[str]:
    condition = search.matches(typed, session.get_bind().dialect.name)
    return {full_name(customer) for customer in session.scalars(select(Customer).where(condition))}


@pytest.mark.parametrize(("typed", "name"), FOUND)
def test_what_is_typed_finds(people: Session, typed: str, name: str) -> None:
    assert name in found(people, typed)


@pytest.mark.parametrize(("typed", "name"), NOT_FOUND)
def test_what_is_typed_does_not_find(people: Session, typed: str, name: str) -> None:
    assert name not in found(people, typed)


@pytest.mark.parametrize("typed", ["", "  ", "\t"])
def test_nothing_typed_finds_everyone(people: Session, typed: str) -> None:
    assert found(people, typed) == set(PEOPLE)


@given(st.text(max_size=60))
@example("\x00")
@example('" OR 1 --')
@example("a" * 10_000)
@example("ab cd " * 2_000)
@example("abc def " * 2_000)
@example("\ud800")
@example("٣٣٣ ३३३ ௩௩௩")
def test_nothing_that_is_typed_breaks_the_search(people: Session, typed: str) -> None:
    found(people, typed)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_mobiles_of_every_country_are_looked_for_as_they_are_kept(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        pytest.skip("No mobiles are known there")
    kept = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    international = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    assert search.fragments(international) == search.fragments(f"+{kept}") == search.fragments(kept) == [kept]


@given(st.sampled_from(sorted(PEOPLE)), st.data())
def test_any_piece_of_a_number_finds_its_owner(people: Session, name: str, data: st.DataObject) -> None:
    digits = "".join(filter(str.isdigit, PEOPLE[name]))
    start = data.draw(st.integers(0, len(digits) - 1))
    piece = digits[start : data.draw(st.integers(start + 1, len(digits)))]
    spaced = " ".join([piece[: len(piece) // 2], piece[len(piece) // 2 :]])
    assert name in found(people, piece)
    assert name in found(people, spaced)


def test_both_databases_have_the_same_order(session: Session) -> None:
    for last_name in ("Ångström", "zebra", "Apple", "O'Neil", "Onslow", "apple", "李", "de la Cruz", "Åberg"):
        a_customer(session, first_name="A", last_name=last_name)
    in_order = session.scalars(select(Customer.last_name).order_by(Customer.sort_key, Customer.id))
    assert [name.casefold() for name in in_order] == [
        *("åberg", "ångström", "apple", "apple", "de la cruz", "李", "o'neil", "onslow", "zebra")
    ]


def test_a_changed_name_is_found_and_the_old_one_is_not(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700 900123")
    customers.update(session, customer.id, version=customer.version, now=NOW, last_name="Baker")
    assert found(session, "baker") == {"Jo Baker"}
    assert found(session, "smith") == set()


def test_a_changed_number_is_found_and_the_old_one_is_not(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700 900123")
    customers.update(session, customer.id, version=customer.version, now=NOW, mobile_number="07700 900456")
    assert found(session, "900456") == {"Jo Smith"}
    assert found(session, "900123") == set()


def test_who_is_deleted_is_not_found(session: Session) -> None:
    customer = a_customer(session, last_name="Smith")
    privacy.erase(session, customer.id, now=NOW)
    assert found(session, "smith") == set()


def test_the_index_of_sqlite_holds_what_the_rows_say(new_database: Callable[..., str]) -> None:
    database = open_database(new_database("sqlite"))
    with a_venue(database).transaction(MANAGER) as session:
        kept, gone = a_customer(session, last_name="Stays"), a_customer(session, last_name="Goes")
        an_event(session)
        customers.update(session, kept.id, version=kept.version, now=NOW, notes="only the notes change")
        customers.update(session, kept.id, version=kept.version, now=NOW, first_name="Joanna")
        privacy.erase(session, gone.id, now=NOW)
        session.execute(text("INSERT INTO customers_search(customers_search, rank) VALUES ('integrity-check', 1)"))
    database.close()


def test_the_index_is_used_for_whole_words(session: Session) -> None:
    for number in range(50):
        a_customer(session, first_name=f"Jo{number}", last_name="Smith")
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
    wanted = select(Customer.id).where(search.matches("smith jo33", dialect))
    compiled = wanted.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    plan = " ".join(str(row) for row in session.connection().exec_driver_sql(f"{explain} {compiled}"))
    assert "ix_customers_search" in plan or "customers_search VIRTUAL TABLE" in plan
