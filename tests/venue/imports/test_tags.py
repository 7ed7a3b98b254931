"""The column of tags in a file of customers."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import MANAGER, NOW, a_booking, a_customer, minutes
from tests.previews import preview
from tests.venue.imports.taking import counts, take_customers
from tests.venue.tags.test_tags import a_tag, tags_of
from venue import acts, tags
from venue.errors import Invalid
from venue.imports.tags import read
from venue.journal.undo import undo
from venue.roles import Actor, Permission

ANN = "Ann,Lee,07700 900901"


def take(session: Session, *rows: str, **how: Any) -> Any:
    return take_customers(session, "\n".join(["First Name,Last Name,Mobile,Tags", *rows]).encode(), **how)


def tags_of_ann(session: Session) -> list[str]:
    session.expire_all()
    (ann,) = session.query(Customer.id).filter_by(first_name="Ann", last_name="Lee").all()
    return [name for name, _ in tags_of(session, ann.id)]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ()),
        (" ; ", ()),
        ("VIP", ("VIP",)),
        ("VIP; Regular", ("VIP", "Regular")),
        ("VIP,Regular|Quiz team", ("VIP", "Regular", "Quiz team")),
        ('"VIP","Regular"', ("VIP", "Regular")),
        ("VIP; vip;Víp", ("VIP",)),
    ],
)
def test_a_cell_may_have_several_tags(cell: str, names: tuple[str, ...]) -> None:
    assert read(cell) == names


def test_a_name_that_no_tag_can_have_is_reported(session: Session) -> None:
    report = take(session, f"{ANN},{'x' * 41}")
    assert counts(report) == {"refused": 1}
    assert (report.rows[0].column, report.rows[0].line) == ("Tags", 2)
    assert "41 characters long. The limit is 40" in report.rows[0].reason


def test_tags_are_put_on_and_new_ones_made_and_named(session: Session) -> None:
    a_tag(session, "VIP")
    report = take(session, f"{ANN},vip; Regular", "Bob,Lee,07700 900902,Regular", "Cy,Lee,07700 900903,")
    assert counts(report) == {"new": 3}
    assert [(row.line, row.column, row.reason) for row in report.rows] == [(2, "Tags", "‘Regular’ is a new tag")]
    assert tags_of_ann(session) == ["Regular", "VIP"]
    assert [(tag.name, tag.customers) for tag in tags.listed(session, today=NOW.date())] == [("Regular", 2), ("VIP", 1)]


def test_importing_again_adds_tags_and_takes_none_off(session: Session) -> None:
    take(session, f"{ANN},VIP")
    report = take(session, f"{ANN},Regular")
    assert counts(report) == {"changed": 1}
    assert [row.reason for row in report.rows] == ["Tags added: Regular", "‘Regular’ is a new tag"]
    assert tags_of_ann(session) == ["Regular", "VIP"]
    assert counts(take(session, f"{ANN},Regular")) == {"unchanged": 1}
    assert counts(take(session, f"{ANN},")) == {"unchanged": 1}
    assert tags_of_ann(session) == ["Regular", "VIP"]


def test_one_customer_on_two_lines_gets_the_tags_of_both(session: Session) -> None:
    report = take(session, f"{ANN},VIP", f"{ANN},VIP; Regular", f"{ANN},Regular")
    assert counts(report) == {"new": 1, "changed": 1, "unchanged": 1}
    assert tags_of_ann(session) == ["Regular", "VIP"]


def test_a_tag_that_is_over_counts_again(session: Session) -> None:
    take(session, f"{ANN},VIP")
    (ann,) = session.query(Customer).filter_by(first_name="Ann").all()
    vip: UUID = tags.named(session, "VIP").id
    row = tags.put_on(session, ann.id, vip, now=NOW)
    row.last_day = date(2027, 1, 1)
    session.flush()
    assert tags_of_ann(session) == []
    assert counts(take(session, f"{ANN},VIP")) == {"changed": 1}
    assert tags_of_ann(session) == ["VIP"]


def test_who_may_not_make_tags_has_rows_with_unknown_ones_reported(session: Session) -> None:
    a_tag(session, "VIP")
    session.info["actor"] = Actor("Ida", MANAGER.permissions - {Permission.FIELDS})
    report = take(session, f"{ANN},VIP", "Bob,Lee,07700 900902,Regular")
    assert counts(report) == {"new": 1, "refused": 1}
    assert report.rows[0].reason == "There is no tag ‘Regular’, and you may not make one: ask a manager"


def test_an_undone_import_takes_its_tags_off(session: Session) -> None:
    old = a_customer(session, first_name="Ann", last_name="Lee", mobile_number="07700 900901")
    vip = a_tag(session, "VIP")
    tags.put_on(session, old.id, vip, now=NOW)
    take(session, f"{ANN},VIP; Regular", "Bob,Lee,07700 900902,Regular; Press")
    entry_id = acts.last_entry(session) or 0
    said = preview(session, entry_id, now=NOW + minutes(5)).restores
    assert "1 customer is removed" in said
    undo(session, entry_id, now=NOW + minutes(5))
    assert tags_of_ann(session) == ["VIP"]
    assert [tag.name for tag in tags.every(session)] == ["VIP"]
    with pytest.raises(Invalid):
        undo(session, entry_id, now=NOW + minutes(6))


def test_a_customer_who_stays_at_an_undo_keeps_the_tags_of_the_import(session: Session) -> None:
    take(session, f"{ANN},VIP", "Bob,Lee,07700 900902,VIP; Press")
    entry_id = acts.last_entry(session) or 0
    ann = session.query(Customer).filter_by(first_name="Ann").one()
    a_booking(session, ann)
    foreseen = preview(session, entry_id, now=NOW + minutes(5))

    done = undo(session, entry_id, now=NOW + minutes(5))

    assert foreseen.leaves == done.left == ["Ann Lee: was booked since", "tag ‘VIP’: is in use since"]
    assert tags_of_ann(session) == ["VIP"]
    assert [tag.name for tag in tags.every(session)] == ["VIP"]
