"""Texts of the last days: those that were sent, and the replies to them."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import func, select

from channels.gateway import ProviderMessage
from cli.sample.cast import Cast
from cli.sample.gateways import SampleGateway, SampleMailGateway
from db.models import Message
from sms import error_codes
from venue.delivery import inbound, status_checks
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.messages.happenings import Reported
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER

FROM = "hello@theanchor.example"
SOON = timedelta(seconds=20)


class Post:
    """Sends what is due, and receives replies, at a time in the past."""

    def __init__(self, cast: Cast):
        # The sample venue has sent e-mails. Where the demo runs, none are set up.
        self.venue: Venue = replace(cast.venue, email_from=FROM)
        self.gateway, self.mail_gateway = SampleGateway(), SampleMailGateway()
        self.received = 0

    def send_until(self, until: datetime) -> None:
        """Send everything that was due by then, each at its time."""
        due = self._next_due(datetime.min.replace(tzinfo=until.tzinfo), until)
        while due is not None:
            self._send_at(min(due + SOON, until))
            due = self._next_due(due, until)

    def _next_due(self, after: datetime, until: datetime) -> datetime | None:
        with self.venue.reading(SCHEDULER) as session:
            planned = Message.state == State.PLANNED.value, Message.due_at > after, Message.due_at <= until
            return session.scalar(select(func.min(Message.due_at)).where(*planned))

    def _send_at(self, at: datetime) -> None:
        Sender(
            lambda: self.venue.transaction(SCHEDULER),
            self.gateway,
            timing=self.venue.timing,
            rate=Rate,
            concurrency=2,
            worker="sample",
            clock=lambda: at,
            stopping=Event(),
            mail_gateway=self.mail_gateway,
        ).run_until_empty()

    def receive(self, mobile_number: str, body: str, *, at: datetime) -> None:
        """Store a reply."""
        self.received += 1
        text = ProviderMessage(
            provider_id=f"SAMPLE{self.received:04}",
            to="+441632960123",
            body=body,
            status="received",
            direction="inbound",
            created_at=at,
            error_code=None,
            from_=mobile_number,
        )
        with self.venue.transaction(SCHEDULER) as session:
            inbound.store(session, text, now=at)

    def lose(self, mobile_number: str, *, code: str, at: datetime) -> None:
        """Report that the texts that are on their way to this number did not arrive."""
        lost = Reported("undelivered", code, error_codes.explain(code))
        with self.venue.transaction(SCHEDULER) as session:
            sent = Message.mobile_number == mobile_number, Message.state == State.SENT.value
            for message_id in session.scalars(select(Message.id).where(*sent)).all():
                status_checks.record_report(session, message_id, lost, timing=self.venue.timing, now=at)
