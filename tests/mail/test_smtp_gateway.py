"""Every way in which a call to a mail server can end, over a real socket."""

import dataclasses
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.gateway import Fault, NotSent, Outcome, Outgoing, OutgoingEmail, Refused, Sent, Unknown
from mail.smtp_gateway import LATER, SmtpGateway
from tests.fakes.mail_server import DROP, RESET, TAKE_AND_DROP, MailServer
from tests.makers import NOW

MESSAGE_ID = "0b5b7c1e-1111-4222-8333-444455556666"
WORDS = "The Anchor: Hi Zoë.\n.\nTwo lines"
EMAIL = OutgoingEmail(MESSAGE_ID, "jo@example.com", "Booked: Quiz", WORDS, "<p>Hi Zoë</p>")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def gateway(port: int, **over: Any) -> SmtpGateway:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "sender": "bookings@anchor.example.com",
        "sender_name": "The Anchor, Leeds",
        "mode": "none",
        "connect_timeout": 5,
        "read_timeout": 5,
        "clock": lambda: NOW,
    }
    return SmtpGateway(**{**usual, **over})


def test_the_sender_has_the_name_that_the_e_mail_brings(server: MailServer) -> None:
    gateway(server.port).send(replace(EMAIL, sender_name="The Crown"))
    (taken,) = server.taken
    assert taken["From"] == "The Crown <bookings@anchor.example.com>"


def test_an_e_mail_that_is_taken_is_sent_once_and_says_what_it_should(server: MailServer) -> None:
    assert gateway(server.port).send(EMAIL) == Sent(f"email {MESSAGE_ID}", status="sent")
    (taken,) = server.taken
    assert taken["From"] == '"The Anchor, Leeds" <bookings@anchor.example.com>'
    assert (taken["To"], taken["Subject"]) == ("jo@example.com", "Booked: Quiz")
    assert taken["Message-ID"] == f"<{MESSAGE_ID}@anchor.example.com>"
    plain = taken.get_body(("plain",))
    assert plain is not None
    # A line with only a dot would have ended it.
    assert plain.get_content().splitlines() == WORDS.splitlines()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (DROP, Unknown),
        (RESET, Unknown),
        (TAKE_AND_DROP, Unknown),
        ("451 Busy", NotSent("The mail server refused this e-mail for now (451)", LATER)),
        ("554 Spam", Refused("554", "The mail server refused this e-mail (554)", Fault.MESSAGE)),
        ("299 What", Unknown),
    ],
)
def test_only_an_answer_says_that_the_words_were_not_taken(
    server: MailServer, answer: str, outcome: Outcome | type[Unknown]
) -> None:
    server.answers.append(answer)
    ended = gateway(server.port).send(EMAIL)
    assert isinstance(ended, outcome) if isinstance(outcome, type) else ended == outcome
    assert len(server.taken) == (answer == TAKE_AND_DROP)


def test_an_answer_that_comes_too_late_is_unknown(server: MailServer) -> None:
    server.slow = 0.6
    assert isinstance(gateway(server.port, read_timeout=0.2).send(EMAIL), Unknown)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            "550 No such user jo@example.com",
            Refused("550", "The mail server refused this address (550)", Fault.MESSAGE),
        ),
        ("450 Greylisted", NotSent("The mail server refused this address for now (450)", LATER)),
    ],
)
def test_an_address_that_is_refused_gets_nothing(server: MailServer, answer: str, outcome: Outcome) -> None:
    server.recipients[EMAIL.to] = answer
    assert gateway(server.port).send(EMAIL) == outcome
    assert server.taken == []


def test_answers_go_to_an_address_of_their_own(server: MailServer) -> None:
    for reply_to in ("", "bar@anchor.example.com"):
        assert isinstance(gateway(server.port, reply_to=reply_to).send(EMAIL), Sent)
    assert [each["Reply-To"] for each in server.taken] == [None, '"The Anchor, Leeds" <bar@anchor.example.com>']


def test_a_refused_sender_is_our_own_fault(server: MailServer) -> None:
    server.sender = "553 Not yours"
    ended = gateway(server.port).send(EMAIL)
    assert isinstance(ended, Refused)
    assert ended.fault is Fault.ACCOUNT


@pytest.mark.parametrize("over", [{"username": "me", "password": "x"}, {"mode": "starttls"}, {"mode": "tls"}])
def test_what_the_server_cannot_do_sends_nothing(server: MailServer, over: dict[str, str]) -> None:
    assert isinstance(gateway(server.port, **over).send(EMAIL), NotSent)
    assert server.taken == []


def test_a_server_that_is_not_there_gets_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ended = gateway(closed.getsockname()[1]).send(EMAIL)
    assert ended == NotSent("The mail server could not be used (ConnectionRefusedError)", for_all=True)


def test_whether_the_server_accepts_us_is_asked_without_sending_anything(server: MailServer) -> None:
    assert gateway(server.port).problem() == ""
    assert "could not be used" in gateway(server.port, username="me", password="x").problem()
    assert server.taken == []


def test_a_text_is_never_sent_by_the_mail_server(server: MailServer) -> None:
    text: Any = Outgoing(MESSAGE_ID, "+447700900123", "Hi", timedelta(hours=1))
    assert isinstance(gateway(server.port).send(text), Refused)
    assert server.taken == []


def test_nothing_in_a_name_can_add_a_header(server: MailServer) -> None:
    hostile = dataclasses.replace(EMAIL, subject="Booked: Quiz\r\nBcc: all@example.com")
    assert isinstance(gateway(server.port).send(hostile), Sent)
    (taken,) = server.taken
    assert (taken["Subject"], taken["Bcc"]) == ("Booked: Quiz Bcc: all@example.com", None)
