"""Names that break screens, through the form, the list as table and as cards, the search and the customer's screen."""

import json

import pytest

from tests.pages.conftest import button, field, people, said
from tests.venue.test_naughty_names import NAUGHTY
from venue import clock, customers, names
from venue.staff import DESK

TAKEN = [name for name in NAUGHTY if not names.problem(names.clean(name), "First name")]
WORST = [
    "$x^2$",
    "{{7*7}}",
    "<script>alert(1)</script>",
    ":red[Jo]",
    ":material/home:",
    "[Jo](x)",
    "a@b",
    "' OR '1'='1",
    "\u202eoJ",
    "N" * 100,
]


@pytest.fixture
def everybody(house):
    with house.transaction(DESK) as session:
        for number, name in enumerate(TAKEN):
            customers.add(
                session,
                first_name=name,
                last_name=name,
                mobile_number=f"07700 900{number:03}",
                now=clock.now(),
                add_anyway=True,
            )


def test_the_table_shows_each_as_it_is(screen, everybody):
    app, shown = screen("customers.py", rows="100"), []
    while True:
        shown += people(app)
        if button(app, "Next").disabled:
            break
        button(app, "Next").click().run()
    assert sorted(row["last_name"] for row in shown) == sorted(map(names.clean, TAKEN))
    json.dumps(shown).encode("utf-8")


def test_the_cards_show_each_once(screen, everybody):
    app, links = screen("customers.py", view="Cards"), []
    while True:
        links += [link.proto.query_string for link in app.get("page_link") if "id=" in link.proto.query_string]
        if button(app, "Next").disabled:
            break
        button(app, "Next").click().run()
        assert not app.exception
    assert len({link.split("&")[0] for link in links}) == len(TAKEN)


@pytest.mark.parametrize("name", WORST, ids=ascii)
def test_from_the_form_to_search_and_screen(screen, name):
    app = screen("add_customer.py")
    field(app, "First name").set_value(name)
    field(app, "Last name").set_value(name)
    field(app, "Mobile number").set_value("07700 900123")
    button(app, "Save").click().run()
    if [each for each in app.button if each.key == "written.typed"]:
        app.button(key="written.typed").click().run()
    kept = names.clean(name)
    assert app.title[0].value.replace("\\", "").replace("\u2060", "") == f"{kept} {kept}".replace("\\", "")

    found = screen("customers.py", q=name)
    assert [row["name"] for row in people(found)] == [f"{kept} {kept}"]
    assert "1 customer" in said(found)
