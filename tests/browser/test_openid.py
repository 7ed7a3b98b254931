"""Signing in through a provider, from the link on the sign-in page to the screen, in Chromium."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import oidc_provider_mock
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.contexts import Contexts
from venue.roles import Role
from venue.staff import accounts

pytestmark = pytest.mark.browser

EMAIL = "sam@example.com"
USERS = [
    oidc_provider_mock.User(sub="sam", claims={"email": EMAIL, "email_verified": True}),
    oidc_provider_mock.User(sub="tom", claims={"email": "tom@example.com", "email_verified": True}),
]


@pytest.fixture
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(user_claims=USERS, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def environment(environment: dict[str, str], provider: str) -> dict[str, str]:
    keys = {"OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "secret", "OIDC_NAME": "Pub Login"}
    return {**environment, "OIDC_ISSUER": provider, **keys}


@pytest.fixture
def sam(write: Callable[..., Any]) -> None:
    def add(session: Session, now: datetime) -> None:
        accounts.add(session, name="Sam", role=Role.STAFF, email=EMAIL, now=now)

    write(add)


@pytest.fixture
def stranger(contexts: Contexts, address: str) -> Page:
    """A browser that is not signed in."""
    return contexts.lend(None, base_url=address).new_page()


def test_staff_sign_in_through_the_provider_and_come_to_the_address_they_wanted(sam: None, stranger: Page) -> None:
    stranger.goto("/events")
    stranger.get_by_role("link", name="Sign in with Pub Login").click()
    stranger.get_by_role("button", name="sam", exact=True).click()
    expect(stranger.get_by_role("heading", name="Events")).to_be_visible()
    expect(stranger).to_have_url("/events")


def test_the_sign_in_page_says_why_it_failed_and_still_takes_a_password(sam: None, stranger: Page) -> None:
    stranger.goto("/events")
    stranger.get_by_role("link", name="Sign in with Pub Login").click()
    stranger.get_by_role("button", name="tom", exact=True).click()
    expect(stranger.get_by_role("alert")).to_contain_text("No account here has the e-mail address")
    stranger.get_by_role("link", name="Sign in with Pub Login").click()
    stranger.get_by_role("button", name="Deny").click()
    expect(stranger.get_by_role("alert")).to_contain_text("Sign-in with Pub Login was cancelled")
    expect(stranger.get_by_label("Password")).to_be_visible()
