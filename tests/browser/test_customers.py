"""The customer screens as staff use them: keys, pages, the table that is edited, on a desk and on a phone."""

import re
import threading
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, make

pytestmark = pytest.mark.browser

MAKE = """
import json
from datetime import timedelta
from pathlib import Path
import settings
from venue import bookings, clock, customers, events, names
from venue.staff import DESK
house, now = settings.open_house(settings.load()), clock.now()
def add(session, first_name, last_name, number, notes=""):
    return customers.add(session, first_name=first_name, last_name=last_name, mobile_number=f"07700 900{number:03}",
                         notes=notes, now=now, add_anyway=True)
with house.transaction(DESK) as session:
"""
SIXTY = MAKE + "    for n in range(60): add(session, 'Jo', f'Smith {n:02}', n)"
NAUGHTY = (
    MAKE
    + """
    long = "Wide" * 500
    for number, name in enumerate(json.loads(Path("tests/naughty_names.json").read_text())):
        if not names.problem(names.clean(name), "Name") and (len(name) > 20 or number % 3 == 0):
            add(session, name, name, number, long)
    whoever = add(session, "W" * 100, "N" * 100, 999, long)
    quiz = events.add(session, name="Quiz" * 20, starts_at=now + timedelta(days=9), now=now)
    bookings.book(session, customer_id=whoever.id, event_id=quiz.id, seats=2, notes=long, now=now)
    print(whoever.id)
"""
)
CHANGE_THE_SECOND = (
    MAKE
    + """
    row = customers.search(session).rows[1]
    customers.update(session, row.id, version=row.version, notes="Theirs", now=now)
    add(session, "Al", "Aaron", 800)
"""
)


@pytest.fixture
def sixty(environment):
    make(SIXTY, environment)


def here(page, words: str) -> None:
    expect(page.get_by_text(words, exact=True)).to_be_visible()


def first_row(page):
    return page.locator("[data-customer]").first


# Finding


def test_typing_never_loses_a_keystroke(sixty, page):
    page.goto("/customers")
    search = page.get_by_label("Search customers")
    typed = "jo smith 0770 900 smi 5"
    search.press_sequentially(typed, delay=70)
    expect(search).to_have_value(typed)
    search.fill("")
    search.press_sequentially("smith 41", delay=260)  # As long as the list waits: each letter meets an answer.
    expect(search).to_have_value("smith 41")
    here(page, "1 customer")
    expect(search).to_be_focused()


def test_refresh_back_and_a_shared_link_show_the_same_page(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(re.compile("page=2"))
    second = page.url
    page.get_by_role("button", name="Next").click()
    here(page, "51–60 of 60 customers")
    page.go_back()
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(second)
    page.reload()
    here(page, "26–50 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 25")

    first_row(page).click()
    expect(page.get_by_role("heading", name="Jo Smith 25")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Customers").click()
    here(page, "26–50 of 60 customers")


@pytest.fixture
def held(page):
    """Answers of the server, which come to the page while this is clear."""
    is_held, answers = threading.Event(), []

    def pass_on(send, message):
        answers.append(partial(send, message))
        while answers and not is_held.is_set():
            answers.pop(0)()

    def between(socket):
        socket.connect_to_server().on_message(partial(pass_on, socket.send))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    is_held.answers = answers
    return is_held


def let_go(held) -> None:
    held.clear()
    while held.answers:
        held.answers.pop(0)()


def test_what_is_typed_stays_in_the_address_though_the_answer_takes_it_out(sixty, page, held):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    held.set()
    page.get_by_label("Search customers").press_sequentially("smith 41")
    expect(page).to_have_url(re.compile("q=smith.41"))
    # As Streamlit's answer does now and then, on a later page that was refreshed.
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.wait_for_timeout(500)
    let_go(held)
    here(page, "1 customer")
    expect(page).to_have_url(re.compile("q=smith.41"))
    page.reload()
    here(page, "1 customer")


def test_a_late_answer_puts_no_search_on_the_address_of_whoever_was_opened(sixty, page, held):
    page.goto("/customers")
    search = page.get_by_label("Search customers")
    search.press_sequentially("smith")
    expect(page).to_have_url(re.compile("q=smith"))
    page.wait_for_timeout(1000)
    held.set()
    search.press_sequentially(" 41")
    page.wait_for_timeout(1000)
    first_row(page).click()
    page.wait_for_timeout(500)
    while held.answers:  # One by one, so that the old list is drawn once more.
        held.answers.pop(0)()
        page.wait_for_timeout(100)
        assert "&q=" not in page.url
    let_go(held)
    expect(page.get_by_role("heading", name="Jo Smith 00")).to_be_visible()
    assert "&q=" not in page.url


def test_a_tab_left_open_takes_the_html_and_looks_of_new_code(sixty, page):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    page.locator(".st-key-people .stBidiComponent").evaluate("""around => {
        const root = [...around.querySelectorAll("*")].map(each => each.shadowRoot).find(Boolean)
        root.adoptedStyleSheets = [new CSSStyleSheet()]
        root.innerHTML = "What an older version drew"
    }""")
    page.get_by_label("Search customers").press_sequentially("smith 41")
    here(page, "1 customer")
    expect(first_row(page)).to_have_text("Smith 41")


def test_the_next_page_stands_before_the_server_answers(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 25")
    expect(page).not_to_have_url(re.compile("page="))

    page.get_by_role("button", name="Next").click()  # The one after it, and not this one again.
    page.wait_for_timeout(500)
    let_go(held)
    here(page, "51–60 of 60 customers")
    expect(page).to_have_url(re.compile("page=3"))
    page.get_by_role("button", name="Back").click()
    here(page, "26–50 of 60 customers")


def test_a_next_page_that_the_server_never_answers_for_is_taken_back(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    here(page, "1–25 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 00")


def test_a_list_that_is_waited_for_fades_and_is_not_painted_anew_before(sixty, page, held):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    held.set()
    page.get_by_label("Search customers").fill("smith 41")
    waited_for = page.locator("[data-stale=true]").filter(has=page.locator(".stBidiComponent"))
    page.wait_for_timeout(1000)
    for _ in range(2):  # That a run has begun.
        held.answers.pop(0)()
    expect(waited_for).to_be_visible()
    assert waited_for.evaluate("list => list.getAnimations().map(each => each.transitionProperty)") == ["--shown"]
    expect(waited_for).to_have_css("opacity", "0.33")
    let_go(held)
    here(page, "1 customer")
    expect(page.locator(".st-key-people")).to_have_css("opacity", "1")


def test_a_customer_opened_from_the_page_that_was_ahead_leads_back_to_it(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    page.locator("[data-customer]").filter(has_text="Smith 30").click()
    page.wait_for_timeout(300)
    let_go(held)
    expect(page.get_by_role("heading", name="Jo Smith 30")).to_be_visible()
    expect(page).to_have_url(re.compile("/customer.id="))
    page.get_by_role("button", name="Text them").click()
    expect(page.get_by_role("dialog", name="Text them")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("stMain").get_by_role("link", name="Customers").click()
    here(page, "26–50 of 60 customers")


def test_a_column_orders_the_list_in_the_database(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    number = page.get_by_role("columnheader", name="Mobile number")
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "ascending")
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "descending")
    expect(first_row(page)).to_have_text("Smith 59")
    expect(page).to_have_url(re.compile("sort=Mobile"))


def test_a_click_after_choosing_the_table_again_still_opens(sixty, page):
    page.goto("/customers")
    page.get_by_text("Table", exact=True).click()
    first_row(page).click()
    expect(page.get_by_role("heading", name="Jo Smith 00")).to_be_visible()


def test_a_device_remembers_cards(sixty, page):
    page.goto("/customers")
    page.get_by_text("Cards", exact=True).click()
    expect(page.get_by_role("link", name="Jo Smith 00")).to_be_visible()
    page.wait_for_function("document.cookie.includes('anchor_view=Cards')")
    another = page.context.new_page()
    another.goto("/customers")
    expect(another.get_by_role("link", name="Jo Smith 00")).to_be_visible()
    expect(another.get_by_role("table")).to_have_count(0)


def test_filters_live_in_the_address_and_are_taken_off_one_by_one(sixty, page):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    page.get_by_role("button", name="More filters").click()
    page.get_by_text("Texts cannot reach them").click()
    here(page, "Nobody matches.")
    expect(page).to_have_url(re.compile("cannot_text=true"))
    page.keyboard.press("Escape")
    page.get_by_text("No bookings").click()
    expect(page).to_have_url(re.compile("show=No"))

    page.reload()
    page.get_by_role("button", name="60 match without the filter ‘Texts cannot reach them’").click()
    here(page, "1–50 of 60 customers")
    expect(page).not_to_have_url(re.compile("cannot_text"))
    page.get_by_text("No bookings").first.click()
    expect(page).not_to_have_url(re.compile("show"))


def test_the_download_holds_whom_the_filter_shows(sixty, page):
    page.goto("/customers?q=90001")
    here(page, "10 customers")
    answer = page.request.get(page.get_by_role("link", name="Download CSV").get_attribute("href"))
    lines = answer.body().decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [f"Smith {number}" for number in range(10, 20)]


def test_the_pointer_over_the_list_styles_no_cell_anew(sixty, page):
    page.goto("/customers")
    looks = []
    for place in (page.get_by_role("link", name="Events"), first_row(page)):
        place.hover()
        looks.append(page.locator("td").first.evaluate("element => getComputedStyle(element).scrollbarColor"))
    assert looks == ["auto", "auto"]


def test_a_phone_keeps_the_filters_behind_one_button(sixty, chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, base_url=address)
    page = context.new_page()
    page.goto("/customers")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Reminder only").click()
    here(page, "Nobody matches.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show everybody").click()
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Next", exact=True).click()
    here(page, "26–50 of 60 customers")
    expect(page.get_by_role("status")).to_be_in_viewport()
    for control in page.locator(".st-key-people button, .st-key-people select, .st-key-people a").all():
        assert control.bounding_box()["height"] >= 44, control.inner_text()
    context.close()


# Keys


def test_keys_lead_everywhere_but_are_letters_in_a_field(sixty, page):
    page.goto("/events")
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    page.keyboard.press("/")
    search = page.get_by_label("Search customers")
    expect(search).to_be_focused()
    page.keyboard.type("nbe/? ", delay=50)
    expect(search).to_have_value("nbe/? ")
    search.fill("smith 90000")
    here(page, "10 customers")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("b")  # The key counts although its screen has not come yet.
    expect(page.get_by_role("heading", name="Jo Smith 01")).to_be_visible()
    expect(page.get_by_role("dialog", name="Add booking")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="Add booking")).to_be_focused()  # It hears Escape from then on.
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Edit Jo Smith 01")).to_be_visible()
    page.get_by_label("Notes").press_sequentially("be?/n")
    expect(page.get_by_label("Notes")).to_have_value("be?/n")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Jo Smith 01", exact=True)).to_be_visible()

    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Add customer")).to_be_visible()


# Adding and editing


def test_a_double_tap_adds_once(page):
    page.goto("/customers/new")
    page.get_by_label("First name").fill("Jo")
    page.get_by_label("Last name").fill("Smith")
    page.get_by_label("Mobile number").fill("07700 900123")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()
    page.goto("/customers")
    here(page, "1 customer")


COLUMNS = {"Last name": 0.05, "First name": 0.25, "Mobile number": 0.4, "Notes": 0.7}


def type_into(page, row: int, column: str, typed: str) -> None:
    """Into a cell of the table being edited, which is painted: found by its place."""
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + box["width"] * COLUMNS[column], box["y"] + 40 + 39 * row + 19)
    page.wait_for_timeout(400)
    if typed:
        # The cell is opened first: a key that opens it by itself may be lost while the editor comes up.
        page.keyboard.press("Enter")
        editor = page.locator("textarea.gdg-input, input.gdg-input")
        expect(editor).to_be_focused()
        editor.fill(typed)
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Delete")
    page.wait_for_timeout(500)


def test_what_is_done_from_a_later_page_leads_back_to_it(sixty, page):
    page.goto("/customers?rows=25")
    page.get_by_role("button", name="Next", exact=True).click()
    here(page, "26–50 of 60 customers")
    page.get_by_role("button", name="Edit these").click()
    expect(page.get_by_role("heading", name="Edit 25 customers")).to_be_visible()
    page.wait_for_timeout(1000)
    type_into(page, 0, "Notes", "Mine")
    here(page, "1 customer changed")
    page.get_by_role("button", name="Save").click()
    here(page, "26–50 of 60 customers")

    page.get_by_role("link", name="Jo Smith 30").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_label("Type the last name to confirm").fill("Smith 30")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    here(page, "26–50 of 59 customers")


def test_many_are_edited_and_what_is_refused_stays_as_typed(environment, sixty, page):
    page.goto("/customers?q=smith+1")
    here(page, "15 customers")
    page.get_by_role("button", name="Edit these").click()
    expect(page.get_by_role("heading", name="Edit 15 customers")).to_be_visible()
    page.wait_for_timeout(1000)

    type_into(page, 0, "First name", "Ann")
    type_into(page, 1, "Notes", "Mine")
    type_into(page, 2, "Mobile number", "0770")
    type_into(page, 3, "Last name", "")
    here(page, "4 customers changed")
    make(CHANGE_THE_SECOND.replace("search(session)", "search(session, 'smith 1')"), environment)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text(re.compile("^Saved: Ann Smith"))).to_be_visible()
    expect(page.get_by_text("mobile number ‘0770’: This number is too short")).to_be_visible()
    expect(page.get_by_text("Enter a last name")).to_be_visible()
    expect(page.get_by_text("Theirs: Theirs")).to_be_visible()
    expect(page.get_by_text("Yours: Mine")).to_be_visible()

    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text("Theirs: Theirs")).to_have_count(0)
    here(page, "2 customers changed")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(500)
    type_into(page, 2, "Mobile number", "07700 900777")
    type_into(page, 3, "Last name", "Smythe")
    page.get_by_role("button", name="Save").dblclick()

    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    here(page, "14 customers")
    page.goto("/customers?q=smythe")
    here(page, "1 customer")
    page.goto("/customers?q=900777")
    here(page, "1 customer")


# Every width, everybody


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_long_and_naughty_names_scroll_nothing_sideways(environment, chromium, address, width):
    make(NAUGHTY, environment)
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, user_agent=PHONE if width < 1000 else None, base_url=address
    )
    page = context.new_page()
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto("/customers?q=900999&view=Cards")
    first_row(page).click()
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    customer = page.url.partition("id=")[2][:36]
    screens = ["/customers?view=Table&rows=100", "/customers?view=Cards", "/customers?q=nobody+" + "w" * 90]
    screens += [f"/customer?id={customer}", f"/edit_customer?id={customer}", "/edit_customers?size=25"]
    for path in screens:
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        page.wait_for_timeout(1200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= width, path
    assert failed == []
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_serious_fault_for_whoever_cannot_see_or_aim(environment, chromium, address, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    make(NAUGHTY, environment)
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, user_agent=PHONE if width < 1000 else None, base_url=address
    )
    page = context.new_page()
    page.goto("/customers?q=900999&view=Cards")
    first_row(page).click()
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    customer = page.url.partition("id=")[2][:36]
    for path in (
        "/customers?view=Table",
        "/customers?view=Cards",
        "/customers?q=nobody+at+all",
        "/customers/new",
        f"/customer?id={customer}",
        f"/edit_customer?id={customer}",
        "/edit_customers?size=25",
    ):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        page.wait_for_timeout(1200)
        faults = axe.run(page).response["violations"]
        assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == [], path
    context.close()
