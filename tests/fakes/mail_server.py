"""A real SMTP server on this machine, which answers as told and remembers what it took."""

import asyncio
import socket
import struct
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 Taken"
# Instead of an answer: close the connection after the words came, with or without having taken them.
DROP, TAKE_AND_DROP, RESET = "drop", "take and drop", "reset"


class MailServer:
    """`answers` to DATA in order, then OK; `recipients` has the answer to RCPT by address. `slow` is how many seconds
    it waits before each answer to DATA. `taken` has every e-mail that it took."""

    def __init__(self, *answers: str) -> None:
        self.answers = deque(answers)
        self.recipients: dict[str, str] = {}
        self.sender = ""
        self.slow = 0.0
        self.taken: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=0, ready_timeout=10)

    def __enter__(self) -> "MailServer":
        self._controller.port = _free_port()
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def ids(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.taken]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        answer = self.answers.popleft() if self.answers else OK
        if answer in (OK, TAKE_AND_DROP):
            assert isinstance(envelope.content, bytes)
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if answer in (DROP, TAKE_AND_DROP, RESET):
            transport = server.transport
            if answer == RESET:
                raw = transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            return "421 Gone"
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
