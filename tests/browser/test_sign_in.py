"""Signing in and out as staff meet it, on a desk and on a phone."""

import re
from datetime import datetime

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Staff
from tests.browser import accessible
from tests.browser.conftest import on_a
from venue import clock
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts, codes, passwords, sign_ins
from venue.staff.codes import Purpose

pytestmark = pytest.mark.browser

PASSWORD, PIN = "three quiet otters", "4826"


@pytest.fixture
def write_as_administrator(venue):
    def write(what, *more):
        with venue.transaction(COMMAND_LINE) as session:
            return what(session, *more)

    return write


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def browser(request, contexts, address):
    """A browser in which no one is signed in."""
    width, height = request.param
    return contexts.lend(None, viewport={"width": width, "height": height}, base_url=address)


def add_sam(session: Session, now: datetime):
    staff = accounts.add(session, name="Sam", role=Role.MANAGER, now=now)
    staff.password_hash, staff.pin_hash = passwords.hashed(PASSWORD), passwords.hashed(PIN)
    session.flush()
    return staff.id


def add_robin(session: Session, now: datetime, secret: str):
    """A manager with an authenticator app. Their id."""
    staff = accounts.add(session, name="Robin", role=Role.MANAGER, now=now)
    staff.password_hash, staff.totp_secret = passwords.hashed(PASSWORD), secret
    session.flush()
    return staff.id


def add_ann(session: Session, now: datetime) -> None:
    """A viewer."""
    staff = accounts.add(session, name="Ann", role=Role.VIEWER, now=now)
    staff.password_hash = passwords.hashed(PASSWORD)
    session.flush()


def tablet_code(session: Session, now: datetime) -> str:
    return codes.issue(session, Purpose.TABLET, device_name="Bar tablet", now=now)


def password_code(session: Session, now: datetime, staff_id) -> str:
    return codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=now)


def end_all_sign_ins(session: Session, now: datetime) -> None:
    sign_ins.end_everyone(session, keep=None, now=now)


def sign_in(page) -> None:
    page.get_by_label("Name").fill("Sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def is_sound(page) -> None:
    """Nothing was refused by the policy, nothing scrolls sideways, all that is tapped is large enough, and axe finds no
    serious fault, in the light and in the dark."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert accessible.faults(page) == []
    assert page.evaluate("window.refused") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for target in page.locator("button, input:not([type=hidden]), .button").all():
        assert target.bounding_box()["height"] >= 44


def test_a_link_leads_through_sign_in_and_back_to_its_address(write, browser):
    write(add_sam)
    page = browser.new_page()
    page.goto("/customers?search=smith")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    is_sound(page)
    page.get_by_label("Name").fill("Sam")
    page.get_by_label("Password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong")
    expect(page.get_by_label("Name")).to_have_value("Sam")
    expect(page.get_by_label("Password")).to_have_value("")
    is_sound(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/customers\?search=smith$"))


@on_a("desk", "browser")
def test_a_sign_in_that_ends_leads_to_signing_in_and_loses_nothing_typed(write, browser, write_as_administrator):
    write(add_sam)
    page, other = browser.new_page(), browser.new_page()
    page.goto("/add_customer")
    sign_in(page)
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    page.get_by_label("First name").press_sequentially("Ada")
    page.get_by_label("Notes").press_sequentially("by the do")
    other.goto("/customers")
    expect(other.get_by_role("heading", name="Customers", exact=True)).to_be_visible()

    write(lambda session, now: write_as_administrator(end_all_sign_ins, now))

    for each in (page, other):
        expect(each.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page)
    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("Notes")).to_have_value("by the do")


@on_a("desk", "browser")
def test_signing_out_closes_the_other_tabs(write, browser):
    write(add_sam)
    page, other = browser.new_page(), browser.new_page()
    other.goto("/customers")
    sign_in(other)
    expect(other.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    page.goto("/sign-out")
    is_sound(page)
    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/customers")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    other.go_back()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


@on_a("desk", "browser")
def test_a_tab_becomes_the_next_persons_when_someone_else_signs_in_at_once(write, browser):
    write(add_sam)
    write(add_ann)
    page = browser.new_page()
    page.goto("/customers")
    sign_in(page)
    expect(page.get_by_role("button", name="Edit in a table").or_(page.get_by_text("No customers yet"))).to_be_visible()
    page.evaluate("document.documentElement.dataset.of = 'Sam'")
    origin = {"Origin": page.evaluate("location.origin")}
    browser.request.post("/sign-in", form={"name": "Ann", "password": PASSWORD}, headers=origin)
    expect(page.locator("html[data-of=Sam]")).to_have_count(0)
    expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible()


@on_a("phone", "browser")
def test_an_authenticator_is_asked_for_its_code_and_a_download_for_the_password_again(write, browser):
    secret = pyotp.random_base32()
    link = write(password_code, write(add_robin, secret))
    page = browser.new_page()
    page.goto(f"/choose-password#{link}")
    page.get_by_label("Password").fill("four loud green herons")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Six-digit code from your authenticator app")).to_be_visible()
    is_sound(page)
    page.goto("/sign-in?next=/confirm?next=/data")
    page.get_by_label("Name").fill("Robin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    code = page.get_by_label("Six-digit code")
    expect(code).to_be_focused()
    is_sound(page)
    right = pyotp.TOTP(secret)
    code.fill("000000" if right.now() != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    is_sound(page)
    code.fill(right.now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter your password again")).to_be_visible()
    is_sound(page)
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    is_sound(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()


@on_a("phone", "browser")
def test_a_link_for_a_new_password_fills_in_its_code_and_hides_it(write, browser, write_as_administrator):
    sam = write(add_sam)
    code = write(lambda session, now: codes.issue(session, Purpose.PASSWORD, staff_id=sam, now=now))
    page = browser.new_page()
    page.goto(f"/choose-password#{code}")
    expect(page.get_by_label("Code")).to_have_value(code)
    expect(page).to_have_url(re.compile("/choose-password$"))
    is_sound(page)
    page.get_by_label("Password").fill("short")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_have_value(code)
    page.get_by_label("Password").fill("four loud green herons")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


@on_a("phone", "browser")
def test_on_a_shared_tablet_a_name_and_a_pin_are_tapped(write, browser):
    write(add_sam)
    page = browser.new_page()
    page.goto(f"/sign-in/tablet#{write(tablet_code)}")
    is_sound(page)
    page.get_by_role("button", name="Set up tablet").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    is_sound(page)
    page.get_by_role("link", name="Sam").click()
    expect(page.get_by_role("heading", name="Sam")).to_be_visible()
    is_sound(page)
    page.get_by_label("PIN").fill("0000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    is_sound(page)
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


@on_a("phone", "browser")
def test_a_new_venue_is_set_up_with_the_code_of_the_terminal(write, browser, venue, write_as_administrator):
    with venue.transaction(COMMAND_LINE) as session:  # The fixtures sign a manager in.
        for staff in session.scalars(select(Staff)):
            session.delete(staff)
    code = write(lambda session, now: codes.issue(session, Purpose.SET_UP, now=now))
    page = browser.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Set up Anchor Desk")).to_be_visible()
    is_sound(page)
    for label, value in {"Code": code, "Your name": "Max", "Password": PASSWORD}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Add first manager").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


@on_a("phone", "browser")
def test_impatient_taps_send_a_form_once(write, browser, venue):
    code = write(password_code, write(add_sam))
    page = browser.new_page()
    page.goto(f"/choose-password#{code}")
    page.get_by_label("Password").fill("four quiet otters")
    page.get_by_role("button", name="Save and sign in").evaluate(
        "button => { for (const after of [0, 60, 120]) setTimeout(() => button.click(), after) }"
    )
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    with venue.reading(COMMAND_LINE) as session:
        assert [row.name for row in sign_ins.listed(session, now=clock.now())].count("Sam") == 1
