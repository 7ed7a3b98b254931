"""A mail gateway that sends nothing."""

from channels.gateway import OutgoingEmail, Sent


class SimulatedMailGateway:
    """Every e-mail counts as delivered."""

    simulated = True
    account = "simulated-email"

    def send(self, outgoing: OutgoingEmail) -> Sent:
        """Always Sent, as delivered."""
        return Sent(f"email {outgoing.message_id}", status="delivered")
