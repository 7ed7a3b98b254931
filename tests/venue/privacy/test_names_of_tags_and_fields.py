"""A tag or a field that was once named after a guest does not keep them from being erased."""

import pytest
from sqlalchemy.orm import Session

from db.models import Customer, Tag
from tests.makers import NOW, a_customer
from tests.venue.fields.making import a_field, choice_id
from venue import acts, bulk, fields, privacy, tags
from venue.bulk import Chosen, Selection
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.journal.verify import verify
from venue.privacy.mentions import Name

GUEST = "Zoë Quartermaine"


def sentence(session: Session, entry_id: int) -> str:
    return sentences.of(entries.get(session, entry_id))


def only(session: Session, customer: Customer) -> Chosen:
    return bulk.choose(session, Selection(ids=frozenset([customer.id])), now=NOW)


def last(session: Session) -> int:
    return acts.last_entry(session) or 0


def tagged_by_all_means(session: Session, tag: Tag) -> list[int]:
    """The entries of what is done with a tag, but for deleting it."""
    jo = a_customer(session)
    done = [last(session)]
    tags.put_on(session, jo.id, tag.id, now=NOW)
    done.append(last(session))
    tags.take_off(session, jo.id, tag.id, now=NOW)
    done.append(last(session))
    bulk.tag(session, only(session, jo), tag_id=tag.id, now=NOW)
    done.append(last(session))
    bulk.untag(session, only(session, jo), tag_id=tag.id, now=NOW)
    return [*done[1:], last(session)]


def test_who_a_tag_was_named_after_can_be_erased(session: Session) -> None:
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    tag = tags.add(session, name=GUEST, now=NOW)
    done = tagged_by_all_means(session, tag)
    with pytest.raises(Invalid, match="name of tag"), session.begin_nested():
        privacy.erase(session, zoe.id, now=NOW)
    tags.update(session, tag.id, version=tag.version, name="Choir", now=NOW)
    privacy.erase(session, zoe.id, now=NOW)
    assert privacy.scan(session, names=[Name("Zoë", "Quartermaine")]) == []
    assert [sentence(session, each) for each in done] == [
        "Max put the tag ‘Choir’ on Jo Smith",
        "Max took the tag ‘Choir’ off Jo Smith",
        "Max put the tag ‘Choir’ on Jo Smith",
        "Max took the tag ‘Choir’ off Jo Smith",
    ]
    assert verify(session).problems == []


def test_a_deleted_tag_is_called_by_its_last_name_until_that_is_erased(session: Session) -> None:
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    tag, choir = tags.add(session, name=GUEST, now=NOW), tags.add(session, name="Choir", now=NOW)
    put = tagged_by_all_means(session, tag)[0]
    tags.merge(session, into=choir.id, tag_id=tag.id, now=NOW)
    merged = last(session)
    assert sentence(session, put) == f"Max put the tag ‘{GUEST}’ on Jo Smith"
    privacy.erase(session, zoe.id, now=NOW)
    assert privacy.scan(session, names=[Name("Zoë", "Quartermaine")]) == []
    assert sentence(session, put) == "Max put a tag on Jo Smith"
    assert sentence(session, merged) == "Max merged a tag into ‘Choir’"
    assert verify(session).problems == []


def test_who_a_field_or_a_choice_was_named_after_can_be_erased(session: Session) -> None:
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    table = a_field(session, f"Table of {GUEST}", "choice")
    fields.add_choice(session, table, name=f"Next to {GUEST}", now=NOW)
    next_to = choice_id(session, table, f"Next to {GUEST}")
    jo = a_customer(session)
    bulk.set_field(session, only(session, jo), field_id=table, value=next_to, now=NOW)
    is_set = last(session)
    fields.retire_choice(session, next_to, now=NOW)
    retired = last(session)
    assert sentence(session, retired) == f"Max removed the choice ‘Next to {GUEST}’ of ‘Table of {GUEST}’"
    privacy.erase(session, jo.id, now=NOW)
    fields.delete(session, table, now=NOW)
    deleted = last(session)
    assert sentence(session, deleted) == f"Max deleted the field ‘Table of {GUEST}’"
    privacy.erase(session, zoe.id, now=NOW)
    assert privacy.scan(session, names=[Name("Zoë", "Quartermaine")]) == []
    assert sentence(session, is_set) == "Max set ‘(erased)’ for (erased)"
    assert sentence(session, retired) == "Max removed the choice ‘(erased)’"
    assert sentence(session, deleted) == "Max deleted the field ‘(erased)’"
    assert verify(session).problems == []
