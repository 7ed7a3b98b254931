"""Nothing of a real server answers without sign-in, over a real socket, except the few pages that must."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from db.models import Staff
from tests import own_loop, signed_in
from tests.browser.conftest import ROOT
from tests.patience import times_busier
from venue import clock
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts, current

pytestmark = pytest.mark.browser

# DESIGN: these answer without sign-in, and no others.
OPEN = {
    "/sign-in",
    "/sign-in/openid",
    "/sign-in/openid/callback",
    "/sign-in/tablet",
    "/sign-out",
    "/lock",
    "/set-up",
    "/choose-password",
    "/healthz",
    "/readyz",
    # Without METRICS_TOKEN it answers 404.
    "/metrics",
    "/favicon.png",
    "/twilio/incoming",
    "/twilio/status/{message_id:uuid}",
}
ROUTES = """
import json
from app import app
print(json.dumps([route.path for route in app._build_starlette_app().routes]))
"""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BESIDE_ROUTES = [
    *("/", "/customers", "/customer?id=1", "/nothing", "/index.html", "/static/js/gone.js", "/manifest.json"),
    *("/_stcore/health/", "/_stcore//health", "//_stcore/metrics", "/%5fstcore/metrics", "/./_stcore/metrics"),
    *("/sign-in/../customers", "/sign-in/%2e%2e/customers", "/sign-in;/customers", "/SIGN-IN", "/twilio/"),
    *("/%ff%fe", "/%00", "/%0d%0aX-Evil:1", "/customers%0d%0aX-Evil:1", "/" + "a" * 5_000),
]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_about):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


@pytest.fixture
def environment(environment):
    """With everything that adds a route."""
    twilio = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+447700900999"}
    more = {"PUBLIC_URL": "http://localhost:1", "TWILIO_BASE_URL": "http://localhost:1"}
    more |= {"OIDC_ISSUER": "http://localhost:1", "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "s"}
    return {**environment, **twilio, **more, "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED": "true"}


@pytest.fixture
def routes(environment) -> set[str]:
    """The paths of all routes, ours and Streamlit's own."""
    asked = subprocess.run(
        [sys.executable, "-c", ROUTES], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(json.loads(asked.stdout.splitlines()[-1]))


def ask(address: str, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status, and the address to which it redirects or what it says."""
    request = urllib.request.Request(address + path, method=method, headers={"Origin": address, **headers})
    if method in ("POST", "PUT", "PATCH"):
        request.data = b""
    try:
        with OPENER.open(request, timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", "")


def filled(path: str) -> str:
    return re.sub(r"{\w+:uuid}", str(UUID(int=7)), re.sub(r"{\w+(:path)?}", "x", path)) or "/"


def test_no_route_answers_without_sign_in(address, routes):
    assert len(routes) > 25
    assert routes >= OPEN
    answered = {
        (path, method): status
        for path in routes
        for method in METHODS
        if (status := ask(address, filled(path), method)[0]) != 401
    }
    closed = {pair: status for pair, status in answered.items() if pair[0] not in OPEN}
    assert closed == {}


def test_nothing_beside_the_routes_answers_either(address):
    for path in BESIDE_ROUTES:
        assert ask(address, path)[0] == 401, path
        status, location = ask(address, path, Accept="text/html")
        assert (status, location.split("?")[0]) == (303, "/sign-in"), path


@contextlib.contextmanager
def ended_in_many_ways(venue) -> Iterator[dict[str, str]]:
    """Cookies that were good once, or are another server's."""
    now = clock.now()
    tokens = {
        "signed out": signed_in.sign_in(venue, now=now, name="Ann"),
        "disabled": signed_in.sign_in(venue, now=now, name="Bob"),
        "expired": signed_in.sign_in(venue, now=now - timedelta(hours=2), name="Cat"),
        "another server's": "x" * 43,
        "empty": "",
    }
    with venue.transaction(COMMAND_LINE) as session:
        current.end(session, tokens["signed out"], now=now)
    with venue.transaction(COMMAND_LINE) as session:
        accounts.disable(session, session.scalar(select(Staff.id).where(Staff.name == "Bob")), now=now)
    yield tokens


async def opened(address: str, *, session_id: str = "", **headers: str):
    return await connect(
        address.replace("http", "ws") + "/_stcore/stream",
        subprotocols=["streamlit", "xsrf", session_id] if session_id else ["streamlit"],
        origin=headers.pop("Origin", address),
        additional_headers=headers,
        compression=None,
    )


async def status_of_websocket(address: str, **headers: str) -> int:
    try:
        socket = await opened(address, **headers)
    except InvalidStatus as refused:
        return refused.response.status_code
    await socket.close()
    return 101


def test_an_old_cookie_opens_neither_a_page_nor_the_websocket(address, venue, token):
    with ended_in_many_ways(venue) as tokens:
        for reason, old in tokens.items():
            headers = signed_in.header(old)
            assert ask(address, "/customers", **headers)[0] == 401, reason
            assert ask(address, "/_stcore/metrics", **headers)[0] == 401, reason
            assert own_loop.run(status_of_websocket(address, **headers)) == 403, reason
    good = signed_in.header(token)
    assert ask(address, "/customers", **good)[0] == 200
    assert ask(address, "/_stcore/metrics", **good)[0] == 200
    assert own_loop.run(status_of_websocket(address, **good)) == 101


def test_another_sites_page_opens_no_websocket(address, token):
    good = signed_in.header(token)
    assert own_loop.run(status_of_websocket(address, Origin="http://evil.test", **good)) == 403
    assert ask(address, "/customers", Host="evil.test", **good)[0] == 400
    assert ask(address, "/sign-out", "POST", Origin="http://evil.test", **good)[0] == 403


async def session_of(address: str, token: str, *, session_id: str = "") -> str:
    """The id of the Streamlit session that a websocket gets. With an id it asks to go on with that session."""
    async with await opened(address, session_id=session_id, **signed_in.header(token)) as socket:
        run = BackMsg()
        run.rerun_script.SetInParent()
        await socket.send(run.SerializeToString())
        while True:
            told = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(), 20))
            if told.WhichOneof("type") == "new_session":
                return told.new_session.initialize.session_id


def test_only_the_same_sign_in_goes_on_with_a_session(address, venue, token):
    viewer = signed_in.sign_in(venue, now=clock.now(), name="Vic", role=Role.VIEWER)
    its_id = own_loop.run(session_of(address, token))
    assert own_loop.run(session_of(address, viewer, session_id=its_id)) != its_id
    assert own_loop.run(session_of(address, token, session_id=its_id)) == its_id


def test_no_forwarded_header_is_believed_without_a_configured_proxy(address):
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    request = urllib.request.Request(f"{address}/sign-in", headers=forwarded)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert "Strict-Transport-Security" not in answer.headers


TABS = 50


async def seconds_until_closed(address: str, token: str, act) -> tuple[float, set[int]]:
    """How long after `act` the last of fifty tabs was closed, and the codes with which they were."""
    tabs = [await opened(address, **signed_in.header(token)) for _ in range(TABS)]
    await asyncio.to_thread(act)
    began = time.monotonic()

    async def code(tab) -> int:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await tab.recv()
        return tab.close_code

    codes = await asyncio.wait_for(asyncio.gather(*map(code, tabs)), 20)
    return time.monotonic() - began, set(codes)


def test_a_disabled_account_is_out_of_fifty_tabs_in_a_second(address, venue):
    token = signed_in.sign_in(venue, now=clock.now(), name="Bob", role=Role.STAFF)

    def disable() -> None:
        with venue.transaction(COMMAND_LINE) as session:
            accounts.disable(session, session.scalar(select(Staff.id).where(Staff.name == "Bob")), now=clock.now())

    took, codes = own_loop.run(seconds_until_closed(address, token, disable))
    assert codes == {4401}
    assert took <= times_busier()


def test_signing_out_closes_every_tab_at_once(address, token):
    took, codes = own_loop.run(
        seconds_until_closed(address, token, lambda: ask(address, "/sign-out", "POST", **signed_in.header(token)))
    )
    assert codes == {4401}
    assert took <= 0.5 * times_busier()
    assert ask(address, "/customers", **signed_in.header(token))[0] == 401
