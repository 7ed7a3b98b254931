"""Every screen of a venue without customers, events and texts says what would be there, and what to do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages import screens
from tests.pages.conftest import links, said, sections
from tests.pages.test_roles import SCREENS, sign_in  # noqa: F401 (a fixture)
from venue.roles import MAY, Permission, Role

ALL = {screen.file: screen for screen in (*screens.MAIN, *screens.REACHED_FROM_THESE)}
# A form, or settings, which are never without content.
FORM = ""
NOT_FOUND = "It may have been deleted, or the link is incomplete or mistyped."
# What each screen says. Those about one record are opened without one.
SAYS = {
    "today.py": "No events today or tomorrow.",
    "customers/list.py": "No customers yet. Add the first customer, or import a list.",
    "events/list.py": "No upcoming events. Add one with ‘New event’.",
    "messages/list.py": "No texts yet. Confirmations and reminders are listed here once guests are booked.",
    "insight/home.py": "Choose other days, or look again later.",
    "data/home.py": FORM,
    "settings/venue.py": FORM,
    "customers/one.py": NOT_FOUND,
    "customers/add.py": FORM,
    "customers/edit.py": NOT_FOUND,
    "customers/merge.py": NOT_FOUND,
    "customers/edit_many.py": "No customers to edit",
    "customers/duplicates.py": "No possible duplicates.",
    "events/one.py": NOT_FOUND,
    "events/add.py": FORM,
    "events/edit.py": NOT_FOUND,
    "events/door_list.py": NOT_FOUND,
    "events/waitlists.py": "No one to call.",
    "messages/one.py": NOT_FOUND,
    "messages/conversation.py": NOT_FOUND,
    "messages/templates.py": "No upcoming bookings to preview.",
    "campaigns/list.py": "No bulk texts yet. Write the first one",
    "campaigns/one.py": NOT_FOUND,
    "campaigns/edit.py": "None of these customers has agreed to news by text.",
    "journal/list.py": "Nothing was done yet.",
    "data/requests.py": "No open requests.",
    "data/request.py": NOT_FOUND,
    "imports/list.py": "No imports yet. Choose a file above to begin.",
    "imports/one.py": "No imports yet. Choose a file above to begin.",
    "data/retention.py": "No customers to erase.",
    "settings/change.py": FORM,
    "settings/staff.py": "No shared tablets yet. On one, staff tap their name and enter a PIN.",
    "settings/fields.py": "No fields yet. Add one",
    "settings/tags.py": "No tags yet. Add the first one.",
    "settings/account.py": FORM,
}
# How a value that is missing might look.
NOTHING = ("None(?! of)", "nan", "0/0", "0 of 0", "0 texts", "0 customers", "0 requests", "0 fields")
# Views of a screen, by what is in its address.
VIEWS = [
    ("events/list.py", {"which": "Past"}, "No past events."),
    ("events/list.py", {"which": "Calendar"}, "No events in March 2027."),
    ("events/list.py", {"event_name": "Quiz"}, "No events match these filters."),
    ("messages/list.py", {"texts": "Next 7 days"}, "Reminders are scheduled when guests are booked."),
    ("messages/list.py", {"texts": "Needs a call"}, "Guests whom a text did not reach are listed here."),
    ("messages/list.py", {"texts": "Replies"}, "No unanswered replies."),
    ("messages/list.py", {"state": "Failed"}, "No texts found."),
    ("insight/home.py", {"chart": "Pace"}, "Once one is added, you see here how fast its seats fill."),
    *(
        ("insight/home.py", {"chart": chart}, "Choose other days")
        for chart in ("Fill", "Came again", "No-shows", "Texts")
    ),
    ("data/requests.py", {"show_requests": "All"}, "No requests yet. Add one when a guest asks."),
    ("journal/list.py", {"what": "Customer deleted"}, "No entries match these filters."),
]
# What is in a sentence for those who may do it, and the button or link for it.
WAYS = [
    ("today.py", "New event", Permission.EVENTS),
    ("customers/list.py", "Add customer", Permission.CUSTOMERS),
    ("customers/list.py", "Import a list", Permission.IMPORT),
    ("events/list.py", "New event", Permission.EVENTS),
    ("campaigns/list.py", "New bulk text", Permission.BULK),
    ("data/requests.py", "Add request", Permission.CUSTOMERS),
    ("settings/fields.py", "Add field", Permission.FIELDS),
    ("settings/tags.py", "Add tag", Permission.FIELDS),
]


@pytest.fixture
def opened(screen: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Opens a screen of the empty venue, in which nothing may look like a value that is missing."""

    def open_screen(file: str, **address: object) -> AppTest:
        app = screen(file, **address)
        assert app.title
        assert not [nothing for nothing in NOTHING if re.search(rf"\b{nothing}\b", words(app))]
        assert not app.get("vega_lite_chart")
        assert all(section.get("rows") for section in sections(app) if "columns" in section and "empty" not in section)
        return app

    return open_screen


def test_every_screen_is_here() -> None:
    assert SAYS.keys() == ALL.keys()


@pytest.mark.parametrize("file", SAYS)
def test_an_empty_screen_says_so(opened: Any, file: str) -> None:
    assert SAYS[file] in words(opened(file))


@pytest.mark.parametrize(("file", "address", "says"), VIEWS, ids=str)
def test_an_empty_view_says_so(opened: Any, file: str, address: dict[str, str], says: str) -> None:
    assert says in words(opened(file, **address))


@pytest.mark.parametrize("role", list(Role))
def test_those_who_may_are_shown_how_to_begin(opened: Any, sign_in: Any, role: Role) -> None:  # noqa: F811
    sign_in(role)
    for file, label, permission in WAYS:
        if SCREENS.get(file, Permission.READ) in MAY[role]:
            assert (label in ways(opened(file))) is (permission in MAY[role]), f"{role} on {file}"


def words(app: AppTest) -> str:
    successes = [element.value for element in app.success]
    return "\n".join([said(app), *successes]).replace("\\", "")


def ways(app: AppTest) -> list[str]:
    """The labels of all buttons and links."""
    return [*links(app), *(each.label for each in app.button), *(each.proto.label for each in app.get("page_link"))]
