"""Saved views on Today: the count of each, with a link to its list."""

import json
from urllib.parse import parse_qsl

from tests.pages.conftest import people_list, sections
from venue import clock, events, views
from venue.roles import DESK


def watched(app) -> dict[str, str]:
    """The links of the watched views: their address by what they say."""
    section = next((each for each in sections(app) if each.get("heading") == "Views"), {"links": []})
    return {link["label"]: link["address"] for link in section["links"]}


def save(venue, name, query, on_today=True):
    with venue.transaction(DESK) as session:
        views.save(session, name=name, query=query, shared=True, on_today=on_today, now=clock.now())


def test_a_watched_view_has_the_count_of_the_list_it_opens(venue, screen, add_customer, add_event, book):
    book(add_customer("Jo", "Smith", "07700 900001"), add_event())
    add_customer("Al", "Smith", "07700 900002")
    add_customer("Al", "Jones", "07700 900003")
    save(venue, "Idle & free", {"show": "none"})
    save(venue, "Smiths", {"q": "smith", "sort": "Newest first"})
    save(venue, "Not watched", {"q": "jones"}, on_today=False)

    links = watched(screen("today.py"))

    assert list(links) == ["Idle & free: 2", "Smiths: 2"]
    for label, link in links.items():
        page, query = link.split("?")
        assert page == "customers"
        app = screen("customers/list.py", **dict(parse_qsl(query)))
        assert people_list(app)["words"] == f"{label.split(': ')[1]} customers"


def test_an_outdated_view_says_so_instead_of_a_wrong_number(venue, screen, add_event):
    event = add_event()
    save(venue, "Quiz", {"event": str(event.id)})
    with venue.transaction(DESK) as session:
        events.delete(session, event.id, now=clock.now())
    (label,) = watched(screen("today.py"))
    assert label == "Quiz: The event of this view was deleted. Remove that filter, or delete the view."


def test_without_watched_views_there_is_no_such_section(screen):
    assert watched(screen("today.py")) == {}
    assert "Views" not in json.dumps(sections(screen("today.py")))
