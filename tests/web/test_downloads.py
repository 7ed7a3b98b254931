import io
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from db.models import Customer
from tests.filtered import EACH_FILTER, filter_for_one_of_three
from tests.makers import MANAGER, NOW, a_booking, an_event
from tests.venue.imports.uploads import imported
from venue import bulk, clock, customers
from venue.acts import Act
from venue.bulk import Selection, addresses
from venue.customers import CustomerFilter
from venue.exports import excel
from venue.journal import entries
from venue.roles import Actor, Role
from web import downloads


@pytest.fixture(autouse=True)
def two_customers(venue):
    with venue.transaction(MANAGER) as session:
        for first_name, number in (("Seán", "07700 900001"), ("Jo", "07700 900002")):
            customers.add(
                session,
                first_name=first_name,
                last_name="Smith",
                mobile_number=number,
                now=clock.now(),
                add_anyway=True,
            )


def test_everybody_comes_as_a_file_with_a_name(browser):
    answer = browser.get("/download/customers.csv")

    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.text.splitlines()) == 3
    assert "Seán" in answer.text


@pytest.mark.parametrize("name", ["customers", "events", "bookings", "messages", "journal"])
def test_every_list_comes_as_an_excel_file(browser, name):
    answer = browser.get(f"/download/{name}.xlsx")

    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.content.startswith(b"PK")


def test_customers_come_in_the_order_of_the_list(browser):
    answer = browser.get("/download/customers.csv?sort=mobile_number&descending=true")

    assert [line.split(",")[0] for line in answer.text.splitlines()[1:]] == ["Jo", "Seán"]


@pytest.mark.parametrize("when", ["upcoming", "past"])
def test_events_come_as_their_list_shows_them(venue, browser, monkeypatch, when):
    with venue.transaction(MANAGER) as session:
        an_event(session, name="upcoming")
        an_event(session, name="past", starts_at=NOW - timedelta(days=2))
    monkeypatch.setattr(clock, "now", lambda: NOW)

    lines = browser.get(f"/download/events.csv?when={when}").text.splitlines()

    assert [line.split(",")[0] for line in lines] == ["\ufeffEvent", when]


def test_events_of_some_days_come_as_their_list_shows_them(venue, browser):
    with venue.transaction(MANAGER) as session:
        an_event(session, name="quiz", category="Quiz")
        an_event(session, name="jazz", starts_at=NOW)

    def names(query: str) -> list[str]:
        return [line.split(",")[0] for line in browser.get(f"/download/events.csv?{query}").text.splitlines()[1:]]

    assert names(f"from={NOW:%Y-%m-%d}&until={NOW:%Y-%m-%d}") == ["jazz"]
    assert names("category=Quiz") == ["quiz"]
    assert browser.get("/download/events.csv?from=soon").status_code == 400


def test_the_table_of_a_chart_comes_as_a_file_and_is_in_the_journal(venue, browser, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, starts_at=NOW), seats=4)
    days = "from=2027-01-01&until=2027-01-31"

    answer = browser.get(f"/download/insight.csv?chart=seats&{days}")

    assert answer.text.splitlines() == [
        "\ufeffDate,Weekday,Events,Seats,Booked,Usual,Over",
        "15/01/2027,Friday,1,4,4,,no",
    ]
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.INSIGHT_EXPORTED).rows
        assert entry.details == {"format": "csv", "filters": ["seats"]}
    assert browser.get(f"/download/insight.csv?chart=love&{days}").status_code == 404


def test_more_rows_than_an_excel_file_holds_are_refused_in_words(browser, monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 1)

    answer = browser.get("/download/customers.xlsx")

    assert (answer.status_code, "An Excel sheet holds 1 rows" in answer.text) == (400, True)


def test_only_what_the_filters_show_comes(browser):
    answer = browser.get("/download/customers.csv?words=sean&booked=none&created_from=2020-01-01")

    assert len(answer.text.splitlines()) == 2


@pytest.mark.parametrize("name", EACH_FILTER)
def test_each_filter_narrows_the_download_as_it_narrows_the_list(venue, browser, monkeypatch, name):
    with venue.transaction(MANAGER) as session:
        session.execute(delete(Customer))
        all_set = filter_for_one_of_three(session, NOW)
        where = CustomerFilter(**{name: getattr(all_set, name)})
        listed = [row.last_name for row in customers.search(session, where=where, now=NOW).rows]
    monkeypatch.setattr(clock, "now", lambda: NOW)

    answer = browser.get("/download/customers.csv", params=where.to_query())

    assert [line.split(",")[1] for line in answer.text.splitlines()[1:]] == listed
    assert len(listed) < 3


@pytest.mark.parametrize(
    "mistyped",
    [
        "booked=perhaps",
        "show=perhaps",
        "event_id=x",
        "created_from=yesterday",
        "created_to=9999-12-31",
        "cannot_text=x",
    ],
)
def test_a_mistyped_address_says_so(browser, mistyped):
    assert browser.get(f"/download/customers.csv?{mistyped}").status_code == 400


@pytest.mark.parametrize(
    "address",
    ["events.xlsx?when=perhaps", "messages.csv?kind=x", "messages.csv?on=x", "journal.csv?act=x", "journal.csv?day=x"],
)
def test_a_mistyped_filter_says_so(browser, address):
    assert browser.get(f"/download/{address}").status_code == 400


def test_a_tag_that_does_not_exist_is_refused_in_words(browser):
    answer = browser.get(f"/download/customers.csv?tag={uuid4()}")
    assert answer.status_code == 404
    assert "A tag of this address no longer exists." in answer.text


def test_texts_and_the_journal_come_as_their_lists_show_them(venue, browser):
    with venue.transaction(MANAGER) as session:
        jo = customers.search(session, "Jo").rows[0]
        a_booking(session, jo, an_event(session, starts_at=clock.now() + timedelta(days=30)), now=clock.now())

    texts = browser.get("/download/messages.csv?q=jo&kind=confirmation").text.splitlines()
    entries = browser.get(f"/download/journal.csv?act=booking.added&customer_id={jo.id}").text.splitlines()

    assert [line.split(",")[4] for line in texts] == ["Type", "Confirmation"]
    assert [line.split(",")[4] for line in entries] == ["Kind", "Booking added"]


def test_guests_of_an_event_that_is_gone_are_not_found(browser):
    assert browser.get(f"/download/guests.csv?event_id={uuid.uuid4()}").status_code == 404
    assert browser.get("/download/guests.csv").status_code == 400


class TestViewers:
    @pytest.fixture
    def actor(self):
        return Actor.with_role("a viewer", Role.VIEWER)

    @pytest.mark.parametrize("name", list(downloads.LISTS))
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_gets_nothing_to_take_away(self, browser, name, ending):
        answer = browser.get(f"/download/{name}.{ending}?event_id={uuid.uuid4()}&import_id={uuid.uuid4()}")

        assert answer.status_code == 403
        assert "Smith" not in answer.text

    def test_gets_no_archive_of_a_customer(self, browser):
        answer = browser.get(f"/download/person.zip?id={uuid.uuid4()}")

        assert answer.status_code == 403


class TestConfirmedLongAgo:
    @pytest.fixture
    def actor(self):
        return replace(MANAGER, recently_confirmed=False)

    def test_a_download_asks_for_the_password_and_leads_back_to_itself(self, browser):
        answer = browser.get("/download/customers.csv?q=sean&show=none")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/confirm?next=%2Fdownload%2Fcustomers.csv%3Fq%3Dsean%26show%3Dnone"


def test_a_download_is_in_the_journal_and_what_was_searched_for_is_not(venue, browser):
    browser.get("/download/customers.csv?words=sean&booked=none")
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.CUSTOMERS_EXPORTED).rows
    assert entry.details == {"filters": ["booked", "words"], "format": "csv"}


def test_a_download_of_guests_is_in_the_journal_unless_there_is_no_such_event(venue, browser):
    with venue.transaction(MANAGER) as session:
        event = an_event(session)
    browser.get(f"/download/guests.csv?event_id={uuid.uuid4()}")
    browser.get(f"/download/guests.csv?event_id={event.id}")
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.GUESTS_EXPORTED).rows
    assert entry.details == {"event_id": str(event.id), "format": "csv"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_refused_rows_of_an_import_come_as_a_file(venue, browser, ending):
    found = imported(venue, "First Name,Last Name,Mobile\nZoë,Fox,nonsense\n")

    answer = browser.get(f"/download/refused.{ending}?import_id={found.id}")

    assert answer.status_code == 200
    assert f".{ending}" in answer.headers["content-disposition"]
    assert ("Zoë,Fox,nonsense" in answer.text) is (ending == "csv")
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.REFUSED_ROWS_EXPORTED).rows
    assert entry.details == {"format": ending}


def test_the_refused_rows_of_no_import_are_not_found(browser):
    assert browser.get(f"/download/refused.csv?import_id={uuid.uuid4()}").status_code == 404
    assert browser.get("/download/refused.csv").status_code == 400


def test_all_that_is_held_about_a_customer_comes_as_one_file_and_is_in_the_journal(venue, browser):
    with venue.reading(MANAGER) as session:
        jo = session.scalars(select(Customer).where(Customer.first_name == "Jo")).one()
    answer = browser.get(f"/download/person.zip?id={jo.id}")

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "Jo Smith" in archive.read("letter.html").decode()
    with venue.reading(MANAGER) as session:
        (entry,) = entries.page(session, act=Act.CUSTOMER_EXPORTED).rows
    assert entry.details == {"customer_id": str(jo.id)}


def test_an_archive_of_no_customer_is_refused(browser):
    assert browser.get("/download/person.zip?id=x").status_code == 400
    assert browser.get(f"/download/person.zip?id={uuid.uuid4()}").status_code == 404


def test_the_selected_customers_are_downloaded_while_they_are_the_same(venue, browser):
    with venue.reading(MANAGER) as session:
        jo = bulk.choose(session, Selection(where=CustomerFilter(words="jo")), now=clock.now())
        rest = Selection(where=CustomerFilter(words="smith"), without=frozenset(jo.ids))
        sean = bulk.choose(session, rest, now=clock.now())
        by_id = bulk.choose(session, Selection(ids=frozenset(sean.ids)), now=clock.now())
        earlier = rest.and_all(CustomerFilter(words="seán smith")).unticked(frozenset(jo.ids))
        after = bulk.choose(session, earlier.and_all(CustomerFilter(words="no one")), now=clock.now())
    for chosen, name in ((jo, "Jo"), (sean, "Seán"), (by_id, "Seán"), (after, "Seán")):
        answer = browser.get("/download/selected-customers.csv", params=addresses.to_query(chosen))
        lines = answer.text.strip().splitlines()
        assert (answer.status_code, len(lines), lines[1].split(",")[0].strip('"')) == (200, 2, name)
    with venue.transaction(MANAGER) as session:
        customers.update(session, next(iter(jo.ids)), version=1, now=clock.now(), first_name="Ann", save_anyway=True)
    answer = browser.get("/download/selected-customers.csv", params=addresses.to_query(jo))
    assert answer.status_code == 404
    assert "Other customers match since you selected these" in answer.text
    assert browser.get("/download/selected-customers.csv", params={"ids": "x"}).status_code == 400
