"""Messages, one message, the words of texts, today and the banner."""

from sqlalchemy import select

from db.models import Message
from tests.pages.conftest import button, field, said
from venue.staff import DESK


def first_message(house) -> Message:
    with house.reading(DESK) as session:
        return session.scalars(select(Message).where(Message.kind == "confirmation")).one()


def test_texts_are_found_by_state_kind_and_name(house, screen, add_customer, add_event, book):
    book(add_customer(), add_event())

    assert "**Jo Smith** · Confirmation" in [link.label for link in screen("messages.py").get("page_link")]
    assert "No texts match" in said(screen("messages.py", state="Failed"))
    assert "No texts match" in said(screen("messages.py", text_q="nobody"))


def test_one_text_tells_its_story(house, screen, add_customer, add_event, book):
    book(add_customer(), add_event())

    app = screen("message.py", id=first_message(house).id)

    assert app.title[0].value == "Confirmation"
    assert "Nobody has tried to send it yet" in said(app)


def test_every_screen_says_that_texts_are_simulated_and_nobody_sends_them(screen):
    for file in ("today.py", "customers.py", "events.py", "messages.py", "venue_settings.py"):
        words = said(screen(file))
        assert "Texts are simulated: nothing leaves this machine" in words
        assert "The scheduler is not running: texts wait" in words


def test_today_shows_what_is_on_and_what_goes_next(screen, add_customer, add_event, book):
    book(add_customer(), add_event("Tonight's Quiz", days=0, capacity=20), seats=4)

    app = screen("today.py")

    labels = [link.label for link in app.get("page_link")]
    assert "**Tonight\\'s Quiz**" in labels
    assert any("Confirmation" in label for label in labels)


def test_words_with_an_unknown_variable_cannot_be_saved(screen):
    app = screen("venue_settings.py")

    field(app, "Words").set_value("Hi {name}").run()
    button(app, "Save").click().run()

    assert "There is no variable" in app.error[0].value
    assert field(app, "Words").value == "Hi {name}"


def test_new_words_are_saved(screen):
    app = screen("venue_settings.py")

    field(app, "Words").set_value("Hi {first_name}, see you {event_day}.").run()
    button(app, "Save").click().run()

    assert field(app, "Words").value == "Hi {first_name}, see you {event_day}."
    assert "Confirmation\\: saved" in said(app)
