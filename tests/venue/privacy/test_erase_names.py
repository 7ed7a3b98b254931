"""Customers whose names are also those of something else can be erased."""

from sqlalchemy.orm import Session

from db.models import Customer, JournalEntry
from tests.makers import NOW, a_customer
from tests.venue.privacy.test_erase import LATER, left, zoe
from venue import privacy
from venue.staff import accounts


def test_a_header_that_was_imported_as_a_customer_can_be_erased(session: Session) -> None:
    customer = a_customer(session, first_name="First", last_name="Name")
    privacy.erase(session, customer.id, plan=privacy.erase_preview(session, customer.id), now=LATER)
    assert session.get(Customer, customer.id) is None


def test_an_earlier_name_of_staff_in_the_journal_is_no_reason_to_refuse(session: Session) -> None:
    staff = accounts.add(session, name="Zoe Quartermaine", role="staff", now=NOW)
    accounts.update(session, staff.id, version=1, name="Zoe Cooper", now=NOW)
    session.add(JournalEntry(at=NOW, actor="Zoe Quartermaine", staff_id=staff.id, act="event.added", hash="-"))
    customer = zoe(session)

    assert not privacy.erase_preview(session, customer.id).blocked
    privacy.erase(session, customer.id, now=LATER)

    assert session.get(Customer, customer.id) is None
    assert "journal_entries.actor" in left(session)
