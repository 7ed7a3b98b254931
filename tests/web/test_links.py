import pytest

SOME_ID = "6bce6220-f7ac-4c76-8712-ceafa6d23a6a"


@pytest.mark.parametrize(
    ("shared", "screen"),
    [
        ("/customers/new", "/add_customer"),
        ("/customers/new?typed=Jo+Smith", "/add_customer?typed=Jo+Smith"),
        (f"/customers/{SOME_ID}", f"/customer?id={SOME_ID}"),
        (f"/customers/{SOME_ID}/edit", f"/edit_customer?id={SOME_ID}"),
        (f"/customers/{SOME_ID}?q=smith&show=No+bookings", f"/customer?id={SOME_ID}&q=smith&show=No+bookings"),
        ("/events/new", "/add_event"),
        (f"/events/{SOME_ID}", f"/event?id={SOME_ID}"),
        (f"/messages/{SOME_ID}", f"/message?id={SOME_ID}"),
        ("/data/requests", "/requests"),
        ("/data/import", "/imports"),
        (f"/data/import/{SOME_ID}", f"/import?id={SOME_ID}"),
        ("/data/retention?after=x", "/retention?after=x"),
        (f"/data/requests/{SOME_ID}", f"/request?id={SOME_ID}"),
    ],
)
def test_a_nested_address_leads_to_its_screen(browser, shared, screen):
    assert browser.get(shared).headers["location"] == screen


def test_the_id_in_the_path_wins_over_one_in_the_query(browser):
    assert browser.get(f"/customers/{SOME_ID}?id=other").headers["location"] == f"/customer?id={SOME_ID}"


@pytest.mark.parametrize("elsewhere", ["/customers/x", "/customers//evil.test", f"/customers/{SOME_ID}/more"])
def test_what_is_no_id_leads_nowhere(browser, elsewhere):
    assert browser.get(elsewhere).status_code == 404
