"""Every screen and page, on a desk in the dark and on a phone in the light: no serious accessibility fault, all within
a thumb's reach, and nothing that the browser refuses or complains about: the content security policy allows all that
the screens need."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from pages import screens
from tests.browser import accessible
from tests.browser.conftest import PHONE, SIZES
from tests.browser.filled_venue import Filled
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser


@pytest.fixture
def filled(filled_database: tuple[str, Filled]) -> Filled:
    return filled_database[1]


@pytest.fixture
def environment(environment: dict[str, str], filled_database: tuple[str, Filled]) -> dict[str, str]:
    return {**environment, "DATABASE_URL": filled_database[0]}


@pytest.fixture(params=SIZES)
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(device: str, chromium: Any, address: str) -> Iterator[Any]:
    context = chromium.new_context(base_url=address, **looks(device))
    yield context.new_page()
    context.close()


def looks(device: str) -> dict[str, Any]:
    """The options of a browser on this device."""
    width, height = SIZES[device]
    touch = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if device == "phone" else {}
    scheme = "light" if device == "phone" else "dark"
    return {"viewport": {"width": width, "height": height}, "color_scheme": scheme, **touch}


def faults(page: Any, device: str) -> list[str]:
    accessible.settle(page)
    return [*accessible.faults(page), *(accessible.faults_on_a_phone(page) if device == "phone" else [])]


@pytest.mark.parametrize("device", ["desk"], indirect=True)
def test_no_screen_has_a_serious_fault_on_a_desk_or_needs_what_the_policy_refuses(page: Any, filled: Filled) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    walk = Walk(page)
    found = {}
    for path in paths(filled):
        walk.to(path)
        found[path] = [*faults(page, "desk"), *page.evaluate("refused.splice(0)"), *complaints]
        expect(page.get_by_role("heading", name="not found")).to_have_count(0)
        complaints.clear()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_no_screen_has_a_serious_fault_on_a_phone(page: Any, filled: Filled) -> None:
    walk = Walk(page)
    found = {}
    for path in paths(filled):
        walk.to(path)
        found[path] = faults(page, "phone")
        expect(page.get_by_role("heading", name="not found")).to_have_count(0)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def paths(filled: Filled) -> list[str]:
    """Of every screen."""
    queries = filled.queries()
    assert set(queries) <= set(screens.ADDRESSES)
    return [f"/{address}{query}" for address in screens.ADDRESSES for query in queries.get(address, [""])]


def test_no_page_beside_the_screens_has_a_serious_fault(page: Any, device: str, filled: Filled) -> None:
    found = {}
    for path in (
        "/sign-out",
        "/confirm?next=/data",
        "/choose-password",
        "/sign-in/tablet",
        "/insight/letter",
        f"/events/{filled.event}/door/print",
        "/no-such-page",
    ):
        page.goto(path)
        found[path] = faults(page, device)
    page.context.clear_cookies()
    page.goto("/sign-in")
    found["/sign-in"] = faults(page, device)
    page.get_by_label("Name").fill("Max")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["a wrong password"] = faults(page, device)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
