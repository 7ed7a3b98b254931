"""Every number on Today equals the list it opens. It is a Tuesday at noon."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import update

from db.models import DuplicatePair, Message, WaitlistEntry
from tests.pages.conftest import cards, said, sections
from tests.pages.messages.test_messages import a_reply
from venue import bookings, campaigns, clock, waitlist
from venue.privacy import consents, requests
from venue.roles import DESK, SCHEDULER
from venue.waitlist import PassedOver

FILES = {
    "messages": "messages/list.py",
    "duplicates": "customers/duplicates.py",
    "requests": "data/requests.py",
    "campaign": "campaigns/one.py",
    "event": "events/one.py",
    "waitlists": "events/waitlists.py",
}


@pytest.fixture
def opened(screen):
    """What the screen at this address says."""

    def open_address(address):
        page, _, query = address.partition("?")
        return screen(FILES[page], **dict(parse_qsl(query)))

    return open_address


@pytest.fixture
def links(screen):
    """The links of Today with a number, by their label."""
    return links_of(screen("today.py"))


def links_of(today):
    found = [link for section in sections(today) for link in section.get("links", ())]
    return {link["label"]: link["address"] for link in found if re.search(r"\d", link["label"])}


@pytest.fixture(autouse=True)
def a_full_day(venue, add_customer, add_event, book):
    """Something of everything that Today counts."""
    now = clock.now()
    jo, al, bo = (add_customer(*name) for name in (("Jo", "Smith"), ("Al", "Jones", "07700 900001"), ("Bo", "Lee")))
    quiz, jazz = add_event(days=0, capacity=10), add_event("Jazz", days=5, capacity=4)
    book(jo, quiz, seats=4)
    taken = book(al, jazz, seats=4)
    book(bo, add_event("Later", days=9))
    with venue.transaction(DESK) as session:
        session.execute(
            update(Message)
            .where(Message.kind == "confirmation", Message.event_id.in_([jazz.id, quiz.id]))
            .values(state="failed", updated_at=now)
        )
        waitlist.join(session, event_id=jazz.id, customer_id=bo.id, seats=2, now=now)
        bookings.update(session, taken.id, version=taken.version, seats=1, now=now)
        first, second = sorted((jo.id, bo.id))
        session.add(DuplicatePair(first_id=first, second_id=second, score=9, reasons="[]", found_at=now))
        for days in (60, 25, 0):
            day = clock.today(now, venue.zone) - timedelta(days=days)
            requests.add(session, kind="access", person="Ann", received_on=day, now=now)
        how = {"channel": "text", "basis": "consent", "how": "In person", "wording": "May we?"}
        consents.record(session, jo.id, **how, now=now)
        news = campaigns.add(session, name="News", query={}, body="{venue_name}: Hi!", now=now)
        audience = campaigns.find(session, news, now=now)
        sent = {"version": news.version, "ids": audience.ids, "count": len(audience.recipients)}
        campaigns.confirm(session, news.id, **sent, now=now)
    waitlist.offer_all(lambda: venue.transaction(SCHEDULER), now=now)
    a_reply(venue, jo.mobile_number, "who is this?")


def numbers(words):
    return [int(number) for number in re.findall(r"\d+", words)]


def label(links, words):
    (found,) = (each for each in links if words in each)
    return found


def test_guests_who_were_not_reached(links, opened):
    shown = label(links, "not reached")
    guests, texts = numbers(shown)
    assert (guests, texts) == (2, 2)
    assert f"{guests} guests, {texts} texts." in said(opened(links[shown]))


def test_unanswered_replies(links, opened):
    shown = label(links, "unanswered")
    assert shown == "1 unanswered reply"
    assert "1 reply" in said(opened(links[shown])).splitlines()


def test_texts_of_the_coming_week(links, opened):
    shown = label(links, "in the next 7 days")
    (texts,) = numbers(shown.removesuffix(" in the next 7 days"))
    assert texts > 1
    app = opened(links[shown])
    assert any(option.startswith(f"Scheduled ({texts})") for group in app.button_group for option in group.options)


def test_possible_duplicates(links, opened):
    shown = label(links, "possible duplicate")
    assert shown == "1 possible duplicate"
    assert "1 pair to decide" in said(opened(links[shown]))


def test_requests_that_are_due(links, opened):
    shown = label(links, "overdue")
    assert numbers(shown.replace("this week", "")) == [1, 1]
    assert "2 requests" in said(opened(links[shown])).splitlines()


def test_open_offers_to_waitlists(links, opened):
    shown = label(links, "open offer")
    assert shown.endswith(": 1 open offer")
    app = opened(links[shown])
    (section,) = (each for each in sections(app) if each.get("heading", "").startswith("Waitlist"))
    offered = [row for row in section["rows"] if any("Offered until" in str(cell) for cell in row["cells"])]
    assert len(offered) == 1


def test_parties_on_waitlists_to_call(venue, add_customer, add_event, screen, opened):
    with venue.transaction(DESK) as session:
        for number in range(6):
            event = add_event(f"Tasting {number}", days=3)
            unreachable = add_customer("Cy", f"Fox{number}", "07700 900950")
            entry = WaitlistEntry(event_id=event.id, customer_id=unreachable.id, seats=2, state="waiting")
            entry.cause, entry.joined_at, entry.updated_at = PassedOver.UNREACHABLE, clock.now(), clock.now()
            session.add(entry)
    found = links_of(screen("today.py"))
    shown = label(found, "on waitlists to call")
    assert shown == "All 6 parties on waitlists to call"
    (section,) = (each for each in sections(opened(found[shown])) if each.get("heading", "").endswith("parties"))
    assert (section["heading"], len(section["rows"])) == ("6 parties", 6)


def test_bulk_texts_that_are_being_sent(links, opened):
    shown = label(links, "News")
    waiting, texts = numbers(shown)
    assert (waiting, texts) == (1, 1)
    facts = [dict(each["facts"]) for each in sections(opened(links[shown])) if each.get("facts")]
    assert [str(each["Waiting"]) for each in facts if "Waiting" in each] == [str(waiting)]


def test_how_full_events_are(screen, opened):
    on_today = [card for card in cards(screen("today.py")) if card["address"].startswith("event?")]
    assert len(on_today) == 2
    for card in on_today:
        taken = next(line for line in card["lines"] if "seats" in line)
        assert taken in said(opened(card["address"]))
