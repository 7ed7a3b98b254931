"""Sign-in through OpenID Connect, against a real provider over a real socket."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx2
import oidc_provider_mock
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import settings
import sign_in_settings
from tests.makers import MANAGER
from venue import clock
from venue.profile import Venue
from venue.roles import SIGN_IN, Role
from venue.staff import accounts, codes, devices, sign_in
from web import openid
from web.access import Access
from web.sockets import OpenSockets

SAM = oidc_provider_mock.User(sub="sam", claims={"email": "Sam@Example.com", "email_verified": True})
EVE = oidc_provider_mock.User(sub="eve", claims={"email": "sam@example.com", "email_verified": False})
# Unicode folds the long s to an s.
LOOKALIKE = oidc_provider_mock.User(sub="long s", claims={"email": "ſam@example.com", "email_verified": True})
TOM = oidc_provider_mock.User(sub="tom", claims={"email": "tom@example.com", "email_verified": True})
CANCEL = {"action": "deny"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(user_claims=(SAM, EVE, TOM, LOOKALIKE), require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def configured(provider: str) -> settings.Settings:
    given = {"OIDC_ISSUER": provider, "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "s3cret", "OIDC_NAME": "Google"}
    return settings.load(given)


@pytest.fixture
def new_browser(venue: Venue, configured: settings.Settings) -> Iterator[Callable[..., TestClient]]:
    """Opens a browser on a dashboard of its own."""
    with ExitStack() as opened:

        def new(provider: sign_in_settings.OpenID | None = configured.openid, public_url: str = "") -> TestClient:
            access = Access(
                venue=venue,
                sockets=OpenSockets(),
                find_actor=lambda _token: None,
                forget=lambda _token: None,
                forget_ended=lambda _ids: None,
                openid=provider,
            )
            routes = openid.routes(access, public_url)
            return opened.enter_context(TestClient(Starlette(routes=routes), follow_redirects=False))

        yield new


@pytest.fixture
def browser(new_browser: Callable[..., TestClient]) -> TestClient:
    return new_browser()


@pytest.fixture(autouse=True)
def sam(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        accounts.add(session, name="Sam", role=Role.STAFF, email="sam@example.com", now=clock.now())


def at_provider(address: str, **form: str) -> str:
    """Answer the provider's form; the address it sends the browser back to, without the host."""
    back = urlsplit(httpx2.post(address, data=form).headers["location"])
    return f"{back.path}?{back.query}"


def begin(browser: TestClient, after: str = "/") -> str:
    return browser.get(openid.START, params={"next": after}).headers["location"]


def problem_of(response: httpx2.Response, configured: settings.Settings) -> str:
    """The sentence on the sign-in page to which the browser is sent."""
    assert response.status_code == 303
    address = urlsplit(response.headers["location"])
    assert address.path == "/sign-in"
    assert "anchor_session" not in response.cookies
    return openid.sentence(configured.openid, parse_qs(address.query)["openid"][0])


def test_an_account_is_signed_in_by_its_verified_address(browser: TestClient, venue: Venue) -> None:
    back = at_provider(begin(browser, "/customers?words=smith"), sub="sam")
    response = browser.get(back, headers={"user-agent": "Firefox"})
    assert response.headers["location"] == "/customers?words=smith"
    with venue.reading(SIGN_IN) as session:
        actor = sign_in.actor_of(session, response.cookies["anchor_session"], now=clock.now())
    assert actor is not None
    assert actor.name == "Sam"
    assert response.cookies["anchor_device"]
    assert openid.COOKIE not in browser.cookies


def test_the_provider_gets_a_challenge_a_nonce_and_a_state(browser: TestClient) -> None:
    asked = parse_qs(urlsplit(begin(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"code_challenge", "nonce", "state"} <= set(asked)
    assert asked["scope"] == ["openid email"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/openid/callback"]


def test_another_dashboard_finishes_what_one_began(new_browser: Callable[..., TestClient]) -> None:
    one, other = new_browser(), new_browser()
    back = at_provider(begin(one), sub="sam")
    other.cookies = one.cookies
    assert other.get(back).headers["location"] == "/"


def test_the_public_address_is_the_one_the_provider_sends_back_to(new_browser: Callable[..., TestClient]) -> None:
    browser = new_browser(public_url="https://desk.example.com")
    answer = browser.get(openid.START)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == ["https://desk.example.com/sign-in/openid/callback"]
    assert "secure" in answer.headers["set-cookie"]
    assert "httponly" in answer.headers["set-cookie"]


@pytest.mark.parametrize("sub", ["eve", "nora"])
def test_an_address_that_the_provider_has_not_verified_is_refused(
    sub: str, browser: TestClient, configured: settings.Settings
) -> None:
    response = browser.get(at_provider(begin(browser), sub=sub))
    assert problem_of(response, configured).startswith("Google has not verified your e-mail address")


@pytest.mark.parametrize("sub", ["tom", "long s"])
def test_an_address_without_account_is_refused(sub: str, browser: TestClient, configured: settings.Settings) -> None:
    response = browser.get(at_provider(begin(browser), sub=sub))
    assert problem_of(response, configured).startswith("No account here has the e-mail address")


def test_a_disabled_account_is_refused(browser: TestClient, venue: Venue, configured: settings.Settings) -> None:
    with venue.transaction(MANAGER) as session:
        (row,) = accounts.listed(session)
        accounts.disable(session, row.id, now=clock.now())
    response = browser.get(at_provider(begin(browser), sub="sam"))
    assert problem_of(response, configured).startswith("No account here has the e-mail address")


def test_a_shared_tablet_is_refused(
    new_browser: Callable[..., TestClient], venue: Venue, configured: settings.Settings
) -> None:
    """At both addresses: the tablet may be enrolled in between."""
    fresh, begun = new_browser(), new_browser()
    back = at_provider(begin(begun), sub="sam")
    with venue.transaction(MANAGER) as session:
        code = codes.issue(session, "tablet", device_name="Bar", now=clock.now())
    tablet = devices.enrol(partial(venue.transaction, SIGN_IN), code=code, now=clock.now())
    for browser, address in ((fresh, openid.START), (begun, back)):
        browser.cookies.set("anchor_device", tablet)
        assert problem_of(browser.get(address), configured).startswith("On a shared tablet, use your PIN")


def test_a_cancelled_sign_in_says_so_and_keeps_the_address(browser: TestClient, configured: settings.Settings) -> None:
    response = browser.get(at_provider(begin(browser, "/events"), **CANCEL))
    assert problem_of(response, configured).startswith("Sign-in with Google was cancelled")
    assert parse_qs(urlsplit(response.headers["location"]).query)["next"] == ["/events"]


def test_an_answer_is_good_only_in_the_browser_that_asked_and_only_once(
    new_browser: Callable[..., TestClient], configured: settings.Settings
) -> None:
    browser, stranger = new_browser(), new_browser()
    back = at_provider(begin(browser), sub="sam")
    begin(stranger)
    assert "begun again elsewhere" in problem_of(stranger.get(back), configured)
    browser.get(back)
    assert "begun again elsewhere" in problem_of(browser.get(back), configured)


def test_a_cookie_of_a_started_sign_in_ends_after_ten_minutes(
    browser: TestClient, configured: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = at_provider(begin(browser), sub="sam")
    monkeypatch.setattr("itsdangerous.TimestampSigner.get_timestamp", lambda _: int(clock.now().timestamp()) + 601)
    assert "took too long" in problem_of(browser.get(back), configured)


@pytest.mark.parametrize("change", ["code", "state"])
def test_a_forged_answer_is_refused(change: str, browser: TestClient, configured: settings.Settings) -> None:
    back = urlsplit(at_provider(begin(browser), sub="sam"))
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | {change: "forged"}
    assert problem_of(browser.get(back.path, params=query), configured)


def test_a_provider_that_is_down_leaves_a_sentence(
    new_browser: Callable[..., TestClient], configured: settings.Settings
) -> None:
    assert configured.openid is not None
    browser = new_browser(replace(configured.openid, issuer="http://localhost:9"))
    assert problem_of(browser.get(openid.START), configured).startswith("Sign-in with Google does not work")


def test_a_provider_that_goes_down_on_the_way_leaves_a_sentence(
    browser: TestClient, configured: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = at_provider(begin(browser), sub="sam")

    async def down(*_args: object, **_more: object) -> None:
        raise httpx2.ReadTimeout("")

    monkeypatch.setattr("httpx2.AsyncClient.send", down)
    assert problem_of(browser.get(back), configured).startswith("Sign-in with Google does not work")


def test_a_token_of_another_issuer_is_refused(
    new_browser: Callable[..., TestClient], configured: settings.Settings, provider: str
) -> None:
    assert configured.openid is not None
    with impostor(provider) as address:
        browser = new_browser(replace(configured.openid, issuer=address))
        response = browser.get(at_provider(begin(browser), sub="sam"))
    assert problem_of(response, configured).startswith("Sign-in with Google does not work")


@contextmanager
def impostor(provider: str) -> Iterator[str]:
    """A provider whose tokens are issued by another."""
    described = httpx2.get(f"{provider}/.well-known/openid-configuration").json()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({**described, "issuer": address}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("localhost", 0), Answer)
    address = f"http://localhost:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield address
    server.shutdown()
    server.server_close()


def test_a_provider_may_tell_the_address_only_when_asked_about_the_user(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_the_id(_code: object, user: oidc_provider_mock.User, _scope: str) -> dict[str, object]:
        return {"sub": user.sub}

    monkeypatch.setattr("oidc_provider_mock._app.OpenIDCode.generate_user_info", only_the_id)
    assert browser.get(at_provider(begin(browser), sub="sam")).headers["location"] == "/"


def test_a_token_for_another_client_is_refused(
    browser: TestClient, configured: settings.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configured.openid is not None
    ours = configured.openid.client_id

    def with_party(_code: object, user: oidc_provider_mock.User, _scope: str) -> dict[str, object]:
        return {"sub": user.sub, "email": user.sub, "email_verified": True, "azp": ours}

    monkeypatch.setattr("oidc_provider_mock._app.OpenIDCode.generate_user_info", with_party)
    monkeypatch.setattr("oidc_provider_mock._app.OpenIDCode.get_audiences", lambda *_: ["another"], raising=False)
    response = browser.get(at_provider(begin(browser), sub="sam@example.com"))
    assert problem_of(response, configured).startswith("Sign-in with Google does not work")


def test_a_long_address_does_not_lose_the_cookie(browser: TestClient) -> None:
    answer = browser.get(openid.START, params={"next": f"/customers?words={'x' * 5_000}"})
    assert len(answer.headers["set-cookie"]) < 4_000
    back = at_provider(answer.headers["location"], sub="sam")
    assert browser.get(back).headers["location"] == "/"


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_other_site_is_reached_after_it(after: str, browser: TestClient) -> None:
    assert browser.get(at_provider(begin(browser, after), sub="sam")).headers["location"] == "/"


def test_nothing_is_offered_without_a_provider(new_browser: Callable[..., TestClient]) -> None:
    assert new_browser(None).get(openid.START).status_code == 404
    assert openid.label(None) == ""
    assert openid.sentence(None, "cancelled") == ""


def test_a_problem_that_is_not_ours_is_not_shown(configured: settings.Settings) -> None:
    assert openid.sentence(configured.openid, "Call 07700 900123") == ""
    assert openid.label(configured.openid) == "Sign in with Google"
