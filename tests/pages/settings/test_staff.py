"""The staff page: accounts, links for a password, sign-ins and shared tablets."""

from datetime import timedelta

import pytest

from db.models import Device, OneTimeCode, SignIn, Staff
from tests.pages.conftest import button, field, rows, said, toasts
from venue import clock
from venue.roles import DESK
from venue.staff import accounts


@pytest.fixture
def add_staff(venue):
    def add(name: str = "Sam", role: str = "staff", **more) -> Staff:
        with venue.transaction(DESK) as session:
            return accounts.add(session, name=name, role=role, now=clock.now(), **more)

    return add


@pytest.fixture
def staff_page(screen):
    return lambda: screen("settings/staff.py")


@pytest.fixture
def sign_in_on(venue):
    """Signs a person in on a device with this user agent."""

    def sign_in(person: Staff, user_agent: str) -> None:
        with venue.transaction(DESK) as session:
            now = clock.now()
            times = {"created_at": now, "last_used_at": now, "confirmed_at": now}
            session.add(
                SignIn(
                    token_hash=user_agent[:60],
                    staff_id=person.id,
                    method="password",
                    user_agent=user_agent,
                    expires_at=now + timedelta(hours=12),
                    **times,
                )
            )

    return sign_in


ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"


def open_dialog(app, name: str, about=None):
    app.session_state["visit.dialog"] = (name, about)
    app.run()
    assert not app.exception
    return app


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def stored(venue, model, **where):
    with venue.reading(DESK) as session:
        return session.query(model).filter_by(**where).all()


def open_sign_ins(venue, person: Staff) -> int:
    return len(stored(venue, SignIn, staff_id=person.id, ended_at=None))


def person_row(app, name: str) -> dict:
    return next(row for row in rows(app, "Staff") if row["cells"][0] == name)


def test_each_account_says_its_role_and_how_its_person_signs_in(staff_page, add_staff):
    add_staff("Sam", email="sam@example.com")
    row = person_row(staff_page(), "Sam")
    no_password = {"colour": "orange", "words": "No password yet"}
    assert row["cells"][1:] == ["Staff", "sam@example.com", no_password, "Never signed in"]


def test_a_person_with_an_email_signs_in_through_the_provider(staff_page, add_staff, monkeypatch):
    for name, value in {
        "ISSUER": "https://id.example.com",
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "y",
        "NAME": "Ex",
    }.items():
        monkeypatch.setenv(f"OIDC_{name}", value)
    add_staff("Sam", email="sam@example.com")
    add_staff("Robin")
    app = staff_page()
    assert person_row(app, "Sam")["cells"][3] == "Ex"
    assert person_row(app, "Robin")["cells"][3]["words"] == "No password yet"


def test_a_new_account_gets_a_link_that_is_shown_once(venue, staff_page):
    app = open_dialog(staff_page(), "add")
    field(app, "Name").set_value("Robin").run()
    field(app, "Role").set_value("viewer").run()
    press(app, "dialog.save")
    [robin] = stored(venue, Staff, name="Robin")
    assert robin.role == "viewer"
    link = app.code[0].value
    assert "/choose-password#" in link
    assert len(stored(venue, OneTimeCode, staff_id=robin.id)) == 1

    press(app, "dialog.done")
    app = open_dialog(app, "link", robin.id)
    assert not app.code
    assert "shown only once" in said(app)


def test_a_name_that_is_taken_is_refused_under_its_field(venue, staff_page, add_staff):
    add_staff("Sam")
    app = open_dialog(staff_page(), "add")
    field(app, "Name").set_value("sam").run()
    press(app, "dialog.save")
    assert "There is already an account with this name" in said(app)
    assert field(app, "Name").value == "sam"
    assert len(stored(venue, Staff, name_key="sam")) == 1


def test_an_edit_saves_only_what_was_changed(venue, staff_page, add_staff):
    sam = add_staff("Sam", email="sam@example.com")
    app = open_dialog(staff_page(), "edit", sam.id)
    field(app, "Role").set_value("manager").run()
    with venue.transaction(DESK) as session:
        accounts.update(session, sam.id, version=sam.version, email="s@example.com", now=clock.now())
    press(app, "dialog.save")
    [saved] = stored(venue, Staff, id=sam.id)
    assert (saved.role, saved.email) == ("manager", "s@example.com")
    assert "Someone else also changed: e-mail" in said(app)


def test_when_both_changed_the_name_staff_choose(venue, staff_page, add_staff):
    sam = add_staff("Sam")
    app = open_dialog(staff_page(), "edit", sam.id)
    field(app, "Name").set_value("Samuel").run()
    with venue.transaction(DESK) as session:
        accounts.update(session, sam.id, version=sam.version, name="Sammy", now=clock.now())
    press(app, "dialog.save")
    assert "Saved: Sammy  \nYours: Samuel" in said(app)
    press(app, "conflict.mine")
    assert [row.name for row in stored(venue, Staff, id=sam.id)] == ["Samuel"]


def test_the_only_manager_cannot_be_disabled(venue, staff_page):
    app = staff_page()
    [only] = stored(venue, Staff, role="manager")
    app = press(open_dialog(app, "disable", only.id), "dialog.save")
    assert "is the only manager" in said(app)
    assert stored(venue, Staff, id=only.id)[0].disabled_at is None


def test_disabling_signs_the_person_out_and_they_can_be_enabled_again(venue, staff_page, add_staff, sign_in_on):
    sam = add_staff("Sam")
    sign_in_on(sam, ANDROID)
    app = press(open_dialog(staff_page(), "disable", sam.id), "dialog.save")
    assert open_sign_ins(venue, sam) == 0
    assert person_row(app, "Sam")["cells"][3] == {"colour": "gray", "words": "Disabled"}
    press(open_dialog(app, "enable", sam.id), "dialog.save")
    assert stored(venue, Staff, id=sam.id)[0].disabled_at is None


def test_where_people_are_signed_in_is_said_in_words(staff_page, add_staff, sign_in_on):
    sign_in_on(add_staff("Sam"), ANDROID)
    shown = next(row for row in rows(staff_page(), "Signed in now") if row["cells"][0] == "Sam")
    assert shown["cells"][1] == "Chrome on Android"
    assert "today" in shown["cells"][2]
    assert [way["label"] for way in shown["ways"]] == ["Sign out"]


def test_signing_oneself_out_everywhere_leaves_this_browser(venue, staff_page, sign_in_on):
    me = stored(venue, Staff)[0]
    sign_in_on(me, ANDROID)
    labels = [way["label"] for row in rows(staff_page(), "Signed in now") for way in row["ways"]]
    assert sorted(labels) == ["Sign out", "Sign out everywhere else", "Sign out everywhere else"]


def test_everyone_can_be_signed_out_after_a_question(venue, staff_page, add_staff, sign_in_on):
    sam, robin = add_staff("Sam"), add_staff("Robin")
    sign_in_on(sam, ANDROID)
    sign_in_on(robin, MAC)
    app = staff_page()
    button(app, "Sign everyone out").click().run()
    assert open_sign_ins(venue, sam) == 1
    press(app, "dialog.save")
    assert open_sign_ins(venue, sam) == open_sign_ins(venue, robin) == 0
    assert "2 signed out" in toasts(app)


def test_a_shared_tablet_gets_a_code_that_is_shown_once(venue, staff_page):
    app = staff_page()
    button(app, "Add a shared tablet").click().run()
    field(app, "Name of the tablet").set_value("Bar tablet").run()
    press(app, "dialog.save")
    assert app.code[0].value.endswith("/sign-in/tablet")
    [code] = stored(venue, OneTimeCode, purpose="tablet")
    assert code.device_name == "Bar tablet"
    shown = app.code[1].value
    press(app, "dialog.done")
    button(app, "Add a shared tablet").click().run()
    assert shown not in [code.value for code in app.code]


def test_a_tablet_is_listed_and_removed(venue, staff_page):
    with venue.transaction(DESK) as session:
        now = clock.now()
        tablet = Device(token_hash="x", name="Bar tablet", is_shared=True, created_at=now, last_used_at=now)
        session.add(tablet)
    app = staff_page()
    assert [row["cells"][0] for row in rows(app, "Shared tablets")] == ["Bar tablet"]
    app = press(open_dialog(app, "remove_tablet", tablet.id), "dialog.save")
    assert rows(app, "Shared tablets") == []
    assert stored(venue, Device, id=tablet.id)[0].removed_at is not None
