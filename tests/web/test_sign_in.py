"""The pages for signing in and out, as a browser without JavaScript sees them."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from db.models import SignIn, Staff
from pages.parts.signed_in import SignedIn
from tests.makers import MANAGER
from venue import choices, clock
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts, codes, passwords
from venue.staff.codes import Purpose
from web import access, code_pages, confirm, sign_in
from web.access import Access
from web.gate import Gate, actor_of
from web.sockets import OpenSockets

PASSWORD = "three quiet otters"
PIN = "4826"


class Desk:
    """The pages around sign-in with one page behind the gate, and a browser. Each other browser has its own cookies."""

    def __init__(self, venue, *, is_demo=False):
        self.venue = venue = replace(venue, is_demo=is_demo)
        remembered = SignedIn(venue)
        shared = Access(
            venue=venue,
            sockets=OpenSockets(),
            find_actor=remembered.actor,
            forget=remembered.forget,
            forget_ended=remembered.forget_ended,
            is_demo=is_demo,
        )
        pages = [*sign_in.routes(shared), *code_pages.routes(shared)]
        routes = [*pages, *confirm.routes(shared), Route("/customers", lambda r: PlainTextResponse(actor_of(r).name))]
        gate = Middleware(Gate, find_actor=shared.find_actor, open_routes=pages, sockets=shared.sockets)
        self.app = Starlette(routes=routes, middleware=[gate])
        self.browser = self.another_browser()

    def another_browser(self, address="http://testserver"):
        return TestClient(self.app, base_url=address, follow_redirects=False)

    def add(self, name, *, role=Role.STAFF, password=PASSWORD, pin="", totp=""):
        now = clock.now()
        with self.venue.transaction(COMMAND_LINE) as session:
            staff = accounts.add(session, name=name, role=role, now=now)
            staff.password_hash = passwords.hashed(password)
            staff.pin_hash = passwords.hashed(pin) if pin else None
            staff.totp_secret = totp or None
            session.flush()
            return staff.id

    def code(self, purpose, **about):
        with self.venue.transaction(COMMAND_LINE) as session:
            return codes.issue(session, purpose, now=clock.now(), **about)

    def sign_in(self, browser=None, *, name="Max", password=PASSWORD, **more):
        return (browser or self.browser).post("/sign-in", data={"name": name, "password": password, **more})


@pytest.fixture
def desk(venue):
    desk = Desk(venue)
    desk.max_id = desk.add("Max", role=Role.MANAGER)
    return desk


def test_a_right_password_leads_to_the_address_asked_for(desk):
    page = desk.browser.get("/sign-in?next=/customers%3Fq%3Do%27neil")
    assert page.status_code == 200
    assert 'value="/customers?q=o&#x27;neil"' in page.text

    answer = desk.sign_in(next="/customers?q=o'neil")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/customers?q=o'neil")
    assert desk.browser.get("/customers").text == "Max"
    assert desk.browser.get("/sign-in?next=/customers").headers["Location"] == "/customers"


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(desk):
    cookies = desk.sign_in().headers.get_list("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["anchor_session", "anchor_device"]
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age=43200" in cookies[0]
    assert "Max-Age=31536000" in cookies[1]


def test_under_https_the_cookies_are_bound_to_the_host(desk):
    answer = desk.sign_in(desk.another_browser("https://testserver"))
    for cookie in answer.headers.get_list("Set-Cookie"):
        assert cookie.startswith("__Host-anchor_")
        assert "Secure" in cookie
        assert "Domain" not in cookie


def test_every_refusal_reads_the_same(desk):
    desk.add("Sam")
    with desk.venue.transaction(COMMAND_LINE) as session:
        accounts.disable(session, session.scalar(select(Staff.id).where(Staff.name == "Sam")), now=clock.now())
    shown = set()
    for name, password in [("Max", "wrong password"), ("Sam", PASSWORD), ("Unknown", PASSWORD), ("", "")]:
        page = desk.sign_in(name=name, password=password, next="/customers")
        assert page.status_code == 401
        assert password == "" or password not in page.text
        shown.add(page.text.replace(f'value="{name}"', "").replace("autofocus", ""))
    assert len({re.sub(r"\s+", " ", page).replace(" >", ">") for page in shown}) == 1
    assert desk.browser.get("/customers").status_code == 401


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', "{7*7}", "Seán\r\nSet-Cookie: x=1"])
def test_what_was_typed_is_shown_again_as_text(desk, name):
    page = desk.sign_in(name=name, password="wrong password")
    assert "<script>alert" not in page.text
    assert page.headers.get_list("Set-Cookie") == []
    assert page.text.count("<form") == 1


@pytest.mark.parametrize("address", ["//evil.test", "https://evil.test", "/\\evil.test", "/\r\nX-Evil: 1"])
def test_signing_in_leads_to_no_other_server(desk, address):
    answer = desk.sign_in(next=address)
    assert answer.headers["Location"] == "/"
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"name": "x" * 20_000}},
        {"content": b"\xff\xfe\x00", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"json": {"name": "Max", "password": PASSWORD}},
        {"data": {"person": "not-an-id", "pin": PIN}},
        {"data": {"waiting": "forged", "name": "Max", "totp": "123456"}},
        {"data": {"name": "Max\ud800".encode("utf-8", "surrogatepass"), "password": PASSWORD}},
    ],
)
def test_a_broken_form_is_refused_and_signs_no_one_in(desk, form):
    assert desk.browser.post("/sign-in", **form).status_code in (400, 401, 200)
    assert desk.browser.get("/customers").status_code == 401


def test_an_account_with_codes_is_asked_for_one_and_the_password_is_not_sent_back(desk):
    secret = pyotp.random_base32()
    desk.add("Ann", totp=secret)
    page = desk.sign_in(name="Ann", next="/customers")
    assert "Six-digit code" in page.text
    assert PASSWORD not in page.text
    wrong = desk.browser.post("/sign-in", data=hidden(page) | {"totp": "000000"})
    assert "This code is wrong" in wrong.text
    right = desk.browser.post("/sign-in", data=hidden(wrong) | {"totp": pyotp.TOTP(secret).now()})
    assert (right.status_code, right.headers["Location"]) == (303, "/customers")


def test_a_password_that_waits_for_a_code_can_be_used_once(desk):
    secret = pyotp.random_base32()
    desk.add("Ann", totp=secret)
    page = desk.sign_in(name="Ann")
    desk.browser.post("/sign-in", data=hidden(page) | {"totp": "000000"})
    again = desk.browser.post("/sign-in", data=hidden(page) | {"totp": pyotp.TOTP(secret).now()})
    assert "Enter your password again" in again.text
    assert 'value="Ann"' in again.text


def hidden(page) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


def test_signing_out_ends_the_sign_in_for_good(desk):
    desk.sign_in()
    kept = dict(desk.browser.cookies)
    assert "Sign out?" in desk.browser.get("/sign-out").text
    answer = desk.browser.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert "anchor_session" not in desk.browser.cookies
    old = desk.another_browser()
    old.cookies.update(kept)
    assert old.get("/customers").status_code == 401


def test_signing_in_again_ends_the_earlier_sign_in_of_the_browser(desk):
    desk.sign_in()
    desk.browser.post("/sign-in", data={"name": "Max", "password": PASSWORD})
    with desk.venue.reading(COMMAND_LINE) as session:
        assert [each.ended_at is None for each in session.scalars(select(SignIn).order_by(SignIn.created_at))] == [
            False,
            True,
        ]


def test_the_first_manager_is_added_with_the_code_of_the_terminal(venue):
    desk = Desk(venue)
    assert desk.browser.get("/sign-in").headers["Location"] == "/set-up"
    refused = desk.browser.post("/set-up", data={"code": "WRONG", "name": "Max", "password": "password12"})
    assert refused.status_code == 400
    assert 'value="WRONG"' in refused.text
    assert 'value="Max"' in refused.text
    assert "password12" not in refused.text
    assert refused.text.count('class="problem"') == 2

    code = desk.code(Purpose.SET_UP)
    answer = desk.browser.post("/set-up", data={"code": code, "name": "Max", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert desk.browser.get("/customers").text == "Max"
    assert desk.another_browser().get("/set-up").headers["Location"] == "/sign-in"
    again = desk.another_browser().post("/set-up", data={"code": code, "name": "Eve", "password": PASSWORD})
    assert again.status_code == 400


def test_the_venues_name_and_the_hours_of_a_sign_in_are_those_set_on_the_screen(desk, venue):
    with venue.transaction(MANAGER) as session:
        for name, typed in {"venue_name": "The Crown", "sign_in_hours": "2"}.items():
            choices.save(session, name, typed, now=clock.now())
        venue.choices.read(session)
    assert "The Crown" in desk.another_browser().get("/sign-in").text
    assert "max-age=7200" in desk.sign_in().headers["set-cookie"].lower()


def test_a_link_for_a_new_password_works_once(desk):
    desk.sign_in()
    code = desk.code(Purpose.PASSWORD, staff_id=desk.max_id)
    other = desk.another_browser()
    answer = other.post("/choose-password", data={"code": code, "password": "four loud green herons"})
    assert answer.status_code == 303
    assert other.get("/customers").text == "Max"
    used = desk.another_browser().post("/choose-password", data={"code": code, "password": "four loud green herons"})
    assert used.status_code == 400
    assert "was used already or has expired" in used.text


def test_an_expired_link_says_so_and_keeps_the_code(desk, monkeypatch):
    code = desk.code(Purpose.PASSWORD, staff_id=desk.max_id)
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = desk.browser.post("/choose-password", data={"code": code, "password": "four loud green herons"})
    assert "was used already or has expired" in page.text
    assert f'value="{code}"' in page.text


@pytest.fixture
def tablet(desk):
    """A shared tablet on which Sam has a PIN."""
    desk.sam_id = desk.add("Sam", pin=PIN)
    code = desk.code(Purpose.TABLET, device_name="Bar tablet")
    assert desk.browser.post("/sign-in/tablet", data={"code": "wrong"}).status_code == 400
    assert desk.browser.post("/sign-in/tablet", data={"code": code}).headers["Location"] == "/sign-in"
    assert desk.another_browser().post("/sign-in/tablet", data={"code": code}).status_code == 400
    return desk.browser


def test_on_a_shared_tablet_a_name_and_a_pin_sign_in(desk, tablet):
    names = tablet.get("/sign-in?next=/customers")
    assert "Who are you?" in names.text
    assert "Max" not in names.text
    link = re.search(r'href="(/sign-in\?[^"]*person=[^"]*)"', names.text)[1].replace("&amp;", "&")
    page = tablet.get(link)
    wrong = tablet.post("/sign-in", data=hidden(page) | {"pin": "0000"})
    assert "Wrong PIN" in wrong.text
    right = tablet.post("/sign-in", data=hidden(wrong) | {"pin": PIN})
    assert (right.status_code, right.headers["Location"]) == (303, "/customers")
    assert tablet.get("/customers").text == "Sam"


def test_after_five_wrong_pins_the_tablet_asks_for_the_password(desk, tablet):
    form = {"person": str(desk.sam_id), "next": "/customers"}
    for _ in range(5):
        page = tablet.post("/sign-in", data={**form, "pin": "0000"})
    assert "Sign in with your password" in page.text
    assert 'value="Sam"' in page.text
    assert tablet.post("/sign-in", data={**form, "pin": PIN}).status_code == 401
    tapped_later = tablet.get("/sign-in", params={"person": str(desk.sam_id)}).text
    assert "Too many wrong PINs. Sign in with your password" in tapped_later
    assert 'value="Sam"' in tapped_later
    assert desk.sign_in(tablet, name="Sam").status_code == 303


def test_a_pin_works_on_no_other_browser(desk, tablet):
    other = desk.another_browser()
    assert "Who are you?" not in other.get("/sign-in").text
    assert other.post("/sign-in", data={"person": str(desk.sam_id), "pin": PIN}).status_code == 401
    assert other.get("/customers").status_code == 401


def test_locking_a_tablet_leads_back_to_the_same_address(desk, tablet):
    tablet.post("/sign-in", data={"person": str(desk.sam_id), "pin": PIN})
    answer = tablet.post("/lock", data={"next": "/customers?q=smith"})
    assert answer.headers["Location"] == "/sign-in?next=%2Fcustomers%3Fq%3Dsmith"
    assert tablet.get("/customers").status_code == 401
    assert "Who are you?" in tablet.get(answer.headers["Location"]).text


def test_the_demo_signs_everyone_in(venue):
    demo = Desk(venue, is_demo=True)
    answer = demo.browser.get("/sign-in?next=/customers")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/customers")
    assert demo.browser.get("/customers").text == "Demo manager"


def test_confirming_asks_for_the_password_and_goes_on(desk):
    assert desk.browser.get("/confirm").status_code == 401
    desk.sign_in()
    with desk.venue.transaction(COMMAND_LINE) as session:
        session.scalars(select(SignIn)).one().confirmed_at = clock.now() - timedelta(hours=1)
    page = desk.browser.get("/confirm?next=/customers")
    assert "Enter your password again" in page.text
    assert "Wrong password" in desk.browser.post("/confirm", data={"secret": "wrong", "next": "/customers"}).text
    answer = desk.browser.post("/confirm", data={"secret": PASSWORD, "next": "/customers"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/customers")
    with desk.venue.reading(COMMAND_LINE) as session:
        assert clock.now() - session.scalars(select(SignIn)).one().confirmed_at < timedelta(minutes=1)


def test_a_confirmed_download_starts_from_a_page_that_leads_back(desk):
    desk.sign_in()
    referer = {"Referer": "http://testserver/customers?q=smith"}
    page = desk.browser.get("/confirm?next=/download/customers.csv%3Fq%3Dsmith", headers=referer)
    answer = desk.browser.post("/confirm", data=hidden(page) | {"secret": PASSWORD})
    assert answer.headers["Refresh"] == "0; url=/download/customers.csv?q=smith"
    assert 'href="/customers?q=smith"' in answer.text


def test_an_address_with_other_letters_is_confirmed_too(desk):
    desk.sign_in()
    address = "/download/customers.csv?q=\u20ac"
    answer = desk.browser.post("/confirm", data={"secret": PASSWORD, "next": address})
    assert answer.headers["refresh"] == "0; url=/download/customers.csv?q=%E2%82%AC"


def test_a_long_address_is_confirmed_as_a_whole(desk):
    desk.sign_in()
    address = f"/download/customers.csv?q={'a' * 1_000}&show=none"
    answer = desk.browser.post("/confirm", data={"secret": PASSWORD, "next": address})
    assert answer.headers["refresh"] == f"0; url={address}"


def test_a_malformed_referrer_leads_back_to_today(desk):
    desk.sign_in()
    assert 'name="back" value="/"' in desk.browser.get("/confirm", headers={"Referer": "http://["}).text


def test_no_page_may_be_kept_by_the_browser_or_run_another_script(desk):
    for path in ("/sign-in", "/choose-password", "/sign-in/tablet", "/sign-out"):
        page = desk.browser.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_when_too_many_sign_in_at_once_others_are_asked_to_try_again(desk, monkeypatch):
    monkeypatch.setattr(access, "MOST_WAITING", 0)
    known = desk.another_browser()
    assert "Too many people are signing in" in desk.sign_in().text
    monkeypatch.undo()
    assert desk.sign_in(known).status_code == 303
