"""Every dialog says whom and what it is about, has a way out, and shows in red what deletes."""

import uuid

import pytest

from db.models import Message
from tests.pages.conftest import button, field, toasts
from venue import clock, customers, events
from venue.roles import DESK

JO, QUIZ = "Jo Smith", "Quiz Night"


def opened(app, name: str, about=None):
    """The dialog, as what opens it leaves it."""
    app.session_state["visit.dialog"] = (name, about)
    app.run()
    assert not app.exception
    return dialog(app)


def dialog(app):
    return next(block for block in blocks(app._tree) if block.type == "dialog")


def blocks(block):
    yield block
    for child in getattr(block, "children", {}).values():
        yield from blocks(child)


def title(shown) -> str:
    return shown.proto.dialog.title


def labels(shown) -> dict[str, str]:
    """Each button's type, by its label."""
    return {each.label: each.proto.type for each in blocks(shown) if each.type in ("button", "form_submit_button")}


@pytest.fixture
def booked(add_customer, add_event, book):
    jo, quiz = add_customer(), add_event()
    return jo, quiz, book(jo, quiz)


CUSTOMER = {
    "book": ("Add booking", [JO], "Save"),
    "edit": ("Edit booking", [JO, QUIZ], "Save"),
    "unbook": ("Delete booking", [JO, QUIZ], ":red[Delete]"),
    "text": ("Send a text", [JO], "Send"),
    "delete": ("Delete customer", [JO], ":red[Delete]"),
}
EVENT = {
    "choose": ("Add booking", [QUIZ], None),
    "book": ("Add booking", [JO, QUIZ], "Save"),
    "edit": ("Edit booking", [JO, QUIZ], "Save"),
    "unbook": ("Delete booking", [JO, QUIZ], ":red[Delete]"),
    "cancel": ("Cancel event", [QUIZ], ":red[Cancel the event]"),
    "delete": ("Delete event", [QUIZ], ":red[Delete]"),
}


def check(shown, act: str, names: list[str], does: str | None, out: str = "Cancel") -> None:
    assert title(shown).startswith(act.replace(":", "\\:"))
    assert [name for name in names if name not in title(shown)] == []
    assert out in labels(shown)
    if does:
        assert labels(shown)[does] == ("secondary" if does.startswith(":red") else "primary")


@pytest.mark.parametrize("name", CUSTOMER)
def test_a_customers_dialogs_say_whose_they_are(screen, add_event, booked, name):
    jo, _, booking = booked
    add_event("Music Bingo")
    about = booking.id if name in ("edit", "unbook") else None
    check(opened(screen("customers/one.py", id=jo.id), name, about), *CUSTOMER[name])


def test_a_dialog_opened_again_is_another_to_streamlit_which_would_show_the_old_fields(screen):
    app = screen("messages/templates.py")
    shown = []
    for _ in range(2):
        button(app, "Send a test").click().run()
        shown.append(dialog(app).proto)
        app.button(key="dialog.cancel").click().run()
    assert shown[0].id != shown[1].id
    assert shown[0].dialog.title.strip() == shown[1].dialog.title.strip()


@pytest.mark.parametrize("name", EVENT)
def test_an_events_dialogs_say_whose_they_are(screen, booked, name):
    jo, quiz, booking = booked
    about = {"book": (quiz.id, jo.id), "edit": booking.id, "unbook": booking.id}.get(name)
    out = "Keep the event" if name == "cancel" else "Cancel"
    check(opened(screen("events/one.py", id=quiz.id), name, about), *EVENT[name], out)


@pytest.mark.parametrize(("name", "does"), [("again", "Send again"), ("answer", "Send")])
def test_a_texts_dialogs_say_whom_it_is_to(venue, screen, booked, name, does):
    with venue.transaction(DESK) as session:
        text = session.query(Message).filter_by(kind="confirmation").one()
        text.state, text.error_code, text.final_at = "failed", "30005", clock.now()
        text.provider_id = "SM1"
    shown = opened(screen("messages/one.py", id=text.id), name, text.id)
    check(shown, does if name == "again" else "Answer", [JO, QUIZ], does)


def test_sending_to_my_phone_says_which_text(screen):
    app = screen("messages/templates.py")
    button(app, "Send a test").click().run()
    check(dialog(app), "Send a test", ["Confirmation"], "Send")


def test_moving_an_event_says_which(screen, booked):
    app = screen("events/edit.py", id=booked[1].id)
    field(app, "Start time").set_value("8pm")
    button(app, "Save").click().run()
    check(dialog(app), "Reschedule", [QUIZ], "Reschedule and text 1 guest")


def test_two_changes_of_one_customer_are_asked_about_by_name(venue, screen, booked):
    app = screen("customers/edit.py", id=booked[0].id)
    with venue.transaction(DESK) as session:
        jo = customers.get(session, booked[0].id)
        customers.update(session, jo.id, version=jo.version, notes="Theirs", now=clock.now())
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()
    assert title(dialog(app)) == f"Which version of {JO} should we keep?"


def test_two_changes_of_one_event_are_asked_about_by_name(venue, screen, booked):
    app = screen("events/edit.py", id=booked[1].id)
    with venue.transaction(DESK) as session:
        quiz = events.get(session, booked[1].id)
        events.update(session, quiz.id, version=quiz.version, notes="Theirs", now=clock.now())
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()
    assert title(dialog(app)) == f"Which version of {QUIZ} should we keep?"


@pytest.mark.parametrize("page", ["events/add.py", "events/edit.py"])
def test_a_past_day_is_asked_about_with_the_event(screen, booked, page):
    app = screen(page, **({"id": booked[1].id} if page == "events/edit.py" else {}))
    field(app, "Name").set_value(QUIZ)
    field(app, "Date").set_value("1/3/2027")
    button(app, "Save").click().run()
    assert QUIZ in title(dialog(app))


def test_who_is_already_there_is_opened_first_of_all(screen, add_customer):
    add_customer()
    app = screen("customers/add.py")
    for label, typed in (("First name", "Jo"), ("Last name", "Smith"), ("Mobile number", "07700 900123")):
        next(each for each in app.text_input if each.label == label).set_value(typed)
    button(app, "Save").click().run()
    shown = dialog(app)
    check(shown, "Possible duplicate", [JO], "Open")
    assert list(labels(shown)) == ["Open", "Add anyway", "Cancel"]
    assert labels(shown)["Add anyway"] == "secondary"


def test_the_keys_are_closed_again(screen):
    app = screen("today.py")
    shown = opened(app, "keys")
    assert labels(shown) == {"Close": "secondary"}
    app.button(key="dialog.cancel").click().run()
    assert "visit.dialog" not in app.session_state


@pytest.mark.parametrize("name", ["edit", "unbook"])
def test_a_booking_that_was_deleted_is_explained(screen, booked, name):
    app = screen("customers/one.py", id=booked[0].id)
    app.session_state["visit.dialog"] = (name, uuid.uuid4())
    app.run()
    assert not app.exception
    assert "This booking no longer exists" in toasts(app)[0]
    assert "visit.dialog" not in app.session_state


def test_a_name_full_of_markdown_stands_in_a_title_as_it_is(venue, screen, add_customer):
    jo = add_customer("*Jo*", ":red[Smith]")
    with venue.reading(DESK) as session:
        assert customers.row(session, jo.id).first_name == "*Jo*"
    assert r"\*Jo\* \:red\[Smith\]" in title(opened(screen("customers/one.py", id=jo.id), "delete"))


def test_an_event_cancelled_in_its_dialog_is_cancelled_once(venue, screen, booked):
    _, quiz, _ = booked
    app = screen("events/one.py", id=quiz.id)
    opened(app, "cancel")
    app.button(key="dialog.cancel").click().run()
    with venue.reading(DESK) as session:
        assert events.get(session, quiz.id).cancelled_at is None
    opened(app, "cancel")
    app.button(key="dialog.save").click().run()
    with venue.reading(DESK) as session:
        assert events.get(session, quiz.id).cancelled_at is not None
