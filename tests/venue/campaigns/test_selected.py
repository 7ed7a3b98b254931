"""A bulk text to customers who were selected in the list: to exactly those, whatever becomes of them."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Campaign, CampaignCustomer, Customer
from tests.makers import NOW, a_customer
from tests.venue.campaigns.people import a_draft, progress, who_agreed
from tests.venue.merging.two_of_them import last, merge
from venue import bulk, campaigns, privacy
from venue.bulk import Chosen, Selection, SelectionChanged
from venue.campaigns.examples import examples
from venue.errors import Invalid
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.journal.verify import verify
from venue.privacy.mentions import Name

pytestmark = pytest.mark.plain_sql


def chosen(session: Session, *people: Customer) -> Chosen:
    return bulk.choose(session, Selection(ids=frozenset(each.id for each in people)), now=NOW)


def to_selected(session: Session, *people: Customer, **over: Any) -> Campaign:
    return a_draft(session, chosen=chosen(session, *people), **over)


def gets(session: Session, draft: Campaign) -> set[UUID]:
    return {each.id for each in campaigns.find(session, draft, now=NOW).recipients}


def stored(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(CampaignCustomer))


def test_it_goes_to_exactly_those_of_them_who_agreed(session: Session) -> None:
    ann, bob, _not_selected = who_agreed(session, 3)
    draft = to_selected(session, ann, bob, a_customer(session))
    audience = campaigns.find(session, draft, now=NOW)
    assert gets(session, draft) == {ann.id, bob.id}
    assert (audience.total, sum(audience.left_out.values())) == (3, 1)
    given = {"body": draft.body, "event_id": None, "now": NOW}
    shown = examples(session, query={}, list_of=draft.id, **given).people
    assert {each.id for each in shown} == {ann.id, bob.id}
    campaigns.confirm(session, draft.id, version=1, ids=audience.ids, count=2, now=NOW)
    assert progress(session, draft.id).waiting == 2


def test_the_journal_says_to_how_many_it_was_written(session: Session) -> None:
    ann, bob = who_agreed(session, 2)
    to_selected(session, ann, bob)
    said = "Max wrote the bulk text ‘Jazz’ to 2 selected customers"
    assert sentences.of(entries.page(session, limit=1).rows[0]) == said
    assert sentences.of(entries.page(session, customer_id=bob.id, limit=1).rows[0]) == said


def test_who_came_or_went_since_they_were_counted_is_named(session: Session) -> None:
    ann, bob = who_agreed(session, 2)
    counted = chosen(session, ann, bob)
    privacy.erase(session, bob.id, now=NOW)
    with pytest.raises(SelectionChanged):
        a_draft(session, chosen=counted)
    assert stored(session) == 0


def test_a_form_that_is_sent_twice_keeps_them_once(session: Session) -> None:
    (ann,) = who_agreed(session)
    assert to_selected(session, ann, form_token="one") is to_selected(session, ann, form_token="one")
    assert stored(session) == 1


def test_who_is_erased_leaves_and_it_goes_to_no_one_else(session: Session) -> None:
    ann, bob, _not_selected = who_agreed(session, 3)
    draft = to_selected(session, ann, bob)
    privacy.erase(session, bob.id, now=NOW)
    assert gets(session, draft) == {ann.id}
    privacy.erase(session, ann.id, now=NOW)
    assert campaigns.find(session, draft, now=NOW).total == 0 == campaigns.count_selected(session, draft.id)


def test_the_survivor_of_a_merge_takes_their_place_until_it_is_undone(session: Session) -> None:
    ann, bob, cat = who_agreed(session, 3)
    draft, other = to_selected(session, ann, bob), to_selected(session, bob)
    bob_id = bob.id
    merge(session, ann, bob)
    assert gets(session, draft) == {ann.id} == gets(session, other)
    assert campaigns.find(session, draft, now=NOW).total == 1 == campaigns.count_selected(session, draft.id)
    undo(session, last(session), now=NOW)
    assert (gets(session, draft), gets(session, other)) == ({ann.id, bob_id}, {bob_id})
    assert cat.id not in gets(session, draft)


def test_another_audience_takes_the_place_of_those_who_were_selected(session: Session) -> None:
    ann, bob = who_agreed(session, 2)
    draft = to_selected(session, ann)
    draft = campaigns.update(session, draft.id, version=1, body="{venue_name}: Hi!", now=NOW)
    assert (draft.is_list, gets(session, draft)) == (True, {ann.id})
    draft = campaigns.update(session, draft.id, version=2, query={}, now=NOW)
    assert (draft.is_list, gets(session, draft), stored(session)) == (False, {ann.id, bob.id}, 0)


def test_a_deleted_draft_forgets_them(session: Session) -> None:
    draft = to_selected(session, *who_agreed(session, 2))
    campaigns.delete(session, draft.id, now=NOW)
    assert stored(session) == 0


def test_who_is_named_in_a_bulk_text_can_be_erased(session: Session) -> None:
    ann, bob = who_agreed(session, 2)
    zoe = a_customer(session, first_name="Zoë", last_name="Quartermaine")
    name = {"name": "Party for Zoë Quartermaine", "body": "{venue_name}: Quiz with Zoë Quartermaine."}
    draft = to_selected(session, ann, bob, **name)
    with pytest.raises(Invalid, match="body of bulk text"), session.begin_nested():
        privacy.erase(session, zoe.id, now=NOW)
    audience = campaigns.find(session, draft, now=NOW)
    campaigns.confirm(session, draft.id, version=1, ids=audience.ids, count=2, now=NOW)
    with pytest.raises(Invalid, match="body of bulk text"), session.begin_nested():
        privacy.erase(session, zoe.id, now=NOW)
    campaigns.stop(session, draft.id, now=NOW)
    privacy.erase(session, zoe.id, now=NOW)
    assert privacy.scan(session, names=[Name("Zoë", "Quartermaine")]) == []
    session.expire_all()
    assert (draft.name, draft.body) == ("Party for (erased)", "{venue_name}: Quiz with (erased).")
    assert any("(erased)" in sentences.of(row) for row in entries.page(session, customer_id=bob.id).rows)
    assert verify(session).problems == []


def test_the_letter_to_who_was_selected_says_so_in_words(session: Session) -> None:
    ann, bob = who_agreed(session, 2)
    draft = to_selected(session, ann, bob, name="Not for Bob")
    with zipfile.ZipFile(io.BytesIO(privacy.archive(session, ann.id, now=NOW))) as archive:
        letter, data = (archive.read(name).decode() for name in ("letter.html", "data.json"))
    assert "Our staff chose you for it. It has not been sent." in letter
    assert str(draft.id) not in letter
    assert [row["customer_id"] for row in json.loads(data)["tables"]["campaign_customers"]] == [str(ann.id)]
    assert "Not for Bob" not in letter + data
