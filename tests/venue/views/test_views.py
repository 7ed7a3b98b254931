from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from db.models import SavedView, Staff
from tests.makers import MANAGER, NOW, STAFF, VIEWER, a_booking, a_customer, an_event, days
from venue import acts, customers, events, views
from venue.customers import CustomerFilter
from venue.customers.booking_status import Booked
from venue.errors import Conflict, Invalid, NotAllowed, NotFound
from venue.journal.undo import undo
from venue.roles import Actor

LATER = NOW + days(1)


@pytest.fixture
def act_as(session: Session) -> Callable[[Actor], Actor]:
    """Makes the session one of this actor, who has an account."""

    def act_as(actor: Actor) -> Actor:
        staff = session.query(Staff).filter_by(name=actor.name).first()
        if staff is None:
            staff = Staff(name=actor.name, name_key=actor.name.lower(), role="staff", created_at=NOW, updated_at=NOW)
            session.add(staff)
            session.flush()
        session.info["actor"] = replace(actor, staff_id=staff.id)
        return session.info["actor"]

    return act_as


@pytest.fixture(autouse=True)
def as_manager(act_as: Callable[[Actor], Actor]) -> None:
    act_as(MANAGER)


def save(session: Session, name: str = "Quiz fans", **more: Any) -> SavedView:
    return views.save(session, **{"name": name, "query": {"show": "active"}, "now": NOW, **more})


def names(session: Session) -> list[str]:
    return [row.name for row in views.listed(session)]


def test_a_view_keeps_filters_order_and_columns(session: Session) -> None:
    event = an_event(session)
    query = {"q": "smi", "show": "none", "event": str(event.id), "sort": "Newest first"}
    view = save(session, query=query, columns=["last_name", "notes"])

    opened = views.opened(session, view.id)

    assert opened.where == CustomerFilter(words="smi", booked=Booked.NONE, event_id=event.id)
    assert opened.sort == "Newest first"
    assert opened.row.columns == ("last_name", "notes")
    assert dict(opened.row.query) == query


def test_own_views_are_seen_by_no_one_else(session: Session, act_as: Callable[[Actor], Actor]) -> None:
    own = save(session, "Mine")
    save(session, "Everyone's", shared=True)
    assert names(session) == ["Mine", "Everyone's"]

    act_as(STAFF)

    assert names(session) == ["Everyone's"]
    for look in (views.opened, lambda s, i: views.update(s, i, version=1, name="X", now=NOW)):
        with pytest.raises(NotFound, match="no longer exists"):
            look(session, own.id)
    views.delete(session, own.id, now=NOW)
    act_as(MANAGER)
    assert names(session) == ["Mine", "Everyone's"]


@pytest.mark.parametrize("actor", [STAFF, VIEWER])
def test_shared_views_are_changed_by_managers(session: Session, act_as: Callable[[Actor], Actor], actor: Actor) -> None:
    shared = save(session, shared=True)
    act_as(actor)
    for change in (
        lambda: save(session, "Another", shared=True),
        lambda: views.update(session, shared.id, version=1, name="X", now=NOW),
        lambda: views.delete(session, shared.id, now=NOW),
    ):
        with pytest.raises(NotAllowed, match="may not change shared views"):
            change()
    assert views.opened(session, shared.id).row.name == "Quiz fans"
    save(session)
    assert names(session) == ["Quiz fans", "Quiz fans"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_name_in_another_case_is_taken(session: Session, shared: bool) -> None:
    save(session, "Café fans", shared=shared)
    other = save(session, "Other", shared=shared)
    with pytest.raises(Invalid, match=r"view.* ‘Café fans’ already"):
        save(session, " CAFE  FANS ", shared=shared)
    with pytest.raises(Invalid, match=r"view.* ‘Café fans’ already"):
        views.update(session, other.id, version=1, name="cafe fans", now=NOW)
    save(session, "Café fans", shared=not shared)
    views.update(session, other.id, version=1, name="OTHER", now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 101, "a\x00b"])
def test_a_name_that_cannot_be_shown_is_refused(session: Session, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(session, name)
    assert list(refused.value.problems) == ["name"]


def test_a_double_tap_saves_one_view(session: Session) -> None:
    first = save(session, form_token="token")
    assert save(session, "Another name", form_token="token").id == first.id
    assert names(session) == ["Quiz fans"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"colour": "red"}, "has a filter ‘colour’ that does not exist. Remove that filter, or delete the view."),
        ({"show": "perhaps"}, "cannot be read: ‘perhaps’ makes no sense for ‘show’. Remove that filter"),
        ({"from": "2027-02-30"}, "cannot be read"),
        ({"sort": "Colour"}, "has an order ‘Colour’ that does not exist"),
        ({"tag": str(uuid4())}, "A tag of this view was deleted. Remove that filter, or delete the view."),
        ({"event": str(uuid4())}, "The event of this view was deleted. Remove that filter, or delete the view."),
    ],
)
def test_what_cannot_be_read_is_neither_saved_nor_ignored(session: Session, query: dict[str, str], words: str) -> None:
    a_customer(session)
    view = save(session, on_today=True)
    with pytest.raises(Invalid, match=words):
        save(session, "New", query=query)

    stored = session.get_one(SavedView, view.id)
    stored.query = str(query).replace("'", '"')
    session.flush()

    for look in (lambda: views.opened(session, view.id), lambda: views.named(session, "quiz FANS")):
        with pytest.raises(Invalid, match=words):
            look()
    (watched,) = views.watched(session, now=NOW)
    assert words in watched.problem
    assert watched.count == 0


def test_a_view_of_a_deleted_event_is_refused_until_the_filter_is_removed(session: Session) -> None:
    event = an_event(session)
    view = save(session, query={"event": str(event.id), "show": "active"})
    events.delete(session, event.id, now=NOW)
    with pytest.raises(Invalid) as refused:
        views.opened(session, view.id)
    assert refused.value.problems == {
        "event_id": "The event of this view was deleted. Remove that filter, or delete the view."
    }

    views.update(session, view.id, version=1, query={"show": "active"}, now=NOW)

    assert views.opened(session, view.id).where == CustomerFilter(booked=Booked.ACTIVE)


def test_two_who_change_the_same_are_told(session: Session) -> None:
    view = save(session, shared=True)
    read = views.opened(session, view.id).row
    views.update(session, view.id, version=1, query={"show": "none"}, now=NOW)

    with pytest.raises(Conflict):
        views.update(session, view.id, version=read.version, query={"q": "smi"}, was={"query": read.query}, now=NOW)
    views.update(session, view.id, version=read.version, name="Fans", was={"name": read.name}, now=NOW)

    opened = views.opened(session, view.id)
    assert (opened.row.name, opened.where) == ("Fans", CustomerFilter(booked=Booked.NONE))


def test_a_watched_view_has_the_count_of_its_list(session: Session) -> None:
    quiz = an_event(session)
    a_booking(session, a_customer(session, last_name="Smith"), quiz)
    a_customer(session, last_name="Smythe")
    save(session, "Without", query={"show": "none"}, on_today=True)
    save(session, "Quiz", query={"event": str(quiz.id)}, on_today=True, shared=True)
    save(session, "Not watched")

    watched = views.watched(session, now=NOW)

    assert [(each.row.name, each.count) for each in watched] == [("Without", 1), ("Quiz", 1)]
    for each in watched:
        where = views.opened(session, each.row.id).where
        assert each.count == customers.search(session, where=where, now=NOW).total


def test_today_shows_at_most_twenty_views(session: Session) -> None:
    for number in range(20):
        save(session, f"View {number}", on_today=True)
    with pytest.raises(Invalid, match="Today shows 20 views already"):
        save(session, "One more", on_today=True)
    row = views.named(session, "View 3").row
    views.update(session, row.id, version=1, on_today=True, name="Third", now=NOW)


def test_a_program_has_no_views_of_its_own(session: Session) -> None:
    save(session)
    save(session, "Shared", shared=True)
    session.info["actor"] = MANAGER
    assert names(session) == ["Shared"]
    with pytest.raises(Invalid, match="Only staff have views of their own"):
        save(session, "New")


def test_each_act_is_undone(session: Session) -> None:
    view = save(session, columns=["notes"], on_today=True, shared=True)
    views.update(session, view.id, version=1, name="Fans", query={"q": "smi"}, now=NOW)
    undo(session, acts.last_entry(session) or 0, now=LATER)
    session.expire_all()
    assert names(session) == ["Quiz fans"]
    assert views.named(session, "QUIZ fans").where == CustomerFilter(booked=Booked.ACTIVE)

    views.delete(session, view.id, now=NOW)
    undo(session, acts.last_entry(session) or 0, now=LATER)
    session.expire_all()
    row = views.named(session, "quiz fans").row
    assert (row.id, row.columns, row.on_today, row.is_shared) == (view.id, ("notes",), True, True)

    save(session, "Wrong")
    undo(session, acts.last_entry(session) or 0, now=LATER)
    assert names(session) == ["Quiz fans"]


def test_a_deleted_view_is_not_put_back_under_a_name_that_is_taken(session: Session) -> None:
    view = save(session)
    views.delete(session, view.id, now=NOW)
    entry_id = acts.last_entry(session) or 0
    save(session, "QUIZ FANS")
    with pytest.raises(Invalid, match="there is a view ‘QUIZ FANS’ already"):
        undo(session, entry_id, now=LATER)


def test_looking_changes_nothing(session: Session) -> None:
    view = save(session, on_today=True)
    entry_id = acts.last_entry(session)
    views.listed(session), views.opened(session, view.id), views.watched(session, now=NOW)
    assert not session.dirty
    assert acts.last_entry(session) == entry_id
