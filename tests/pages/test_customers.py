from tests.pages.conftest import button, field, said


def names(app) -> list[str]:
    return list(app.dataframe[0].value["Last name"]) if app.dataframe else []


def test_search_finds_parts_of_names_in_any_order(screen, add_customer):
    add_customer("Seán", "O'Neil", "07700 900001")
    add_customer("Jo", "Smith", "07700 900002")

    app = screen("customers.py")
    field(app, "Search customers").set_value("oneil sean").run()

    assert names(app) == ["O'Neil"]
    assert "1 customer" in said(app)


def test_filters_and_search_come_from_the_address(screen, add_customer, add_event, book):
    book(add_customer("Jo", "Smith", "07700 900001"), add_event(), seats=0)
    add_customer("Al", "Smith", "07700 900002")

    app = screen("customers.py", q="smith", show="Reminder only")

    assert list(app.dataframe[0].value["First name"]) == ["Jo"]


def test_only_who_is_booked_on_an_event(screen, add_customer, add_event, book):
    quiz = add_event()
    book(add_customer("Jo", "Smith", "07700 900001"), quiz)
    add_customer("Al", "Jones", "07700 900002")

    assert names(screen("customers.py", event=quiz.id)) == ["Smith"]


def test_nothing_found_says_which_filter_hides_how_many(screen, add_customer):
    add_customer("Jo", "Smith", "07700 900001")
    add_customer("Al", "Smith", "07700 900002")
    app = screen("customers.py", q="smith", show="Reminder only")

    assert not app.dataframe
    next(found for found in app.button if found.label.startswith("2 match without the filter")).click().run()

    assert names(app) == ["Smith", "Smith"]


def test_nobody_found_can_be_added_under_the_name_that_was_typed(screen):
    app = screen("customers.py", q="Jo Smith")

    button(app, "Add ‘Jo Smith’").click().run()

    assert app.title[0].value == "Add customer"
    assert field(app, "First name").value == "Jo"


def test_cards_are_links_to_the_customer(screen, add_customer):
    jo = add_customer()

    app = screen("customers.py", view="Cards")

    assert not app.dataframe
    assert any(str(jo.id) in str(link.proto.query_string) for link in app.get("page_link"))


def test_a_mistyped_page_number_shows_the_first_page(screen, add_customer):
    add_customer()

    for page in ("-1", "x", "99999999999999999999", "7"):
        assert names(screen("customers.py", page=page)) == ["Smith"]
