"""Replies: what staff see of a text that came in, and the tap that ends the texts to its number."""

from tests.makers import texts_to
from tests.pages.conftest import button, field, said, sections, toasts
from tests.pages.messages.test_messages import a_reply
from venue import bookings, clock
from venue.messages import blocking, log, needs_call, numbers
from venue.roles import DESK

WRONG_NUMBER = "They say that this is the wrong number."
HINT = "They may not want any more texts."
STOP, ALLOW = "Stop texting this number", "Allow texts to this number"
ORDER = (STOP, "Answer", "No reply needed")


def labels(app) -> list[str]:
    return [each.label for each in app.button]


def states(venue, customer) -> set[str]:
    with venue.reading(DESK) as session:
        return {text.state for text in texts_to(session, customer.id) if text.direction == "out"}


def test_one_tap_stops_the_texts_to_a_number_and_one_gives_them_back(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event())
    a_reply(venue, customer.mobile_number, "who is this?")
    app = screen("messages/list.py", texts="Replies")
    assert [each for each in labels(app) if each in ORDER] == ["Answer", "No reply needed", STOP]
    button(app, STOP).click().run()
    assert toasts(app) == ["Texts to 07700 900123 are stopped: 3 texts skipped"]
    assert states(venue, customer) == {"skipped"}
    assert not {STOP, "Answer"} & set(labels(app))
    assert "stopped by staff" in said(app)

    button(app, ALLOW).click().run()

    assert "are on again: 3 texts scheduled" in toasts(app)[-1]
    assert states(venue, customer) == {"planned"}
    assert STOP in labels(app)


def test_a_likely_refusal_is_pointed_out(venue, screen, add_customer):
    a_reply(venue, add_customer().mobile_number, "Wrong number")

    app = screen("messages/list.py", texts="Replies")

    assert WRONG_NUMBER in [each.value for each in app.warning]
    # What it asks for is first, wherever it is shown.
    assert [each for each in labels(app) if each in ORDER] == [STOP, "Answer", "No reply needed"]
    button(app, STOP).click().run()
    assert WRONG_NUMBER not in [each.value for each in app.warning]


def test_one_tap_does_what_a_reply_asks_for(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event())
    a_reply(venue, customer.mobile_number, "we'll be 6 now")
    app = screen("messages/list.py", texts="Replies")
    assert "They may want 6 seats for Quiz Night" in said(app)

    button(app, "Change to 6 seats").click().run()

    assert toasts(app)[-1] == "Seats changed"
    # It stays in its place, so that a second tap does not land on another guest's button.
    assert "No unanswered replies." in said(app)
    assert "Done by " in said(app)
    assert all(each.disabled for each in app.button if each.label in ("Change to 6 seats", *ORDER))
    assert "No unanswered replies." in [each.value for each in screen("messages/list.py", texts="Replies").info]
    with venue.reading(DESK) as session:
        assert [booking.seats for booking in bookings.for_customer(session, customer.id, now=clock.now()).active] == [6]


def test_the_customers_page_offers_the_same(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event())
    a_reply(venue, customer.mobile_number, "can't make it")
    app = screen("customers/one.py", id=customer.id)

    (notice,) = notices(app)
    assert "can't make it" in notice["words"]
    assert "They may not be coming to Quiz Night" in notice["words"]
    assert [way["label"] for way in notice["ways"]] == ["Cancel booking", "Answer", "No reply needed"]


def test_a_new_reply_is_last_and_counted_as_new(venue, screen, add_customer):
    jo = add_customer()
    a_reply(venue, jo.mobile_number, "Thanks")
    app = screen("messages/list.py", texts="Replies")
    a_reply(venue, jo.mobile_number, "One more thing", sid="SM2")
    app.run()
    assert [each.value for each in app.text] == ["Thanks", "One more thing"]
    assert "2 replies · :violet-badge[1 new, at the end]" in said(app)
    assert "1 new" not in said(screen("messages/list.py", texts="Replies"))


def test_a_reply_on_the_customers_page_keeps_its_place_when_it_is_dealt_with(venue, screen, add_customer):
    jo = add_customer()
    for words in ("First", "Second"):
        a_reply(venue, jo.mobile_number, words, sid=words)
    app = screen("customers/one.py", id=jo.id)
    before = [notice["words"] for notice in notices(app)]
    with venue.transaction(DESK) as session:
        newest = log.for_customer(session, jo.id, now=clock.now())[0]
        needs_call.mark_handled(session, [newest.id], now=clock.now())
    app.run()
    assert [notice["words"] for notice in notices(app)] == before
    done = [all(way.get("disabled") for way in notice["ways"]) for notice in notices(app)]
    assert sorted(done) == [False, True]


def test_a_wrong_number_is_stopped_from_the_customer_and_the_conversation(venue, screen, add_customer):
    customer = add_customer()
    a_reply(venue, customer.mobile_number, "Wrong number")
    (notice,) = notices(screen("customers/one.py", id=customer.id))
    assert [way["label"] for way in notice["ways"]] == [STOP, "Answer", "No reply needed"]

    app = screen("messages/conversation.py", id=customer.id)
    assert [each for each in labels(app) if each in ORDER] == [STOP, "No reply needed"]
    button(app, STOP).click().run()

    assert not {STOP, "Send"} & set(labels(app))
    (notice,) = notices(screen("customers/one.py", id=customer.id))
    assert [way["label"] for way in notice["ways"]] == ["Answer", "No reply needed"]


def notices(app) -> list[dict]:
    return [notice for section in sections(app) for notice in section.get("notices", ())]


def test_any_other_reply_is_not(venue, screen, add_customer):
    a_reply(venue, add_customer().mobile_number, "we'll stop by at 8")

    assert HINT not in [each.value for each in screen("messages/list.py", texts="Replies").warning]


def test_a_stop_of_the_guests_own_is_not_for_staff_to_end(venue, screen, add_customer):
    customer = add_customer()
    a_reply(venue, customer.mobile_number, "stop")
    app = screen("messages/list.py", texts="Replies", replies="All")
    app.segmented_control(key="replies").set_value("All").run()

    assert "They texted STOP" in said(app)
    assert not {STOP, ALLOW} & set(labels(app))
    assert ALLOW not in labels(screen("customers/one.py", id=customer.id))


def test_staff_allow_texts_again_where_the_customer_is(venue, screen, add_customer):
    customer = add_customer()
    with venue.transaction(DESK) as session:
        blocking.stop_texting(session, customer.mobile_number, now=clock.now())
    app = screen("customers/one.py", id=customer.id)
    assert "stopped by staff" in said(app)

    button(app, ALLOW).click().run()

    assert ALLOW not in labels(app)
    with venue.reading(DESK) as session:
        assert not numbers.details(session, customer.id).blocked


def test_the_story_of_a_reply_has_the_tap_too(venue, screen, add_customer):
    customer = add_customer()
    a_reply(venue, customer.mobile_number, "who is this?")
    with venue.reading(DESK) as session:
        (text,) = log.for_customer(session, customer.id)
    app = screen("messages/one.py", id=text.id)

    button(app, STOP).click().run()

    assert ALLOW in labels(app)


def test_a_conversation_is_answered_below_it(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event())
    a_reply(venue, customer.mobile_number, "is there parking?")
    app = screen("messages/conversation.py", id=customer.id)
    assert "is there parking?" in [each.value for each in app.text]

    field(app, "Answer").set_value("Yes, behind the pub")
    button(app, "Send").click().run()

    assert toasts(app)[-1] == "Text queued"
    assert [each.value for each in app.text] == ["is there parking?", "Yes, behind the pub"]
    assert "No reply needed" not in labels(app)


def test_a_reply_that_came_after_the_screen_was_drawn_stays_unanswered(venue, screen, add_customer):
    customer = add_customer()
    a_reply(venue, customer.mobile_number, "is there parking?")
    app = screen("messages/conversation.py", id=customer.id)
    a_reply(venue, customer.mobile_number, "and is there step-free access?", sid="SM2")

    field(app, "Answer").set_value("Yes, behind the pub")
    button(app, "Send").click().run()

    assert toasts(app)[-1] == "Text queued"
    assert labels(app).count("No reply needed") == 1
    with venue.reading(DESK) as session:
        replies = [text for text in texts_to(session, customer.id) if text.direction == "in"]
        unanswered = [text.body for text in replies if text.handled_at is None]
    assert unanswered == ["and is there step-free access?"]
