"""The own account: password, PIN, app codes, e-mail and sign-ins."""

import pyotp
import pytest

from db.models import SignIn, Staff
from tests.pages.conftest import button, field, rows, said, toasts
from venue import clock
from venue.roles import DESK, SIGN_IN, Role
from venue.staff import accounts, codes, current, sign_in
from venue.staff.choosing import choose_password

PASSWORD, NEW = "a long enough one", "quite another one"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"


@pytest.fixture
def signed_in(venue, sign_in_screens):
    """Sam, signed in on a Mac, whose screens these are."""
    with venue.transaction(DESK) as session:
        sam = accounts.add(session, name="Sam", role=Role.STAFF, now=clock.now())
        code = codes.issue(session, "password", staff_id=sam.id, now=clock.now())
    signed_in = choose_password(
        lambda: venue.transaction(SIGN_IN),
        code=code,
        password=PASSWORD,
        device_token="",
        user_agent=MAC,
        now=clock.now(),
    )
    sign_in_screens(signed_in.token)
    return signed_in


@pytest.fixture
def account_page(screen, signed_in):
    return lambda: screen("settings/account.py")


def enter(app, dialog: str, key: str = "dialog.save", **typed: str):
    """Opens a dialog, fills its fields by their labels, and presses its button."""
    app.session_state["visit.dialog"] = (dialog, None)
    app.run()
    for label, words in typed.items():
        field(app, label.replace("_", " ")).set_value(words)
    app.button(key=key).click().run()
    assert not app.exception
    return app


def stored(venue, signed_in) -> Staff:
    with venue.reading(DESK) as session:
        return session.get_one(Staff, signed_in.staff_id)


def may_sign_in(venue, password: str, totp: str = "") -> bool:
    try:
        sign_in.with_password(
            lambda: venue.transaction(SIGN_IN),
            name="Sam",
            password=password,
            totp=totp,
            device_token="",
            user_agent="",
            now=clock.now(),
        )
    except sign_in.SignInRefused:
        return False
    return True


def status(app) -> dict[str, str]:
    return {row["cells"][0]: row["cells"][1] for row in rows(app, "How you sign in")}


def test_it_says_how_the_person_signs_in(account_page):
    app = account_page()
    assert "Sam · Staff" in said(app)
    assert status(app) == {
        "Password": "Set",
        "PIN for shared tablets": "Not set",
        "Authenticator app": "Off",
        "E-mail": "Not set",
    }


def test_the_password_is_changed_with_the_old_one(venue, account_page):
    app = enter(account_page(), "password", Present_password=PASSWORD, New_password=NEW)
    assert "Password changed" in toasts(app)
    assert may_sign_in(venue, NEW)
    assert not may_sign_in(venue, PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [("not the old one", NEW, "This is not your present password"), (PASSWORD, "short", "10")],
)
def test_a_wrong_old_or_weak_new_password_is_refused(venue, account_page, old, new, problem):
    app = enter(account_page(), "password", Present_password=old, New_password=new)
    assert problem in said(app)
    assert may_sign_in(venue, PASSWORD)


def test_a_pin_is_set_and_removed(venue, account_page, signed_in):
    app = enter(account_page(), "pin", PIN="1234")
    assert stored(venue, signed_in).pin_hash is None
    app = enter(app, "pin", PIN="8305")
    assert status(app)["PIN for shared tablets"] == "Set"
    enter(app, "remove_pin")
    assert stored(venue, signed_in).pin_hash is None


def test_an_app_is_set_up_with_its_first_code_and_turned_off(venue, account_page, signed_in):
    app = account_page()
    app.session_state["visit.dialog"] = ("app", None)
    app.run()
    secret = app.code[0].value.replace(" ", "")
    field(app, "Code").set_value("000000")
    app.button(key="dialog.save").click().run()
    assert stored(venue, signed_in).totp_secret is None
    field(app, "Code").set_value(pyotp.TOTP(secret).at(clock.now()))
    app.button(key="dialog.save").click().run()
    assert stored(venue, signed_in).totp_secret == secret
    assert status(app)["Authenticator app"].startswith("On")

    app = enter(app, "no_app")
    assert stored(venue, signed_in).totp_secret is None


def test_the_email_is_changed(venue, account_page, signed_in):
    app = enter(account_page(), "email", **{"E-mail": "sam@example.com"})
    assert stored(venue, signed_in).email == "sam@example.com"
    assert status(app)["E-mail"] == "sam@example.com"


def test_other_browsers_are_signed_out_and_this_one_is_kept(venue, account_page, signed_in):
    assert may_sign_in(venue, PASSWORD)
    app = account_page()
    assert len(rows(app, "Where you are signed in")) == 2
    button(app, "Sign out everywhere else").click().run()
    [left] = rows(app, "Where you are signed in")
    assert left["cells"] == ["Safari on Mac", "This browser"]
    with venue.reading(SIGN_IN) as session:
        assert current.actor_of(session, signed_in.token, now=clock.now()) is not None
        assert session.query(SignIn).filter_by(staff_id=signed_in.staff_id, ended_at=None).count() == 1
