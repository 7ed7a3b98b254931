"""The screen of possible duplicates, and where it is offered."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from db.models import Customer, DuplicatePair
from tests.pages.conftest import button, said, sections
from venue import clock, duplicates, households
from venue.profile import Venue
from venue.roles import DESK

NUMBER = "07700 900801"


@pytest.fixture
def two(add_customer: Callable[..., Customer]) -> tuple[Customer, Customer]:
    return add_customer("Bob", "Lee", NUMBER, notes="Window table"), add_customer("Robert", "Lee", NUMBER)


def state(venue: Venue) -> str | None:
    with venue.reading(DESK) as session:
        return session.scalar(select(DuplicatePair.state))


def ways(app: AppTest) -> dict[str, dict[str, Any]]:
    """The buttons of the first pair, by label."""
    return {way["label"]: way for way in sections(app)[0]["notices"][0]["ways"]}


def test_a_pair_stands_side_by_side_with_why(screen: Callable[..., AppTest], two) -> None:
    app = screen("customers/duplicates.py")
    pair = sections(app)[0]
    assert pair["notices"][0]["words"] == "Same number, one first name is short for the other, same last name"
    assert {card["title"] for card in pair["cards"]} == {"Bob Lee", "Robert Lee"}
    assert "Window table" in said(app)
    assert {"Not the same", "Same household", "Later"} <= set(ways(app))
    assert "1 pair to decide" in said(app)


def test_a_decided_pair_is_not_shown(screen: Callable[..., AppTest], venue: Venue, two) -> None:
    with venue.transaction(DESK) as session:
        duplicates.decide(session, two[0].id, two[1].id, answer="not_same", now=clock.now())
    app = screen("customers/duplicates.py")
    assert "No possible duplicates." in [each.value for each in app.success]
    assert "Nothing to decide" in said(app)


def test_what_is_put_off_is_not_forgotten(screen: Callable[..., AppTest], venue: Venue, two) -> None:
    with venue.transaction(DESK) as session:
        duplicates.decide(session, two[0].id, two[1].id, answer="later", now=clock.now())
    app = screen("customers/duplicates.py")
    assert "Nothing to decide · 1 put off" in said(app)
    assert not app.success


def test_two_households_are_united_only_after_a_question(
    screen: Callable[..., AppTest], venue: Venue, two, add_customer: Callable[..., Customer]
) -> None:
    for each, name in zip(two, ("Ann", "Cy"), strict=True):
        other = add_customer(name, "Lee", "07700 900555")
        with venue.transaction(DESK) as session:
            households.join(session, [each.id, other.id], now=clock.now())
    app = screen("customers/duplicates.py")
    about = f"{two[0].id} {two[1].id}"
    app.session_state["visit.dialog"] = ("household", (about, "Make them all one household?"))
    app.session_state["visit.dialog_note"] = "ask"
    app.run()
    assert state(venue) == "open"
    button(app, "Make one household").click().run()
    assert not app.exception
    assert state(venue) == "household"


def test_it_is_offered_where_staff_look(screen: Callable[..., AppTest], two) -> None:
    assert "1 possible duplicate" in said(screen("today.py"))
    links = [link.label for link in screen("customers/list.py").get("page_link")]
    assert "1 possible duplicate" in links
    app = screen("customers/one.py", id=two[0].id)
    assert sections(app)[0]["notices"][0]["words"] == (
        "Robert Lee: same number, one first name is short for the other, same last name"
    )
    assert "1 pair" in said(screen("customers/duplicates.py", id=two[0].id))


def test_without_pairs_nothing_is_offered(
    screen: Callable[..., AppTest], add_customer: Callable[..., Customer]
) -> None:
    jo = add_customer()
    for file, address in (("today.py", {}), ("customers/list.py", {}), ("customers/one.py", {"id": jo.id})):
        app = screen(file, **address)
        assert "duplicate" not in said(app)
        assert "Maybe the same" not in str(app)


def test_adding_shows_the_reason(screen: Callable[..., AppTest], two) -> None:
    app = screen("customers/add.py")
    app.text_input[0].set_value("Rob")
    app.text_input[1].set_value("Lee")
    app.text_input[2].set_value("07700 900802")
    button(app, "Save").click().run()
    assert "Numbers differ by one digit, one first name is short for the other, same last name" in said(app)
    assert button(app, "Add anyway")
