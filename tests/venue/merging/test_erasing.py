"""What is held about a merged customer, and erasing it: all of those who were merged into them is theirs."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer, Erasure, JournalValue
from tests.databases import ON_BOTH
from tests.makers import NOW, a_booking, a_customer
from tests.venue.merging.two_of_them import LATER, last, merge
from venue import customers, privacy
from venue.journal import entries
from venue.journal.undo import undo
from venue.journal.verify import verify
from venue.privacy.identity import identify
from venue.privacy.mentions import Name

pytestmark = pytest.mark.plain_sql

OLD_NUMBER = "+447700900777"


def a_chain(session: Session) -> Customer:
    """Zora Quax was merged into Zoe Quill, and she into Zadie Quist."""
    zora = a_customer(session, first_name="Zora", last_name="Quax", mobile_number=OLD_NUMBER, notes="Nuts")
    customers.update(session, zora.id, version=1, notes="Nuts, window", now=NOW)
    a_booking(session, zora, notes="For Zora Quax")
    zoe = a_customer(session, first_name="Zoe", last_name="Quill")
    zadie = a_customer(session, first_name="Zadie", last_name="Quist")
    merge(session, zoe, zora)
    merge(session, zadie, zoe)
    return zadie


def test_all_earlier_names_and_numbers_are_theirs(session: Session) -> None:
    identity = identify(session, a_chain(session).id)
    names = {(each.first_name, each.last_name) for each in identity.names}
    assert names == {("Zadie", "Quist"), ("Zora", "Quax"), ("Zoe", "Quill")}
    assert OLD_NUMBER in identity.numbers


def test_the_archive_holds_what_the_journal_has_of_all_of_them(session: Session) -> None:
    content = privacy.archive(session, a_chain(session).id, now=LATER)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        data = json.loads(file.read("data.json"))
        letter = file.read("letter.html").decode()
    assert "Zora" in json.dumps(data)
    assert "Quist" in letter


@ON_BOTH
def test_erasing_leaves_nothing_of_any_of_them(session: Session) -> None:
    zadie = a_chain(session)
    ids = {zadie.id, *session.scalars(select(JournalValue.customer_id).where(JournalValue.customer_id.is_not(None)))}
    privacy.erase(session, zadie.id, now=LATER)
    names = [Name("Zora", "Quax"), Name("Zoe", "Quill"), Name("Zadie", "Quist")]
    assert privacy.scan(session, names=names, numbers=[OLD_NUMBER]) == []
    assert set(session.scalars(select(Erasure.customer_id))) == ids
    assert verify(session).problems == []


def test_who_is_separated_again_is_erased_alone(session: Session) -> None:
    keep, other = a_customer(session, first_name="Zadie"), a_customer(session, first_name="Zora", last_name="Quax")
    keep_id, other_id = keep.id, other.id
    merge(session, keep, other)
    undo(session, last(session), now=LATER)
    privacy.erase(session, keep_id, now=LATER)
    assert session.get(Customer, other_id) is not None
    assert list(session.scalars(select(Erasure.customer_id))) == [keep_id]


def test_the_history_shows_what_was_done_to_either(session: Session) -> None:
    keep, other = a_customer(session), a_customer(session, first_name="Joanna")
    customers.update(session, other.id, version=1, notes="Vegan", now=NOW)
    merge(session, keep, other)
    acts = [entry.act for entry in entries.page(session, customer_id=keep.id).rows]
    assert acts == ["customers.merged", "customer.changed", "customer.added", "customer.added"]
