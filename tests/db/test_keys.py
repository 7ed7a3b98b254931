"""Finding rows by many keys at once."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.keys import with_keys
from db.models import CustomerTag, Tag
from db.writes import delete_rows
from tests.makers import NOW, a_customer
from venue import tags


@pytest.mark.parametrize(("of_tags", "of_customers"), [(1, 3), (3, 1), (2, 2), (1, 1)])
def test_the_rows_with_these_keys_are_found_and_deleted(session: Session, of_tags: int, of_customers: int) -> None:
    tag_ids = [tags.add(session, name=f"Tag {number}", now=NOW).id for number in range(3)]
    customer_ids = [a_customer(session).id for _ in range(3)]
    for tag_id in tag_ids:
        for customer_id in customer_ids:
            tags.put_on(session, customer_id, tag_id, now=NOW)
    wanted = {(tag_id, customer_id) for tag_id in tag_ids[:of_tags] for customer_id in customer_ids[:of_customers]}
    table = CustomerTag.__table__
    rows = session.execute(select(table).where(with_keys(table, [*wanted, (uuid4(), uuid4())]))).mappings().all()
    assert {(row.tag_id, row.customer_id) for row in rows} == wanted
    rows = session.execute(select(table).where(with_keys(table, list(wanted)))).mappings().all()
    assert {(row.tag_id, row.customer_id) for row in rows} == wanted
    delete_rows(session, CustomerTag, rows)
    assert session.scalar(select(func.count()).select_from(table)) == 9 - len(wanted)


def test_no_keys_find_nothing(session: Session) -> None:
    tags.add(session, name="VIP", now=NOW)
    assert session.scalars(select(Tag.id).where(with_keys(Tag.__table__, []))).all() == []
