"""Names that break screens, through the form, the list as table and as cards, the search and the customer's screen."""

import json
import os

import pytest

from db.models import Customer
from tests.naughty import NAUGHTY
from tests.pages.conftest import button, field, people, people_list, said
from venue import clock, customers
from venue.customers import names
from venue.roles import DESK

TAKEN = [name for name in NAUGHTY if not names.problem(names.clean(name), "First name")]
# Typed into the form one after the other it takes minutes: all of them by `make soak`, the worst and a few others here.
WORST = ["$x^2$", "{{7*7}}", "<script>alert(1)</script>", ":red[Jo]", ":material/home:", "[Jo](x)", "a@b", "1/2", "***"]
TYPED = NAUGHTY if os.environ.get("SOAK") else [*WORST, *NAUGHTY[::60]]
PARTS = 4


@pytest.fixture
def everybody(venue):
    """Inserted directly, which is quick: the form is tested below."""
    then = {"created_at": clock.now(), "updated_at": clock.now()}
    with venue.transaction(DESK) as session:
        for number, name in enumerate(map(names.clean, TAKEN)):
            mobile_number = f"+447700900{number % 1_000:03}"
            customer = Customer(first_name=name, last_name=name, mobile_number=mobile_number, **then)
            customers.update_search_text(session, customer)
            session.add(customer)


def test_the_list_shows_each_as_it_is(screen, everybody):
    for view in ("Table", "Cards"):
        listed = all_listed(screen("customers/list.py", rows="100", view=view))
        assert sorted(row["last_name"] for row in listed) == sorted(map(names.clean, TAKEN))
        assert len({row["id"] for row in listed}) == len(TAKEN)
        json.dumps(listed).encode("utf-8")


def all_listed(app):
    """The rows of all pages, from this first one."""
    listed = people(app)
    while following := people_list(app)["turns"][2]["to"]:
        app.query_params["page"] = following
        listed += people(app.run())
    return listed


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_from_the_form_to_the_search_and_the_customers_own_screen(screen, part):
    form, found = screen("customers/add.py"), screen("customers/list.py", rows="100")
    own = screen("customers/one.py")
    for number, name in enumerate(TYPED[part::PARTS]):
        add_another(form, name, f"07700 900{number:03}")
        if name not in TAKEN:
            assert field(form, "First name").value == name
            assert "First name" in said(form) or "first name" in said(form)
            form = screen("customers/add.py")
            continue
        kept = f"{names.clean(name)} {names.clean(name)}"
        found.query_params["q"] = name
        shown = people(found.run())
        # Digits alone find every number that has them.
        rows = [row for row in shown if row["name"] == kept] or (shown if len(shown) == 100 else [])
        assert rows, (name, said(found))
        own.query_params["id"] = rows[-1]["id"]
        assert literally(own.run().title[0].value) == literally(rows[-1]["name"])
        assert not any(app.exception for app in (form, found, own))


def add_another(app, name, number):
    field(app, "First name").set_value(name)
    field(app, "Last name").set_value(name)
    field(app, "Mobile number").set_value(number)
    button(app, "Save and add another").click().run()
    for answer in ("Keep", "Add anyway"):
        offered = [each for each in app.button if each.label.startswith(answer)]
        if offered:
            offered[0].click().run()


def literally(shown):
    """Without the marks that keep a name from being read as Markdown, and those that turn the writing back."""
    return shown.translate(dict.fromkeys(map(ord, "\\\u2060\u202c\u2069")))
