"""The filter of the customer list by one of the venue's own fields."""

from uuid import uuid4

import pytest

from tests.pages.conftest import field, people, said, toasts
from venue import clock, fields
from venue.roles import DESK


@pytest.fixture
def every_kind(venue):
    """A field of each kind, by its kind."""
    with venue.transaction(DESK) as session:
        add = {"session": session, "now": clock.now()}
        ids = {
            kind: fields.add(name=kind.capitalize(), kind=kind, **add).id for kind in ("text", "number", "day", "flag")
        }
        ids["choice"] = fields.add(name="Choice", kind="choice", choices=["Bar", "Snug"], **add).id
    return ids


@pytest.fixture
def jo_and_ann(every_kind, add_customer):
    def own(*values):
        return dict(zip(every_kind.values(), values, strict=True))

    add_customer(own=own("Nuts", 5, "1980-03-06", "yes", "Bar"))
    add_customer("Ann", "Lee", "07700 900124", own=own("Milk", 12, "1990-01-01", "no", "Snug"))


def choose(app, field_id):
    """Open the filters, and choose the field."""
    app.session_state["filters"] = True
    app.run()
    app.selectbox(key="filter.own").set_value(field_id).run()
    assert not app.exception
    return app


def button(app, label):
    return next(each for each in app.button if each.label.replace("\\", "") == label)


def names(app):
    return [person["name"] for person in people(app)]


def test_a_text_finds_who_has_it_and_is_removed_with_one_tap(screen, every_kind, jo_and_ann):
    app = choose(screen("customers/list.py"), every_kind["text"])
    app.text_input(key=f"filter.own.{every_kind['text']}").set_value("NUT").run()
    assert names(app) == ["Jo Smith"]
    assert "".join(app.query_params["field"]) == f"{every_kind['text']}~NUT"
    button(app, "Text: NUT").click().run()
    assert names(app) == ["Ann Lee", "Jo Smith"]


def test_a_number_is_found_from_to(screen, every_kind, jo_and_ann):
    app = choose(screen("customers/list.py"), every_kind["number"])
    field(app, "Number from").set_value(6.0).run()
    assert names(app) == ["Ann Lee"]
    field(app, "Number to").set_value(12.0).run()
    assert button(app, "Number: 6 to 12")
    field(app, "Number to").set_value(1e15).run()
    assert toasts(app)[-1].startswith("Number is too large")


def test_a_day_is_found_from_to(screen, every_kind, jo_and_ann):
    app = choose(screen("customers/list.py"), every_kind["day"])
    field(app, "Day to").set_value("31/12/1985").run()
    assert names(app) == ["Jo Smith"]
    assert button(app, "Day: until 31 December 1985")


def test_yes_or_no_and_a_choice(venue, screen, every_kind, jo_and_ann):
    app = screen("customers/list.py", field=f"{every_kind['flag']}~no")
    assert names(app) == ["Ann Lee"]
    assert button(app, "Flag: No")
    app = choose(app, every_kind["choice"])
    with venue.reading(DESK) as session:
        snug = fields.get(session, every_kind["choice"]).choices[1].id
    app.selectbox(key=f"filter.own.{every_kind['choice']}").set_value(str(snug)).run()
    assert names(app) == ["Ann Lee"]
    assert button(app, "Choice: Snug")
    button(app, "Flag: No").click().run()
    assert "".join(app.query_params["field"]) == f"{every_kind['choice']}~{snug}"


def test_an_address_with_a_deleted_field_is_said_and_finds_no_one(screen, every_kind, jo_and_ann):
    app = screen("customers/list.py", field=f"{uuid4()}~nuts")
    assert "A field of this address no longer exists" in said(app)
    assert names(app) == []
    button(app, "A field that no longer exists").click().run()
    assert len(names(app)) == 2


def test_an_address_that_makes_no_sense_is_said(screen, every_kind, jo_and_ann):
    assert "The field in this address is mistyped" in said(screen("customers/list.py", field="nuts"))
    app = screen("customers/list.py", field=f"{every_kind['number']}~many")
    assert "Number is not a number\\: write it like 12 or 12\\.5\\. Remove this filter" in said(app)


def test_no_results_offer_the_list_without_a_field(screen, every_kind, jo_and_ann):
    app = screen("customers/list.py", field=f"{every_kind['text']}~eggs,{every_kind['flag']}~yes")
    button(app, "Remove ‘Text: eggs’ (1 result)").click().run()
    assert names(app) == ["Jo Smith"]
