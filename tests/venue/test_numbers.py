"""What is known of a number decides what goes to it, now and later."""

from sqlalchemy.orm import Session

from sms.texts import Kind
from tests.makers import NOW, a_booking, a_customer, texts_to
from venue import customers, numbers, reminders


def test_start_plans_the_reminders_again_that_stop_had_skipped(session: Session) -> None:
    customer = a_customer(session)
    a_booking(session, customer)
    numbers.opt_out(session, customer.mobile_number, now=NOW)
    assert {text.state for text in texts_to(session, customer)} == {"skipped"}

    numbers.opt_in(session, customer.mobile_number, now=NOW)

    assert {text.state for text in texts_to(session, customer, *reminders.KINDS)} == {"planned"}
    assert [text.state for text in texts_to(session, customer, Kind.CONFIRMATION)] == ["skipped"]


def test_a_corrected_number_gets_the_reminders_that_the_wrong_one_could_not(session: Session) -> None:
    customer = a_customer(session)
    a_booking(session, customer)
    numbers.opt_out(session, customer.mobile_number, now=NOW)

    customers.update(session, customer.id, version=customer.version, now=NOW, mobile_number="07700 900555")

    planned = texts_to(session, customer, *reminders.KINDS)
    assert {(text.state, text.mobile_number) for text in planned} == {("planned", "+447700900555")}
