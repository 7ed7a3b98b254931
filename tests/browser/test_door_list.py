"""At the door: one tap for each guest, on a phone and on a desk, and the list on paper."""

import sqlite3
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Customer
from tests.browser.accessible import settle
from tests.browser.conftest import PHONE, SIZES, on_a
from tests.browser.people import add
from venue import bookings, choices, events

pytestmark = pytest.mark.browser


def add_guests(session: Session, now: datetime) -> str:
    quiz = events.add(session, name="Quiz", starts_at=now + timedelta(minutes=1), now=now)
    for n, name in enumerate(("Ann", "Bob", "Cat")):
        guest = add(session, name, "Smith", n, now)
        bookings.book(session, customer_id=guest.id, event_id=quiz.id, seats=n + 1, notes="By the door", now=now)
    return str(quiz.id)


def reward_every_second_visit(session: Session, now: datetime) -> None:
    """Ann was here two days ago."""
    for name, value in (("reward_name", "a free pint"), ("reward_every", "2")):
        choices.save(session, name, value, now=now)
    ann = session.scalars(select(Customer).where(Customer.first_name == "Ann")).one()
    jazz = events.add(session, name="Jazz", starts_at=now - timedelta(days=2), now=now)
    bookings.book(session, customer_id=ann.id, event_id=jazz.id, seats=1, reason="They came", now=now)


@pytest.fixture
def quiz(write) -> str:
    """The id of an event with three guests."""
    return write(add_guests)


@pytest.fixture
def screen(request, chromium, address):
    width, height = request.param
    agent = {"user_agent": PHONE, "has_touch": True} if width < 400 else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, **agent)
    yield context.new_page()
    context.close()


def marks(environment) -> dict[str, int | None]:
    with sqlite3.connect(environment["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        statement = "SELECT first_name, arrived FROM bookings JOIN customers ON customers.id = customer_id"
        return dict(database.execute(statement).fetchall())


@pytest.mark.parametrize(
    ("screen", "where"),
    [(SIZES["desk"], "event"), (SIZES["phone"], "door_list")],
    ids=["event at a desk", "door list on a phone"],
    indirect=["screen"],
)
def test_each_guest_is_marked_with_one_tap_however_quick(environment, quiz, screen, where):
    screen.goto(f"/{where}?id={quiz}")
    arrived = {name: screen.get_by_role("button", name=f"Arrived: {name} Smith") for name in ("Ann", "Bob", "Cat")}
    missing = screen.get_by_role("button", name="No-show: Bob Smith")
    expect(missing).to_be_visible()
    for button in (*arrived.values(), missing):
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    assert screen.evaluate("document.documentElement.scrollWidth") <= screen.viewport_size["width"]

    arrived["Ann"].click()
    missing.click()
    arrived["Cat"].click()
    expect(screen.get_by_text("4 arrived, 2 no-shows")).to_be_visible()
    assert marks(environment) == {"Ann": 1, "Bob": 0, "Cat": 1}

    arrived["Ann"].dblclick()
    expect(screen.get_by_text("3 arrived, 2 no-shows")).to_be_visible()
    screen.wait_for_timeout(700)  # Later, the same tap is another one.
    arrived["Ann"].dblclick()
    expect(screen.get_by_text("4 arrived, 2 no-shows")).to_be_visible()

    fewer = screen.get_by_role("button", name="One fewer: Cat Smith")
    fewer.click()
    fewer.click()
    expect(screen.get_by_text("2 arrived, 2 no-shows")).to_be_visible()
    expect(screen.get_by_text("1 of 3 came")).to_be_visible()

    arrived["Cat"].click()
    expect(screen.get_by_text("1 arrived, 2 no-shows")).to_be_visible()
    assert marks(environment) == {"Ann": 1, "Bob": 0, "Cat": None}
    expect(arrived["Ann"]).to_have_attribute("aria-pressed", "true")
    expect(screen.get_by_text("Not marked", exact=True)).to_be_visible()


@on_a("desk", "screen")
def test_the_list_is_printed_from_a_page_of_its_own(quiz, screen):
    screen.goto(f"/door_list?id={quiz}")
    with screen.context.expect_page() as opened:
        screen.get_by_role("link", name="Print").click()
    paper = opened.value
    expect(paper.get_by_role("row", name="Not marked Smith, Bob 2")).to_be_visible()
    printing = paper.get_by_role("button", name="Print")
    expect(printing).to_be_visible()
    paper.emulate_media(media="print")
    expect(printing).to_be_hidden()
    expect(paper.get_by_role("table")).to_be_visible()


@on_a("phone", "screen")
def test_what_deletes_a_booking_is_red(quiz, screen):
    screen.goto(f"/event?id={quiz}")
    colours = [
        screen.get_by_role("button", name=name).first.evaluate("button => getComputedStyle(button).color")
        for name in ("Edit booking", "Delete booking")
    ]
    red, green, _blue = (int(part) for part in colours[1].removeprefix("rgb(").removesuffix(")").split(","))
    assert colours[0] != colours[1]
    assert red > 2 * green


@on_a("desk", "screen")
def test_a_mark_is_pressed_while_the_answer_to_another_arrives(environment, quiz, screen):
    screen.goto(f"/door_list?id={quiz}")
    settle(screen)
    screen.get_by_role("button", name="Arrived: Ann Smith").click()
    screen.get_by_role("button", name="Arrived: Bob Smith").hover()
    screen.mouse.down()
    expect(screen.get_by_text("1 arrived")).to_be_visible()
    screen.mouse.up()
    expect(screen.get_by_text("3 arrived")).to_be_visible()
    assert marks(environment) == {"Ann": 1, "Bob": 1, "Cat": None}


@on_a("phone", "screen")
def test_what_another_phone_marks_is_shown_after_a_while(quiz, screen):
    other = screen.context.new_page()
    for each in (screen, other):
        each.goto(f"/door_list?id={quiz}")
        expect(each.get_by_role("button", name="Arrived: Bob Smith")).to_be_visible()
    other.get_by_role("button", name="Arrived: Bob Smith").click()
    expect(screen.get_by_text("2 arrived")).to_be_visible(timeout=20_000)
    expect(screen.get_by_role("button", name="Arrived: Bob Smith")).to_have_attribute("aria-pressed", "true")


@pytest.mark.usefixtures("server_of_its_own")
@on_a("phone", "screen")
def test_a_double_tap_gives_a_reward_once_and_it_is_taken_back(environment, quiz, screen, write):
    def rewards_given():
        with sqlite3.connect(environment["DATABASE_URL"].removeprefix("sqlite:///")) as database:
            return database.execute("SELECT count(*) FROM rewards").fetchone()[0]

    write(reward_every_second_visit)
    screen.goto(f"/door_list?id={quiz}")
    screen.get_by_role("button", name="Arrived: Ann Smith").click()
    give = screen.get_by_role("button", name="Give reward")
    expect(give).to_have_count(1)
    give.dblclick()
    expect(screen.get_by_text("Reward given: a free pint")).to_be_visible()
    expect(give).to_have_count(0)
    assert rewards_given() == 1
    expect(screen.get_by_text("No reward is due")).to_have_count(0)
    screen.get_by_role("button", name="Undo").click()
    expect(give).to_have_count(1)
    assert rewards_given() == 0


@on_a("phone", "screen")
def test_a_mark_that_was_lost_with_the_connection_is_sent_again(environment, quiz, screen):
    broken, connections = set(), []

    def connect(connection):
        server = connection.connect_to_server()
        connection.on_message(lambda message: None if connection in broken else server.send(message))
        connections.append(connection)

    screen.route_web_socket("**/_stcore/stream*", connect)
    screen.goto(f"/door_list?id={quiz}")
    expect(screen.get_by_text("3 bookings, 6 seats")).to_be_visible()
    broken.add(connections[-1])
    screen.get_by_role("button", name="Arrived: Cat Smith").click()
    connections[-1].close()
    expect(screen.get_by_text("3 arrived")).to_be_visible(timeout=20_000)
    assert marks(environment)["Cat"] == 1
