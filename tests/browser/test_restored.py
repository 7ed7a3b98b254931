"""After a backup was restored: sending is resumed on the screen."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from db.models import VenueSetting
from tests.browser import accessible
from venue import clock
from venue.delivery import after_restore
from venue.delivery.due_messages import SENDING_HELD
from venue.profile import Venue
from venue.roles import DESK

pytestmark = pytest.mark.browser


def test_sending_is_resumed_by_impatient_hands(page: Page, venue: Venue) -> None:
    now = clock.now()
    with venue.transaction(DESK) as session:
        held = f'{{"phase": "{after_restore.Phase.HELD}", "since": "{now.isoformat()}"}}'
        session.add(VenueSetting(name=SENDING_HELD, value=held, updated_at=now))
    page.goto("/messages?texts=Restored")
    page.get_by_role("button", name="Resume sending").click()
    dialog = page.get_by_role("dialog", name="Resume sending")
    expect(dialog.get_by_text("Overdue texts are sent now, the rest on schedule.")).to_be_visible()
    page.evaluate(accessible.SETTLED)
    assert accessible.faults(page, inside="[role=dialog]") == []

    dialog.get_by_role("button", name="Resume sending").dblclick()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Sending resumed", exact=True)).to_be_visible()
    with venue.reading(DESK) as session:
        assert not session.scalar(select(func.count()).where(VenueSetting.name == SENDING_HELD))
