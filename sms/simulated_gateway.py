"""A gateway that sends nothing."""

import threading
import uuid
from datetime import UTC, datetime

from channels.gateway import NotFoundAtProvider, Outgoing, ProviderMessage, Sent


class SimulatedGateway:
    """Every text counts as delivered. This process remembers what it "sent"; no other does."""

    simulated = True
    account = "simulated"
    ahead = None

    def __init__(self) -> None:
        self._messages: dict[str, ProviderMessage] = {}
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> Sent:
        """Always Sent, as delivered."""
        provider_id = f"SIM{uuid.uuid4().hex}"
        with self._lock:
            self._messages[provider_id] = ProviderMessage(
                provider_id=provider_id,
                to=outgoing.to,
                body=outgoing.body,
                status="delivered",
                direction="outbound-api",
                created_at=datetime.now(UTC).replace(microsecond=0),
                error_code=None,
                from_=self.account,
            )
        return Sent(provider_id, status="delivered")

    def sent_to(self, number: str, *, since: datetime) -> list[ProviderMessage]:
        """What this process sent to the number."""
        start = since.replace(microsecond=0)
        with self._lock:
            return [each for each in self._messages.values() if each.to == number and each.created_at >= start]

    def sent_since(self, since: datetime) -> list[ProviderMessage]:
        """What this process sent."""
        start = since.replace(microsecond=0)
        with self._lock:
            return [each for each in self._messages.values() if each.created_at >= start]

    def status(self, provider_id: str) -> ProviderMessage:
        """What this process sent under this id. Raises NotFoundAtProvider."""
        with self._lock:
            if provider_id not in self._messages:
                raise NotFoundAtProvider(provider_id)
            return self._messages[provider_id]

    def received(self, *, since: datetime) -> list[ProviderMessage]:
        """Always empty: customers cannot reply to simulated texts."""
        return []
