"""Streamlit answers every address with its index page: here only those of screens get it."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from web.addresses import KnownAddresses, index_page

INDEX = "<html><head><script>ready()</script></head></html>"


def served(tmp_path, *, base="", mounted=""):
    file = tmp_path / "index.html"
    file.write_text(INDEX)
    own = [Route("/sign-in", lambda _request: HTMLResponse("A page of our own"))]
    index = index_page(file)
    known = Middleware(KnownAddresses, screens=["", "customers"], index=index, own_routes=own, base=base)
    routes = [
        *own,
        Route("/_stcore/health", lambda _request: PlainTextResponse("ok")),
        Route("/download/customers.csv", lambda _request: PlainTextResponse("A list")),
        Route("/download/gone.csv", lambda _request: HTMLResponse("Why not", status_code=400)),
        Route("/media/page.html", lambda _request: HTMLResponse("A file that was uploaded")),
        Route("/{anything:path}", lambda _request: HTMLResponse(INDEX)),
    ]
    app = Starlette(routes=routes, middleware=[known])
    return TestClient(Starlette(routes=[Mount(mounted, app=app)]) if mounted else app)


@pytest.mark.parametrize("path", ["/", "/customers", "/customers?q=smith"])
def test_a_screen_gets_the_index_with_the_servers_address(tmp_path, path):
    answer = served(tmp_path).get(path)
    assert answer.status_code == 200
    assert "BACKEND_BASE_URL" in answer.text
    assert "ready()" in answer.text


@pytest.mark.parametrize(
    "path", ["/customers/abc", "/events/5", "/Customers", "/nothing", "/static/js/gone.js", "/download/x.pdf"]
)
def test_an_unknown_address_is_not_found(tmp_path, path):
    answer = served(tmp_path).get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert 'href="/"' in answer.text
    assert "ready()" not in answer.text
    assert served(tmp_path).head(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_stcore/health", "ok"),
        ("/download/customers.csv", "A list"),
        ("/download/gone.csv", "Why not"),
        ("/media/page.html", "A file that was uploaded"),
        ("/sign-in", "A page of our own"),
    ],
)
def test_what_is_no_screen_is_left_alone(tmp_path, path, body):
    assert served(tmp_path).get(path).text == body


@pytest.mark.parametrize("below", [{"base": "desk"}, {"mounted": "/desk"}])
def test_the_same_holds_below_a_prefix(tmp_path, below):
    browser = served(tmp_path, **below)
    assert browser.get("/desk/customers").status_code == 200
    lost = browser.get("/desk/customers/abc")
    assert lost.status_code == 404
    assert 'href="/desk/"' in lost.text
