"""Every dialog that a screen opens: no serious accessibility fault. Those about people and evenings are looked at on a
phone in the light theme, the others on a desk in the dark one."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import signed_in
from tests.browser import accessible
from tests.browser.conftest import PHONE, SIZES
from tests.browser.filled_venue import Filled
from tests.browser.walk import Walk
from venue import clock
from venue.profile import Venue
from venue.roles import Role

pytestmark = pytest.mark.browser

# A button that is pressed, with "*" for how its words go on; or a field by its label and what is typed or chosen there.
Step = str | tuple[str, str]
# The steps to a dialog.
Way = list[Step]

DIALOG = "[role=dialog]"


def people(filled: Filled) -> dict[str, list[Way]]:
    """By the address of the screen; so are those that follow."""
    ticked: Step = ("Select Ann Poe", "tick")
    acts = ("Add tag", "Remove tag", "Set a field", "Text", "Export", "Delete")
    ann_poe: list[Step] = [("First name", "Ann"), ("Last name", "Poe"), ("Mobile number", "07700 900001")]
    return {
        "": [["Search everything"], [("page", "?")]],
        f"customers?q=moss&saved={filled.view}.1": [["Edit view"], ["Edit view", "Delete view"]],
        "customers?q=poe": [["More", "Columns"], ["Save view"], *([ticked, ("Actions", act)] for act in acts)],
        "add_customer": [
            [*ann_poe, "Save"],
            [("First name", "ANN"), ("Last name", "POE"), ("Mobile number", "07700 900777"), "Save"],
        ],
        f"edit_customer?id={filled.same_person}": [[("First name", "Ann"), "Save"]],
        f"customer?id={filled.customer}": [
            *([each] for each in ("Last day of a tag", "Add booking", "Send a text", "Edit booking", "Delete booking")),
            ["Edit booking", "Move to another customer…"],
            ["Edit booking", "Move to another customer…", ("Search customers", "bob poe"), "Bob Poe, 07700 900002"],
            *([each] for each in ("Agreed…", "Withdrew…", "Add request", "What we hold", "Delete")),
        ],
        f"customer?id={filled.same_person}": [["Declined…"], ["Add booking"]],
        f"duplicates?id={filled.same_person}": [["Same household"]],
    }


def evenings(filled: Filled) -> dict[str, list[Way]]:
    eve: list[Step] = [("Search customers", "eve moss"), "Eve Moss, 07700 900005"]
    return {
        f"event?id={filled.event}": [
            *([each] for each in ("Add booking", "Walk-in", "Edit booking", "Delete booking", "Remove")),
            ["Running late: Ann Poe"],
            ["More", "Cancel event"],
            ["Add booking", *eve],
            ["Add booking", *eve, "Join the waitlist*"],
            ["Walk-in", "No number given"],
            ["Walk-in", *eve],
        ],
        f"event?id={filled.wine}": [["Offer"]],
        f"event?id={filled.tasting}": [["Decline"], ["Take offer back"]],
        f"event?id={filled.cancelled}": [["Undo cancellation"]],
        f"event?id={filled.empty}": [["More", "Delete"]],
        "add_event": [
            [("Name", "Quiz"), ("Date", "1 May 2020"), "Save"],
            [("Name", "Quiz"), ("Repeat", "Every week"), "Save"],
        ],
        f"edit_event?id={filled.series}": [[("Name", "Acoustic"), "Save"]],
        f"edit_event?id={filled.event}": [
            [("Capacity", "2"), "Save"],
            [("Capacity", "6"), ("Date", "1 May 2020"), "Save"],
            [("Date", "24 December 2030"), "Save"],
        ],
    }


def office(filled: Filled) -> dict[str, list[Way]]:
    return {
        "messages?texts=Next+7+days": [["Pause all*"], [("On hold", "choose"), "Resume all*"]],
        "messages?texts=Replies": [["Answer"]],
        f"message?id={filled.failed}": [["Send again"]],
        "templates": [["Send a test"]],
        f"edit_campaign?id={filled.campaign}": [["Send a test"]],
        f"campaign?id={filled.campaign}": [["Send…"], ["Delete"]],
        f"campaign?id={filled.bulk_text}": [["Stop"]],
        "journal": [["Undo"]],
        "requests": [["Add request"]],
        f"request?id={filled.request}": [["Answered…"], ["Edit"]],
        f"import?id={filled.import_}": [["Cancel import"]],
        f"import?id={filled.imported}": [["Undo this import"]],
        "retention": [["Change the number of months"], ["Tick all on this page", "Erase*"]],
    }


def settings_(_filled: Filled) -> dict[str, list[Way]]:
    return {
        "staff": [
            *([each] for each in ("Add staff", "Edit", "New link", "Disable", "Enable", "Turn off app codes")),
            *([each] for each in ("Sign everyone out", "Add a shared tablet", "Remove")),
            ["Add a shared tablet", ("Name of the tablet", "Door tablet"), "Get a code"],
        ],
        "fields": [[each] for each in ("Add field", "Rename", "Choices", "Delete")],
        "tags": [[each] for each in ("Add tag", "Edit", "Merge…", "Delete")],
        "account": [[each] for each in ("Change password", "Change PIN", "Remove PIN", "Turn off", "Change e-mail")],
    }


@pytest.fixture
def filled(filled_database: tuple[str, Filled]) -> Filled:
    return filled_database[1]


@pytest.fixture
def environment(environment: dict[str, str], filled_database: tuple[str, Filled]) -> dict[str, str]:
    return {**environment, "DATABASE_URL": filled_database[0]}


@pytest.fixture
def page(chromium: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    width, height = SIZES[request.param]
    phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True}
    how = phone if request.param == "phone" else {"color_scheme": "dark"}
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": height}, **how)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")  # A dialog that fades in is drawn sixty times a second.
    yield page
    context.close()


@pytest.mark.parametrize(
    ("part", "page"),
    [(people, "phone"), (evenings, "phone"), (office, "desk"), (settings_, "desk")],
    ids=["people", "evenings", "office", "settings"],
    indirect=["page"],
)
def test_no_dialog_has_a_serious_fault(page: Any, filled: Filled, part: Any) -> None:
    assert faults_of(page, part(filled)) == {}


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_none_of_a_new_account_has_one(page: Any, venue: Venue) -> None:
    token = signed_in.sign_in(venue, now=clock.now(), name="Tom", role=Role.STAFF)
    page.context.add_cookies(signed_in.storage(token)["cookies"])
    assert faults_of(page, {"account": [["Set a PIN"], ["Set up app"]]}) == {}


def faults_of(page: Any, dialogs: dict[str, list[Way]]) -> dict[str, list[str]]:
    """By the way to a dialog, for those that have any."""
    walk = Walk(page)
    found = {}
    for path, ways in dialogs.items():
        walk.to(f"/{path}")
        accessible.settle(page)
        for way in ways:
            for step in way:
                take(page, step)
            found[f"{path.partition('?')[0]}: {way}"] = faults(page)
            page.keyboard.press("Escape")
            expect(page.locator(DIALOG)).to_have_count(0)
            page.evaluate(accessible.SETTLED)  # No hand presses the next button sooner.
    return {way: wrong for way, wrong in found.items() if wrong}


def take(page: Any, step: Step) -> None:
    """Press the first button with these words, in the open dialog if there is one, or fill in a field."""
    inside = page.locator(DIALOG) if page.locator(DIALOG).count() else page
    if isinstance(step, str):
        inside.get_by_role("button", **words_of(step)).first.click()
        return
    label, words = step
    if label == "page":
        page.keyboard.press(words)
    elif words == "choose":
        inside.get_by_role("radio", name=label).click()
    elif words == "tick":
        inside.get_by_label(label).check()
    else:
        fill_in(page, inside.get_by_label(label, exact=True), words)


def fill_in(page: Any, field: Any, words: str) -> None:
    """Type into a field, or choose one of its options."""
    kind = field.evaluate("field => field.role ?? field.tagName")
    if kind == "SELECT":
        field.select_option(words)
    elif kind == "combobox":
        field.click()
        page.get_by_role("option", name=words, exact=True).click()
    else:
        field.fill(words)


def words_of(step: str) -> dict[str, Any]:
    return {"name": step[:-1]} if step.endswith("*") else {"name": step, "exact": True}


def faults(page: Any) -> list[str]:
    page.locator(DIALOG).wait_for()
    page.evaluate(accessible.SETTLED)
    of_phones = accessible.faults_on_a_phone(page) if page.viewport_size["width"] < 1000 else []
    return [*accessible.faults(page, inside=DIALOG), *of_phones]
