"""Nothing leaves the machine, and everything answers."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from channels.gateway import Gateway, NotFoundAtProvider, Outgoing, Sent
from sms.simulated_gateway import SimulatedGateway

JO = "+447700900123"


def test_a_simulated_text_is_delivered_and_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    gateway: Gateway = SimulatedGateway()
    start = datetime.now(UTC)

    outcome = gateway.send(Outgoing("1", JO, "The Anchor: Hi Jo"))

    assert isinstance(outcome, Sent)
    assert outcome.provider_id.startswith("SIM")
    assert outcome.status == "delivered"
    assert gateway.simulated
    assert gateway.status(outcome.provider_id).body == "The Anchor: Hi Jo"
    assert [found.provider_id for found in gateway.sent_to(JO, since=start)] == [outcome.provider_id]
    assert gateway.sent_to("+447700900456", since=start) == []
    assert gateway.sent_to(JO, since=start + timedelta(seconds=5)) == []
    assert gateway.received(since=start) == []


def test_every_text_has_its_own_id() -> None:
    gateway = SimulatedGateway()
    ids = {gateway.send(Outgoing("1", JO, "Hi")).provider_id for _ in range(100)}
    assert len(ids) == 100


def test_what_another_process_sent_is_not_known() -> None:
    with pytest.raises(NotFoundAtProvider):
        SimulatedGateway().status("SIM1")
