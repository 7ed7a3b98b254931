"""Tags, households and the venue's own fields as columns of the customer list."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from pages.customers import list_columns
from pages.customers.list_columns import DEFAULT
from tests.pages.conftest import people, people_list
from venue import clock, fields, households, tags
from venue.fields import Kind
from venue.roles import DESK


@pytest.fixture
def ann(venue, add_customer):
    """A customer with a tag, in a household, with an allergy; and another one."""
    ann, bob = add_customer("Ann", "Lee", "07700 900001"), add_customer("Bob", "Smith", "07700 900001")
    with venue.transaction(DESK) as session:
        vip = tags.add(session, name="VIP", colour="red", now=clock.now())
        tags.put_on(session, ann.id, vip.id, now=clock.now())
        households.join(session, [ann.id, bob.id], now=clock.now())
        allergy = fields.add(session, name="Allergies", kind=Kind.TEXT, now=clock.now())
        fields.put(session, ann.id, {allergy.id: "Nuts"}, now=clock.now())
        ann.column = fields.key_of(allergy.id)
        ann.field_id = allergy.id
    return ann


def test_extra_columns_have_the_values_of_each_customer(screen, ann):
    app = screen("customers/list.py", columns=f"last_name,tags,household,{ann.column}")
    lee, smith = people(app)
    assert lee["tags"] == [{"colour": "red", "words": "VIP"}]
    assert (lee["household"], lee[ann.column]) == ("Bob Smith", "Nuts")
    assert (smith["tags"], smith["household"]) == ([], "Ann Lee")
    assert ann.column not in smith
    assert [head["label"] for head in people_list(app)["heads"]] == ["Last name", "Tags", "Household", "Allergies"]


def test_they_are_offered_and_kept(screen, ann):
    app = screen("customers/list.py")
    app.session_state["visit.dialog"] = ("columns", None)
    app.run().checkbox(f"columns.{ann.column}").check().run()
    app.button("dialog.save").click().run()
    heads = [head["name"] for head in people_list(screen("customers/list.py"))["heads"]]
    assert heads == [*DEFAULT, ann.column]


def test_the_column_of_a_deleted_field_is_left_out(venue, screen, ann):
    with venue.transaction(DESK) as session:
        fields.delete(session, ann.field_id, now=clock.now())
    app = screen("customers/list.py", columns=f"last_name,{ann.column},notes")
    assert [head["name"] for head in people_list(app)["heads"]] == ["last_name", "notes"]


def test_each_kind_of_column_takes_one_statement(venue, ann):
    with venue.transaction(DESK) as session:
        more = [fields.add(session, name=f"Field {number}", kind=Kind.TEXT, now=clock.now()) for number in range(4)]
        own = [ann.column, *(fields.key_of(field.id) for field in more)]
    for names, most in ((DEFAULT, 0), (["tags"], 1), (own, 1), (["tags", "household", *own], 3)):
        with venue.reading(DESK) as session, counted(session) as statements:
            list_columns.extra_cells(session, names, [ann.id])
        assert len(statements) == most


@contextmanager
def counted(session) -> Iterator[list[str]]:
    statements: list[str] = []
    connection = session.connection()

    def note(_connection, _cursor, statement, *_how) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
