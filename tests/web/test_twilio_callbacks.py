"""Reports from Twilio are accepted only with its signature, and change nothing more than they say."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.models import Message, PhoneNumber
from sms.texts import Kind
from sms.twilio_gateway import is_signed
from tests.makers import MANAGER, a_booking
from venue import clock
from venue.messages.states import State
from venue.profile import Venue
from venue.timing import Timing
from web import twilio_callbacks

TOKEN = "a-test-token"
PUBLIC = "https://desk.example.com"
JO = "+447700900001"


@pytest.fixture
def provider(venue: Venue) -> Iterator[TestClient]:
    signed = partial(is_signed, auth_token=TOKEN)
    routes = twilio_callbacks.routes(replace(venue, public_url=PUBLIC), signed, Timing())
    with TestClient(Starlette(routes=routes)) as client:
        yield client


def signature(path: str, form: dict[str, str], token: str = TOKEN) -> str:
    """As Twilio's documentation says: the address, then each field and value in the order of their names."""
    signed = PUBLIC + path + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@pytest.fixture
def tell(provider: TestClient) -> Callable[..., int]:
    def told(path: str, form: dict[str, str], *, signed: str | None = None) -> int:
        headers = {"X-Twilio-Signature": signature(path, form) if signed is None else signed}
        return int(provider.post(path, data=form, headers=headers).status_code)

    return told


def a_text(venue: Venue, state: State, *, provider_id: str | None = None, status: str | None = None) -> UUID:
    with venue.transaction(MANAGER) as session:
        booking = a_booking(session)
        message = session.scalars(
            select(Message).where(Message.booking_id == booking.id, Message.kind == Kind.CONFIRMATION.value)
        ).one()
        message.state, message.provider_id, message.provider_status = state.value, provider_id, status
        message.fence, message.claimed_at = 1, clock.now()
        return message.id


def now_of(venue: Venue, message_id: UUID) -> tuple[str, str | None, str | None]:
    with venue.reading(MANAGER) as session:
        message = session.get_one(Message, message_id)
        return message.state, message.provider_id, message.provider_status


def report(status: str, provider_id: str = "SM1", **more: str) -> dict[str, str]:
    return {"MessageSid": provider_id, "MessageStatus": status, "To": JO, **more}


def test_a_signed_report_moves_a_text_on(venue: Venue, tell: Callable[..., int]) -> None:
    message_id = a_text(venue, State.SENT, provider_id="SM1", status="queued")

    assert tell(f"/twilio/status/{message_id}", report("delivered")) == 204

    assert now_of(venue, message_id) == (State.DELIVERED, "SM1", "delivered")


@pytest.mark.parametrize("forged", ["", "nonsense", "another's", "of another form", "of another address"])
def test_without_its_own_signature_nothing_is_believed(venue: Venue, tell: Callable[..., int], forged: str) -> None:
    message_id = a_text(venue, State.SENT, provider_id="SM1", status="queued")
    path, form = f"/twilio/status/{message_id}", report("delivered")
    signatures = {
        "another's": signature(path, form, token="another-token"),
        "of another form": signature(path, report("sent")),
        "of another address": signature(f"/twilio/status/{uuid4()}", form),
    }

    assert tell(path, form, signed=signatures.get(forged, forged)) == 403
    assert tell("/twilio/incoming", {"MessageSid": "SM2", "From": JO, "Body": "STOP"}, signed=forged) == 403

    assert now_of(venue, message_id) == (State.SENT, "SM1", "queued")
    with venue.reading(MANAGER) as session:
        assert session.get(PhoneNumber, JO) is None


def test_without_a_public_address_nothing_is_believed(venue: Venue) -> None:
    routes = twilio_callbacks.routes(venue, lambda *_: True, Timing())
    with TestClient(Starlette(routes=routes)) as client:
        assert (
            client.post("/twilio/incoming", data={"MessageSid": "SM1", "From": JO, "Body": "STOP"}).status_code == 403
        )


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "sent", "delivered")])
def test_reports_may_come_in_any_order_and_twice(
    venue: Venue, tell: Callable[..., int], order: tuple[str, ...]
) -> None:
    message_id = a_text(venue, State.SENT, provider_id="SM1", status="queued")

    for status in order:
        tell(f"/twilio/status/{message_id}", report(status))

    assert now_of(venue, message_id) == (State.DELIVERED, "SM1", "delivered")


def test_a_report_that_is_repeated_changes_nothing(venue: Venue, tell: Callable[..., int]) -> None:
    message_id = a_text(venue, State.SENT, provider_id="SM1", status="queued")
    soon = clock.now() + timedelta(seconds=30)
    with venue.transaction(MANAGER) as session:
        session.get_one(Message, message_id).next_step_at = soon

    for _ in range(7):
        tell(f"/twilio/status/{message_id}", report("sent"))

    assert now_of(venue, message_id) == (State.SENT, "SM1", "sent")
    with venue.reading(MANAGER) as session:
        message = session.get_one(Message, message_id)
        assert (message.polls, message.next_step_at, message.reason) == (0, soon, "")


@pytest.mark.parametrize("form", [report("delivered", "SM2"), report("teleported"), {"MessageSid": "SM1"}, {}])
def test_a_report_of_another_text_or_of_nothing_known_changes_nothing(
    venue: Venue, tell: Callable[..., int], form: dict[str, str]
) -> None:
    message_id = a_text(venue, State.SENT, provider_id="SM1", status="queued")

    assert tell(f"/twilio/status/{message_id}", form) == 204

    assert now_of(venue, message_id) == (State.SENT, "SM1", "queued")


def test_a_report_of_an_unknown_text_changes_nothing(tell: Callable[..., int]) -> None:
    assert tell(f"/twilio/status/{uuid4()}", report("delivered")) == 204


def test_a_report_settles_what_was_unsure(venue: Venue, tell: Callable[..., int]) -> None:
    message_id = a_text(venue, State.UNSURE)

    tell(f"/twilio/status/{message_id}", report("sent"))
    assert now_of(venue, message_id) == (State.SENT, "SM1", "sent")

    tell(f"/twilio/status/{message_id}", report("delivered"))
    assert now_of(venue, message_id) == (State.DELIVERED, "SM1", "delivered")


@pytest.mark.parametrize("state", [State.UNSURE, State.PLANNED])
def test_an_id_that_a_look_gave_to_a_text_of_the_same_words_is_not_given_twice(
    venue: Venue, tell: Callable[..., int], state: State
) -> None:
    a_text(venue, State.SENT, provider_id="SM1", status="queued")
    message_id = a_text(venue, state)

    assert tell(f"/twilio/status/{message_id}", report("sent")) == 204

    assert now_of(venue, message_id) == (state, None, None)


def test_what_the_provider_has_is_not_sent_again_though_it_stands_as_planned(
    venue: Venue, tell: Callable[..., int]
) -> None:
    """As after a backup was restored, or when its list was longer behind than anybody thought."""
    message_id = a_text(venue, State.PLANNED)

    tell(f"/twilio/status/{message_id}", report("sent"))

    assert now_of(venue, message_id) == (State.SENT, "SM1", "sent")


def test_a_text_in_hand_is_left_to_the_one_who_sends_it(venue: Venue, tell: Callable[..., int]) -> None:
    message_id = a_text(venue, State.PLANNED)
    with venue.transaction(MANAGER) as session:
        message = session.get_one(Message, message_id)
        message.state, message.claim_token, message.lease_until = State.SENDING.value, "t", clock.now()

    tell(f"/twilio/status/{message_id}", report("sent"))

    assert now_of(venue, message_id) == (State.SENDING, None, None)


def test_a_text_that_comes_in_is_taken_once_and_obeyed(venue: Venue, tell: Callable[..., int]) -> None:
    form = {"MessageSid": "SM9", "From": JO, "To": "+447700900999", "Body": "STOP"}

    assert [tell("/twilio/incoming", form) for _ in range(2)] == [200, 200]

    with venue.reading(MANAGER) as session:
        heard = session.scalars(select(Message).where(Message.direction == "in")).all()
        assert [text.body for text in heard] == ["STOP"]
        assert session.get_one(PhoneNumber, JO).opted_out_at is not None


def test_the_answer_to_a_text_is_no_text(provider: TestClient) -> None:
    form = {"MessageSid": "SM9", "From": JO, "Body": "hello"}
    headers = {"X-Twilio-Signature": signature("/twilio/incoming", form)}

    answer = provider.post("/twilio/incoming", data=form, headers=headers)

    assert (answer.text, answer.headers["content-type"]) == ("<Response/>", "text/xml; charset=utf-8")


def test_only_posts_of_a_sensible_size_are_read(provider: TestClient) -> None:
    assert provider.get("/twilio/incoming").status_code == 405
    assert provider.post("/twilio/incoming", content=b"x" * 70_000).status_code == 403
    assert provider.post("/twilio/incoming", content=iter([b"no length"])).status_code == 403
    assert provider.post("/twilio/status/no-id", data={}).status_code == 404
