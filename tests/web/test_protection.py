"""Hosts, origins, security headers and trusted proxies, without Streamlit."""

from ipaddress import ip_network

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from web.protection import Protection, host_name
from web.proxies import TrustedProxies

INDEX = "<script>ready()</script>"
PROXY = "10.0.0.9"
BROWSER = "203.0.113.7"


async def shown(request):
    return JSONResponse({"client": request.client.host, "scheme": request.url.scheme})


async def stream(socket):
    await socket.accept()
    await socket.close()


def served(*, client: str = BROWSER, base_url: str = "http://desk.example.com") -> TestClient:
    routes = [
        Route("/", shown, methods=["GET", "POST"]),
        Route("/twilio/incoming", shown, methods=["POST"]),
        WebSocketRoute("/stream", stream),
    ]
    middleware = [
        Middleware(TrustedProxies, proxies=[ip_network("10.0.0.0/8")]),
        Middleware(
            Protection,
            hosts={"desk.example.com", "::1"},
            index=INDEX,
            public_origin="https://public.example.com",
            unchecked="/twilio/",
        ),
    ]
    return TestClient(Starlette(routes=routes, middleware=middleware), base_url=base_url, client=(client, 5))


@pytest.mark.parametrize("host", ["desk.example.com", "DESK.example.com:8501", "[::1]:8501"])
def test_a_known_host_is_served(host):
    assert served().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com",
        "192.168.1.10",
        "desk.example.com.evil.example.com",
        "desk.example.com@evil.example.com",
        "desk.example.com:evil",
        "",
    ],
)
def test_a_forged_host_is_refused(host):
    browser = served()
    assert browser.get("/", headers={"Host": host}).status_code == 400
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("ws://desk.example.com/stream", headers={"Host": host}),
    ):
        pass


@pytest.mark.parametrize("host", ["a b", "a/b", "a:123456", "[::1", "a\tb"])
def test_a_malformed_host_has_no_name(host):
    assert host_name(host) == ""


OURS = ["http://desk.example.com", "https://desk.example.com", "https://public.example.com"]
NOT_OURS = [
    "http://evil.example.com",
    "null",
    "http://desk.example.com.evil.example.com",
    "http://desk.example.com:81",
    "",
]


@pytest.mark.parametrize("origin", OURS)
def test_our_own_pages_post_and_open_the_websocket(origin):
    assert served().post("/", headers={"Origin": origin}).status_code == 200
    with served().websocket_connect("ws://desk.example.com/stream", headers={"Origin": origin}):
        pass


@pytest.mark.parametrize("origin", [*NOT_OURS, None])
def test_another_sites_page_neither_posts_nor_opens_the_websocket(origin):
    headers = {} if origin is None else {"Origin": origin}
    assert served().post("/", headers=headers).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        served().websocket_connect("ws://desk.example.com/stream", headers=headers),
    ):
        pass


def test_twilio_posts_from_its_own_server():
    assert served().post("/twilio/incoming").status_code == 200
    assert served().post("/twilio/incoming", headers={"Host": "evil.example.com"}).status_code == 400


def test_every_response_has_the_security_headers():
    for answer in (served().get("/"), served().get("/nothing"), served().get("/", headers={"Host": "evil.test"})):
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        assert "sha256-" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
    assert "Strict-Transport-Security" in served(base_url="https://desk.example.com").get("/").headers


FORWARDED = {"X-Forwarded-For": f"198.51.100.1, {BROWSER}, 10.1.1.1", "X-Forwarded-Proto": "https"}


def test_a_trusted_proxy_is_believed_up_to_the_address_that_it_added():
    answer = served(client=PROXY).get("/", headers=FORWARDED)
    assert answer.json() == {"client": BROWSER, "scheme": "https"}
    assert "Strict-Transport-Security" in answer.headers


def test_without_its_headers_a_proxy_is_the_client():
    assert served(client=PROXY).get("/").json() == {"client": PROXY, "scheme": "http"}


@pytest.mark.parametrize("client", [BROWSER, "127.0.0.1"])
def test_others_are_not_believed(client):
    answer = served(client=client).get("/", headers=FORWARDED)
    assert answer.json() == {"client": client, "scheme": "http"}
    assert "Strict-Transport-Security" not in answer.headers
