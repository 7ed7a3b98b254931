"""Sensitive acts ask for the password again, keep what was typed, and then go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from db.models import Customer, Message, SignIn, Staff
from pages.parts import context
from tests import signed_in
from tests.pages.conftest import said, toasts
from venue import clock
from venue.profile import Venue
from venue.roles import DESK, SIGN_IN
from venue.staff import passwords

PASSWORD = "two pints of best"
ASKED = "enter your password or PIN again"


@pytest.fixture
def confirmed_long_ago(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Ann, a manager, is signed in, and entered the password an hour ago. The id of the sign-in."""
    now = clock.now()
    token = signed_in.sign_in(venue, now=now, name="Ann")
    monkeypatch.setattr(context, "session_token", lambda: token)
    with venue.transaction(SIGN_IN) as session:
        staff = session.scalars(select(Staff).where(Staff.name == "Ann")).one()
        staff.password_hash = passwords.hashed(PASSWORD)
        row = session.scalars(select(SignIn).where(SignIn.staff_id == staff.id)).one()
        row.confirmed_at = now - timedelta(hours=1)
    return row.id


@pytest.fixture
def delete_jo(
    screen: Callable[..., AppTest], add_customer: Callable[..., Customer], confirmed_long_ago: UUID
) -> AppTest:
    """The dialog that deletes Jo Smith, after Delete was pressed."""
    app = screen("customers/one.py", id=add_customer().id)
    app.session_state["visit.dialog"] = ("delete", None)
    app.run()
    return press(app, "dialog.save")


def press(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def enter(app: AppTest, secret: str) -> AppTest:
    next(field for field in app.text_input if field.key == "confirm.secret").set_value(secret)
    return press(app, "confirm.continue")


def customers_left(venue: Venue) -> int:
    with venue.reading(DESK) as session:
        return len(session.scalars(select(Customer.id)).all())


def test_deleting_asks_for_the_password_first(venue: Venue, delete_jo: AppTest) -> None:
    assert ASKED in said(delete_jo)
    assert customers_left(venue) == 1


def test_the_act_goes_on_once_the_password_was_entered(venue: Venue, delete_jo: AppTest) -> None:
    app = enter(delete_jo, PASSWORD)
    assert "Jo Smith deleted" in toasts(app)
    assert customers_left(venue) == 0


def test_a_wrong_password_is_said_and_asked_for_again(venue: Venue, delete_jo: AppTest) -> None:
    app = enter(delete_jo, "wrong")
    assert "Wrong password" in said(app)
    assert customers_left(venue) == 1
    enter(app, PASSWORD)
    assert customers_left(venue) == 0


def test_closing_the_dialog_forgets_the_question(delete_jo: AppTest) -> None:
    app = press(delete_jo, "dialog.cancel")
    assert ASKED not in said(app)


def test_a_button_outside_a_dialog_asks_in_one_and_goes_on(
    venue: Venue, screen: Callable[..., AppTest], confirmed_long_ago: UUID
) -> None:
    ids = [_held_text(venue), _held_text(venue)]
    app = screen("messages/list.py", texts="Next 7 days")
    app.session_state["paused_at_once"] = ids
    app.run()
    app = press(app, "undo_pause")
    assert ASKED in said(app)
    assert states(venue) == {"held"}
    app = enter(app, PASSWORD)
    assert "2 texts resumed" in toasts(app)
    assert states(venue) == {"planned"}


def test_the_list_of_staff_does_not_ask_but_changing_it_does(
    venue: Venue, screen: Callable[..., AppTest], confirmed_long_ago: UUID
) -> None:
    app = screen("settings/staff.py")
    assert ASKED not in said(app)
    app.session_state["visit.dialog"] = ("everyone", None)
    app = press(app.run(), "dialog.save")
    assert ASKED in said(app)
    app = enter(app, PASSWORD)
    assert "1 signed out" in toasts(app)
    with venue.reading(SIGN_IN) as session:
        assert session.get_one(SignIn, confirmed_long_ago).ended_at is None


def test_the_answer_counts_for_no_other_dialog(venue: Venue, delete_jo: AppTest) -> None:
    delete_jo.session_state["visit.confirmed"] = ("text", None)
    assert customers_left(venue) == 1
    delete_jo.run()
    assert customers_left(venue) == 1


def _held_text(venue: Venue) -> Any:
    now = clock.now()
    with venue.transaction(DESK) as session:
        text = Message(kind="manual", dedupe_key=uuid4().hex, state="held", body="Hi", created_at=now, updated_at=now)
        text.mobile_number, text.due_at, text.useful_until = "+447700900123", now, now + timedelta(days=1)
        session.add(text)
        session.flush()
        return text.id


def states(venue: Venue) -> set[str]:
    with venue.reading(DESK) as session:
        return set(session.scalars(select(Message.state)))
