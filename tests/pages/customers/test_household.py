"""The household on a customer's page, and asked about when someone with the same number is added."""

import uuid

from sqlalchemy import select

from db.models import Customer
from pages.parts import context
from pages.parts.format import plain
from tests import signed_in
from tests.pages.conftest import button, said, sections
from tests.pages.customers.test_add import fill
from venue import clock, households
from venue.roles import DESK, Role


def ids(venue) -> dict[str, uuid.UUID]:
    with venue.reading(DESK) as session:
        return {row.first_name: row.id for row in session.scalars(select(Customer))}


def live_together(venue, *people) -> None:
    with venue.transaction(DESK) as session:
        households.join(session, [person.id for person in people], now=clock.now())


def names(venue, customer) -> list[str]:
    with venue.reading(DESK) as session:
        return [member.first_name for member in households.of(session, customer.id)]


def section(app) -> dict:
    return next((each for each in sections(app) if each.get("heading") == "Household"), {})


def test_the_others_are_shown_with_their_numbers_and_opened(venue, screen, add_customer):
    ann, bob = add_customer("Ann"), add_customer("Bob", mobile_number="07700 900124")
    live_together(venue, ann, bob)
    shown = section(screen("customers/one.py", id=ann.id))["cards"]
    assert [(card["title"], card.get("address", "")) for card in shown] == [
        ("Bob Smith", f"customer?id={bob.id}"),
        ("Ann Smith", ""),
    ]
    assert shown[0]["lines"] == ["07700 900124"]
    assert [way["label"] for way in shown[1]["ways"]] == ["Leave household"]


def test_one_with_the_same_number_is_offered(screen, add_customer):
    ann = add_customer("Ann")
    add_customer("Bob", last_name="Poe")
    app = screen("customers/one.py", id=ann.id)
    (notice,) = section(app)["notices"]
    assert notice["words"] == "Also has this number: Bob Poe"
    assert [way["label"] for way in notice["ways"]] == ["Same household", "Not together", "Open"]


def test_who_shares_no_number_has_no_household_section(screen, add_customer):
    assert section(screen("customers/one.py", id=add_customer().id)) == {}


def test_a_text_warns_who_else_reads_it(screen, add_customer):
    ann = add_customer("Ann")
    add_customer("Bob", last_name="Poe")
    add_customer("Cy", last_name="Fox")
    app = screen("customers/one.py", id=ann.id)
    app.session_state["visit.dialog"] = ("text", None)
    app.run()
    assert plain("Cy Fox and 1 other read texts to this number, too.") in said(app)


def test_a_text_to_ones_own_number_warns_of_no_one(screen, add_customer):
    app = screen("customers/one.py", id=add_customer("Ann").id)
    app.session_state["visit.dialog"] = ("text", None)
    app.run()
    assert "to this number" not in said(app)


def test_someone_with_a_number_that_exists_is_added_to_the_household(venue, screen, add_customer):
    ann = add_customer("Ann", last_name="Poe")
    app = screen("customers/add.py")
    fill(app, first_name="Bob", last_name="Fox")
    button(app, "Save").click().run()
    button(app, plain("Add to Ann Poe's household")).click().run()
    assert app.title[0].value == "Bob Fox"
    assert names(venue, ann) == ["Bob"]


def test_two_households_are_asked_about_before_they_become_one(venue, screen, add_customer):
    ann, bob, cy, di = (add_customer(name) for name in ("Ann", "Bob", "Cy", "Di"))
    live_together(venue, ann, bob)
    live_together(venue, cy, di)
    app = screen("customers/one.py", id=ann.id)
    app.session_state["visit.dialog"] = ("household.unite", (cy.id, "Make them all one household?"))
    app.run()
    assert plain("Make them all one household?") in said(app)
    button(app, "One household").click().run()
    assert names(venue, ann) == ["Bob", "Cy", "Di"]


def test_viewers_see_the_household_without_buttons(venue, screen, add_customer, monkeypatch):
    ann, bob = add_customer("Ann"), add_customer("Bob")
    live_together(venue, ann, bob)
    add_customer("Cy")
    token = signed_in.sign_in(venue, now=clock.now(), name="Vic", role=Role.VIEWER)
    monkeypatch.setattr(context, "session_token", lambda: token)
    shown = section(screen("customers/one.py", id=ann.id))
    assert [card["title"] for card in shown["cards"]] == ["Bob Smith", "Ann Smith"]
    assert not any(each.get("ways") for each in (*shown["cards"], *shown.get("notices", ())))
