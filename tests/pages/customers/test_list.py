import re
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.customers.list_address import VIEWS, ListAddress
from pages.parts.format import plain
from tests.filtered import EACH_FILTER, FILTERS, filter_for_one_of_three
from tests.makers import MANAGER, a_customer
from tests.pages.conftest import button, field, people, people_list, said
from venue import clock, customers, privacy
from venue.customers import CustomerFilter
from venue.customers.order import SORTS
from venue.roles import DESK


def names(app) -> list[str]:
    return [person["last_name"] for person in people(app)]


def test_search_finds_parts_of_names_in_any_order(screen, add_customer):
    add_customer("Seán", "O'Neil", "07700 900001")
    add_customer("Jo", "Smith", "07700 900002")

    app = screen("customers/list.py")
    field(app, "Search customers").set_value("oneil sean").run()

    assert names(app) == ["O'Neil"]
    assert "1 customer" in said(app)


def test_filters_and_search_come_from_the_address(screen, add_customer, add_event, book):
    book(add_customer("Jo", "Smith", "07700 900001"), add_event(), seats=0)
    add_customer("Al", "Smith", "07700 900002")

    app = screen("customers/list.py", q="smith", show="Reminder only")

    assert [person["first_name"] for person in people(app)] == ["Jo"]


@pytest.mark.parametrize("name", EACH_FILTER)
def test_each_filter_is_read_from_the_address_and_can_be_removed(venue, screen, name):
    with venue.transaction(MANAGER) as session:
        all_set = filter_for_one_of_three(session, clock.now())
        where = CustomerFilter(**{name: getattr(all_set, name)})
        listed = [row.last_name for row in customers.search(session, where=where, now=clock.now()).rows]

    app = screen("customers/list.py", **where.to_query())

    assert names(app) == listed
    assert len(listed) < 3
    assert [link["address"] for link in people_list(app)["downloads"]] == [
        f"/download/customers.{ending}?{urlencode(where.to_query())}" for ending in ("csv", "xlsx")
    ]
    assert people_list(app)["kept"] == urlencode(where.to_query())
    if name in ("words", "booked"):
        return  # These are seen, and set, above the list.
    # Own fields have a button each.
    off = next(button for button in app.button if (button.key or "").startswith(f"off.{name}"))
    off.click().run()
    assert len(names(app)) == 3


def test_only_who_is_booked_on_an_event(screen, add_customer, add_event, book):
    quiz = add_event()
    book(add_customer("Jo", "Smith", "07700 900001"), quiz)
    add_customer("Al", "Jones", "07700 900002")

    assert names(screen("customers/list.py", event=quiz.id)) == ["Smith"]


def test_nothing_found_says_which_filter_hides_how_many(screen, add_customer):
    add_customer("Jo", "Smith", "07700 900001")
    add_customer("Al", "Smith", "07700 900002")
    app = screen("customers/list.py", q="smith", show="Reminder only")

    assert not people(app)
    button(app, plain("Remove ‘Reminder only’ (2 results)")).click().run()

    assert names(app) == ["Smith", "Smith"]


def test_a_name_without_results_can_be_added_as_it_was_typed(screen):
    app = screen("customers/list.py", q="Jo Smith")

    button(app, "Add ‘Jo Smith’").click().run()

    assert app.title[0].value == "Add customer"
    assert field(app, "First name").value == "Jo"


def test_cards_are_links_to_the_customer(screen, add_customer):
    jo = add_customer()

    app = screen("customers/list.py", view="Cards")

    assert people_list(app)["view"] == "Cards"
    assert [person["id"] for person in people(app)] == [str(jo.id)]


def test_a_mistyped_page_number_shows_the_first_page(screen, add_customer):
    add_customer()

    for page in ("-1", "x", "99999999999999999999", "7"):
        assert names(screen("customers/list.py", page=page)) == ["Smith"]


# Pages


@pytest.fixture
def sixty(venue):
    """Sixty customers, named so that their order is known."""
    with venue.transaction(DESK) as session:
        return [
            a_customer(session, last_name=f"Smith {number:02}", mobile_number=f"07700 9000{number:02}", now=clock.now())
            for number in range(60)
        ]


def ways(app) -> dict[str, str | None]:
    """Where First, Back, Next and Last lead."""
    return {turn["label"]: turn["to"] for turn in people_list(app)["turns"]}


def turned(screen, app, label: str):
    """The screen that a button under the list leads to, opened by its address: what a shared link shows."""
    address = {name: "".join(app.query_params[name]) for name in app.query_params if name != "page"}
    to = ways(app)[label]
    return screen("customers/list.py", **address, **({"page": to} if to else {}))


def test_the_pages_are_walked_forwards_and_backwards(screen, sixty):
    app = screen("customers/list.py", rows="25")
    last_names = [customer.last_name for customer in sixty]
    assert "1–25 of 60 customers" in said(app).replace("\\", "")
    assert ways(app)["Previous"] is None

    app = turned(screen, app, "Next")
    assert names(app) == last_names[25:50]
    assert "26–50 of 60 customers" in said(app).replace("\\", "")

    app = turned(screen, app, "Next")
    assert names(app) == last_names[50:]
    assert ways(app)["Next"] is None

    app = turned(screen, app, "Previous")
    assert names(app) == last_names[25:50]

    app = turned(screen, app, "Last")
    assert names(app) == last_names[50:]

    app = turned(screen, app, "First")
    assert names(app) == last_names[:25]


def test_a_page_found_before_words_were_typed_says_no_number_that_cannot_be(screen, sixty):
    following = ways(screen("customers/list.py", rows="25"))["Next"]
    app = screen("customers/list.py", rows="25", q="smith", page=following)
    assert "26–50 of 60 customers" in said(app).replace("\\", "")
    app = screen("customers/list.py", rows="25", q="smith 2", page=following)
    assert names(app)[0] == "Smith 25"
    assert "From Smith 25" in said(app)


def test_a_list_that_is_taken_up_again_stands_as_it_was_shown(screen, sixty):
    app = screen("customers/list.py", size="25", list=urlencode({"view": "Cards", "sort": "First name"}))
    assert people_list(app)["view"] == "Cards"
    assert people_list(app)["ordered"] == "First name"
    assert "list" not in app.query_params


def test_no_customer_is_left_out_while_others_are_added(screen, sixty, add_customer):
    app = screen("customers/list.py", rows="25")
    seen = names(app)
    for number in range(3):
        add_customer("Al", "Aaron", f"07700 9001{number:02}")
        if ways(app)["Next"] is not None:
            app = turned(screen, app, "Next")
            seen += names(app)
    assert seen == [customer.last_name for customer in sixty]


def test_a_page_whose_neighbour_was_deleted_is_still_shown(venue, screen, sixty):
    page = ways(screen("customers/list.py", rows="25"))["Next"]
    with venue.transaction(DESK) as session:
        privacy.erase(session, sixty[24].id, now=clock.now())

    assert names(screen("customers/list.py", rows="25", page=page))[0] == "Smith 26"


def delete(venue, gone) -> None:
    with venue.transaction(DESK) as session:
        for customer in gone:
            privacy.erase(session, customer.id, now=clock.now())


@pytest.mark.parametrize("search", [{}, {"q": "jo"}])
def test_in_place_of_a_page_that_emptied_the_last_one_is_shown(venue, screen, sixty, search):
    page = ways(turned(screen, screen("customers/list.py", rows="25", **search), "Next"))["Next"]
    delete(venue, sixty[50:])

    app = screen("customers/list.py", rows="25", page=page, **search)

    assert names(app) == [customer.last_name for customer in sixty[25:50]]
    assert ways(app)["Next"] is None


def test_what_is_edited_together_is_what_the_list_shows(screen, sixty):
    back = f".25.before.{sixty[2].id}"
    shown = names(screen("customers/list.py", rows="25", page=back))
    assert len(shown) == 25

    app = screen("customers/edit_many.py", size=25, list=urlencode({"rows": 25, "page": back}))
    assert app.title[0].value == "Edit 25 customers"


@pytest.mark.parametrize(("page", "words"), [("0", "1–25 of 60"), ("-3", "1–25 of 60"), ("999.25.after.{}", "From")])
def test_a_number_that_no_page_has_is_not_said(screen, sixty, page, words):
    assert words in said(screen("customers/list.py", rows="25", page=page.format(sixty[24].id))).replace("\\", "")


def test_a_letter_in_another_order_is_no_page(screen, sixty, add_customer):
    add_customer("Al", "Young", "07700 900900")
    assert names(screen("customers/list.py", page="S", sort="Newest first"))[0] == "Young"


def test_a_page_of_another_size_does_not_claim_a_number(screen, sixty):
    page = ways(screen("customers/list.py", rows="25"))["Next"]

    app = screen("customers/list.py", page=page)

    assert names(app)[0] == "Smith 25"
    assert "From Smith 25" in said(app)


def test_a_letter_leads_into_the_middle_of_the_names(screen, sixty, add_customer):
    add_customer("Al", "Taylor", "07700 900999")
    add_customer("Al", "Brown", "07700 900998")
    assert "T" in people_list(screen("customers/list.py", rows="25", sort="Newest first"))["letters"]

    app = screen("customers/list.py", rows="25", page="T")
    assert names(app) == ["Taylor"]
    assert "From T" in said(app)

    assert names(turned(screen, app, "Previous"))[-1] == "Smith 59"


def test_a_search_begins_on_its_first_page(screen, sixty):
    app = screen("customers/list.py", rows="25", page="3")
    field(app, "Search customers").set_value("smith").run()
    assert names(app)[0] == "Smith 00"
    assert "page" not in app.query_params


@pytest.mark.parametrize(
    "page", ["2.25.after.x", "..after.", "2.25.beside.00000000-0000-0000-0000-000000000000", ".....", "Æ", "2.x"]
)
def test_a_mistyped_boundary_shows_the_first_page(screen, add_customer, page):
    add_customer()
    assert names(screen("customers/list.py", page=page)) == ["Smith"]


# Order


FIRST_BY_ORDER = {
    "Last name": "Adams",
    "Last name, Z first": "Young",
    "First name": "Young",
    "First name, Z first": "Adams",
    "Mobile number": "Smith",
    "Mobile number, 9 first": "Young",
    "Oldest first": "Young",
    "Newest first": "Adams",
    "Bookings": "Smith",
    "Bookings, none first": "Young",
    "Notes": "Adams",
    "Notes, none first": "Young",
}


def test_every_column_orders_the_list_both_ways(screen, add_customer, add_event, book):
    quiz = add_event()
    add_customer("Ål", "Young", "07700 900003")
    book(add_customer("Jo", "Smith", "07700 900001", notes="Window seat"), quiz)
    book(add_customer("Zoe", "Adams", "07700 900002", notes="Brings a dog"), quiz, seats=0)

    assert {order: names(screen("customers/list.py", sort=order))[0] for order in FIRST_BY_ORDER} == FIRST_BY_ORDER


# No results


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30"])
@pytest.mark.parametrize("name", ["from", "until"])
def test_an_impossible_day_filters_nothing(screen, add_customer, name, day):
    add_customer()
    assert names(screen("customers/list.py", **{name: day})) == ["Smith"]


def test_the_filter_says_which_event_it_is(screen, add_customer, add_event):
    add_customer()
    app = screen("customers/list.py", event=add_event("Quiz *Night*").id)
    assert any(found.label.startswith("Booked for Quiz \\*Night\\*\\, ") for found in app.button)
    app = screen("customers/list.py", event="00000000-0000-0000-0000-000000000000")
    assert button(app, "Booked for an event that no longer exists")


def test_events_to_filter_by_are_the_soonest_first_and_then_the_past_ones(screen, add_event):
    for name, in_days in (("May", 60), ("Long ago", -90), ("This week", 2), ("Last week", -7)):
        add_event(name, days=in_days)
    app = screen("customers/list.py")
    app.session_state["filters"] = True
    app.run()
    shown = [words.split(",")[0] for words in field(app, "Booked for").options]
    assert shown == ["This week", "May", "Last week", "Long ago"]


def test_where_no_single_filter_hides_them_all_are_taken_off(screen, add_customer):
    add_customer()
    app = screen("customers/list.py", show="Active bookings", cannot_text="true")
    assert not people(app)

    button(app, plain("Remove all filters (1 result)")).click().run()

    assert names(app) == ["Smith"]


def test_a_search_for_a_deleted_customer_says_so(venue, screen, add_customer):
    add_customer("Al", "Jones", "07700 900001")
    jo = add_customer("Jo", "Smith", "07700 900123")
    with venue.transaction(DESK) as session:
        privacy.erase(session, jo.id, now=clock.now())

    for typed in ("smith jo", "07700 900123"):
        assert re.search(r"was deleted on \d+ \w+\.", said(screen("customers/list.py", q=typed)).replace("\\", ""))
    assert "deleted" not in said(screen("customers/list.py", q="Jo Smythe"))


def test_an_unknown_name_can_be_added_though_a_filter_is_on(screen, add_customer):
    add_customer()
    app = screen("customers/list.py", q="Al Jones", show="Reminder only")
    button(app, "Add ‘Al Jones’").click().run()
    assert field(app, "Last name").value == "Jones"


# The address


@given(
    st.builds(
        ListAddress,
        where=FILTERS,
        sort=st.sampled_from(list(SORTS)),
        rows=st.sampled_from([25, 50, 100]),
        view=st.sampled_from(["", *VIEWS]),
        columns=st.lists(st.sampled_from(["last_name", "notes", "field.7"])).map(tuple),
        page=st.text(),
    )
)
def test_where_staff_are_in_the_list_goes_into_its_address_and_comes_back(address):
    assert ListAddress.from_query(address.to_query()) == address
    assert ListAddress.from_query(dict(parse_qsl(urlencode(address.to_query())))) == address


def test_an_address_that_makes_no_sense_is_the_list_as_usual():
    nonsense = {"sort": "Colour", "rows": "7", "view": "Map", "show": "perhaps"}
    assert ListAddress.from_query(nonsense) == ListAddress()
    assert ListAddress().to_query() == {}
