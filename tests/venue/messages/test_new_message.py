"""The columns of a message are said in one place."""

import pytest

from db.models import Message
from sms.texts import Kind
from tests.makers import NOW
from venue.messages.causes import Cause, Reason
from venue.messages.new_message import NewMessage

PLAIN = NewMessage(kind=Kind.REMINDER_7_DAY, dedupe_key="r", mobile_number="+447700900001", now=NOW)
SKIPPED = NewMessage(
    kind=Kind.MANUAL, dedupe_key="m", mobile_number=None, now=NOW, body="Hi", skipped=Reason(Cause.OPTED_OUT)
)


@pytest.mark.parametrize("message", [PLAIN, SKIPPED])
def test_its_columns_are_the_tables_and_what_it_leaves_out_needs_no_value(message: NewMessage) -> None:
    columns = Message.__table__.columns
    said = message.columns()
    assert set(said) <= set(columns.keys())
    left_out = [column for column in columns if column.name not in said]
    assert all(column.nullable or column.default is not None for column in left_out)


def test_it_is_scheduled_or_skipped_for_a_reason() -> None:
    plain, skipped = PLAIN.columns(), SKIPPED.columns()
    assert (plain["state"], plain["cause"], plain["reason"], plain["final_at"]) == ("planned", None, "", None)
    assert (skipped["state"], skipped["cause"], skipped["final_at"]) == ("skipped", "opted_out", NOW)
    assert skipped["reason"] == Reason(Cause.OPTED_OUT).words
    assert (skipped["encoding"], skipped["segments"]) == ("GSM-7", 1)
