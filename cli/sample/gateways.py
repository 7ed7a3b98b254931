"""Gateways that send nothing, and to which some texts of the sample are lost."""

from channels.gateway import Outcome, Outgoing, OutgoingEmail, Refused, Sent, Unknown
from sms import error_codes
from sms.simulated_gateway import SimulatedGateway


class SampleGateway:
    """Every text counts as delivered, but those to the numbers in `refused`, which fail with their error code, and
    those `on_the_way`, of which no report came yet."""

    simulated = True
    account = SimulatedGateway.account

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.on_the_way: set[str] = set()
        self.simulated_gateway = SimulatedGateway()
        self.ahead = None
        self.sent_to = self.simulated_gateway.sent_to
        self.sent_since = self.simulated_gateway.sent_since
        self.status = self.simulated_gateway.status
        self.received = self.simulated_gateway.received

    def send(self, outgoing: Outgoing) -> Outcome:
        code = self.refused.get(outgoing.to)
        if code is not None:
            return Refused(code, error_codes.explain(code), error_codes.fault_of(code))
        sent = self.simulated_gateway.send(outgoing)
        return Sent(sent.provider_id, status="sent") if outgoing.to in self.on_the_way else sent


class SampleMailGateway:
    """Every e-mail counts as delivered, but those to the addresses in `unknown`, of which no answer came."""

    simulated = True
    account = "simulated-email"

    def __init__(self) -> None:
        self.unknown: set[str] = set()

    def send(self, outgoing: OutgoingEmail) -> Outcome:
        if outgoing.to in self.unknown:
            return Unknown("The mail server did not answer in time")
        return Sent(f"email {outgoing.message_id}", status="delivered")
