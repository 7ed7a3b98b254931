"""Every screen as a viewer, as staff and as a manager: it opens, and shows nothing that would be refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from db.models import Customer, Message, PhoneNumber
from pages import screens
from pages.parts import context
from tests import signed_in
from tests.pages.conftest import given, said, sections
from venue import bookings, clock, events, tags
from venue.messages import actions
from venue.profile import Venue
from venue.roles import DESK, MAY, Permission, Role

REFUSED = "may not"
JO = "+447700900123"
# What a screen needs, besides reading. Without it, the screen says why it cannot be used.
SCREENS = {
    "customers/add.py": Permission.CUSTOMERS,
    "customers/edit.py": Permission.CUSTOMERS,
    "customers/duplicates.py": Permission.CUSTOMERS,
    "customers/edit_many.py": Permission.CUSTOMERS,
    "customers/merge.py": Permission.MERGE,
    "events/add.py": Permission.EVENTS,
    "events/edit.py": Permission.EVENTS,
    "messages/templates.py": Permission.TEMPLATES,
    **dict.fromkeys(("campaigns/list.py", "campaigns/one.py", "campaigns/edit.py"), Permission.BULK),
    "settings/change.py": Permission.SETTINGS,
    "settings/fields.py": Permission.FIELDS,
    "settings/staff.py": Permission.ACCOUNTS,
    "settings/tags.py": Permission.FIELDS,
    "journal/list.py": Permission.JOURNAL,
    "imports/list.py": Permission.IMPORT,
    "imports/one.py": Permission.IMPORT,
    "data/home.py": Permission.EXPORT,
    "data/requests.py": Permission.CUSTOMERS,
    "data/request.py": Permission.REQUESTS,
    "data/retention.py": Permission.DELETE,
}
OWN_ACCOUNT = ("password", "pin", "remove_pin", "app", "no_app", "email", "end_one", "end_all_of")
# What the buttons on boards need, by the name of the act. All others are about accounts.
ACTS = {
    **dict.fromkeys(OWN_ACCOUNT, Permission.READ),
    "book": Permission.BOOKINGS,
    "edit": Permission.BOOKINGS,
    "unbook": Permission.BOOKINGS,
    "text": Permission.TEXTS,
    "called": Permission.TEXTS,
    "answer": Permission.TEXTS,
    "no_reply": Permission.TEXTS,
    "stop_texting": Permission.TEXTS,
    "answer_as_proposed": Permission.BOOKINGS,
    **dict.fromkeys(("not_same", "household", "later"), Permission.CUSTOMERS),
    "pause": Permission.TEXTS,
    "resume": Permission.TEXTS,
    "delete": Permission.DELETE,
    **dict.fromkeys(("edit_tag", "merge_tag", "delete_tag"), Permission.FIELDS),
    **dict.fromkeys(("agreed", "declined", "withdrew", "request"), Permission.CUSTOMERS),
}
ALL = (*screens.MAIN, *screens.REACHED_FROM_THESE)
NEEDED = {screen.address: SCREENS.get(screen.file, Permission.READ) for screen in ALL}


@pytest.fixture
def rows(venue: Venue, add_customer: Any, add_event: Any, book: Any) -> dict[str, list[dict[str, Any]]]:
    """The addresses at which each screen is opened, by its file: something of everything that screens show."""
    jo = add_customer("JO", "SMITH", JO, notes="Partner: 07700 900123")
    quiz, jazz, past = add_event(), add_event("Jazz"), add_event("Roast", days=2)
    booking = book(jo, quiz)
    book(jo, jazz)
    with venue.transaction(DESK) as session:
        events.cancel(session, jazz.id, now=clock.now())
        session.add(PhoneNumber(mobile_number="+447700900124", opted_out_at=clock.now(), opted_out_by="Max"))
        bookings.update(session, booking.id, version=booking.version, notes="Window", now=clock.now())
        vip = tags.add(session, name="VIP", at_door=True, now=clock.now())
        tags.add(session, name="Regular", now=clock.now())
        tags.put_on(session, jo.id, vip.id, now=clock.now())
    stopped = add_customer("Ann", "Lee", "+447700900124")
    add_customer("J", "Smith", JO)
    with venue.transaction(DESK) as session:
        planned = session.scalars(select(Message).where(Message.state == "planned", Message.event_id == quiz.id)).all()
        actions.hold(session, [planned[0].id], now=clock.now())
        texts = [planned[0].id, planned[1].id, _text(session, jo, "failed"), _text(session, jo, "unsure")]
        texts.append(_text(session, jo, "received", direction="in", kind="inbound"))
        texts.append(_text(session, None, "received", direction="in", kind="inbound"))
    return {
        "customers/list.py": [{}, {"q": "Missing"}, {"q": "900"}],
        "customers/one.py": [{"id": jo.id}, {"id": stopped.id}],
        "customers/edit.py": [{"id": jo.id}],
        "customers/merge.py": [{"id": jo.id}, {"id": jo.id, "other": stopped.id}],
        "events/one.py": [{"id": quiz.id}, {"id": jazz.id}, {"id": past.id}],
        "events/edit.py": [{"id": quiz.id}],
        "events/door_list.py": [{"id": quiz.id}],
        "messages/list.py": [{"texts": view} for view in ("All", "Next 7 days", "Needs a call", "Replies")],
        "messages/one.py": [{"id": text} for text in texts],
        "messages/conversation.py": [{"id": jo.id}, {"id": texts[-1]}],
    }


def _text(session: Any, customer: Customer | None, state: str, **columns: Any) -> Any:
    now = clock.now()
    values = {"kind": "manual", "dedupe_key": f"{state}:{customer and customer.id}", "state": state, "body": "Hello"}
    values |= {"customer_id": customer and customer.id, "mobile_number": JO, "created_at": now, "updated_at": now}
    text = Message(**values | columns)
    session.add(text)
    session.flush()
    return text.id


@pytest.fixture
def sign_in(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Callable[[Role], None]:
    def sign_in_as(role: Role) -> None:
        token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=role)
        monkeypatch.setattr(context, "session_token", lambda: token)

    return sign_in_as


def opened(screen: Callable[..., AppTest], rows: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, Any, AppTest]]:
    """Each screen at each of its addresses."""
    for each in ALL:
        for address in rows.get(each.file, [{}]):
            yield each.file, address, screen(each.file, **address)


@pytest.mark.parametrize("role", list(Role))
def test_a_screen_shows_only_what_the_role_may_do(screen: Any, rows: Any, sign_in: Any, role: Role) -> None:
    sign_in(role)
    for file, address, app in opened(screen, rows):
        where = f"{role} on {file} {address}"
        may_use = SCREENS.get(file, Permission.READ) in MAY[role]
        assert (REFUSED not in without_hints(app)) is may_use, where
        assert app.title, where
        assert not (refused := [each for each in acts(app) if needed_for(each) not in MAY[role]]), f"{where}: {refused}"
        assert not (refused := [each for each in links(app) if not may_open(each, role)]), f"{where}: {refused}"
        assert Permission.NUMBERS in MAY[role] or "900123" not in everything(app).replace(" ", ""), where


@pytest.mark.parametrize("role", [Role.VIEWER, Role.STAFF])
def test_no_button_is_refused(screen: Any, rows: Any, sign_in: Any, role: Role) -> None:
    sign_in(role)
    pressed = set()
    for file, address, app in opened(screen, rows):
        for label in {button.label for button in app.button if not button.disabled}:
            if (file, label) not in pressed:
                pressed.add((file, label))
                assert REFUSED not in without_hints(press(screen(file, **address), label)), f"{role}: {file}, {label}"
    assert (len(pressed) > 20) is (role is Role.STAFF)


def press(app: AppTest, label: str) -> AppTest:
    """Press a button, and Save in the dialog that it opens."""
    for button in [button for button in app.button if button.label == label and not button.disabled][:1]:
        app = button.click().run()
    saves = [button for button in app.button if button.key == "dialog.save"]
    return saves[0].click().run() if saves else app


def test_a_viewer_is_told_why_digits_find_no_one(screen: Any, rows: Any, sign_in: Any) -> None:
    sign_in(Role.VIEWER)
    assert "Sam may not see full numbers" in said(screen("customers/list.py", q="900"))


def test_a_screen_says_why_it_cannot_be_used(screen: Any, venue: Venue, sign_in: Any) -> None:
    sign_in(Role.VIEWER)
    assert "Sam may not change customers\\: ask a manager" in said(screen("customers/add.py"))


def without_hints(app: AppTest) -> str:
    """What the screen says, without the hint that digits find no one."""
    return said(app).replace("may not see full numbers", "")


def everything(app: AppTest) -> str:
    boards = [*given(app, "board"), *given(app, "guest_list"), *given(app, "people_list")]
    return f"{said(app)} {app.main} {boards}"


def acts(app: AppTest) -> list[str]:
    """The names of all buttons on boards and lists of guests."""
    ways = [way for section in sections(app) for way in _ways(section)]
    ways += [act for shown in given(app, "guest_list") for act in shown["acts"]]
    return [way["name"] for way in ways if "address" not in way]


def links(app: AppTest) -> list[str]:
    """Every address that the screen links to."""
    ways = [way["address"] for section in sections(app) for way in _ways(section) if "address" in way]
    ways += [element.proto.url for element in app.get("link_button")]
    ways += [element.proto.page for element in app.get("page_link")]
    ways += [link["address"] for shown in given(app, "people_list") for link in shown["downloads"]]
    return ways


def needed_for(act: str) -> Permission:
    return ACTS.get(act, Permission.ACCOUNTS)


def may_open(address: str, role: Role) -> bool:
    if address.startswith("tel:"):
        return Permission.NUMBERS in MAY[role]
    path = address.lstrip("/").partition("?")[0]
    if path.startswith("download/"):
        return Permission.EXPORT in MAY[role]
    return NEEDED.get(path, Permission.READ) in MAY[role]


def _ways(value: Any) -> Iterator[dict[str, Any]]:
    """All buttons and links in the data of a board, and the addresses of its cards and rows."""
    if isinstance(value, dict):
        if "address" in value or {"label", "name"} <= value.keys():
            yield value
        for each in value.values():
            yield from _ways(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ways(each)
