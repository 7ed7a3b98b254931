"""What the journal says about tags."""

from datetime import date

from sqlalchemy.orm import Session

from tests.makers import NOW, a_customer
from venue import acts, tags
from venue.journal import entries, sentences


def said(session: Session) -> str:
    return sentences.of(entries.get(session, acts.last_entry(session) or 0))


def test_each_act_is_said_with_the_tag_and_the_customer(session: Session) -> None:
    jo = a_customer(session)
    vip = tags.add(session, name="VIP", now=NOW).id
    assert said(session) == "Max added the tag ‘VIP’"
    tags.put_on(session, jo.id, vip, now=NOW)
    assert said(session) == "Max put the tag ‘VIP’ on Jo Smith"
    tags.put_on(session, jo.id, vip, last_day=date(2027, 2, 1), now=NOW)
    assert said(session) == "Max changed the last day of the tag ‘VIP’ of Jo Smith to 1 February 2027"
    tags.take_off(session, jo.id, vip, now=NOW)
    assert said(session) == "Max took the tag ‘VIP’ off Jo Smith"
    tags.put_on(session, jo.id, vip, last_day=date(2027, 2, 1), now=NOW)
    assert said(session) == "Max put the tag ‘VIP’ on Jo Smith until 1 February 2027"
    tags.update(session, vip, version=1, at_door=True, now=NOW)
    assert said(session) == "Max changed the tag ‘VIP’: shown at the door no → yes"
    regular = tags.add(session, name="Regular", now=NOW).id
    tags.merge(session, into=regular, tag_id=vip, now=NOW)
    assert said(session) == "Max merged the tag ‘VIP’ into ‘Regular’"
    tags.delete(session, regular, now=NOW)
    assert said(session) == "Max deleted the tag ‘Regular’ of 1 customer"
