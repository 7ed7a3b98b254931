"""How long each step of sending may take."""

from dataclasses import dataclass
from datetime import timedelta

# A margin for differences between the provider's clock and ours when its list is searched. The gateway allows for the
# difference that it has measured; this is for a clock that was corrected since, or was read on another machine.
CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True)
class Timing:
    """How long each step may take. Defaults are for production; tests scale them down."""

    send_deadline: timedelta = timedelta(seconds=5)
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=30)
    watchdog: timedelta = timedelta(seconds=45)
    lease: timedelta = timedelta(seconds=120)
    settle: timedelta = timedelta(seconds=600)
    look_interval: timedelta = timedelta(seconds=120)
    give_up: timedelta = timedelta(hours=1)
    polls: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3_600, 21_600, 86_400))

    def problem(self) -> str | None:
        """Why these settings are unsafe, or None.

        A call must end before its lease expires, and the lease must expire before the provider is first searched for
        the text. If a process freezes during a call, the call is made, if at all, before the send deadline plus the
        watchdog have passed. A process that resumes before the first search has made its call before the second.
        """
        if self.connect_timeout + self.read_timeout > self.watchdog:
            return "SEND_CONNECT_TIMEOUT_SECONDS + SEND_READ_TIMEOUT_SECONDS must not exceed SEND_WATCHDOG_SECONDS"
        if self.send_deadline + self.watchdog >= self.lease:
            return "SEND_DEADLINE_SECONDS + SEND_WATCHDOG_SECONDS must be less than LEASE_SECONDS"
        if self.lease >= self.settle:
            return "LEASE_SECONDS must be less than SETTLE_SECONDS"
        if self.send_deadline + self.watchdog >= self.look_interval:
            return "SEND_DEADLINE_SECONDS + SEND_WATCHDOG_SECONDS must be less than LOOK_INTERVAL_SECONDS"
        return None
