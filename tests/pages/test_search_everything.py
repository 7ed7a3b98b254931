"""The search from any screen, by Ctrl+K."""

import pytest

from pages import screens
from pages.parts import context
from pages.search_everything import ABOUT_ONE
from tests import signed_in
from tests.pages.conftest import cards, said, sections
from venue import clock, tags, views
from venue.roles import DESK, Role


def searched(screen, words: str, file: str = "events/list.py"):
    app = screen(file)
    app.session_state["visit.dialog"] = ("search", None)
    app.run()
    next(each for each in app.text_input if each.label == "Search customers, events and screens").set_value(words).run()
    return app


def results(app) -> dict[str, str]:
    """The addresses of what was found, by name."""
    links = [link for section in sections(app) for link in section.get("links", ())]
    found = {link["label"]: link["address"] for link in links} | {card["title"]: card["address"] for card in cards(app)}
    return {name: address for name, address in found.items() if name not in ("All events", "New event", "Add customer")}


def test_customers_events_views_and_tags_are_found(venue, screen, add_customer, add_event):
    zoe, quiz = add_customer("Zoë", "Quartermaine", "07700 900001"), add_event("Quiz Night")
    with venue.transaction(DESK) as session:
        view = views.save(session, name="Quiz fans", query={"q": "jo"}, shared=True, now=clock.now())
        tag = tags.add(session, name="Quiz team", now=clock.now())
        ids = view.id, tag.id

    app = searched(screen, "qu", "messages/list.py")

    assert results(app) == {
        "Zoë Quartermaine": f"customer?id={zoe.id}",
        "Quiz Night": f"event?id={quiz.id}",
        "Requests": "requests",
        "Quiz fans": f"customers?saved={ids[0]}",
        "Quiz team": f"customers?tag={ids[1]}",
    }


def test_more_than_are_shown_are_counted_with_a_link_to_all(screen, add_customer):
    for number in range(8):
        add_customer("Jo", f"Smith {number}", f"07700 90000{number}")
    app = searched(screen, "smith")
    assert results(app)["All 8 customers"] == "customers?q=smith"


def test_nothing_found_says_so(screen):
    assert "Nothing found for ‘xyzzy’" in said(searched(screen, "xyzzy")).replace("\\", "")


def test_a_viewer_is_told_why_digits_find_no_one(venue, screen, monkeypatch, add_customer):
    add_customer()
    token = signed_in.sign_in(venue, now=clock.now(), name="Vic", role=Role.VIEWER)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = searched(screen, "900123")
    assert "may not see full numbers" in said(app).replace("\\", "")
    assert not [name for name in results(app) if "Smith" in name]


@pytest.mark.parametrize(("role", "is_found"), [(Role.MANAGER, True), (Role.STAFF, False)])
def test_only_screens_that_may_be_used_are_found(venue, screen, monkeypatch, role, is_found):
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=role)
    monkeypatch.setattr(context, "session_token", lambda: token)
    assert ("Import" in results(searched(screen, "import"))) == is_found


def test_screens_about_one_record_are_not_among_the_results():
    files = {screen.address: screen.file for screen in (*screens.MAIN, *screens.REACHED_FROM_THESE)}
    one_record = {address for address, file in files.items() if file.endswith(("/one.py", "/edit.py", "/edit_many.py"))}
    assert one_record <= ABOUT_ONE
