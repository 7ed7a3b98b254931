"""The gate in front of a small application: what passes without sign-in, and what ends with it."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests import own_loop
from venue.roles import MAY, Actor, Role
from web.gate import Gate, actor_of, safe_next
from web.sockets import SIGNED_OUT, OpenSockets

SAM = Actor("Sam", MAY[Role.STAFF], staff_id=uuid4(), sign_in_id=uuid4())
A_PAGE = {"Accept": "text/html,*/*"}
SIGNED_IN = {"Cookie": "anchor_session=right"}


class Served:
    """A small application behind the gate."""

    def __init__(self):
        self.actors = {"right": SAM}
        self.sockets = OpenSockets()
        self.received = []
        self.is_away = False
        open_routes = [Route("/sign-in", self.shown), Route("/twilio/{id:int}", self.shown, methods=["POST"])]
        routes = [
            *open_routes,
            Route("/customers", self.shown, methods=["GET", "POST"]),
            WebSocketRoute("/stream", self.stream),
        ]
        gate = Middleware(Gate, find_actor=self.find, open_routes=open_routes, sockets=self.sockets)
        self.browser = TestClient(Starlette(routes=routes, middleware=[gate]), follow_redirects=False)

    def find(self, token):
        if self.is_away:
            raise OperationalError("SELECT", {}, Exception())
        return self.actors.get(token)

    async def shown(self, request):
        self.received.append(request.headers.getlist("X-Anchor-Sign-In"))
        return PlainTextResponse(actor_of(request).name if "actor" in request.scope else "open")

    async def stream(self, socket):
        await socket.accept()
        try:
            while True:
                self.received.append(await socket.receive_text())
                await socket.send_text("ok")
        except WebSocketDisconnect as ended:
            self.received.append(ended.code)


@pytest.fixture
def served():
    return Served()


def test_the_open_routes_answer_without_sign_in(served):
    assert served.browser.get("/sign-in").text == "open"
    assert served.browser.post("/twilio/5").text == "open"


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in/../customers", "/twilio/five", "/Sign-in", "/sign-inn"])
def test_nothing_beside_the_open_routes_is_open(served, path):
    assert served.browser.get(path).status_code == 401
    assert served.browser.post(path).status_code == 401


def test_another_method_of_an_open_route_is_not_open(served):
    assert served.browser.get("/twilio/5").status_code == 401
    assert served.browser.post("/sign-in").status_code == 401


@pytest.mark.parametrize(
    ("address", "sign_in"),
    [
        ("/", "/sign-in"),
        ("/customers?q=o%27neil&page=2", "/sign-in?next=%2Fcustomers%3Fq%3Do%2527neil%26page%3D2"),
        ("/nothing", "/sign-in?next=%2Fnothing"),
        ("//evil.test/customers", "/sign-in"),
    ],
)
def test_a_page_leads_to_signing_in_and_back(served, address, sign_in):
    answer = served.browser.get(f"http://testserver{address}", headers=A_PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, sign_in)


def test_what_is_no_page_is_refused(served):
    assert served.browser.get("/customers").status_code == 401
    assert served.browser.post("/customers", headers=A_PAGE).status_code == 401
    assert "Nothing was changed" in served.browser.post("/customers", headers=A_PAGE).text
    part_of_a_page = {**A_PAGE, "Sec-Fetch-Mode": "cors"}
    assert served.browser.get("/customers", headers=part_of_a_page).status_code == 401


def test_a_signed_in_browser_passes_as_its_actor(served):
    assert served.browser.get("/customers", headers=SIGNED_IN).text == "Sam"


def test_the_gate_says_whose_sign_in_it_is_whatever_the_browser_says(served):
    served.browser.get("/customers", headers={**SIGNED_IN, "X-Anchor-Sign-In": "another"})
    assert served.received == [[str(SAM.sign_in_id)]]


@pytest.mark.parametrize(
    "cookie", ["anchor_session=wrong", "anchor_session=", "session=right", "x=anchor_session=right"]
)
def test_another_cookie_does_not_pass(served, cookie):
    assert served.browser.get("/customers", headers={"Cookie": cookie}).status_code == 401


def test_of_two_cookies_the_one_counts_that_screens_read(served):
    two = {"Cookie": "anchor_session=wrong; anchor_session=right"}
    assert served.browser.get("/customers", headers=two).text == "Sam"
    assert Request({"type": "http", "headers": [(b"cookie", two["Cookie"].encode())]}).cookies == {
        "anchor_session": "right"
    }
    reversed_ = {"Cookie": "anchor_session=right; anchor_session=wrong"}
    assert served.browser.get("/customers", headers=reversed_).status_code == 401


def test_under_https_only_the_cookie_of_this_very_host_counts(served):
    secure = TestClient(served.browser.app, base_url="https://testserver")
    assert secure.get("/customers", headers=SIGNED_IN).status_code == 401
    assert secure.get("/customers", headers={"Cookie": "__Host-anchor_session=right"}).text == "Sam"


@pytest.mark.parametrize("headers", [{}, {"Cookie": "anchor_session=wrong"}])
def test_the_websocket_is_refused_before_it_is_accepted(served, headers):
    with pytest.raises(WebSocketDisconnect) as refused, served.browser.websocket_connect("/stream", headers=headers):
        pass
    assert refused.value.code == SIGNED_OUT
    assert served.received == []


def test_a_websocket_ends_with_its_sign_in(served):
    with served.browser.websocket_connect("/stream", headers=SIGNED_IN) as socket:
        socket.send_text("first")
        assert socket.receive_text() == "ok"
        socket.portal.call(served.sockets.end_those, lambda open_ones: {SAM.sign_in_id} & open_ones)
        socket.send_text("second")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == SIGNED_OUT
    assert served.received == ["first", SIGNED_OUT]
    assert len(served.sockets) == 0


def test_a_websocket_that_its_browser_closes_is_forgotten(served):
    with served.browser.websocket_connect("/stream", headers=SIGNED_IN):
        assert len(served.sockets) == 1
    assert len(served.sockets) == 0


def test_the_watch_survives_an_error(served):
    asked = []

    def ended(open_ones):
        asked.append(open_ones)
        if len(asked) == 1:
            raise OperationalError("SELECT", {}, Exception())
        return open_ones

    async def watch():
        task = asyncio.ensure_future(served.sockets.watch(ended, seconds=0.01))
        await asyncio.sleep(0.3)
        task.cancel()

    with served.browser.websocket_connect("/stream", headers=SIGNED_IN) as socket:
        socket.portal.call(watch)
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert asked == [{SAM.sign_in_id}] * 2


def test_a_browser_that_reads_nothing_holds_up_no_other():
    sockets, closed = OpenSockets(), []

    async def never() -> None:
        await asyncio.Event().wait()

    async def stalled(_message) -> None:
        await never()

    async def reading(message) -> None:
        closed.append(message["code"])

    async def until_it_ends(receive, _send) -> None:
        assert (await receive())["type"] == "websocket.disconnect"

    async def end_both() -> None:
        ids = [uuid4(), uuid4()]
        served = [
            asyncio.ensure_future(sockets.serve(sign_in_id, never, send, until_it_ends))
            for sign_in_id, send in zip(ids, (stalled, reading), strict=True)
        ]
        await asyncio.sleep(0)
        ending = asyncio.ensure_future(sockets.end_those(lambda open_ones: open_ones))
        await asyncio.wait_for(asyncio.gather(*served), 0.5)
        assert closed == [SIGNED_OUT]
        await ending

    own_loop.run(end_both())


def test_when_the_database_is_away_nothing_passes_and_the_page_says_so(served):
    served.is_away = True
    answer = served.browser.get("/customers?q=smith", headers={**A_PAGE, **SIGNED_IN})
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.text
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        served.browser.websocket_connect("/stream", headers=SIGNED_IN),
    ):
        pass
    assert refused.value.code != SIGNED_OUT
    assert served.browser.get("/sign-in").status_code == 200


@pytest.mark.parametrize("address", ["/", "/customers", "/customers?q=a&page=2", "/events/5#x", "/a//b"])
def test_a_path_on_this_server_may_be_next(address):
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "evil",
        "",
        "javascript:alert(1)",
        "/\n/evil",
        "/\t/evil.test",
    ],
)
def test_another_place_may_not_be_next(address):
    assert safe_next(address) == "/"
