"""The screen after a backup was restored: the texts that Twilio sent and the backup does not have."""

from datetime import timedelta

from sqlalchemy import select

from channels.gateway import Outgoing
from db.models import Message, VenueSetting
from tests.fakes.gateway import FakeGateway
from tests.pages.conftest import button, rows, said
from tests.venue.campaigns.people import agrees, confirmed
from venue import clock, messages
from venue.delivery import after_restore
from venue.delivery.due_messages import SENDING_HELD
from venue.roles import DESK, SCHEDULER

HELD = '{{"phase": "held", "since": "{}"}}'


def test_the_texts_that_a_backup_does_not_have_are_links(venue, screen, add_customer, add_event, book):
    """One is scheduled here and must not be sent again; the other is about a booking that is lost."""
    jo, quiz = add_customer(), add_event()
    book(jo, quiz)
    gateway = FakeGateway()
    gateway.now = lambda: clock.now() + timedelta(minutes=1)
    with venue.reading(DESK) as session:
        confirmation = messages.render(session, messages.Kind.CONFIRMATION, jo, quiz, 2, now=clock.now())
    gateway.accept(Outgoing("1", to=jo.mobile_number, body=confirmation), "SM1")
    gateway.accept(Outgoing("2", to="+447700900999", body="You're booked for Jazz"), "SM2")
    since = clock.now() - timedelta(hours=3)
    with venue.transaction(DESK) as session:
        value = f'{{"phase": "asking", "since": "{since.isoformat()}"}}'
        session.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=clock.now()))
    after_restore.look(lambda: venue.transaction(SCHEDULER), gateway, now=clock.now())

    app = screen("messages/list.py", texts="Restored")

    with venue.reading(DESK) as session:
        ids = dict(session.execute(select(Message.provider_id, Message.id)).all())
    shown = [(row["address"], row["cells"][1:], row["words"]) for row in rows(app)]
    assert shown == [
        (f"message?id={ids['SM1']}", ["Jo Smith", "Confirmation"], confirmation),
        (f"message?id={ids['SM2']}", ["07700 900999"], "You're booked for Jazz"),
    ]
    assert "Already sent: 1 text scheduled here" in said(app)
    assert "Not in the backup: 1 text" in said(app)


def test_resuming_names_the_bulk_texts_that_stay_paused(venue, screen, add_customer):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        agrees(session, jo, now=clock.now())
        jazz = confirmed(session, now=clock.now())
        after_restore.hold(session, since=clock.now(), now=clock.now())
        session.get_one(VenueSetting, SENDING_HELD).value = HELD.format(clock.now().isoformat())
    app = screen("messages/list.py", texts="Restored")
    button(app, "Resume sending").click().run()
    assert "These bulk texts stay paused until you resume each of them: ‘Jazz’." in said(app)
    assert "A backup was restored in which this text was being sent" in said(screen("campaigns/one.py", id=jazz))
