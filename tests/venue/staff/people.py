"""What the tests of signing in share: an account with a password, and a browser that signs in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.makers import MANAGER, NOW
from venue.profile import Venue
from venue.roles import SIGN_IN, Actor, Role
from venue.staff import accounts, codes, devices, own, sign_in
from venue.staff.codes import Purpose
from venue.staff.sign_in import SignedIn

PASSWORD = "three cosy armchairs"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)


def an_account(
    session: Session, name: str = "Sam", role: Role = Role.STAFF, *, now: datetime = NOW, **over: Any
) -> UUID:
    return accounts.add(session, name=name, role=role, now=now, **over).id


@dataclass
class Browser:
    """A browser at the venue: it keeps its cookies."""

    venue: Venue
    now: datetime = NOW
    token: str = ""
    device_token: str = ""
    hours: float = 12

    def password(self, name: str = "Sam", password: str = PASSWORD, *, totp: str = "") -> SignedIn:
        return self._keep(
            sign_in.with_password(self.opened, name=name, password=password, totp=totp, **self._browser())
        )

    def pin(self, staff_id: UUID, pin: str) -> SignedIn:
        return self._keep(sign_in.with_pin(self.opened, staff_id=staff_id, pin=pin, **self._browser()))

    def email(self, email: str) -> SignedIn:
        return self._keep(sign_in.with_email(self.opened, email=email, **self._browser()))

    def choose_password(self, code: str, password: str = PASSWORD, *, totp: str = "") -> SignedIn:
        return self._keep(
            sign_in.choose_password(self.opened, code=code, password=password, totp=totp, **self._browser())
        )

    def set_up(self, code: str, name: str = "Max", password: str = PASSWORD) -> SignedIn:
        return self._keep(sign_in.set_up(self.opened, code=code, name=name, password=password, **self._browser()))

    def demo(self) -> SignedIn:
        return self._keep(sign_in.as_demo_manager(self.opened, **self._browser()))

    def confirm(self, secret: str, *, by_password: bool = False) -> None:
        actor = self.actor()
        assert actor
        assert actor.sign_in_id
        sign_in.confirm(self.opened, sign_in_id=actor.sign_in_id, secret=secret, now=self.now, by_password=by_password)

    def actor(self) -> Actor | None:
        with self.venue.reading(SIGN_IN) as session:
            return sign_in.actor_of(session, self.token, now=self.now)

    def opened(self) -> Any:
        return self.venue.transaction(SIGN_IN)

    def _browser(self) -> dict[str, Any]:
        return {"device_token": self.device_token, "user_agent": PHONE, "now": self.now, "hours": self.hours}

    def _keep(self, signed_in: SignedIn) -> SignedIn:
        self.token, self.device_token = signed_in.token, signed_in.device_token
        return signed_in


def a_person(
    venue: Venue, name: str = "Sam", role: Role = Role.STAFF, *, password: str = PASSWORD, **over: Any
) -> UUID:
    """An account whose person has chosen a password, on a browser that is not used again."""
    with venue.transaction(MANAGER) as session:
        staff_id = an_account(session, name, role, **over)
        code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=NOW)
    Browser(venue).choose_password(code, password)
    return staff_id


def a_tablet(venue: Venue, name: str = "Bar tablet") -> Browser:
    """A browser that a manager enrolled as a shared tablet."""
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, Purpose.TABLET, device_name=name, now=NOW)
    browser = Browser(venue)
    browser.device_token = devices.enrol(browser.opened, code=code, now=NOW)
    return browser


def with_pin(venue: Venue, staff_id: UUID, pin: str = "2741") -> UUID:
    """The person sets their PIN."""
    actor = Actor("Sam", MANAGER.permissions, staff_id=staff_id)
    own.set_pin(lambda: venue.transaction(actor), pin=pin, now=NOW)
    return staff_id
