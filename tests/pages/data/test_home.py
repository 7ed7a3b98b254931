"""The Data screen, and who finds it in the navigation."""

import pytest

from pages import screens
from tests.pages.conftest import given
from venue.roles import Actor, Role
from web import downloads


@pytest.mark.parametrize("role", list(Role))
def test_data_is_in_the_navigation_of_those_who_may_use_it(role):
    actor = Actor.with_role("Sam", role)
    titles = [screen.title for screen in screens.MAIN if screens.may_use(screen, actor)]
    assert ("Data" in titles) is (role is Role.MANAGER)


def test_every_list_can_be_downloaded(screen):
    app = screen("data/home.py")
    # Of an event, of an import, of a selection, and of a chart.
    of_one = {"guests", "refused", "selected-customers", "insight"}
    names = [name for name in downloads.LISTS if name not in of_one]
    assert [element.proto.url for element in app.get("link_button")] == [
        f"/download/{name}.{ending}" for name in names for ending in ("csv", "xlsx")
    ]


def test_a_list_downloads_what_it_shows(venue, screen, add_customer, add_event, book):
    jo = add_customer()
    book(jo, add_event())
    shown = {
        "customers/list.py": ({"q": "jo", "sort": "Newest first"}, "customers", "q=jo&sort=created_at&descending=true"),
        "events/list.py": ({"which": "Past"}, "events", "when=past"),
        "messages/list.py": (
            {"text_q": "jo", "state": "Scheduled", "kind": "7-day reminder"},
            "messages",
            "q=jo&kind=reminder_7_day&state=planned",
        ),
        "journal/list.py": (
            {"what": "Booking added", "customer": jo.id},
            "journal",
            f"act=booking.added&customer_id={jo.id}",
        ),
    }
    for file, (address, name, query) in shown.items():
        assert addresses(screen(file, **address)) == [f"/download/{name}.{end}?{query}" for end in ("csv", "xlsx")]


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ({"month": "April 2027"}, "when=upcoming&from=2027-04-01&until=2027-04-30"),
        ({"which": "Past", "month": "February 2027"}, "when=past&from=2027-02-01&until=2027-02-28"),
        ({"which": "Calendar", "month": "April 2027"}, "from=2027-04-01&until=2027-04-30"),
        ({"which": "Calendar"}, "from=2027-03-01&until=2027-03-31"),
        ({"from": "2027-03-03", "until": "2027-03-03", "month": "April 2027"}, "from=2027-03-03&until=2027-03-03"),
    ],
)
def test_the_events_of_a_month_are_downloaded_if_a_month_is_shown(add_event, screen, address, query):
    add_event()
    shown = addresses(screen("events/list.py", **address))
    assert shown == [f"/download/events.{end}?{query}" for end in ("csv", "xlsx")]


def addresses(app):
    drawn = [link["address"] for shown in given(app, "people_list") for link in shown["downloads"]]
    return drawn + [element.proto.url for element in app.get("link_button")]
