"""Sending e-mail through a mail server by SMTP: one call each, and an outcome that never guesses.

SMTP has no way to ask whether a server took an e-mail. Until its words are on the way, nothing was sent. Once they are,
only the server's own answer says how it ended: without it, it is not known (RFC 5321, 4.1.1.4 and 6.1).
"""

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from channels.gateway import Fault, NotSent, Outcome, OutgoingEmail, Refused, Sent, Unknown
from mail import emails

# RFC 5321, 4.5.4.1: a server that says "later" often means it, and servers with greylisting ask for minutes.
LATER = timedelta(minutes=5)
MODES = ("starttls", "tls", "none")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_Reply = tuple[int, bytes]


class SmtpGateway:
    """One mail server, the address that e-mails come from, and that which answers go to, if it is another.

    `mode` is one of MODES: how the connection is encrypted. One call takes at most about `connect_timeout` and
    `read_timeout` seconds together.
    """

    simulated = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str = "",
        password: str = "",
        sender: str,
        sender_name: str,
        reply_to: str = "",
        mode: str,
        connect_timeout: float,
        read_timeout: float,
        clock: Callable[[], datetime],
    ) -> None:
        self.account = f"smtp:{host}:{port} {sender}"[:160]
        self._host, self._port = host, port
        self._username, self._password = username, password
        self._sender, self._sender_name = sender, sender_name
        self._reply_to = reply_to
        self._mode = mode
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._clock = clock

    def send(self, outgoing: OutgoingEmail) -> Outcome:
        """Make one call and return how it ended. Never raises, never retries."""
        if "@" not in outgoing.to:
            return Refused("address", "A text cannot be sent by e-mail", Fault.MESSAGE)
        try:
            name = outgoing.sender_name or self._sender_name
            content = emails.written(
                outgoing, sender=self._sender, sender_name=name, reply_to=self._reply_to, now=self._clock()
            )
        except ValueError:
            return Refused("address", "This e-mail cannot be written to this address", Fault.MESSAGE)
        server = None
        try:
            server, until = self._connected()
            refused = self._announced(server, outgoing.to, until)
            if refused is not None:
                return refused
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            return _not_reached(problem)
        else:
            return self._delivered(server, content, outgoing.message_id, until)
        finally:
            if server is not None:
                # QUIT would wait for an answer that is not needed.
                server.close()

    def problem(self) -> str:
        """Connect and sign in, without sending anything. What went wrong, as words; empty if the server accepts us."""
        try:
            server, _until = self._connected()
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            return _not_reached(problem).reason
        server.close()
        return ""

    def _connected(self) -> tuple[smtplib.SMTP, float]:
        """A connection to the server, encrypted and signed in as the settings say, and until when the call may last.
        Raises what smtplib does."""
        context = ssl.create_default_context()
        if self._mode == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._connect_timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._connect_timeout)
        until = time.monotonic() + self._read_timeout
        try:
            server.ehlo_or_helo_if_needed()
            if self._mode == "starttls":
                self._wait_at_most(server, until)
                server.starttls(context=context)
            if self._username:
                self._wait_at_most(server, until)
                server.login(self._username, self._password)
        except BaseException:
            server.close()
            raise
        return server, until

    def _wait_at_most(self, server: smtplib.SMTP, until: float) -> None:
        """Limit how long the next answer is waited for. Raises TimeoutError when the time of the call is over."""
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if server.sock is not None:
            server.sock.settimeout(min(left, self._connect_timeout))

    def _announced(self, server: smtplib.SMTP, to: str, until: float) -> Outcome | None:
        """Say who writes to whom. How it ended if the server refused that; None if it now waits for the words."""
        self._wait_at_most(server, until)
        reply = server.mail(self._sender)
        if reply[0] != 250:
            return _refused(reply, "The mail server refused our own address", Fault.ACCOUNT)
        self._wait_at_most(server, until)
        reply = server.rcpt(to)
        if reply[0] not in (250, 251):
            return _refused(reply, "The mail server refused this address", Fault.MESSAGE)
        self._wait_at_most(server, until)
        reply = server.docmd("DATA")
        if reply[0] != 354:
            return _refused(reply, "The mail server refused this e-mail", Fault.MESSAGE)
        return None

    def _delivered(self, server: smtplib.SMTP, content: bytes, message_id: str, until: float) -> Outcome:
        """Send the words. From here on, only an answer of the server says that they were not taken."""
        try:
            if server.sock is not None:
                server.sock.settimeout(max(0.1, until - time.monotonic()))
            server.send(_LEADING_DOT.sub(b"..", content) + b".\r\n")
            reply = server.getreply()
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            return Unknown(f"The connection to the mail server was lost while it was sent ({type(problem).__name__})")
        if reply[0] == 250:
            return Sent(f"email {message_id}", status="sent")
        if 400 <= reply[0] < 600:
            return _refused(reply, "The mail server refused this e-mail", Fault.MESSAGE)
        return Unknown(f"The mail server gave an answer that cannot be read ({reply[0]})")


def _not_reached(problem: Exception) -> NotSent | Refused:
    """What a failure before the words were sent means: they certainly were not."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return _refused((problem.smtp_code, b""), "The mail server refused our user name or password", Fault.ACCOUNT)
    return NotSent(f"The mail server could not be used ({type(problem).__name__})", for_all=True)


def _refused(reply: _Reply, words: str, fault: Fault) -> NotSent | Refused:
    """What the server's own refusal means. Its words are not kept: they often quote the address."""
    code = reply[0]
    if 500 <= code < 600:
        return Refused(str(code), f"{words} ({code})", fault)
    return NotSent(f"{words} for now ({code})", retry_after=LATER, for_all=fault is Fault.ACCOUNT)
