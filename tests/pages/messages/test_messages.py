"""Messages, one message, the words of texts, today and the banner."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.gateway import NotSent, ProviderMessage
from db.models import Booking, Message, Pause, VenueSetting
from sms import error_codes
from tests.fakes.gateway import FakeGateway
from tests.makers import STAFF
from tests.pages.conftest import button, cards, field, links, rows, said, sections, toasts
from tests.venue.worker import send_next
from venue import bookings, clock, messages
from venue.delivery import inbound
from venue.delivery.due_messages import SENDING_HELD
from venue.delivery.schedulers import DAY_USED_UP
from venue.messages import actions, needs_call, templates
from venue.messages.causes import Cause, Reason
from venue.messages.outbox import Kind
from venue.roles import DESK, SCHEDULER
from venue.timing import Timing


def first_message(venue) -> Message:
    with venue.reading(DESK) as session:
        return session.scalars(select(Message).where(Message.kind == "confirmation")).one()


def a_lost_text(venue, customer, event, book, state="failed"):
    """A confirmation that did not arrive; its id."""
    book(customer, event)
    with venue.transaction(DESK) as session:
        text = session.scalars(select(Message).where(Message.kind == "confirmation")).one()
        text.state, text.body, text.updated_at = state, "Hi Jo", clock.now()
        if state == "failed":
            text.error_code, text.reason = "30003", error_codes.explain("30003")
        return text.id


def a_reply(venue, from_, body, *, sid="SM1"):
    with venue.transaction(SCHEDULER) as session:
        text = ProviderMessage(sid, "+447700900999", body, "received", "inbound", clock.now(), None, from_)
        inbound.store(session, text, now=clock.now())


def shown(app) -> list[str]:
    """What the links to the texts are called."""
    return [row["label"] for row in rows(app)]


def test_texts_are_found_by_state_kind_and_name(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event())

    assert "Jo Smith · Confirmation" in shown(screen("messages/list.py"))
    assert "No texts found" in said(screen("messages/list.py", state="Failed"))
    assert "No texts found" in said(screen("messages/list.py", kind="Booking changed"))
    assert shown(screen("messages/list.py", kind="Confirmation")) == ["Jo Smith · Confirmation"]
    assert "No texts found" in said(screen("messages/list.py", text_q="unknown"))


@pytest.mark.parametrize(
    ("older", "key", "shown_as"),
    [
        ({"kind": "Reminder, a day before"}, "kind", "24-hour reminder"),
        ({"kind": "From the customer"}, "kind", "Reply"),
        ({"state": "Not sent"}, "state", "Skipped"),
        ({"state": "Unsure"}, "state", "Unknown"),
    ],
)
def test_a_link_with_an_older_name_of_a_filter_still_works(
    venue, screen, add_customer, add_event, book, older, key, shown_as
):
    book(add_customer(), add_event())

    app = screen("messages/list.py", **older)

    assert app.selectbox(key=key).value == shown_as
    assert "Jo Smith · Confirmation" not in shown(app)


def test_one_text_tells_its_story(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event())

    app = screen("messages/one.py", id=first_message(venue).id)

    assert app.title[0].value == "Confirmation"
    assert "Queued" in said(app)


def test_a_text_that_was_tried_shows_the_words_that_will_go_and_every_try(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event())
    text_id = first_message(venue).id
    busy = FakeGateway(NotSent("Twilio is busy", retry_after=timedelta(hours=1)))
    tried = {"timing": Timing(), "worker": "w1", "clock": clock.now}
    with venue.transaction(DESK) as session:
        messages.skip_planned(session, Message.id != text_id, Reason(Cause.REPLACED), now=clock.now())
    assert send_next(lambda: venue.transaction(SCHEDULER), busy, **tried)
    with venue.transaction(DESK) as session:
        booking = session.scalars(select(Booking)).one()
        bookings.update(session, booking.id, version=booking.version, seats=4, now=clock.now())

    app = screen("messages/one.py", id=text_id)

    assert "(4 seats)" in said(app)
    assert "(2 seats)" not in said(app)
    assert "Preview. The final wording" in said(app)
    assert "Twilio is busy" in said(app)
    assert "(2 seats)" not in said(screen("messages/list.py"))


def test_texts_are_found_by_their_day(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event())
    today = clock.today(clock.now(), venue.zone)

    assert "Jo Smith · Confirmation" in shown(screen("messages/list.py", on=today))
    assert "No texts found" in said(screen("messages/list.py", on=today - timedelta(days=1)))


def test_every_screen_says_that_texts_are_simulated_and_not_sent(screen):
    for file in (
        "today.py",
        "customers/list.py",
        "events/list.py",
        "messages/list.py",
        "settings/venue.py",
        "messages/templates.py",
    ):
        words = said(screen(file))
        assert "Test mode: no texts are sent" in words
        assert "Texts aren't being sent: the scheduler is stopped" in words


def test_today_shows_what_is_on_and_what_goes_next(screen, add_customer, add_event, book):
    book(add_customer(), add_event("Tonight's Quiz", days=0, capacity=20), seats=4)

    app = screen("today.py")

    tonight, planned = cards(app)
    assert tonight["title"] == "Tonight's Quiz"
    assert planned["title"].endswith(" · Jo Smith")
    assert planned["lines"] == ["Tonight's Quiz"]
    assert "1 text in the next 7 days" in links(app)


def test_today_leads_to_whom_to_call_and_to_replies(venue, screen, add_customer, add_event, book):
    a_lost_text(venue, add_customer(), add_event(), book)
    a_reply(venue, "+447700900777", "Do you have a table?")

    app = screen("today.py")

    assert {"1 guest not reached (1 text)", "1 unanswered reply"} <= set(links(app))
    assert sections(app)[0]["heading"] == "Needs attention"
    assert "1 guest, 1 text" in said(screen("messages/list.py", texts="Needs a call"))
    assert "1 reply" in said(screen("messages/list.py", texts="Replies"))


def test_the_coming_week_is_shown_with_its_words_to_pause_or_resume(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event(days=3))
    app = screen("messages/list.py", texts="Next 7 days")
    assert "2 texts scheduled (2 SMS)" in said(app)
    assert "you're on the list for Quiz Night" in said(app)

    assert [row["ways"][0]["label"] for row in rows(app)] == ["Pause", "Pause"]
    assert rows(app)[0]["cells"][1:] == ["Jo Smith", "Confirmation", "Quiz Night", "1 SMS"]

    with venue.transaction(DESK) as session:
        actions.hold(session, [first_message(venue).id], now=clock.now())
    app = screen("messages/list.py", texts="Next 7 days")
    app.segmented_control(key="which").set_value("On hold").run()

    assert [row["ways"][0]["label"] for row in rows(app)] == ["Resume"]


def states_by_kind(venue) -> dict[str, str]:
    with venue.reading(DESK) as session:
        return {row.kind: row.state for row in session.execute(select(Message.kind, Message.state))}


def test_pausing_all_is_asked_about_and_undo_resumes_exactly_those(venue, screen, add_customer, add_event, book):
    customer = add_customer()
    book(customer, add_event(days=10))
    with venue.transaction(DESK) as session:
        one = session.scalars(select(Message.id).where(Message.kind == "confirmation")).one()
        actions.hold(session, [one], now=clock.now())
    book(customer, add_event(name="Open Mic", days=7))
    before = states_by_kind(venue)
    app = screen("messages/list.py", texts="Next 7 days")

    button(app, "Pause all 3").click().run()
    assert "3 texts" in said(app)
    assert "will not be sent until you resume them" in said(app)
    assert states_by_kind(venue) == before, "nothing happens before the answer"
    button(app, "Pause 3 texts").click().run()
    assert toasts(app) == ["3 texts paused"]
    with venue.reading(DESK) as session:
        assert session.scalars(select(Message.state)).all().count("held") == 4

    button(app, "Undo").click().run()
    assert "3 texts resumed" in said(app)
    with venue.reading(DESK) as session:
        held = session.scalars(select(Message.id).where(Message.state == "held")).all()
    assert held == [one], "what was on hold before stays on hold"
    assert "Undo" not in [each.label for each in app.button]


def test_pausing_all_may_be_thought_better_of(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event(days=3))
    before = states_by_kind(venue)
    app = screen("messages/list.py", texts="Next 7 days")

    button(app, "Pause all 2").click().run()
    button(app, "Cancel").click().run()

    assert states_by_kind(venue) == before
    assert "Pause 2 texts" not in [each.label for each in app.button]


def test_resuming_all_is_asked_about_too(venue, screen, add_customer, add_event, book):
    book(add_customer(), add_event(days=3))
    with venue.transaction(DESK) as session:
        actions.hold(session, session.scalars(select(Message.id)).all(), now=clock.now())
    app = screen("messages/list.py", texts="Next 7 days")
    app.segmented_control(key="which").set_value("On hold").run()

    button(app, "Resume all 2").click().run()
    assert "overdue ones at once" in said(app)
    button(app, "Resume 2 texts").click().run()

    assert "held" not in states_by_kind(venue).values()


def test_a_guest_who_was_called_is_off_the_list(venue, screen, add_customer, add_event, book):
    a_lost_text(venue, add_customer(), add_event(), book)
    app = screen("messages/list.py", texts="Needs a call")

    button(app, "Mark as called").click().run()

    assert "No calls needed" in app.success[0].value


def test_a_failure_shows_on_the_booking_the_customer_and_the_event(venue, screen, add_customer, add_event, book):
    jo, quiz = add_customer(), add_event()
    a_lost_text(venue, jo, quiz, book)
    for app in (screen("customers/one.py", id=jo.id), screen("events/one.py", id=quiz.id)):
        assert "Confirmation failed" in said(app)
        assert "The phone was switched off" in said(app)


def test_what_failed_is_sent_again_with_the_words_shown(venue, screen, add_customer, add_event, book):
    lost = a_lost_text(venue, add_customer(), add_event(), book)
    app = screen("messages/one.py", id=lost)

    button(app, "Send again").click().run()
    assert said(app).count("you're on the list for Quiz Night") == 1
    app.button(key="dialog.save").click().run()

    assert "Text queued to be sent again" in said(app)
    assert "Sent again" in said(app)


def test_what_may_have_arrived_is_asked_about_twice(venue, screen, add_customer, add_event, book):
    lost = a_lost_text(venue, add_customer(), add_event(), book, state="unsure")
    app = screen("messages/one.py", id=lost)
    button(app, "Send again").click().run()

    app.button(key="dialog.save").click().run()
    assert "may already have this text" in app.error[0].value
    field(app, "Send even if it may arrive twice").check().run()
    app.button(key="dialog.save").click().run()

    assert "Text queued to be sent again" in said(app)


def test_staff_settle_a_text_of_unknown_delivery(venue, screen, add_customer, add_event, book):
    app = screen("messages/one.py", id=a_lost_text(venue, add_customer(), add_event(), book, state="unsure"))
    button(app, "Received").click().run()
    assert "Confirmed by Max\\: it arrived" in said(app)
    assert "Mark as called" not in [found.label for found in app.button]


def test_a_reply_from_an_unknown_number_is_answered(venue, screen):
    a_reply(venue, "+447700900777", "Do you have a table?")
    app = screen("messages/list.py", texts="Replies")
    button(app, "Answer").click().run()

    field(app, "Answer").set_value("Yes, at 8")
    app.form_submit_button[0].click().run()

    assert "Answer queued" in said(app)
    assert "No unanswered replies" in said(app)


def test_a_reply_that_someone_else_has_answered_since_is_sent_only_again(venue, screen):
    a_reply(venue, "+447700900777", "Can we bring the dog?")
    app = screen("messages/list.py", texts="Replies")
    button(app, "Answer").click().run()
    with venue.transaction(STAFF) as session:
        reply = session.scalars(select(Message.id).where(Message.kind == "inbound")).one()
        needs_call.answer(session, reply, body="Yes", form_token="sams", now=clock.now())
    field(app, "Answer").set_value("Sorry, no")
    app.form_submit_button[0].click().run()
    assert "Sam has already dealt with this reply" in said(app).replace("\\", "")
    assert field(app, "Answer").value == "Sorry, no"
    with venue.reading(DESK) as session:
        answers = select(Message.body).where(Message.kind == "manual")
        assert session.scalars(answers).all() == ["Yes"]
    app.form_submit_button[0].click().run()
    assert "Answer queued" in said(app)
    with venue.reading(DESK) as session:
        assert sorted(session.scalars(answers)) == ["Sorry, no", "Yes"]


def test_a_restored_backup_is_said_everywhere_and_released_on_messages(venue, screen):
    with venue.transaction(DESK) as session:
        value = '{"phase": "held", "since": "2026-01-01T12:00:00+00:00"}'
        session.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=clock.now()))
    assert "Sending is paused" in said(screen("today.py"))
    app = screen("messages/list.py", texts="Restored")

    button(app, "Resume sending").click().run()
    app.button(key="dialog.save").click().run()

    assert "Sending resumed" in said(app)
    assert "Sending is paused" not in said(app)


def test_a_pause_says_why_and_since_when(venue, screen):
    with venue.transaction(DESK) as session:
        pause(session, "", "20003")
        pause(session, "+33", "21408")
    words = said(screen("events/list.py"))
    assert "Sending is paused since today" in words
    assert "Twilio did not accept our account" in words
    assert "Sending to numbers that begin with \\+33 is paused since today" in words
    assert "other countries are not affected" in words


def test_a_limit_that_keeps_texts_back_is_said_everywhere(venue, screen):
    with venue.transaction(DESK) as session:
        session.add(VenueSetting(name=DAY_USED_UP, value="The others wait", updated_at=clock.now()))
    assert "The others wait" in said(screen("events/list.py"))


def test_a_text_that_waits_for_the_end_of_a_pause_says_so(venue, screen, add_customer, add_event, book):
    book(add_customer(mobile_number="+33 6 12 34 56 78"), add_event())
    with venue.transaction(DESK) as session:
        pause(session, "+33", "21408")
        text = session.scalars(select(Message.id).where(Message.kind == "confirmation")).one()
    assert "Waiting: Sending to numbers that begin with +33 is paused" in said(
        screen("messages/list.py", texts="Next 7 days")
    )
    assert "Waiting\\: Sending to numbers that begin with \\+33 is paused" in said(screen("messages/one.py", id=text))


def pause(session, scope, code):
    reason, at = error_codes.explain(code), clock.now()
    session.add(Pause(account="x", scope=scope, reason=reason, error_code=code, paused_at=at, try_again_at=at))


# The words of the texts


def test_words_with_an_unknown_variable_cannot_be_saved(screen):
    app = screen("messages/templates.py")

    field(app, "Message").set_value("Hi {name}").run()
    assert "Unknown field" in app.error[0].value
    button(app, "Save").click().run()

    assert "Unknown field" in app.error[0].value
    assert field(app, "Message").value == "Hi {name}"


def test_new_words_are_saved_and_the_venues_own_come_back(screen):
    app = screen("messages/templates.py")
    own = field(app, "Message").value

    field(app, "Message").set_value("Hi {first_name}, see you {event_day}.").run()
    button(app, "Save").click().run()
    assert field(app, "Message").value == "Hi {first_name}, see you {event_day}."
    assert "Template saved" in said(app)

    button(app, "Restore default").click().run()
    assert field(app, "Message").value == own
    assert "Not saved yet" in said(app)
    assert field(screen("messages/templates.py"), "Message").value == "Hi {first_name}, see you {event_day}."

    button(app, "Save").click().run()
    assert "Not saved yet" not in said(app)
    assert field(screen("messages/templates.py"), "Message").value == own


def test_words_are_shown_on_a_real_booking_and_on_the_longest_names(screen, add_customer, add_event, book):
    book(add_customer(), add_event())
    words = said(screen("messages/templates.py"))
    assert "Hi Jo, you're on the list for Quiz Night" in words
    assert "Hi Maximiliana-Josefine" in words


def test_two_people_change_the_same_words(venue, screen):
    app = screen("messages/templates.py")
    field(app, "Message").set_value("Mine {first_name}").run()
    with venue.transaction(DESK) as session:
        templates.save(session, Kind.CONFIRMATION, body="Theirs again", version=0, now=clock.now())

    button(app, "Save").click().run()
    assert "Saved: Theirs again" in said(app)
    app.button(key="conflict.mine").click().run()

    with venue.reading(DESK) as session:
        assert templates.body_of(session, Kind.CONFIRMATION) == "Mine {first_name}"


def test_words_that_are_left_as_saved_begin_with_what_is_saved(venue, screen):
    app = screen("messages/templates.py")
    field(app, "Message").set_value("Mine {first_name}").run()
    with venue.transaction(DESK) as session:
        templates.save(session, Kind.CONFIRMATION, body="Theirs again", version=0, now=clock.now())

    button(app, "Save").click().run()
    app.button(key="conflict.saved").click().run()
    assert field(app, "Message").value == "Theirs again"
    assert "Not saved yet" not in said(app)
    field(app, "Message").set_value("Mine after all").run()
    button(app, "Save").click().run()
    with venue.reading(DESK) as session:
        assert templates.body_of(session, Kind.CONFIRMATION) == "Mine after all"


def test_the_words_are_tried_on_a_phone_with_a_good_number(venue, screen):
    app = screen("messages/templates.py")
    button(app, "Send a test").click().run()
    field(app, "Mobile number").set_value("01632 960123")
    app.form_submit_button[0].click().run()
    assert "landline" in app.error[0].value

    field(app, "Mobile number").set_value("07700 900123")
    app.form_submit_button[0].click().run()

    assert "Test sent" in said(app)
    with venue.reading(DESK) as session:
        assert session.scalars(select(Message.mobile_number)).all() == ["+447700900123"]
