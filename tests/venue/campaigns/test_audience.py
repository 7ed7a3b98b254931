"""Who gets a bulk text, who is left out and why, and that a draft with a fault is not sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import Message, PhoneNumber
from tests.makers import NOW, a_booking, a_customer, an_event, an_opt_out, days
from tests.venue.campaigns.people import a_draft, agrees, confirmed, who_agreed
from venue import campaigns, events, households, tags
from venue.bulk_texts import BulkTexts, Price
from venue.campaigns import Audience, LeftOut, words
from venue.errors import Conflict, Invalid
from venue.profile import venue_of


def audience_of(session: Session, **over: Any) -> Audience:
    return campaigns.find(session, a_draft(session, **over), now=NOW)


def test_only_who_agreed_gets_it_and_the_rest_is_counted_by_reason(session: Session) -> None:
    ann = agrees(session, a_customer(session, first_name="Ann"))
    bob = agrees(session, a_customer(session, first_name="Bob"), "soft_opt_in", now=NOW + days(1))
    a_customer(session)
    agrees(session, a_customer(session), "refused")
    withdrew = agrees(session, a_customer(session))
    agrees(session, withdrew, "withdrawn")
    (stopped, dead) = who_agreed(session, 2)
    an_opt_out(session, stopped.mobile_number)
    session.add(PhoneNumber(mobile_number=dead.mobile_number, unreachable_code="30005"))
    session.flush()
    agrees(session, a_customer(session, mobile_number=ann.mobile_number))
    audience = audience_of(session)
    gets = {each.id for each in audience.recipients}
    assert bob.id in gets
    assert len(gets) == 2
    assert audience.left_out == {
        LeftOut.NOT_ASKED: 1,
        LeftOut.REFUSED: 1,
        LeftOut.WITHDRAWN: 1,
        LeftOut.STOPPED: 1,
        LeftOut.CANNOT_RECEIVE: 1,
        LeftOut.SAME_PHONE: 1,
    }
    assert audience.total == 8 == len(gets) + sum(audience.left_out.values())
    assert (audience.agreed_first, audience.agreed_last) == (NOW, NOW + days(1))
    assert not audience.problems


def test_each_text_is_as_it_will_be_sent_with_the_line_about_stop(session: Session) -> None:
    who_agreed(session, first_name="Ann")
    (ann,) = audience_of(session).recipients
    assert ann.body == "The Anchor: Hi Ann, jazz on Sunday. Reply STOP to opt out."
    assert ann.segments == 1


def test_a_text_about_an_event_has_its_date_also_on_the_day_before(session: Session) -> None:
    who_agreed(session)
    event = an_event(session, starts_at=NOW + days(1))
    body = "{venue_name}: {event_name} is {event_day} at {event_time}."
    (text,) = audience_of(session, event_id=event.id, body=body).recipients
    assert text.body.startswith("The Anchor: Quiz Night is on Saturday 16 January at noon.")


@pytest.mark.parametrize("by", ["tag", "event", "search"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_audience_is_that_of_the_filter(session: Session, by: str) -> None:
    wanted, _ = who_agreed(session, 2)
    tag, event = tags.add(session, name="VIP", now=NOW), an_event(session)
    tags.put_on(session, wanted.id, tag.id, now=NOW)
    a_booking(session, wanted, event)
    query = {"tag": {"tag": str(tag.id)}, "event": {"event": str(event.id)}, "search": {"q": wanted.mobile_number}}
    assert [each.id for each in audience_of(session, query=query[by]).recipients] == [wanted.id]


def test_who_got_one_within_a_week_is_left_out(session: Session) -> None:
    who_agreed(session, 2)
    confirmed(session)
    first, second = session.query(Message).filter(Message.campaign_id.is_not(None)).all()
    for text, ago in ((first, 6), (second, 8)):
        text.state, text.claimed_at, text.provider_id = "sent", NOW - days(ago), f"SM{ago}"
    session.flush()
    audience = audience_of(session)
    assert [each.id for each in audience.recipients] == [second.customer_id]
    assert audience.left_out == {LeftOut.TEXTED_LATELY: 1}


FAULTY: dict[str, tuple[Callable[[Session], dict[str, Any]], str]] = {
    "no words": (lambda s: {"body": ""}, "Write it"),
    "only the greeting": (lambda s: {"body": words.DEFAULT}, "says nothing yet"),
    "unknown variable": (lambda s: {"body": "{venue_name} {seats}"}, "Unknown field {seats}"),
    "event's variable without event": (lambda s: {"body": "{venue_name}: {event_name}"}, "Unknown field"),
    "sender not named": (lambda s: {"body": "Jazz tonight"}, "Say who it is from"),
    "too long": (lambda s: {"body": "{venue_name} " + "a" * 460}, "Shorten it"),
    "no one": (lambda s: {"query": {"q": "Zzyzx"}}, "No one in this audience"),
    "last day over": (lambda s: {"useful_until": NOW}, "The last day for sending it is over"),
    "cancelled event": (lambda s: {"event_id": _cancelled(s)}, "is cancelled"),
    "event begun": (lambda s: {"event_id": an_event(s, starts_at=NOW, now=NOW - days(1)).id}, "has begun"),
}


def _cancelled(session: Session) -> Any:
    event = an_event(session)
    events.cancel(session, event.id, now=NOW)
    return event.id


@pytest.mark.parametrize("fault", sorted(FAULTY))
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_draft_with_a_fault_is_not_sent(session: Session, fault: str) -> None:
    who_agreed(session)
    given, said = FAULTY[fault]
    draft = a_draft(session, **given(session))
    audience = campaigns.find(session, draft, now=NOW)
    assert said in " ".join(audience.problems)
    with pytest.raises(Invalid, match=r"\."):
        campaigns.confirm(session, draft.id, version=1, ids=audience.ids, count=len(audience.recipients), now=NOW)
    assert campaigns.get(session, draft.id).state == "draft"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_tag_that_was_deleted_says_so(session: Session) -> None:
    who_agreed(session)
    tag = tags.add(session, name="VIP", now=NOW)
    draft = a_draft(session, query={"tag": str(tag.id)})
    tags.delete(session, tag.id, now=NOW)
    audience = campaigns.find(session, draft, now=NOW)
    assert audience.total == 0
    assert "tag" in " ".join(audience.problems)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_without_a_phone_of_the_venue_or_a_sender_that_can_be_answered_it_is_refused(session: Session) -> None:
    who_agreed(session)
    session.info["venue"] = replace(venue_of(session), phone="", bulk_texts=BulkTexts(can_be_answered=False))
    said = " ".join(audience_of(session, body="{venue_name}: call {venue_phone}").problems)
    assert "{venue_phone} cannot be used" in said
    assert "STOP would not arrive" in said


def test_a_draft_is_saved_once_and_a_second_change_is_asked_about(session: Session) -> None:
    one, again = (a_draft(session, form_token="token") for _ in range(2))
    assert one is again
    campaigns.update(session, one.id, version=1, body="{venue_name}: one", now=NOW)
    with pytest.raises(Conflict):
        campaigns.update(session, one.id, version=1, body="{venue_name}: two", now=NOW)
    with pytest.raises(Invalid) as refused:
        a_draft(session, name=" ", query={"tag": "nonsense"}, per_minute=0, event_id=one.id)
    assert set(refused.value.problems) == {"name", "query", "per_minute", "event_id"}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_household_members_with_one_phone_get_one_text(session: Session) -> None:
    ann, bob = who_agreed(session, 2, mobile_number="07700 900111")
    households.join(session, [ann.id, bob.id], now=NOW)
    audience = audience_of(session)
    assert len(audience.recipients) == 1
    assert audience.left_out == {LeftOut.SAME_PHONE: 1}


def test_prices_are_rounded_up() -> None:
    assert Price.read("£0.04").of(412) == "£16.48"
    assert Price.read("€0.0713").of(1) == "€0.08"
    for typed in ("0.04", "£", "£-1", "£1,5"):
        with pytest.raises(ValueError, match="give the price"):
            Price.read(typed)


def test_the_stop_line_is_added_once() -> None:
    assert words.with_stop_line(words.with_stop_line("Jazz!")) == "Jazz! Reply STOP to opt out."
