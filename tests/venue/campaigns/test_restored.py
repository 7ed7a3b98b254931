"""A bulk text that was being sent in a backup that was restored: it waits until a manager resumes it."""

import pytest

from channels.gateway import Outgoing
from tests.makers import MANAGER, NOW, hours, minutes
from tests.venue.campaigns.people import a_draft, confirmed, progress, who_agreed
from tests.venue.delivery.test_after_restore import Desk
from venue import campaigns
from venue.delivery import after_restore, bulk_pauses
from venue.delivery.after_restore import Phase
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


@pytest.fixture
def desk(venue: Venue) -> Desk:
    desk = Desk(venue)
    desk.start()
    return desk


def being_sent(desk: Desk) -> dict[str, object]:
    """One that is being sent, one that was paused, one that is finished, and a draft."""
    with desk.venue.transaction(MANAGER) as session:
        who_agreed(session)
        finished = confirmed(session, name="Finished")
    desk.send()
    with desk.venue.transaction(MANAGER) as session:
        who_agreed(session, 2)
        ids = {"Finished": finished, "Being sent": confirmed(session, name="Being sent")}
        who_agreed(session)
        ids |= {"Paused": confirmed(session, name="Paused"), "Draft": a_draft(session, name="Draft").id}
        campaigns.pause(session, ids["Paused"], now=NOW)
    return ids


def states(desk: Desk) -> dict[str, str]:
    with desk.venue.reading(MANAGER) as session:
        return {row.campaign.name: row.state for row in campaigns.listed(session)}


def test_it_is_paused_and_named_until_it_is_resumed(desk: Desk) -> None:
    ids = being_sent(desk)
    with desk.venue.transaction(MANAGER) as session:
        after_restore.hold(session, since=NOW, now=NOW)
    desk.start()
    assert desk.guard() is None  # The provider knew no other text.
    assert states(desk) == {"Finished": "finished", "Being sent": "paused", "Paused": "paused", "Draft": "draft"}
    assert desk.send() == 0
    with desk.venue.transaction(MANAGER) as session:
        assert bulk_pauses.names(session) == ["Being sent"]
        campaigns.resume(session, ids["Being sent"], now=NOW)
        assert bulk_pauses.names(session) == []
        campaigns.pause(session, ids["Being sent"], now=NOW)
        assert bulk_pauses.names(session) == []
        campaigns.resume(session, ids["Being sent"], now=NOW)
    assert desk.send() == 2


def test_resuming_sending_resumes_no_bulk_text(desk: Desk) -> None:
    ids = being_sent(desk)
    desk.now += hours(1)
    desk.gateway.accept(Outgoing("1", "+447700900777", "Hi Lee, you're on the list"), "SMlost")
    desk.now += minutes(1)
    desk.start()
    assert desk.guard().phase is Phase.HELD  # type: ignore[union-attr]
    desk.release()
    assert desk.send() == 0
    with desk.venue.reading(MANAGER) as session:
        assert progress(session, ids["Being sent"]).waiting == 2
        assert bulk_pauses.names(session) == ["Being sent"]


def test_a_night_without_a_scheduler_pauses_none(desk: Desk) -> None:
    being_sent(desk)
    desk.now += hours(1)
    desk.start()
    assert states(desk)["Being sent"] == "sending"
